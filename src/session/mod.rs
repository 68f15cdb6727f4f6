//! The whole app without a browser: an [`intent::Intent`] goes in, a [`frame::Frame`] comes out.

pub mod frame;
pub mod intent;
pub mod lesson;
