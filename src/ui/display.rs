//! How the learner likes the page: theme, text size, motion, single-key shortcuts. Kept in this browser.

use yew::prelude::*;

use crate::ui::browser::{root, storage};

/// Where the preferences are kept.
const STORED_AS: &str = "ecs-playground-display";

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system says.
    #[default]
    Auto,
    Light,
    Dark,
    /// For a bright room and the last row: more contrast, larger.
    Projector,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TextSize {
    #[default]
    Normal,
    Large,
    Larger,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Motion {
    /// As the system says.
    #[default]
    Auto,
    Reduced,
}

/// Keys that act without Control or Command: some people press them by speaking or by accident.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SingleKeys {
    #[default]
    On,
    Off,
}

/// All preferences.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Display {
    pub theme: Theme,
    pub text: TextSize,
    pub motion: Motion,
    pub keys: SingleKeys,
}

impl Theme {
    pub const ALL: [(Theme, &str); 4] =
        [(Theme::Auto, "Auto"), (Theme::Light, "Light"), (Theme::Dark, "Dark"), (Theme::Projector, "Projector")];
}

impl TextSize {
    pub const ALL: [(TextSize, &str); 3] =
        [(TextSize::Normal, "Normal"), (TextSize::Large, "Large"), (TextSize::Larger, "Larger")];
}

impl Motion {
    pub const ALL: [(Motion, &str); 2] = [(Motion::Auto, "Auto"), (Motion::Reduced, "Reduced")];
}

impl SingleKeys {
    pub const ALL: [(SingleKeys, &str); 2] = [(SingleKeys::On, "On"), (SingleKeys::Off, "Off")];
}

impl Display {
    /// As it is kept: the words of the menu in its order.
    pub fn stored(self) -> String {
        [
            word(&Theme::ALL, self.theme),
            word(&TextSize::ALL, self.text),
            word(&Motion::ALL, self.motion),
            word(&SingleKeys::ALL, self.keys),
        ]
        .join(" ")
    }

    /// From what was kept; whatever cannot be read is as it comes.
    pub fn read(stored: &str) -> Self {
        let mut words = stored.split(' ');
        let mut next = || words.next().unwrap_or_default();
        Self {
            theme: value(&Theme::ALL, next()),
            text: value(&TextSize::ALL, next()),
            motion: value(&Motion::ALL, next()),
            keys: value(&SingleKeys::ALL, next()),
        }
    }

    fn show(self) {
        root::set_data("theme", &word(&Theme::ALL, self.theme).to_ascii_lowercase());
        root::set_data("text", &word(&TextSize::ALL, self.text).to_ascii_lowercase());
        root::set_data("motion", &word(&Motion::ALL, self.motion).to_ascii_lowercase());
    }
}

fn word<T: PartialEq>(all: &[(T, &'static str)], value: T) -> &'static str {
    all.iter().find(|(each, _)| *each == value).map_or("", |(_, word)| word)
}

fn value<T: Copy + Default>(all: &[(T, &'static str)], word: &str) -> T {
    all.iter().find(|(_, each)| *each == word).map(|(value, _)| *value).unwrap_or_default()
}

/// The preferences and how to change them.
#[hook]
pub fn use_display() -> (Display, Callback<Display>) {
    let display = use_state(Display::default);
    let set = display.setter();
    use_effect_with((), {
        let set = set.clone();
        move |()| {
            let kept = storage::get(STORED_AS).map(|kept| Display::read(&kept)).unwrap_or_default();
            kept.show();
            set.set(kept);
        }
    });
    let change = use_callback((), move |new: Display, ()| {
        new.show();
        storage::set(STORED_AS, &new.stored());
        set.set(new);
    });
    (*display, change)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn preferences_come_back_as_they_were_kept() {
        let display = Display { theme: Theme::Projector, text: TextSize::Larger, motion: Motion::Reduced, keys: SingleKeys::Off };
        assert_eq!(Display::read(&display.stored()), display);
        assert_eq!(Display::read("nonsense"), Display::default());
    }
}
