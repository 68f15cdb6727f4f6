//! The Charts tab: the course of a few figures over the run, each with its exact value now and what it is measured against.

use std::rc::Rc;

use crate::session::figures::{self, Figure, Sample};
use crate::session::frame::{ChartLine, ChartView, ChartsView, Hue, LineStyle};
use crate::session::intent::Lens;
use crate::session::view::Shown;
use crate::session::view::totals::{grouped, per_hour};
use crate::sim::time::{self, Millis};

/// The table twin has so many rows at most.
const MOST_ROWS: usize = 30;

/// How one chart comes out of the samples.
struct Kind {
    title: &'static str,
    hue: Hue,
    lines: &'static [(&'static str, LineStyle, Read)],
    /// The exact value, and what stands beside it.
    words: fn(&Sample) -> (String, String),
    /// The chart has room for this much at least.
    room: u64,
}

type Read = fn(&Sample) -> Option<u64>;

const KINDS: &[Kind] = &[
    Kind {
        title: "Running",
        hue: Hue(0),
        lines: &[
            ("running", LineStyle::Filled, |sample| sample.get(Figure::Running)),
            ("desired", LineStyle::Dashed, |sample| sample.get(Figure::Desired)),
            ("in truth", LineStyle::Thin, |sample| sample.get(Figure::TrulyRunning)),
        ],
        words: running_words,
        room: 4,
    },
    Kind {
        title: "CPU reserved",
        hue: Hue(1),
        lines: &[
            ("reserved", LineStyle::Filled, |sample| share(sample, Figure::CpuReserved, Figure::CpuTotal)),
            ("really used", LineStyle::Thin, |sample| share(sample, Figure::CpuUsed, Figure::CpuTotal)),
        ],
        words: |sample| share_words(sample, Figure::CpuReserved, Figure::CpuUsed, Figure::CpuTotal),
        room: 1_000,
    },
    Kind {
        title: "Memory reserved",
        hue: Hue(4),
        lines: &[
            ("reserved", LineStyle::Filled, |sample| share(sample, Figure::MemoryReserved, Figure::MemoryTotal)),
            ("really used", LineStyle::Thin, |sample| share(sample, Figure::MemoryUsed, Figure::MemoryTotal)),
        ],
        words: |sample| share_words(sample, Figure::MemoryReserved, Figure::MemoryUsed, Figure::MemoryTotal),
        room: 1_000,
    },
    Kind {
        title: "Waiting",
        hue: Hue(2),
        lines: &[("waiting", LineStyle::Filled, |sample| sample.get(Figure::Waiting))],
        words: waiting_words,
        room: 2,
    },
    Kind {
        title: "Cost",
        hue: Hue(3),
        lines: &[("an hour", LineStyle::Filled, |sample| sample.get(Figure::CostPerHour))],
        words: |sample| (per_hour(sample.get(Figure::CostPerHour).unwrap_or(0)), "on-demand servers".to_string()),
        room: 1_000,
    },
];

/// The charts, when the figures are followed.
pub fn charts(shown: &Shown) -> Option<ChartsView> {
    let timeline = shown.timeline;
    let samples = timeline.course()?.samples();
    let now = figures::read(timeline.sim());
    let kinds = || KINDS.iter().filter(|kind| kind.lines[0].2(&now).is_some());
    let every = samples.len().div_ceil(MOST_ROWS).max(1);
    let row = |sample: &Sample| {
        let cells = kinds().map(|kind| Rc::from(cell((kind.words)(sample)))).collect();
        (Rc::from(time::clock(sample.at_ms)), cells)
    };
    Some(ChartsView {
        begin_ms: timeline.begin_ms(),
        now_ms: timeline.now_ms(),
        end_ms: timeline.end_ms(),
        charts: kinds().map(|kind| chart(kind, samples, &now, shown.lens)).collect(),
        rows: samples.iter().step_by(every).chain([&now]).map(row).collect(),
    })
}

fn cell((value, note): (String, String)) -> String {
    if note.is_empty() { value } else { format!("{value}, {note}") }
}

fn chart(kind: &Kind, samples: &[Sample], now: &Sample, lens: Lens) -> ChartView {
    let (value, note) = (kind.words)(now);
    let is_shown = |style: LineStyle| style != LineStyle::Thin || lens != Lens::Knows;
    let lines: Vec<ChartLine> = kind
        .lines
        .iter()
        .filter(|(_, style, _)| is_shown(*style))
        .map(|(name, style, read)| ChartLine { name, style: *style, points: points(samples, now, *read) })
        .collect();
    let highest = lines.iter().flat_map(|line| &line.points).filter_map(|(_, value)| *value).max().unwrap_or(0);
    // A little air over the highest point, except where the top has a meaning of its own.
    let top = if highest <= kind.room { kind.room } else { highest + highest / 8 };
    ChartView { title: kind.title, value: Rc::from(value), note: Rc::from(note), hue: kind.hue, lines, top }
}

/// The samples, with the exact value at the instant being looked at between them.
fn points(samples: &[Sample], now: &Sample, read: Read) -> Vec<(Millis, Option<u64>)> {
    let point = |sample: &Sample| (sample.at_ms, read(sample));
    let before = samples.iter().filter(|sample| sample.at_ms < now.at_ms);
    let after = samples.iter().filter(|sample| sample.at_ms > now.at_ms);
    before.chain([now]).chain(after).map(point).collect()
}

/// In thousandths of the whole.
fn share(sample: &Sample, part: Figure, whole: Figure) -> Option<u64> {
    let whole = sample.get(whole).filter(|whole| *whole > 0)?;
    Some(sample.get(part).unwrap_or(0) * 1_000 / whole)
}

fn percent(permille: Option<u64>) -> String {
    permille.map_or_else(|| "–".to_string(), |permille| format!("{} %", (permille + 5) / 10))
}

fn share_words(sample: &Sample, reserved: Figure, used: Figure, total: Figure) -> (String, String) {
    (percent(share(sample, reserved, total)), format!("really used {}", percent(share(sample, used, total))))
}

fn running_words(sample: &Sample) -> (String, String) {
    let (running, desired) = (sample.get(Figure::Running).unwrap_or(0), sample.get(Figure::Desired).unwrap_or(0));
    let truly = sample.get(Figure::TrulyRunning).unwrap_or(running);
    let note = if truly == running { String::new() } else { format!("in truth {}", grouped(truly)) };
    (format!("{} of {}", grouped(running), grouped(desired)), note)
}

fn waiting_words(sample: &Sample) -> (String, String) {
    let longest_ms = sample.get(Figure::LongestWaitMs).unwrap_or(0);
    let note = if longest_ms == 0 { String::new() } else { format!("longest {}", time::span(longest_ms / 1_000 * 1_000)) };
    (grouped(sample.get(Figure::Waiting).unwrap_or(0)), note)
}
