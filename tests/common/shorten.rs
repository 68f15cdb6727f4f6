//! Logs with hundreds of lines that differ in the name of a task only are kept short, and still give away any change: what is left
//! out leaves its digest.

use std::fmt::Write as _;

/// So many repetitions are more than anyone reads.
const MANY: usize = 20;
/// So many of them are shown.
const SHOWN: usize = 2;
/// Lines that repeat together: a decision, a status, an end.
const LONGEST_BLOCK: usize = 4;

/// The log with its repetitions cut.
pub fn shortened(lines: &[String]) -> String {
    let shapes: Vec<String> = lines.iter().map(|line| shape(line)).collect();
    let (mut text, mut at) = (String::new(), 0);
    while at < lines.len() {
        let (block, times) = repetition(&shapes[at..]);
        if times < MANY {
            writeln!(text, "{}", fewer_tasks(&lines[at])).unwrap();
            at += 1;
            continue;
        }
        let (shown, end) = (at + SHOWN * block, at + times * block);
        lines[at..shown].iter().for_each(|line| writeln!(text, "{line}").unwrap());
        let hidden = lines[shown..end].join("\n");
        writeln!(text, "          … and so for {} tasks more [{:016x}]", times - SHOWN, digest(&hidden)).unwrap();
        at = end;
    }
    text
}

/// The first lines as a block, and how often it comes again at once; the block that covers most.
fn repetition(shapes: &[String]) -> (usize, usize) {
    let times = |block: usize| shapes.chunks_exact(block).take_while(|chunk| *chunk == &shapes[..block]).count();
    let blocks = (1..=LONGEST_BLOCK.min(shapes.len())).map(|block| (block, times(block)));
    blocks.max_by_key(|(block, times)| (block * times, usize::MAX - block)).unwrap_or((1, 1))
}

/// A line without the name of its task.
fn shape(line: &str) -> String {
    let mut parts = line.split(" · ");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |shape, part| shape + " · " + part.get(4..).unwrap_or_default())
}

/// `(task a) (task b) …`: a long list ends early.
fn fewer_tasks(line: &str) -> String {
    let tasks: Vec<usize> = line.match_indices("(task ").map(|(at, _)| at).collect();
    let (Some(from), Some(to)) = (tasks.get(SHOWN), line.rfind(')')) else { return line.to_owned() };
    if tasks.len() < MANY {
        return line.to_owned();
    }
    let hidden = &line[*from..=to];
    format!("{}… and {} more [{:016x}]{}", &line[..*from], tasks.len() - SHOWN, digest(hidden), &line[to + 1..])
}

/// FNV-1a.
fn digest(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
