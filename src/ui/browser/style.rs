//! Styles of the later half: they come with its code, and are put beside those of the page when it arrives.

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    type CSSStyleSheet;

    #[wasm_bindgen(constructor)]
    fn new() -> CSSStyleSheet;

    #[wasm_bindgen(method, js_name = replaceSync)]
    fn replace(this: &CSSStyleSheet, text: &str);

    type StyleSheets;

    #[wasm_bindgen(method)]
    fn push(this: &StyleSheets, sheet: &CSSStyleSheet);

    #[wasm_bindgen(thread_local_v2, js_namespace = document, js_name = adoptedStyleSheets)]
    static SHEETS: StyleSheets;
}

/// Adds a style sheet after those that the page has.
pub fn adopt(text: &str) {
    let sheet = CSSStyleSheet::new();
    sheet.replace(text);
    SHEETS.with(|sheets| sheets.push(&sheet));
}
