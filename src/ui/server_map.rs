//! Very many servers of a zone, each a cell of a few pixels: CPU above, memory below. Arrow keys move from one to the next.

use std::rc::Rc;

use yew::prelude::*;

use crate::session::frame::{MapCell, Tone, ZoneMap};
use crate::session::intent::{Intent, Subject};
use crate::ui::browser::canvas;
use crate::ui::browser::media::use_media;
use crate::ui::display::Theme;

/// Cells in a row, and pixels of a cell, its gap included.
const COLUMNS: usize = 24;
const CELL: usize = 10;

/// Places of the colours among the probes.
const ROOM: usize = 0;
const FILL: usize = 1;
const MARK: usize = 2;
const FIRST_TONE: usize = 3;
/// The tones in the order of their probes.
const TONES: [(Tone, &str); 5] = [
    (Tone::Moving, "tone-moving"),
    (Tone::Warning, "tone-warning"),
    (Tone::Bad, "tone-bad"),
    (Tone::Unknown, "tone-unknown"),
    (Tone::Neutral, "tone-neutral"),
];

#[derive(Properties, PartialEq)]
pub struct ServerMapProps {
    pub map: Rc<ZoneMap>,
    pub zone: Rc<str>,
    /// Its colours are pixels: another theme needs others.
    pub theme: Theme,
    pub send: Callback<Intent>,
}

/// The map.
#[component]
pub fn ServerMap(props: &ServerMapProps) -> Html {
    let (canvas_ref, probes) = (use_node_ref(), use_node_ref());
    let at = use_state(|| 0_usize);
    let ServerMapProps { map, zone, theme, send } = props;
    let current = map.selected.as_ref().map_or((*at).min(map.cells.len().saturating_sub(1)), |(index, _)| *index);
    {
        let (canvas_ref, probes) = (canvas_ref.clone(), probes.clone());
        let dark = use_media("(prefers-color-scheme: dark)");
        use_effect_with((map.clone(), current, *theme, dark), move |(map, current, ..)| {
            let (size, pixels) = picture(map, *current, &canvas::colours(&probes));
            canvas::paint(&canvas_ref, size, &pixels);
        });
    }
    let go_to = {
        let (map, send, at) = (map.clone(), send.clone(), at.setter());
        Callback::from(move |index: usize| {
            if let Some(cell) = map.cells.get(index) {
                at.set(index);
                send.emit(Intent::Select(Some(Subject::Instance(cell.instance))));
            }
        })
    };
    let onclick = {
        let (go_to, rows) = (go_to.clone(), rows(map.cells.len()));
        Callback::from(move |event: MouseEvent| {
            if let Some((x, y)) = canvas::place(&event) {
                go_to.emit(y as usize * rows / 1_000 * COLUMNS + x as usize * COLUMNS / 1_000);
            }
        })
    };
    let onkeydown = {
        let last = map.cells.len().saturating_sub(1);
        Callback::from(move |event: KeyboardEvent| {
            let to = match event.key().as_str() {
                "ArrowRight" => current + 1,
                "ArrowLeft" => current.saturating_sub(1),
                "ArrowDown" => current + COLUMNS,
                "ArrowUp" => current.saturating_sub(COLUMNS),
                "Home" => 0,
                "End" => last,
                _ => return,
            };
            event.prevent_default();
            event.stop_propagation();
            go_to.emit(to.min(last));
        })
    };
    let words = map.cells.get(current).map(cell_words);
    html! {
        <div class="server-map" role="slider" tabindex="0" aria-label={format!("Server in {zone}")} aria-valuemin="1" aria-valuemax={map.cells.len().to_string()}
            aria-valuenow={(current + 1).to_string()} aria-valuetext={words} {onkeydown}>
            <p class="quiet" aria-hidden="true">{ &*map.words }</p>
            <canvas ref={canvas_ref} aria-hidden="true" {onclick}></canvas>
            <span ref={probes} class="probes" aria-hidden="true">
                <i class="probe-room"></i><i class="probe-fill"></i><i class="probe-mark"></i>
                { for TONES.iter().map(|(_, class)| html! { <i class={*class}></i> }) }
            </span>
        </div>
    }
}

fn cell_words(cell: &MapCell) -> String {
    let state = match cell.tone {
        Tone::Good => "well",
        Tone::Moving => "on its way",
        Tone::Warning => "not connected",
        Tone::Bad => "down",
        Tone::Unknown => "not known",
        Tone::Neutral => "new",
    };
    format!(
        "Server {}, {state}, CPU {} % and memory {} % reserved",
        cell.instance.short(),
        cell.cpu_permille / 10,
        cell.memory_permille / 10
    )
}

fn rows(cells: usize) -> usize {
    cells.div_ceil(COLUMNS).max(1)
}

/// All cells as pixels.
fn picture(map: &ZoneMap, current: usize, colours: &[[u8; 3]]) -> ((u32, u32), Vec<u8>) {
    let (width, height) = (COLUMNS * CELL, rows(map.cells.len()) * CELL);
    let mut pixels = vec![0; width * height * 4];
    let colour = |at: usize| colours.get(at).copied().unwrap_or_default();
    let mut dot = |x: usize, y: usize, [red, green, blue]: [u8; 3]| {
        let at = (y * width + x) * 4;
        pixels[at..at + 4].copy_from_slice(&[red, green, blue, 255]);
    };
    for (index, cell) in map.cells.iter().enumerate() {
        let (left, top) = (index % COLUMNS * CELL, index / COLUMNS * CELL);
        let tone = TONES.iter().position(|(tone, _)| *tone == cell.tone).map(|at| colour(FIRST_TONE + at));
        let inner = CELL - 1;
        for y in 0..inner {
            let permille = if y < inner / 2 { cell.cpu_permille } else { cell.memory_permille };
            let filled = usize::from(permille) * inner / 1_000;
            for x in 0..inner {
                // What is not well is struck through: colour is never alone.
                let paint = match tone {
                    Some(tone) if x == y || x + y == inner - 1 => tone,
                    Some(tone) => blend(tone, colour(ROOM)),
                    None if y == inner / 2 => colour(ROOM),
                    None => colour(if x < filled { FILL } else { ROOM }),
                };
                dot(left + x, top + y, paint);
            }
        }
        if index == current {
            for edge in 0..inner {
                for (x, y) in [(edge, 0), (edge, inner - 1), (0, edge), (inner - 1, edge)] {
                    dot(left + x, top + y, colour(MARK));
                }
            }
        }
    }
    ((width as u32, height as u32), pixels)
}

fn blend(one: [u8; 3], other: [u8; 3]) -> [u8; 3] {
    [0, 1, 2].map(|at| ((u16::from(one[at]) + u16::from(other[at])) / 2) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::ids::InstanceId;

    #[test]
    fn a_cell_is_filled_as_far_as_its_server_and_what_is_not_well_is_struck_through() {
        let cell = |tone| MapCell { instance: InstanceId(1), cpu_permille: 1_000, memory_permille: 0, tone };
        let map = ZoneMap { cells: vec![cell(Tone::Good), cell(Tone::Good), cell(Tone::Bad)], words: "".into(), selected: None };
        let colours: Vec<[u8; 3]> = (0..8).map(|at| [at * 20; 3]).collect();
        let ((width, height), pixels) = picture(&map, 0, &colours);
        assert_eq!((width, height), (240, 10));
        let at = |x: usize, y: usize| pixels[(y * 240 + x) * 4];
        assert_eq!((at(0, 0), at(13, 2), at(13, 7)), (40, 20, 0), "marked, CPU full, memory empty");
        assert_eq!((at(20, 0), at(21, 0)), (100, 50), "struck through on a ground of the same tone");
        assert_eq!(pixels[(9 * 240 + 239) * 4 + 3], 0, "nothing where there is no server");
    }
}
