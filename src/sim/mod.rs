//! Floor 0: the deterministic simulator. No browser, no clock, no float, no hash map, no JSON.

pub mod model;
