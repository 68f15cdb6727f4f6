//! Text whose numbers are queries: `{running(web)|task|tasks} of web run`. No number in it is typed by hand.

use crate::course::amount::Amount;
use crate::course::query::{Query, Scene};
use crate::course::query_text::{self, Complaint};
use crate::sim::time::Millis;

/// One paragraph.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prose(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Words(String),
    /// What a query answers, with the noun for one and the noun for many.
    Answer(Query, Forms),
    /// Only in the text of a goal, until it is filled in.
    Blank(Blank, Forms),
}

/// The noun for one and the noun for many.
type Forms = Option<(String, String)>;

/// What the text of a goal takes from its condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Blank {
    /// `{target}`: what the first comparison compares with.
    Target,
    /// `{for}`: how long it must hold.
    Length,
}

/// Numbers as words; `one` is a pronoun more often than a number.
const NUMBER_WORDS: [&str; 11] = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];

impl Prose {
    /// Reads a paragraph.
    pub fn parse(text: &str) -> Result<Self, Complaint> {
        let mut pieces = Vec::new();
        let mut at = 0;
        while let Some(open) = text[at..].find('{').map(|offset| at + offset) {
            let close = text[open..].find('}').map(|offset| open + offset);
            let close = close.ok_or_else(|| Complaint { at: open, message: "a closing brace is missing".to_string() })?;
            pieces.push(Piece::Words(text[at..open].to_string()));
            pieces.push(
                answer(&text[open + 1..close]).map_err(|complaint| Complaint { at: open + 1 + complaint.at, ..complaint })?,
            );
            at = close + 1;
        }
        pieces.push(Piece::Words(text[at..].to_string()));
        Ok(Self(pieces))
    }

    /// The text, with its numbers as they are now; a dash for what does not exist.
    pub fn render(&self, scene: &Scene) -> String {
        self.0.iter().map(|piece| piece.render(scene)).collect()
    }

    /// The text of a goal, with what its condition says in place of `{target}` and `{for}`.
    pub fn filled(self, target: Option<u64>, length_ms: Option<Millis>) -> Self {
        let fill = |piece: Piece| match piece {
            Piece::Words(_) | Piece::Answer(..) => piece,
            Piece::Blank(blank, forms) => {
                let amount = match blank {
                    Blank::Target => target.map(Amount::Count),
                    Blank::Length => length_ms.map(Amount::Span),
                };
                amount.map_or(Piece::Blank(blank, forms.clone()), |amount| Piece::Words(with_noun(&amount, &forms)))
            }
        };
        Self(self.0.into_iter().map(fill).collect())
    }

    /// It has a `{target}` or `{for}` that nothing has filled in.
    pub fn has_blanks(&self) -> bool {
        self.0.iter().any(|piece| matches!(piece, Piece::Blank(..)))
    }

    /// Queries that have no answer now.
    pub fn unanswered<'a>(&'a self, scene: &'a Scene) -> impl Iterator<Item = &'a Query> {
        self.queries().filter(|query| query.ask(scene).is_none())
    }

    /// Every query in it.
    pub fn queries(&self) -> impl Iterator<Item = &Query> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Words(_) | Piece::Blank(..) => None,
            Piece::Answer(query, _) => Some(query),
        })
    }

    /// The first number typed by hand, unless it is part of one of the names.
    pub fn bare_number(&self, names: &[String]) -> Option<String> {
        self.0.iter().find_map(|piece| match piece {
            Piece::Words(words) => bare_number(words, names),
            Piece::Answer(..) | Piece::Blank(..) => None,
        })
    }
}

impl Piece {
    fn render(&self, scene: &Scene) -> String {
        match self {
            Piece::Words(words) => words.clone(),
            Piece::Answer(query, forms) => query.ask(scene).map_or("–".to_string(), |amount| with_noun(&amount, forms)),
            Piece::Blank(..) => "–".to_string(),
        }
    }
}

fn with_noun(amount: &Amount, forms: &Forms) -> String {
    match forms {
        None => amount.to_string(),
        Some((one, _)) if amount.number() == Some(1) => format!("{amount} {one}"),
        Some((_, many)) => format!("{amount} {many}"),
    }
}

fn answer(text: &str) -> Result<Piece, Complaint> {
    let mut parts = text.split('|');
    let query_part = parts.next().unwrap_or("");
    let forms = match (parts.next(), parts.next(), parts.next()) {
        (None, ..) => None,
        (Some(one), Some(many), None) => Some((one.trim().to_string(), many.trim().to_string())),
        (Some(_), ..) => {
            let message = "a noun needs its form for one and its form for many: {running(web)|task|tasks}".to_string();
            return Err(Complaint { at: query_part.len(), message });
        }
    };
    match query_part.trim() {
        "target" => Ok(Piece::Blank(Blank::Target, forms)),
        "for" => Ok(Piece::Blank(Blank::Length, forms)),
        _ => query_text::query(query_part).map(|query| Piece::Answer(query, forms)),
    }
}

fn bare_number(words: &str, names: &[String]) -> Option<String> {
    let nameless = names.iter().fold(words.to_string(), |text, name| text.replace(name.as_str(), ""));
    let mut tokens = nameless.split(|letter: char| !letter.is_alphanumeric());
    tokens
        .find(|token| {
            token.contains(|letter: char| letter.is_ascii_digit()) || NUMBER_WORDS.contains(&token.to_lowercase().as_str())
        })
        .map(str::to_string)
}

/// How many words a text has.
pub fn count_words(text: &str) -> usize {
    text.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_words_and_queries() {
        let prose = Prose::parse("{running(web)|task|tasks} of web on {servers}.").unwrap();
        assert_eq!(prose.queries().count(), 2);
        assert_eq!(Prose::parse("Now {runing(web)} run").unwrap_err().at, 5);
        assert_eq!(Prose::parse("Now {running(web) run").unwrap_err().at, 4);
        assert!(Prose::parse("{running(web)|task}").is_err());
    }

    #[test]
    fn the_text_of_a_goal_takes_its_numbers_from_the_condition() {
        let goal = Prose::parse("Keep {target|task|tasks} for {for}.").unwrap();
        assert!(goal.has_blanks());
        let filled = goal.clone().filled(Some(4), Some(60_000));
        assert_eq!(filled, Prose(["Keep ", "4 tasks", " for ", "60 s", "."].map(|words| Piece::Words(words.into())).to_vec()));
        assert!(goal.filled(Some(4), None).has_blanks());
    }

    #[test]
    fn numbers_typed_by_hand_are_found() {
        let names = ["m5.large".to_string()];
        let check = |text: &str| Prose::parse(text).unwrap().bare_number(&names);
        assert_eq!(check("An m5.large with {servers} beside it"), None);
        assert_eq!(check("It has 4 tasks"), Some("4".to_string()));
        assert_eq!(check("Both of the Three zones"), Some("Three".to_string()));
        assert_eq!(check("someone often weighs them"), None);
    }

    #[test]
    fn words_are_counted_as_people_do() {
        assert_eq!(count_words("One server – full; the next: empty."), 6);
    }
}
