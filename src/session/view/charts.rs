//! The Charts tab: the course of a few figures over the run, each with its exact value now and what it is measured against.

use std::rc::Rc;

use crate::cost::DOLLAR;
use crate::session::figures::{self, Figure, Sample};
use crate::session::frame::{ChartLine, ChartView, ChartsView, Hue, LineStyle};
use crate::session::intent::Lens;
use crate::session::view::Shown;
use crate::session::view::totals::{dollars, grouped};
use crate::sim::time::{self, Millis};

/// The table twin has so many rows at most.
const MOST_ROWS: usize = 30;

/// How one chart comes out of the samples.
struct Kind {
    title: &'static str,
    hue: Hue,
    lines: &'static [Line],
    /// The exact value.
    value: fn(&Sample) -> String,
    /// What stands beside it.
    note: fn(&Sample) -> String,
    /// The chart has room for this much at least.
    room: u64,
}

/// What a line is, how it is drawn, its points, and its value in words.
type Line = (&'static str, LineStyle, Read, fn(u64) -> String);
type Read = fn(&Sample) -> Option<u64>;

const KINDS: &[Kind] = &[
    Kind {
        title: "Running",
        hue: Hue(0),
        lines: &[
            ("running", LineStyle::Filled, |sample| sample.get(Figure::Running), grouped),
            ("desired", LineStyle::Dashed, |sample| sample.get(Figure::Desired), grouped),
            ("in truth", LineStyle::Thin, |sample| sample.get(Figure::TrulyRunning), grouped),
        ],
        value: |sample| format!("{} of {}", number(sample, Figure::Running), number(sample, Figure::Desired)),
        note: no_note,
        room: 4,
    },
    Kind {
        title: "CPU reserved",
        hue: Hue(1),
        lines: &[
            ("reserved", LineStyle::Filled, |sample| share(sample, Figure::CpuReserved, Figure::CpuTotal), percent),
            ("really used", LineStyle::Thin, |sample| share(sample, Figure::CpuUsed, Figure::CpuTotal), percent),
            ("CloudWatch says", LineStyle::Stepped, |sample| sample.get(Figure::CpuPublished), percent),
        ],
        value: |sample| share(sample, Figure::CpuReserved, Figure::CpuTotal).map_or_else(String::new, percent),
        note: no_note,
        room: 1_000,
    },
    Kind {
        title: "Memory reserved",
        hue: Hue(4),
        lines: &[
            ("reserved", LineStyle::Filled, |sample| share(sample, Figure::MemoryReserved, Figure::MemoryTotal), percent),
            ("really used", LineStyle::Thin, |sample| share(sample, Figure::MemoryUsed, Figure::MemoryTotal), percent),
            ("CloudWatch says", LineStyle::Stepped, |sample| sample.get(Figure::MemoryPublished), percent),
        ],
        value: |sample| share(sample, Figure::MemoryReserved, Figure::MemoryTotal).map_or_else(String::new, percent),
        note: no_note,
        room: 1_000,
    },
    Kind {
        title: "Waiting",
        hue: Hue(2),
        lines: &[("waiting", LineStyle::Filled, |sample| sample.get(Figure::Waiting), grouped)],
        value: |sample| number(sample, Figure::Waiting),
        note: longest_wait,
        room: 2,
    },
    Kind {
        title: "Requests",
        hue: Hue(0),
        lines: &[
            ("a second", LineStyle::Filled, |sample| sample.get(Figure::Offered), per_second),
            ("lost", LineStyle::Thin, |sample| sample.get(Figure::Lost), per_second),
        ],
        value: |sample| per_second(sample.get(Figure::Offered).unwrap_or(0)),
        note: |sample| format!("{} lost so far", number(sample, Figure::LostSoFar)),
        room: 10_000,
    },
    Kind {
        title: "Reservation",
        hue: Hue(5),
        lines: &[
            ("reservation", LineStyle::Filled, |sample| sample.get(Figure::Reservation), percent),
            ("target", LineStyle::Dashed, |sample| sample.get(Figure::ReservationTarget), percent),
        ],
        value: |sample| sample.get(Figure::Reservation).map_or_else(String::new, percent),
        note: no_note,
        room: 1_200,
    },
    Kind {
        title: "Cost an hour",
        hue: Hue(3),
        lines: &[("an hour", LineStyle::Filled, |sample| sample.get(Figure::CostPerHour), dollars)],
        value: |sample| dollars(sample.get(Figure::CostPerHour).unwrap_or(0)),
        note: no_note,
        room: DOLLAR / 1_000,
    },
    Kind {
        title: "Cost so far",
        hue: Hue(7),
        lines: &[
            ("so far", LineStyle::Filled, |sample| sample.get(Figure::CostSoFar), dollars),
            ("on Fargate", LineStyle::Dashed, |sample| sample.get(Figure::CostOnFargate), dollars),
        ],
        value: |sample| dollars(sample.get(Figure::CostSoFar).unwrap_or(0)),
        note: no_note,
        room: DOLLAR / 1_000,
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
        let cells = kinds().map(|kind| Rc::from(cell(kind, sample))).collect();
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

/// The value with everything that its chart shows beside it.
fn cell(kind: &Kind, sample: &Sample) -> String {
    let beside = kind.lines.iter().skip(1).filter_map(|line| label(line, sample));
    let note = Some((kind.note)(sample)).filter(|note| !note.is_empty());
    [(kind.value)(sample)].into_iter().chain(beside).chain(note).collect::<Vec<_>>().join(", ")
}

/// `desired 10`.
fn label((name, _, read, words): &Line, sample: &Sample) -> Option<String> {
    read(sample).map(|value| format!("{name} {}", words(value)))
}

fn chart(kind: &Kind, samples: &[Sample], now: &Sample, lens: Lens) -> ChartView {
    let is_shown = |style: LineStyle| style != LineStyle::Thin || lens != Lens::Knows;
    let lines: Vec<ChartLine> = kind
        .lines
        .iter()
        .filter(|(_, style, read, _)| is_shown(*style) && (*style != LineStyle::Stepped || read(now).is_some()))
        .map(|line| ChartLine {
            label: Rc::from(label(line, now).unwrap_or_default()),
            style: line.1,
            points: points(samples, now, line.2),
        })
        .collect();
    let highest = lines.iter().flat_map(|line| &line.points).filter_map(|(_, value)| *value).max().unwrap_or(0);
    // A little air over the highest point, except where the top has a meaning of its own.
    let top = if highest <= kind.room { kind.room } else { highest + highest / 8 };
    let (value, note) = (Rc::from((kind.value)(now)), Rc::from((kind.note)(now)));
    ChartView { title: kind.title, value, note, hue: kind.hue, lines, top }
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

fn percent(permille: u64) -> String {
    format!("{} %", (permille + 5) / 10)
}

fn number(sample: &Sample, figure: Figure) -> String {
    sample.get(figure).map_or_else(String::new, grouped)
}

/// Thousandths of a request a second.
fn per_second(mrps: u64) -> String {
    format!("{}/s", grouped(mrps / 1_000))
}

fn no_note(_: &Sample) -> String {
    String::new()
}

fn longest_wait(sample: &Sample) -> String {
    let longest_ms = sample.get(Figure::LongestWaitMs).unwrap_or(0);
    if longest_ms == 0 { String::new() } else { format!("longest {}", time::span(longest_ms / 1_000 * 1_000)) }
}
