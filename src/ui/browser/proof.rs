//! A door for our own tests: the page runs a scenario's long run and tells its hashes, to be compared with the host's.

use wasm_bindgen::prelude::wasm_bindgen;

use crate::session::later::later;

/// Observations, hash of the log and hash of the state of the long run of one of the page's scenarios; nothing for an
/// unknown scenario, and before the later half of the page has arrived.
#[wasm_bindgen(js_name = hashOfLongRun)]
pub fn hash_of_long_run(scenario: &str) -> Option<String> {
    (later()?.hash_of_long_run)(scenario)
}
