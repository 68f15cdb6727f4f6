//! ECS Playground: an Amazon ECS cluster in a page.
//!
//! The map of the house, lowest floor first. A floor may use the floors below it, never those above
//! (`tests/tidy.rs` holds the table of allowed edges):
//!
//! 1. [`sim`]: the deterministic simulator. No browser, no clock, no float, no hash map.
//! 2. [`import`]: text from outside (task definitions, scenarios) turned into the nouns of `sim`, or into messages that name the place.
//! 3. [`cost`]: dated prices over what has been used.
//! 4. [`explain`]: decisions, causes and costs turned into tables, sentences and the service's own wording.
//! 5. [`course`]: units as data; goals over state and time; proofs.
//! 6. [`session`]: the whole app without a browser. `Intent` in, `Frame` out.
//! 7. [`ui`]: Yew. Draws a `Frame`, sends an `Intent`. Its `browser` folder holds the only files that name `web_sys` or `gloo`.

#[cfg(not(target_arch = "wasm32"))]
pub mod cli;
pub mod cost;
pub mod course;
pub mod explain;
pub mod import;
pub mod session;
pub mod sim;
pub mod ui;
