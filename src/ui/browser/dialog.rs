//! Modal dialogs: the browser's own, with its focus trap, its Esc and its return of focus.

use web_sys::HtmlDialogElement;
use yew::NodeRef;

/// Opens the `<dialog>` above everything else, if it is not open already.
pub fn open(dialog: &NodeRef) {
    if let Some(dialog) = dialog.cast::<HtmlDialogElement>()
        && !dialog.open()
    {
        // Refused only for an element outside the document, which an effect never sees.
        let _ = dialog.show_modal();
    }
}

/// Closes the `<dialog>`; focus goes back to where it was.
pub fn close(dialog: &NodeRef) {
    if let Some(dialog) = dialog.cast::<HtmlDialogElement>() {
        dialog.close();
    }
}
