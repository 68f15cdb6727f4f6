//! A part of the page that is drawn again only when what it shows has changed.
//!
//! To Yew all parts are one component. It compiles its machinery anew for each component, so a part costs the download its drawing
//! only. What keeps a state of its own is a component by itself.

use std::any::Any;
use std::rc::Rc;

use yew::prelude::*;
use yew::virtual_dom::{Key, VComp};

/// What a part shows, and how.
pub trait Part: PartialEq + 'static {
    fn draw(&self) -> Html;
}

/// Places a part on the page. The key tells it from its neighbours and from what may stand in the same place.
pub fn part(key: impl Into<Key>, part: impl Part) -> Html {
    place(key.into(), Rc::new(part))
}

fn place(key: Key, shown: Rc<dyn Shown>) -> Html {
    VComp::new::<Boundary>(Rc::new(BoundaryProps { shown }), Some(key)).into()
}

/// Any part.
trait Shown: Any {
    fn draw(&self) -> Html;
    fn equals(&self, other: &dyn Any) -> bool;
}

impl<P: Part> Shown for P {
    fn draw(&self) -> Html {
        Part::draw(self)
    }

    fn equals(&self, other: &dyn Any) -> bool {
        other.downcast_ref() == Some(self)
    }
}

#[derive(Properties)]
struct BoundaryProps {
    shown: Rc<dyn Shown>,
}

impl PartialEq for BoundaryProps {
    fn eq(&self, other: &Self) -> bool {
        self.shown.equals(&*other.shown)
    }
}

struct Boundary;

impl Component for Boundary {
    type Message = ();
    type Properties = BoundaryProps;

    fn create(_: &Context<Self>) -> Self {
        Self
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        ctx.props().shown.draw()
    }
}
