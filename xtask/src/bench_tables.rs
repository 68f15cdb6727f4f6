//! Rows as the benches print them, and the tables of `docs/speed.md`. Start reading at [`Measured::tables`].

use std::fmt::Write as _;

/// What the browser adds to each case: how far the module's memory has grown, which never shrinks.
const MEMORY: &str = "MiB of memory";

/// One case as either side prints it: work, instances, unit, rate, and what follows.
pub struct Row {
    work: String,
    instances: u32,
    unit: String,
    rate: f64,
    /// Names and rates of the references.
    references: Vec<(String, f64)>,
}

/// Best rows of the three sides.
#[derive(Default)]
pub struct Measured {
    /// Built like the page, so that what differs is the browser and not what the compiler was asked for.
    pub native: Vec<Row>,
    /// Built for speed.
    pub release: Vec<Row>,
    pub browser: Vec<Row>,
}

impl Row {
    pub fn parse(line: &str) -> Option<Self> {
        let mut fields = line.split('\t');
        let (work, instances) = (fields.next()?.to_owned(), fields.next()?.parse().ok()?);
        let (unit, rate) = (fields.next()?.to_owned(), fields.next()?.parse().ok()?);
        let mut references = Vec::new();
        while let Some(name) = fields.next() {
            references.push((name.to_owned(), fields.next()?.parse().ok()?));
        }
        Some(Self { work, instances, unit, rate, references })
    }

    fn reference(&self, wanted: &str) -> Option<f64> {
        self.references.iter().find(|(name, _)| name == wanted).map(|(_, value)| *value)
    }
}

pub fn keep_best(best: &mut Vec<Row>, measured: Vec<Row>) {
    if best.is_empty() {
        *best = measured;
        return;
    }
    for (best, measured) in best.iter_mut().zip(measured) {
        best.rate = best.rate.max(measured.rate);
        for (best, measured) in best.references.iter_mut().zip(measured.references) {
            best.1 = best.1.max(measured.1);
        }
    }
}

/// What is asked of a group of works with 5,000 instances: each bound, and how it is worked out.
struct Target {
    text: &'static str,
    unit: &'static str,
    bound: Bound,
}

enum Bound {
    /// So many a second natively and in the browser.
    AtLeast(f64, f64),
    /// So many times the cost at 100 instances.
    Growth(f64),
    /// Native over the browser's.
    Slower(f64),
}

const LARGE: u32 = 5_000;

const TARGETS: [Target; 6] = [
    Target {
        text: "400,000 placements a second, 250,000 in the browser",
        unit: "placements",
        bound: Bound::AtLeast(400_000.0, 250_000.0),
    },
    Target { text: "placement costs at most 2.5 times what it costs at 100", unit: "placements", bound: Bound::Growth(2.5) },
    Target { text: "placement in the browser within 1.6 times of native", unit: "placements", bound: Bound::Slower(1.6) },
    Target { text: "5 million events a second, 3 million in the browser", unit: "events", bound: Bound::AtLeast(5e6, 3e6) },
    Target { text: "events in the browser within 1.6 times of native", unit: "events", bound: Bound::Slower(1.6) },
    Target { text: "an hour at the quotas in ten seconds", unit: "simulated seconds", bound: Bound::AtLeast(360.0, 360.0) },
];

impl Measured {
    /// Every case, then the targets.
    pub fn tables(&self) -> String {
        let mut text = String::from(
            "| work | instances | native /s | cost to 100 | browser /s | cost to 100 | native / browser | MiB there | built for speed /s | references, native /s |\n\
             |---|--:|--:|--:|--:|--:|--:|--:|--:|---|\n",
        );
        for ((native, release), browser) in self.native.iter().zip(&self.release).zip(&self.browser) {
            let references: Vec<_> =
                native.references.iter().map(|(name, rate)| format!("{name} {}", thousands(*rate))).collect();
            let _ = writeln!(
                text,
                "| {}: {} | {} | {} | {:.2} | {} | {:.2} | {:.2} | {} | {} | {} |",
                native.unit,
                native.work,
                thousands(f64::from(native.instances)),
                thousands(native.rate),
                growth(&self.native, native),
                thousands(browser.rate),
                growth(&self.browser, browser),
                native.rate / browser.rate,
                browser.reference(MEMORY).map_or_else(String::new, thousands),
                thousands(release.rate),
                references.join(", "),
            );
        }
        text += "\n| target with 5,000 instances | native | browser | built for speed | |\n|---|--:|--:|--:|---|\n";
        for target in &TARGETS {
            text += &self.line(target);
        }
        text
    }

    /// How the large cases of one kind stand to what is asked of them: the worst of each side.
    fn line(&self, target: &Target) -> String {
        let large = |side: &[Row]| {
            let rows = side.iter().filter(|row| row.unit == target.unit && row.instances == LARGE);
            rows.map(|row| (row.rate, growth(side, row))).collect::<Vec<_>>()
        };
        let least = |side: &[Row]| large(side).iter().map(|(rate, _)| *rate).fold(f64::INFINITY, f64::min);
        let most = |side: &[Row]| large(side).iter().map(|(_, growth)| *growth).fold(0.0, f64::max);
        let (native, browser, release) = (&self.native, &self.browser, &self.release);
        let ([native, browser, release], met) = match target.bound {
            Bound::AtLeast(natively, there) => {
                let rates = [least(native), least(browser), least(release)];
                (rates.map(thousands), rates[0] >= natively && rates[1] >= there)
            }
            Bound::Growth(limit) => {
                let growths = [most(native), most(browser), most(release)];
                (growths.map(|growth| format!("{growth:.2}")), growths[0] <= limit && growths[1] <= limit)
            }
            Bound::Slower(limit) => {
                let worst = |side: &[Row]| {
                    let pairs = large(side).into_iter().zip(large(browser));
                    pairs.map(|((native, _), (browser, _))| native / browser).fold(0.0, f64::max)
                };
                let slower = worst(native);
                ([format!("{slower:.2}"), String::new(), format!("{:.2}", worst(release))], slower <= limit)
            }
        };
        let verdict = if met { "met" } else { "MISSED" };
        format!("| {} | {native} | {browser} | {release} | {verdict} |\n", target.text)
    }
}

/// How many times as much a case costs as the same work with 100 instances.
fn growth(side: &[Row], row: &Row) -> f64 {
    let at_100 = side.iter().find(|other| other.work == row.work && other.instances == 100);
    at_100.map_or(1.0, |at_100| at_100.rate / row.rate)
}

/// `1234567.8` as `1,234,568`.
fn thousands(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_a_bench_is_read() {
        let row = Row::parse("random\t100\tplacements\t2500\tplain scan\t5000").unwrap();
        assert_eq!((row.work.as_str(), row.instances, row.rate), ("random", 100, 2_500.0));
        assert_eq!(row.references, [("plain scan".to_owned(), 5_000.0)]);
        assert_eq!((row.reference("plain scan"), row.reference(MEMORY)), (Some(5_000.0), None));
        assert!(Row::parse("Compiling").is_none());
    }

    #[test]
    fn the_targets_are_judged_by_their_worst_case() {
        let side = |rates: [f64; 4]| {
            let case = |work: &str, instances| (work.to_owned(), instances);
            let cases = [case("binpack", 100), case("binpack", LARGE), case("random", 100), case("random", LARGE)];
            let row =
                |((work, instances), rate)| Row { work, instances, unit: "placements".to_owned(), rate, references: vec![] };
            cases.into_iter().zip(rates).map(row).collect::<Vec<_>>()
        };
        let measured = Measured {
            native: side([900_000.0, 600_000.0, 800_000.0, 400_000.0]),
            release: side([1_000_000.0, 1_000_000.0, 900_000.0, 300_000.0]),
            browser: side([600_000.0, 500_000.0, 500_000.0, 240_000.0]),
        };
        let lines: Vec<_> = TARGETS[..3].iter().map(|target| measured.line(target)).collect();
        assert_eq!(
            lines,
            [
                format!("| {} | 400,000 | 240,000 | 300,000 | MISSED |\n", TARGETS[0].text),
                format!("| {} | 2.00 | 2.08 | 3.00 | met |\n", TARGETS[1].text),
                format!("| {} | 1.67 |  | 2.00 | MISSED |\n", TARGETS[2].text),
            ]
        );
    }

    #[test]
    fn numbers_are_grouped_by_thousands() {
        let texts = [100.0, 1_000.0, 1_234_567.8].map(thousands);
        assert_eq!(texts, ["100", "1,000", "1,234,568"]);
    }
}
