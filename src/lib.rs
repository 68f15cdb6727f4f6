//! ECS Playground without a browser.

pub mod sim;
