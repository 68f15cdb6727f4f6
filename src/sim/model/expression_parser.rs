//! Reads the cluster query language.
//!
//! A lexer that knows the character every word starts at, and one function a rule: `or` binds weaker than `and`, `and` weaker
//! than `not`. It must never guess: what it does not understand is an error with its position. Start reading at [`Expression::parse`].

use std::fmt;
use std::rc::Rc;

use super::expression::{Condition, Expression, Relation, TextTest};
use super::expression_value::{Date, Pattern, Version, is_word_char};

/// Where an expression stops making sense, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpressionError {
    /// The character, counted from 0; the length of the text when something is missing at its end.
    pub position: usize,
    /// What is wrong there.
    pub message: String,
}

impl fmt::Display for ExpressionError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} at character {}", self.message, self.position + 1)
    }
}

impl std::error::Error for ExpressionError {}

impl Expression {
    /// Reads an expression. Words are case sensitive; every operator has a sign and a name.
    pub fn parse(text: &str) -> Result<Self, ExpressionError> {
        let mut parser = Parser { chars: text.chars().collect(), at: 0, depth: 0 };
        if parser.chars.len() > Self::MAX_CHARS {
            let message = format!("an expression has at most {} characters", Self::MAX_CHARS);
            return Err(error(Self::MAX_CHARS, message));
        }
        let expression = parser.any_of()?;
        match parser.peek_symbol() {
            None => Ok(expression),
            Some(_) => Err(parser.unexpected("'and', 'or' or the end")),
        }
    }
}

/// Deepest nesting of parentheses and `not`; keeps every walk over an expression short (chosen here).
/// Ledger: expression.limits.
const MAX_DEPTH: usize = 50;
/// Longest attribute name (API26:Attribute).
/// Ledger: expression.limits.
const MAX_ATTRIBUTE_NAME_CHARS: usize = 128;

/// Signs first, longest first; then names.
const OPERATORS: [(&str, Operator); 22] = [
    ("!exists", Operator::NotExists),
    ("!in", Operator::NotIn),
    ("==", Operator::Relation(Relation::Equal)),
    ("!=", Operator::Relation(Relation::NotEqual)),
    (">=", Operator::Relation(Relation::GreaterEqual)),
    ("<=", Operator::Relation(Relation::LessEqual)),
    ("=~", Operator::Matches),
    ("!~", Operator::NotMatches),
    (">", Operator::Relation(Relation::Greater)),
    ("<", Operator::Relation(Relation::Less)),
    ("equals", Operator::Relation(Relation::Equal)),
    ("not_equals", Operator::Relation(Relation::NotEqual)),
    ("greater_than", Operator::Relation(Relation::Greater)),
    ("greater_than_equal", Operator::Relation(Relation::GreaterEqual)),
    ("less_than", Operator::Relation(Relation::Less)),
    ("less_than_equal", Operator::Relation(Relation::LessEqual)),
    ("exists", Operator::Exists),
    ("not_exists", Operator::NotExists),
    ("in", Operator::In),
    ("not_in", Operator::NotIn),
    ("matches", Operator::Matches),
    ("not_matches", Operator::NotMatches),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Operator {
    Relation(Relation),
    Exists,
    NotExists,
    In,
    NotIn,
    Matches,
    NotMatches,
}

/// A word and the character it starts at.
struct Word {
    start: usize,
    text: String,
}

struct Parser {
    chars: Vec<char>,
    at: usize,
    depth: usize,
}

/// The rules of the language.
impl Parser {
    /// `all_of { or all_of }`
    fn any_of(&mut self) -> Result<Expression, ExpressionError> {
        let mut parts = vec![self.all_of()?];
        while self.take_joint("or", "||") {
            parts.push(self.all_of()?);
        }
        Ok(single_or(parts, Expression::Or))
    }

    /// `negation { and negation }`
    fn all_of(&mut self) -> Result<Expression, ExpressionError> {
        let mut parts = vec![self.negation()?];
        while self.take_joint("and", "&&") {
            parts.push(self.negation()?);
        }
        Ok(single_or(parts, Expression::And))
    }

    /// `not negation`, `( any_of )` or a condition.
    fn negation(&mut self) -> Result<Expression, ExpressionError> {
        self.skip_space();
        let start = self.at;
        if self.take_joint("not", "!") {
            return self.nested(start, |parser| Ok(Expression::Not(Box::new(parser.negation()?))));
        }
        if self.take_symbol('(') {
            return self.nested(start, |parser| {
                let inner = parser.any_of()?;
                if parser.take_symbol(')') { Ok(inner) } else { Err(parser.unexpected("'and', 'or' or ')'")) }
            });
        }
        self.condition().map(Expression::Condition)
    }

    fn nested(
        &mut self,
        start: usize,
        rule: impl FnOnce(&mut Self) -> Result<Expression, ExpressionError>,
    ) -> Result<Expression, ExpressionError> {
        if self.depth == MAX_DEPTH {
            return Err(error(start, "nested too deeply"));
        }
        self.depth += 1;
        let expression = rule(self)?;
        self.depth -= 1;
        Ok(expression)
    }

    /// `subject operator [argument]`
    fn condition(&mut self) -> Result<Condition, ExpressionError> {
        let subject = self.word("a subject")?;
        if let Some(name) = subject.text.strip_prefix("attribute:") {
            let name = attribute_name(name, &subject)?;
            let test = self.text_test(&[])?;
            return Ok(Condition::Attribute { name, test });
        }
        match subject.text.as_str() {
            "task:group" => self.text_test(&[]).map(Condition::TaskGroup),
            "ec2InstanceId" => self.text_test(&NO_ORDER_NO_EXISTENCE).map(Condition::Ec2InstanceId),
            "agentConnected" => self.text_test(&NO_ORDER_NO_EXISTENCE).map(Condition::AgentConnected),
            "agentVersion" => {
                let (relation, version) = self.ordered("a version such as 1.89.2", Version::parse)?;
                Ok(Condition::AgentVersion(relation, version))
            }
            "registeredAt" => {
                let (relation, date) = self.ordered("a date such as 2018-06-18 or 2018-06-18T22:28:28Z", Date::parse)?;
                Ok(Condition::RegisteredAt(relation, date))
            }
            "runningTasksCount" => {
                let (relation, count) = self.ordered("a whole number", |text| text.parse().ok())?;
                Ok(Condition::RunningTasksCount(relation, count))
            }
            unknown => Err(error(subject.start, format!("unknown subject '{unknown}' (known: {SUBJECTS})"))),
        }
    }

    /// An operator on texts with its argument; the operators in `refused` do not go with the subject.
    fn text_test(&mut self, refused: &[Operator]) -> Result<TextTest, ExpressionError> {
        let (start, operator) = self.operator()?;
        if refused.contains(&operator) {
            return Err(error(start, "this operator does not go with this subject"));
        }
        match operator {
            Operator::Exists => Ok(TextTest::Exists),
            Operator::NotExists => Ok(TextTest::NotExists),
            Operator::Relation(relation) => {
                let value = self.word("a value")?;
                Ok(TextTest::Compare(relation, value.text.into()))
            }
            Operator::In => self.list().map(TextTest::In),
            Operator::NotIn => self.list().map(TextTest::NotIn),
            Operator::Matches => self.pattern().map(TextTest::Matches),
            Operator::NotMatches => self.pattern().map(TextTest::NotMatches),
        }
    }

    /// A relation and a value of a subject that has an order.
    fn ordered<T>(&mut self, expected: &str, parse: impl FnOnce(&str) -> Option<T>) -> Result<(Relation, T), ExpressionError> {
        let (start, operator) = self.operator()?;
        let Operator::Relation(relation) = operator else {
            return Err(error(start, "this operator does not go with this subject"));
        };
        let value = self.word(expected)?;
        match parse(&value.text) {
            Some(parsed) => Ok((relation, parsed)),
            None => Err(error(value.start, format!("expected {expected}, found '{}'", value.text))),
        }
    }

    /// `[ value { , value } ]`
    fn list(&mut self) -> Result<Vec<Rc<str>>, ExpressionError> {
        if !self.take_symbol('[') {
            return Err(self.unexpected("'['"));
        }
        let mut values = Vec::new();
        loop {
            values.push(self.word("a value")?.text.into());
            if self.take_symbol(']') {
                return Ok(values);
            }
            if !self.take_symbol(',') {
                return Err(self.unexpected("',' or ']'"));
            }
        }
    }

    fn pattern(&mut self) -> Result<Pattern, ExpressionError> {
        let word = match self.peek_symbol() {
            Some('\'' | '"') | None => self.word("a pattern")?,
            Some(_) => self.bare_pattern()?,
        };
        Pattern::parse(&word.text).map_err(|why| {
            let why = why.trim_end().lines().last().unwrap_or_default().trim();
            error(word.start, format!("'{}' is not a pattern that is understood ({why})", word.text))
        })
    }
}

const SUBJECTS: &str = "agentConnected, agentVersion, attribute:NAME, ec2InstanceId, registeredAt, \
                        runningTasksCount, task:group";

/// What `agentConnected` and `ec2InstanceId` do not take (DG23:cluster-query-language).
const NO_ORDER_NO_EXISTENCE: [Operator; 6] = [
    Operator::Relation(Relation::Greater),
    Operator::Relation(Relation::GreaterEqual),
    Operator::Relation(Relation::Less),
    Operator::Relation(Relation::LessEqual),
    Operator::Exists,
    Operator::NotExists,
];

/// The words of the language.
impl Parser {
    fn skip_space(&mut self) {
        while self.chars.get(self.at).is_some_and(|each| each.is_whitespace()) {
            self.at += 1;
        }
    }

    fn peek_symbol(&mut self) -> Option<char> {
        self.skip_space();
        self.chars.get(self.at).copied()
    }

    fn take_symbol(&mut self, symbol: char) -> bool {
        let found = self.peek_symbol() == Some(symbol);
        self.at += usize::from(found);
        found
    }

    /// Takes a joint by its name or its sign.
    fn take_joint(&mut self, name: &str, sign: &str) -> bool {
        self.skip_space();
        self.take_literal(name) || self.take_literal(sign)
    }

    /// Takes exactly these characters; one that ends like a word must also end there.
    fn take_literal(&mut self, literal: &str) -> bool {
        let end = self.at + literal.chars().count();
        let Some(found) = self.chars.get(self.at..end) else {
            return false;
        };
        let is_it = found.iter().copied().eq(literal.chars());
        let is_word = literal.ends_with(|last: char| last.is_ascii_lowercase());
        let goes_on = is_word && self.chars.get(end).is_some_and(|next| is_word_char(*next));
        if is_it && !goes_on {
            self.at = end;
        }
        is_it && !goes_on
    }

    fn operator(&mut self) -> Result<(usize, Operator), ExpressionError> {
        self.skip_space();
        let start = self.at;
        for (spelling, operator) in OPERATORS {
            if self.take_literal(spelling) {
                return Ok((start, operator));
            }
        }
        Err(self.unexpected("an operator"))
    }

    /// A bare word, or any text in single or double quotes.
    fn word(&mut self, expected: &str) -> Result<Word, ExpressionError> {
        if let Some(quote @ ('\'' | '"')) = self.peek_symbol() {
            return self.quoted(quote);
        }
        let start = self.at;
        let rest = self.chars[start..].iter();
        let text: String = rest.take_while(|each| is_word_char(**each)).collect();
        if text.is_empty() {
            return Err(self.unexpected(expected));
        }
        self.at += text.chars().count();
        Ok(Word { start, text })
    }

    fn quoted(&mut self, quote: char) -> Result<Word, ExpressionError> {
        let start = self.at;
        let rest = &self.chars[start + 1..];
        let Some(length) = rest.iter().position(|each| *each == quote) else {
            return Err(error(start, "this quote is never closed"));
        };
        self.at = start + length + 2;
        Ok(Word { start, text: rest[..length].iter().collect() })
    }

    /// A pattern without quotes: up to a space, a quote, or a parenthesis it has not opened itself.
    fn bare_pattern(&mut self) -> Result<Word, ExpressionError> {
        let start = self.at;
        let (mut open, mut in_class) = (0_usize, false);
        while let Some(each) = self.chars.get(self.at).copied() {
            match each {
                '\\' if !matches!(self.chars.get(self.at + 1), Some('\'' | '"')) => self.at += 1,
                '[' => in_class = true,
                ']' => in_class = false,
                '(' if !in_class => open += 1,
                ')' if !in_class && open == 0 => break,
                ')' if !in_class => open -= 1,
                '\'' | '"' => break,
                space if space.is_whitespace() => break,
                _ => {}
            }
            self.at += 1;
        }
        self.at = self.at.min(self.chars.len());
        if self.at == start {
            return Err(self.unexpected("a pattern"));
        }
        Ok(Word { start, text: self.chars[start..self.at].iter().collect() })
    }

    /// The word or sign at the next position is not what the language wants there.
    fn unexpected(&mut self, expected: &str) -> ExpressionError {
        self.skip_space();
        let start = self.at;
        let rest = &self.chars[start..];
        let word: String = rest.iter().take_while(|each| is_word_char(**each)).collect();
        let found = match (word.is_empty(), rest.first()) {
            (_, None) => "the end".to_owned(),
            (true, Some(sign)) => format!("'{sign}'"),
            (false, Some(_)) => format!("'{word}'"),
        };
        error(start, format!("expected {expected}, found {found}"))
    }
}

fn error(position: usize, message: impl Into<String>) -> ExpressionError {
    ExpressionError { position, message: message.into() }
}

fn single_or(mut parts: Vec<Expression>, join: fn(Vec<Expression>) -> Expression) -> Expression {
    match (parts.len(), parts.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            parts.extend(last);
            join(parts)
        }
    }
}

fn attribute_name(name: &str, subject: &Word) -> Result<Rc<str>, ExpressionError> {
    let at = subject.start + "attribute:".len();
    if name.is_empty() {
        return Err(error(at, "expected the name of an attribute"));
    }
    if name.chars().count() > MAX_ATTRIBUTE_NAME_CHARS {
        let message = format!("an attribute name has at most {MAX_ATTRIBUTE_NAME_CHARS} characters");
        return Err(error(at, message));
    }
    Ok(name.into())
}
