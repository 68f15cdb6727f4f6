//! The workloads in the browser: `cargo xtask bench --browser` builds this beside the page, with the page's own profile.

#[cfg(target_arch = "wasm32")]
mod workloads;

fn main() {}

#[cfg(target_arch = "wasm32")]
mod page {
    use wasm_bindgen::prelude::wasm_bindgen;

    use crate::workloads::{CASES, row};

    #[wasm_bindgen]
    extern "C" {
        #[wasm_bindgen(js_namespace = performance)]
        fn now() -> f64;
    }

    /// How many cases there are.
    #[wasm_bindgen]
    pub fn count() -> usize {
        CASES.len()
    }

    /// Measures one case; tab-separated values.
    #[wasm_bindgen]
    pub fn measure(number: usize) -> String {
        row(CASES[number], &CASES[number].measure(now))
    }
}
