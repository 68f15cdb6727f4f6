//! ECS Playground without a browser.

pub mod import;
pub mod sim;
