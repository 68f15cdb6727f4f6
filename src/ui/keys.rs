//! What each key means on the page, and the list of them for the help.

use crate::session::intent::{Intent, Lens};
use crate::sim::time::SECOND;
use crate::ui::browser::keyboard::Key;
use crate::ui::display::SingleKeys;

/// The keys as the help lists them.
pub const LISTED: [(&str, &str); 10] = [
    ("Space", "Play or pause"),
    (".", "Run to the next event"),
    (",", "One second further"),
    ("0", "Back to the start"),
    ("L", "Switch what ECS knows · what is true · both"),
    ("← ↑ → ↓", "Move between servers on the board, or along the timeline when it has the focus"),
    ("Tab", "From a server to its tasks"),
    ("Ctrl Z, Ctrl Shift Z", "Undo, redo"),
    ("Esc", "Leave: put down, close, select nothing"),
    ("?", "This list"),
];

/// What a key asks of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyAction {
    Send(Box<Intent>),
    Help,
    Leave,
}

impl KeyAction {
    fn send(intent: Intent) -> Self {
        Self::Send(Box::new(intent))
    }
}

/// The meaning of a key now; nothing when it belongs to whatever has the focus.
pub fn meaning(key: &Key, playing: bool, lens: Lens, single: SingleKeys) -> Option<KeyAction> {
    if key.in_dialog || key.in_field && key.name != "Escape" {
        return None;
    }
    let name = key.name.to_ascii_lowercase();
    if key.command {
        return match (name.as_str(), key.shift) {
            ("z", false) => Some(KeyAction::send(Intent::Undo)),
            ("z", true) | ("y", false) => Some(KeyAction::send(Intent::Redo)),
            _ => None,
        };
    }
    match (name.as_str(), single) {
        ("escape", _) => Some(KeyAction::Leave),
        (" ", _) if !key.on_button => Some(KeyAction::send(if playing { Intent::Pause } else { Intent::Play })),
        (".", SingleKeys::On) => Some(KeyAction::send(Intent::StepToNextEvent)),
        (",", SingleKeys::On) => Some(KeyAction::send(Intent::StepBy(SECOND))),
        ("0", SingleKeys::On) => Some(KeyAction::send(Intent::Seek(0))),
        ("l", SingleKeys::On) => Some(KeyAction::send(Intent::SetLens(next_lens(lens)))),
        ("?", SingleKeys::On) => Some(KeyAction::Help),
        _ => None,
    }
}

fn next_lens(lens: Lens) -> Lens {
    match lens {
        Lens::Knows => Lens::True,
        Lens::True => Lens::Both,
        Lens::Both => Lens::Knows,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> Key {
        Key { name: name.into(), command: false, shift: false, in_field: false, on_button: false, in_dialog: false }
    }

    fn check(key: &Key, expected: Option<KeyAction>) {
        assert_eq!(meaning(key, true, Lens::Both, SingleKeys::On), expected, "{key:?}");
    }

    #[test]
    fn keys_act_on_the_page() {
        check(&key(" "), Some(KeyAction::send(Intent::Pause)));
        check(&key("."), Some(KeyAction::send(Intent::StepToNextEvent)));
        check(&key("L"), Some(KeyAction::send(Intent::SetLens(Lens::Knows))));
        check(&key("Escape"), Some(KeyAction::Leave));
        check(&Key { command: true, shift: true, ..key("Z") }, Some(KeyAction::send(Intent::Redo)));
    }

    #[test]
    fn keys_belong_to_what_has_the_focus() {
        check(&Key { on_button: true, ..key(" ") }, None);
        check(&Key { in_field: true, ..key(".") }, None);
        check(&Key { in_field: true, ..key("Escape") }, Some(KeyAction::Leave));
        check(&Key { in_dialog: true, ..key("Escape") }, None);
    }

    #[test]
    fn single_keys_can_be_switched_off() {
        assert_eq!(meaning(&key("."), true, Lens::Both, SingleKeys::Off), None);
        assert_eq!(meaning(&key("Escape"), true, Lens::Both, SingleKeys::Off), Some(KeyAction::Leave));
    }
}
