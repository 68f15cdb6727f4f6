//! Text whose numbers are queries: `{running(web)|task|tasks} of web run`. No number in it is typed by hand.

use crate::course::query::{Query, Scene};
use crate::course::query_text::{self, Complaint};

/// One paragraph.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prose(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Words(String),
    /// What a query answers, with the noun for one and the noun for many.
    Answer(Query, Option<(String, String)>),
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

    /// Queries that have no answer now.
    pub fn unanswered<'a>(&'a self, scene: &'a Scene) -> impl Iterator<Item = &'a Query> {
        self.queries().filter(|query| query.ask(scene).is_none())
    }

    /// Every query in it.
    pub fn queries(&self) -> impl Iterator<Item = &Query> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Words(_) => None,
            Piece::Answer(query, _) => Some(query),
        })
    }

    /// The first number typed by hand, unless it is part of one of the names.
    pub fn bare_number(&self, names: &[String]) -> Option<String> {
        self.0.iter().find_map(|piece| match piece {
            Piece::Words(words) => bare_number(words, names),
            Piece::Answer(..) => None,
        })
    }
}

impl Piece {
    fn render(&self, scene: &Scene) -> String {
        match self {
            Piece::Words(words) => words.clone(),
            Piece::Answer(query, forms) => match (query.ask(scene), forms) {
                (None, _) => "–".to_string(),
                (Some(amount), None) => amount.to_string(),
                (Some(amount), Some((one, _))) if amount.number() == Some(1) => format!("{amount} {one}"),
                (Some(amount), Some((_, many))) => format!("{amount} {many}"),
            },
        }
    }
}

fn answer(text: &str) -> Result<Piece, Complaint> {
    let mut parts = text.split('|');
    let query_part = parts.next().unwrap_or("");
    let query = query_text::query(query_part)?;
    let forms = match (parts.next(), parts.next(), parts.next()) {
        (None, ..) => None,
        (Some(one), Some(many), None) => Some((one.trim().to_string(), many.trim().to_string())),
        (Some(_), ..) => {
            let message = "a noun needs its form for one and its form for many: {running(web)|task|tasks}".to_string();
            return Err(Complaint { at: query_part.len(), message });
        }
    };
    Ok(Piece::Answer(query, forms))
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
