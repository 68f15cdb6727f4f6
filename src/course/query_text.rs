//! Reads queries and conditions: `running(web)`, `survivors(web) >= 4 and waiting(web) == 0`. Complaints name the character.

use crate::course::condition::{Comparison, Condition, Operand, Operator};
use crate::course::query::Query;
use crate::import::duration;

/// What is wrong, and at which byte of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    pub at: usize,
    pub message: String,
}

/// Reads one query.
pub fn query(text: &str) -> Result<Query, Complaint> {
    let (name, rest) = match text.split_once('(') {
        Some((name, rest)) => (name, Some(rest)),
        None => (text, None),
    };
    let arguments: Vec<&str> = match rest {
        None => Vec::new(),
        Some(rest) => {
            let inner = rest.trim_end().strip_suffix(')');
            let inner = inner.ok_or_else(|| Complaint { at: text.len(), message: "a closing bracket is missing".to_string() })?;
            inner.split(',').map(str::trim).collect()
        }
    };
    Query::named(name.trim(), &arguments).map_err(|message| Complaint { at: text.len() - text.trim_start().len(), message })
}

/// Reads comparisons joined by `and`.
pub fn condition(text: &str) -> Result<Condition, Complaint> {
    let mut comparisons = Vec::new();
    let mut at = 0;
    for part in text.split(" and ") {
        comparisons.push(comparison(part).map_err(|complaint| Complaint { at: at + complaint.at, ..complaint })?);
        at += part.len() + " and ".len();
    }
    Ok(Condition(comparisons))
}

fn comparison(text: &str) -> Result<Comparison, Complaint> {
    let operators = [
        ("==", Operator::Equal),
        ("!=", Operator::NotEqual),
        ("<=", Operator::AtMost),
        (">=", Operator::AtLeast),
        ("<", Operator::Less),
        (">", Operator::More),
    ];
    let found = operators.iter().find_map(|(sign, operator)| text.find(sign).map(|at| (at, *sign, *operator)));
    let Some((at, sign, operator)) = found else {
        let message = "a comparison is missing; write it like running(web) >= 4".to_string();
        return Err(Complaint { at: 0, message });
    };
    let after = at + sign.len();
    let left = query(&text[..at])?;
    let right = operand(&text[after..]).map_err(|complaint| Complaint { at: after + complaint.at, ..complaint })?;
    Ok(Comparison { left, operator, right })
}

fn operand(text: &str) -> Result<Operand, Complaint> {
    let trimmed = text.trim();
    if let Ok(number) = trimmed.parse() {
        return Ok(Operand::Number(number));
    }
    if trimmed.starts_with(|letter: char| letter.is_ascii_digit()) {
        let at = text.len() - text.trim_start().len();
        return duration::parse(trimmed).map(Operand::Number).map_err(|message| Complaint { at, message });
    }
    query(text).map(Operand::Query)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_and_conditions_are_read() {
        assert_eq!(query("in_zone(web, us-east-1a)"), Ok(Query::InZone("web".into(), "us-east-1a".into())));
        let read = condition("running(web) >= 4 and elapsed < 90s and placed(web) == desired(web)").unwrap();
        assert_eq!(read.0[0].operator, Operator::AtLeast);
        assert_eq!(read.0[1].right, Operand::Number(90_000));
        assert_eq!(read.0[2].right, Operand::Query(Query::Desired("web".into())));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_character() {
        let check = |text: &str, at: usize, words: &str| {
            let complaint = condition(text).unwrap_err();
            assert_eq!(complaint.at, at, "{text}: {}", complaint.message);
            assert!(complaint.message.contains(words), "{text}: {}", complaint.message);
        };
        check("running(web)", 0, "comparison");
        check("running(web) >= 4 and runing(web) > 1", 22, "`runing`");
        check("running(web) >= 4x", 16, "span of time");
        check("cpu_free(zero) > 1", 0, "number of a server");
        check("running(web > 1", 12, "bracket");
    }
}
