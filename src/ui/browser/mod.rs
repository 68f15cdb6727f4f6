//! Everything the page asks of the browser itself. The only files that name `web_sys`, `gloo` or `wasm_bindgen`.
//!
//! Nothing here runs while the page is rendered on the host: these functions are called from effects and event handlers only.

pub mod canvas;
pub mod dialog;
pub mod drag;
pub mod file_drop;
pub mod focus;
pub mod frame_loop;
pub mod input;
pub mod keyboard;
pub mod media;
pub mod proof;
pub mod root;
pub mod scroll;
pub mod storage;
#[cfg(target_arch = "wasm32")]
pub mod style;
pub mod touch;
pub mod visibility;
