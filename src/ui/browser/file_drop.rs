//! Text files dropped on the page or chosen in a dialog.

use gloo::events::EventListener;
use web_sys::{File, FileReader, HtmlInputElement};
use yew::{Callback, DragEvent, Event, TargetCast};

/// Longer files than this are not read: no task definition is.
const MAX_BYTES: f64 = 262_144.0;

/// Reads the first file of a drop.
pub fn read_dropped(event: &DragEvent, on_text: Callback<String>) {
    let file = event.data_transfer().and_then(|data| data.files()).and_then(|files| files.get(0));
    read(file, on_text);
}

/// Reads the file chosen in an `<input type="file">`.
pub fn read_chosen(event: &Event, on_text: Callback<String>) {
    let file = event.target_dyn_into::<HtmlInputElement>().and_then(|input| input.files()).and_then(|files| files.get(0));
    read(file, on_text);
}

/// Does the drag carry files, rather than a piece of the page?
pub fn carries_files(event: &DragEvent) -> bool {
    event.data_transfer().is_some_and(|data| data.types().iter().any(|kind| kind.as_string().as_deref() == Some("Files")))
}

fn read(file: Option<File>, on_text: Callback<String>) {
    let (Some(file), Ok(reader)) = (file, FileReader::new()) else { return };
    if file.size() > MAX_BYTES {
        return;
    }
    let done = reader.clone();
    EventListener::once(&reader, "load", move |_| {
        if let Some(text) = done.result().ok().and_then(|value| value.as_string()) {
            on_text.emit(text);
        }
    })
    .forget();
    let _ = reader.read_as_text(&file);
}
