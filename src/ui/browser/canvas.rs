//! A canvas that is painted pixel by pixel: the fastest way to show what changes everywhere.

use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, Element, HtmlCanvasElement, ImageData, MouseEvent};
use yew::NodeRef;

/// Puts pixels (red, green, blue, opacity) on the canvas, which takes their size.
pub fn paint(canvas: &NodeRef, (width, height): (u32, u32), pixels: &[u8]) {
    let Some(canvas) = canvas.cast::<HtmlCanvasElement>() else { return };
    canvas.set_width(width);
    canvas.set_height(height);
    let context = canvas.get_context("2d").ok().flatten().and_then(|context| context.dyn_into::<CanvasRenderingContext2d>().ok());
    let image = ImageData::new_with_u8_clamped_array_and_sh(Clamped(pixels), width, height);
    if let (Some(context), Ok(image)) = (context, image) {
        // Nothing is drawn where the canvas is gone already.
        let _ = context.put_image_data(&image, 0.0, 0.0);
    }
}

/// The colours in which the children of an element write, whatever the theme is.
pub fn colours(probes: &NodeRef) -> Vec<[u8; 3]> {
    let Some(probes) = probes.cast::<Element>() else { return Vec::new() };
    let children = std::iter::successors(probes.first_element_child(), Element::next_element_sibling);
    children.map(|probe| colour(&probe).unwrap_or_default()).collect()
}

fn colour(probe: &Element) -> Option<[u8; 3]> {
    let style = gloo::utils::window().get_computed_style(probe).ok()??;
    let text = style.get_property_value("color").ok()?;
    let mut numbers = text.split(|c: char| !c.is_ascii_digit()).filter_map(|digits| digits.parse::<u8>().ok());
    Some([numbers.next()?, numbers.next()?, numbers.next()?])
}

/// Where on the element the click was, in thousandths of its width and height.
pub fn place(event: &MouseEvent) -> Option<(u32, u32)> {
    let area = event.target()?.dyn_into::<Element>().ok()?.get_bounding_client_rect();
    let share = |at: i32, from: f64, length: f64| ((f64::from(at) - from) * 1_000.0 / length.max(1.0)).clamp(0.0, 999.0) as u32;
    Some((share(event.client_x(), area.left(), area.width()), share(event.client_y(), area.top(), area.height())))
}
