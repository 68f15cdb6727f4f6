//! The icons: small line drawings in the colour of the text beside them, never the only carrier of a meaning.

use yew::prelude::*;

/// What an icon shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    Check,
    Cross,
    Warning,
    Question,
    Moving,
    Dot,
    Play,
    Pause,
    ToStart,
    NextEvent,
    Undo,
    Redo,
    Chevron,
    Close,
    Display,
    Help,
    Plus,
    Minus,
    Bolt,
    Heal,
    Board,
    Lesson,
    Why,
    Events,
    More,
    Table,
    Cloud,
    Server,
    Task,
    Zone,
    Network,
    Image,
    Back,
    Forward,
    Clock,
    Pointer,
    Charts,
    Commands,
}

/// Draws an icon, hidden from assistive technology.
pub fn icon(icon: Icon) -> Html {
    html! {
        <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
            <path d={lines(icon)} class={classes!(is_filled(icon).then_some("filled"))} />
        </svg>
    }
}

fn is_filled(icon: Icon) -> bool {
    matches!(icon, Icon::Play | Icon::Pause | Icon::Dot | Icon::ToStart | Icon::NextEvent)
}

fn lines(icon: Icon) -> &'static str {
    match icon {
        Icon::Check => "M3 8.5 6.5 12 13 4.5",
        Icon::Cross => "M4 4 12 12M12 4 4 12",
        Icon::Warning => "M8 2.2 14.5 13.5H1.5ZM8 6.3V9.7M8 11.6V11.7",
        Icon::Question => "M5.6 6A2.4 2.4 0 1 1 9.2 8.1C8.4 8.6 8 9 8 10M8 12.4V12.5",
        Icon::Moving => "M8 1.8A6.2 6.2 0 1 1 2.6 5M8 4.5V8.2L10.6 9.7",
        Icon::Dot => "M8 5A3 3 0 1 1 7.99 5Z",
        Icon::Play => "M4.5 2.6V13.4L13.2 8Z",
        Icon::Pause => "M4 3H6.8V13H4ZM9.2 3H12V13H9.2Z",
        Icon::ToStart => "M3 3H5V13H3ZM13 3V13L5.8 8Z",
        Icon::NextEvent => "M3 3V13L10.2 8ZM11 3H13V13H11Z",
        Icon::Undo => "M6 3 2.5 6.5 6 10M2.5 6.5H10A3.5 3.5 0 0 1 10 13.5H7",
        Icon::Redo => "M10 3 13.5 6.5 10 10M13.5 6.5H6A3.5 3.5 0 0 0 6 13.5H9",
        Icon::Chevron => "M4 6.2 8 10.2 12 6.2",
        Icon::Close => "M4 4 12 12M12 4 4 12",
        Icon::Display => "M8 2A6 6 0 1 1 7.99 2ZM8 2V14M10.5 3V13M13 5V11",
        Icon::Help => "M5.6 6A2.4 2.4 0 1 1 9.2 8.1C8.4 8.6 8 9 8 10M8 12.4V12.5",
        Icon::Plus => "M8 3V13M3 8H13",
        Icon::Minus => "M3 8H13",
        Icon::Bolt => "M9 1.5 3.5 9H7.5L7 14.5 12.5 7H8.5Z",
        Icon::Heal => "M6 2H10V6H14V10H10V14H6V10H2V6H6Z",
        Icon::Board => "M2 3H7V7H2ZM9 3H14V7H9ZM2 9H7V13H2ZM9 9H14V13H9Z",
        Icon::Lesson => {
            "M2 3.5C4 2.5 6.5 2.5 8 4C9.5 2.5 12 2.5 14 3.5V12.5C12 11.7 9.5 11.7 8 13C6.5 11.7 4 11.7 2 12.5ZM8 4V13"
        }
        Icon::Why => "M8 1.8A6.2 6.2 0 1 1 7.99 1.8ZM6.2 6.4A1.9 1.9 0 1 1 9 8C8.3 8.4 8 8.7 8 9.5M8 11.5V11.6",
        Icon::Events => "M2 4H3M6 4H14M2 8H3M6 8H14M2 12H3M6 12H14",
        Icon::More => "M3 8H3.1M8 8H8.1M13 8H13.1",
        Icon::Table => "M2 3H14V13H2ZM2 6.5H14M2 10H14M6.5 3V13",
        Icon::Cloud => "M4.5 12.5A3 3 0 0 1 4.3 6.6A4 4 0 0 1 12 6.8A2.9 2.9 0 0 1 11.8 12.5Z",
        Icon::Server => "M2.5 3H13.5V7H2.5ZM2.5 9H13.5V13H2.5ZM5 5H5.1M5 11H5.1",
        Icon::Task => "M8 1.8 13.5 4.8V11.2L8 14.2 2.5 11.2V4.8ZM2.5 4.8 8 7.8 13.5 4.8M8 7.8V14.2",
        Icon::Zone => "M2 6V2H6M10 2H14V6M14 10V14H10M6 14H2V10M6 6H10V10H6Z",
        Icon::Network => "M8 2V6M8 6H3.5V10M8 6H12.5V10M2 10H5V13H2ZM11 10H14V13H11Z",
        Icon::Image => "M2 5 8 2 14 5 8 8ZM2 8 8 11 14 8M2 11 8 14 14 11",
        Icon::Back => "M10 3.5 5.5 8 10 12.5",
        Icon::Forward => "M6 3.5 10.5 8 6 12.5",
        Icon::Clock => "M8 1.8A6.2 6.2 0 1 1 7.99 1.8ZM8 4.5V8.2L10.6 9.7",
        Icon::Charts => "M2 2V14H14M4.5 10.5 7.5 7 9.5 9 13.5 4",
        Icon::Commands => "M2.5 4.5 6 8 2.5 11.5M8 12H13.5",
        Icon::Pointer => "M4 2.5 12.5 8 8.6 8.8 10.8 13 9 13.8 6.9 9.6 4 12.2Z",
    }
}

/// The mark of the product: two servers and what fits between them.
pub fn logo() -> Html {
    html! {
        <svg class="logo" viewBox="0 0 32 32" width="24" height="24" aria-hidden="true" focusable="false">
            <rect x="2" y="5" width="28" height="10" rx="4" class="logo-a" />
            <rect x="2" y="18" width="17" height="10" rx="4" class="logo-b" />
            <rect x="22" y="18" width="8" height="10" rx="4" class="logo-c" />
        </svg>
    }
}

/// Fillings that drawings refer to by name; once on the page.
pub fn fillings() -> Html {
    html! {
        <svg class="fillings" width="0" height="0" aria-hidden="true" focusable="false">
            <defs>
                <pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                    <rect class="hatch-ground" width="7" height="7" />
                    <rect class="hatch-line" width="2" height="7" />
                </pattern>
            </defs>
        </svg>
    }
}
