//! Moving the keyboard's focus, and keeping it near when what had it goes away.

use std::cell::RefCell;

use gloo::events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, Node};

/// Focuses the element with this id, and brings it into view.
pub fn on_id(id: &str) {
    if let Some(element) = gloo::utils::document().get_element_by_id(id) {
        take(element);
    }
}

/// The `data-NAME` of whatever an event happened in.
pub fn data_around(event: &impl AsRef<Event>, name: &str) -> Option<String> {
    let element = target(event.as_ref())?.closest(&format!("[data-{name}]")).ok()??;
    element.get_attribute(&format!("data-{name}"))
}

/// Where the focus goes first when something near is gone: to what is to be read next.
const LANDING: &str = "[data-landing]";

/// What else it may go to.
const CONTROL: &str = "button:not(:disabled, [tabindex='-1']), summary, select, input, a[href]";

/// What lies over the page for a while: from there the focus goes back to where it was.
const OVERLAY: &str = ".sheet, .notices";

/// What had the focus last.
#[derive(Default)]
struct Last {
    element: Option<Element>,
    /// What it is in, innermost first, and its place there.
    around: Vec<(Element, usize)>,
    /// What had it before the overlay that it is in.
    before: Option<Element>,
    in_overlay: bool,
}

thread_local! {
    static LAST: RefCell<Last> = RefCell::default();
}

/// Notes what has the focus, until dropped.
pub fn watch() -> [EventListener; 2] {
    let document = gloo::utils::document();
    let focused = EventListener::new(&document, "focusin", |event| {
        if let Some(element) = target(event) {
            LAST.with_borrow_mut(|last| last.note(element));
        }
    });
    // Whoever points at nothing in particular lets go.
    let pointed = EventListener::new(&document, "pointerdown", |event| {
        let on = target(event);
        LAST.with_borrow_mut(|last| {
            let there = last.element.as_ref().is_some_and(|element| element.contains(on.as_deref()));
            if !there {
                (last.element, last.around) = (None, Vec::new());
            }
        });
    });
    [focused, pointed]
}

/// To be called after whatever was drawn: when what had the focus is gone, something near gets it.
pub fn rescue() {
    let lost = gloo::utils::document().active_element().is_none_or(|element| element.tag_name() == "BODY");
    let gone = LAST.with_borrow(|last| last.element.as_ref().is_some_and(|element| !element.is_connected()));
    if lost && gone {
        // Taken out, as the focus that moves is noted at once.
        let last = LAST.take();
        let back = last.before.filter(|_| last.in_overlay);
        let _ = back.is_some_and(take) || last.around.iter().any(|(around, at)| land_in(around, *at));
    }
}

impl Last {
    fn note(&mut self, element: Element) {
        self.in_overlay = element.closest(OVERLAY).is_ok_and(|overlay| overlay.is_some());
        if !self.in_overlay {
            self.before = Some(element.clone());
        }
        self.around.clear();
        let mut inner = element.clone();
        while let Some(outer) = inner.parent_element() {
            let at = std::iter::successors(inner.previous_element_sibling(), Element::previous_element_sibling).count();
            self.around.push((outer.clone(), at));
            inner = outer;
        }
        self.element = Some(element);
    }
}

/// Focuses what is to be read next in an element, else the nearest control after or before that place in it.
fn land_in(around: &Element, at: usize) -> bool {
    if !around.is_connected() {
        return false;
    }
    let children: Vec<Element> = std::iter::successors(around.first_element_child(), Element::next_element_sibling).collect();
    let (before, after) = children.split_at(at.min(children.len()));
    first(around, LANDING)
        || after.iter().any(|child| first(child, CONTROL))
        || before.iter().rev().any(|child| first(child, CONTROL))
}

/// Focuses the element itself, or the first in it, that is meant.
fn first(element: &Element, selector: &str) -> bool {
    let meant = if element.matches(selector).unwrap_or(false) {
        Some(element.clone())
    } else {
        element.query_selector(selector).ok().flatten()
    };
    meant.is_some_and(take)
}

/// Focuses the element; tells whether it took the focus.
fn take(element: Element) -> bool {
    let Some(element) = element.dyn_ref::<HtmlElement>() else { return false };
    let _ = element.focus();
    gloo::utils::document().active_element().as_ref() == Some(element)
}

fn target(event: &Event) -> Option<Element> {
    event.target()?.dyn_into::<Node>().ok()?.dyn_into().ok()
}
