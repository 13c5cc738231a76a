//! Words for expressions.

use super::parse::{Expr, Kind};

/// Something that is said of something: `title` `has at most 500 characters`.
struct Clause {
    /// Empty for what has no one subject.
    subject: String,
    predicate: String,
}

impl Clause {
    fn new(subject: impl Into<String>, predicate: impl Into<String>) -> Self {
        Self { subject: subject.into(), predicate: predicate.into() }
    }

    /// All of it in one go.
    fn whole(text: impl Into<String>) -> Self {
        Self::new("", text)
    }

    fn text(&self) -> String {
        if self.subject.is_empty() { self.predicate.clone() } else { format!("{} {}", self.subject, self.predicate) }
    }
}

/// What an expression demands; `None` if nothing in it has words.
pub(super) fn say(sql: &str, expression: &Expr) -> Option<String> {
    let clause = clause(expression).or_else(|| {
        let parts = match &expression.kind {
            Kind::And(parts) | Kind::Or(parts) => parts,
            _ => return None,
        };
        // Some of it is better than none, as long as some of it has words.
        parts.iter().any(|part| clause(part).is_some()).then(|| {
            let word = if matches!(expression.kind, Kind::And(_)) { "and" } else { "or" };
            joined(parts.iter().map(|part| clause(part).unwrap_or_else(|| as_written(sql, part))).collect(), word)
        })
    })?;
    Some(clause.text())
}

fn as_written(sql: &str, part: &Expr) -> Clause {
    Clause::whole(sql.get(part.span.clone()).unwrap_or_default())
}

/// The same with what it is about told apart.
fn clause(expression: &Expr) -> Option<Clause> {
    match &expression.kind {
        Kind::IsNull(of, not) => Some(Clause::new(subject(of)?, if *not { "is set" } else { "is null" })),
        Kind::Name(name) => Some(Clause::new(of_name(name), "is true")),
        Kind::Quantified(left, operator, quantifier, right) => {
            let Kind::Array(items) = &right.kind else { return None };
            let items: Vec<String> = items.iter().map(value).collect::<Option<_>>()?;
            let word = match (operator.as_str(), *quantifier) {
                ("=", "ANY") => "is one of",
                ("<>", "ALL") => "is none of",
                _ => return None,
            };
            Some(Clause::new(subject(left)?, format!("{word} {}", items.join(", "))))
        }
        Kind::Operation(left, operator, right) => operation(left, operator, right),
        Kind::And(parts) => match range(parts) {
            Some(clause) => Some(clause),
            None => Some(joined(parts.iter().map(clause).collect::<Option<_>>()?, "and")),
        },
        Kind::Or(parts) => match parts.as_slice() {
            [condition, then] => match negated(condition) {
                Some(condition) => Some(Clause::whole(format!("if {}, {}", condition.text(), clause(then)?.text()))),
                None => Some(joined(vec![clause(condition)?, clause(then)?], "or")),
            },
            parts => Some(joined(parts.iter().map(clause).collect::<Option<_>>()?, "or")),
        },
        _ => None,
    }
}

/// The opposite of what is said, for `if`.
fn negated(expression: &Expr) -> Option<Clause> {
    match &expression.kind {
        Kind::IsNull(of, false) => Some(Clause::new(subject(of)?, "is set")),
        Kind::Operation(left, operator, right) if operator == "<>" => {
            Some(Clause::new(subject(left)?, format!("is {}", value(right)?)))
        }
        Kind::Quantified(left, operator, "ALL", right) if operator == "<>" => {
            let Kind::Array(items) = &right.kind else { return None };
            let items: Vec<String> = items.iter().map(value).collect::<Option<_>>()?;
            Some(Clause::new(subject(left)?, format!("is one of {}", items.join(", "))))
        }
        _ => None,
    }
}

/// Clauses in a row; what has the same subject names it once.
fn joined(clauses: Vec<Clause>, word: &str) -> Clause {
    let same = clauses
        .first()
        .map(|first| first.subject.clone())
        .filter(|subject| !subject.is_empty() && clauses.iter().all(|clause| clause.subject == *subject));
    let texts: Vec<String> = match same {
        Some(_) => clauses.into_iter().map(|clause| clause.predicate).collect(),
        None => clauses.iter().map(Clause::text).collect(),
    };
    let text = match texts.as_slice() {
        [.., _] if texts.len() > 2 || texts.iter().any(|text| text.contains(',')) => texts.join(&format!(", {word} ")),
        texts => texts.join(&format!(" {word} ")),
    };
    Clause::new(same.unwrap_or_default(), text)
}

/// `x >= 1 AND x <= 9`
fn range(parts: &[Expr]) -> Option<Clause> {
    let [low, high] = parts else { return None };
    let (Kind::Operation(left, least, from), Kind::Operation(right, most, to)) = (&low.kind, &high.kind) else {
        return None;
    };
    let same = without_span(left) == without_span(right);
    if !same || least != ">=" || most != "<=" {
        return None;
    }
    let (from, to) = (number(from)?, number(to)?);
    Some(match measure(left) {
        Some((of, unit)) => Clause::new(of, format!("has {from} to {to} {unit}")),
        None => Clause::new(subject(left)?, format!("is between {from} and {to}")),
    })
}

/// To compare what is written in two places.
fn without_span(expression: &Expr) -> Option<String> {
    match &expression.kind {
        Kind::Name(name) => Some(name.clone()),
        Kind::Call(name, arguments) => {
            let arguments: Vec<String> = arguments.iter().map(without_span).collect::<Option<_>>()?;
            Some(format!("{name}({})", arguments.join(",")))
        }
        Kind::Number(number) => Some(number.clone()),
        _ => None,
    }
    .or(Some(format!("{:?}", expression.span)))
}

fn operation(left: &Expr, operator: &str, right: &Expr) -> Option<Clause> {
    if operator == "=" && (is_condition(left) || is_condition(right)) {
        return Some(Clause::whole(format!("{} exactly when {}", clause(left)?.text(), clause(right)?.text())));
    }
    if let Some((of, unit)) = measure(left) {
        let limit = number(right)?;
        let word = match operator {
            "<=" => "at most",
            ">=" => "at least",
            "<" => "fewer than",
            ">" => "more than",
            "=" => "exactly",
            _ => return None,
        };
        let unit = if limit == "1" { unit.trim_end_matches('s') } else { unit };
        return Some(Clause::new(of, format!("has {word} {limit} {unit}")));
    }
    if let Kind::Call(name, arguments) = &left.kind {
        return call(name, arguments, operator, right);
    }
    let subject = subject(left)?;
    let pattern = match operator {
        "~" => Some(("matches", "")),
        "~*" => Some(("matches", ", in upper or lower case")),
        "!~" => Some(("does not match", "")),
        "!~*" => Some(("does not match", ", in upper or lower case")),
        _ => None,
    };
    if let Some((word, after)) = pattern {
        let Kind::Text(pattern) = &right.kind else { return None };
        return Some(Clause::new(subject, format!("{word} {pattern}{after}")));
    }
    if let Kind::Text(text) = &right.kind
        && text.is_empty()
        && operator == "<>"
    {
        return Some(Clause::new(subject, "is not empty"));
    }
    let is_time = [left, right].iter().any(|side| is_time(side)) && matches!(right.kind, Kind::Name(_));
    let word = match (operator, is_time) {
        (">=", true) => "is not before",
        (">", true) => "is after",
        ("<=", true) => "is not after",
        ("<", true) => "is before",
        (">=", false) => "is at least",
        (">", false) => "is greater than",
        ("<=", false) => "is at most",
        ("<", false) => "is less than",
        ("=", _) => "is",
        ("<>", _) if matches!(right.kind, Kind::Name(_)) => "is not the same as",
        ("<>", _) => "is not",
        _ => return None,
    };
    Some(Clause::new(subject, format!("{word} {}", value(right).or_else(|| self::subject(right))?)))
}

/// Functions that have words of their own.
fn call(name: &str, arguments: &[Expr], operator: &str, right: &Expr) -> Option<Clause> {
    match (name, arguments, operator, &right.kind) {
        ("jsonb_typeof" | "json_typeof", [of], "=", Kind::Text(kind)) => {
            let article = if kind.starts_with(['a', 'o']) { "an" } else { "a" };
            let kind = match kind.as_str() {
                "object" | "array" => format!("a JSON {kind}"),
                kind => format!("{article} {kind} in JSON"),
            };
            Some(Clause::new(subject(of)?, format!("is {kind}")))
        }
        ("btrim", [of], "<>", Kind::Text(text)) if text.is_empty() => Some(Clause::new(subject(of)?, "is not blank")),
        ("lower", [of], "=", _) if same_name(of, right) => Some(Clause::new(subject(of)?, "is in lower case")),
        ("upper", [of], "=", _) if same_name(of, right) => Some(Clause::new(subject(of)?, "is in upper case")),
        ("btrim", [of], "=", _) if same_name(of, right) => Some(Clause::new(subject(of)?, "has no spaces at its ends")),
        ("num_nonnulls", of, "=" | ">=" | "<=", Kind::Number(number)) => {
            let names: Vec<String> = of.iter().map(subject).collect::<Option<_>>()?;
            let word = match operator {
                "=" => "exactly",
                ">=" => "at least",
                _ => "at most",
            };
            let are = if number == "1" { "one of" } else { "of" };
            let number = if number == "1" { String::new() } else { format!(" {number}") };
            let is = if are == "of" { "are" } else { "is" };
            Some(Clause::whole(format!("{word}{number} {are} {} {is} set", names.join(", "))))
        }
        _ => None,
    }
}

fn same_name(one: &Expr, other: &Expr) -> bool {
    matches!((&one.kind, &other.kind), (Kind::Name(one), Kind::Name(other)) if one == other)
}

/// What is measured, and in what.
fn measure(expression: &Expr) -> Option<(String, &'static str)> {
    let Kind::Call(name, arguments) = &expression.kind else { return None };
    let unit = match (name.as_str(), arguments.len()) {
        ("char_length" | "character_length" | "length", 1) => "characters",
        ("octet_length", 1) => "bytes",
        ("cardinality", 1) | ("array_length", 2) | ("jsonb_array_length", 1) => "elements",
        _ => return None,
    };
    Some((subject(arguments.first()?)?, unit))
}

/// Whether something is a condition of its own rather than a value.
fn is_condition(expression: &Expr) -> bool {
    matches!(
        expression.kind,
        Kind::IsNull(..) | Kind::Operation(..) | Kind::Quantified(..) | Kind::And(_) | Kind::Or(_)
    ) && clause(expression).is_some()
}

fn is_time(expression: &Expr) -> bool {
    let Kind::Name(name) = &expression.kind else { return false };
    ["_at", "_on", "_from", "_until", "_to"].iter().any(|end| name.ends_with(end))
}

fn subject(expression: &Expr) -> Option<String> {
    match &expression.kind {
        Kind::Name(name) => Some(of_name(name)),
        _ => None,
    }
}

/// In a domain, VALUE is the value.
fn of_name(name: &str) -> String {
    if name == "VALUE" { "the value".to_owned() } else { name.to_owned() }
}

fn number(expression: &Expr) -> Option<String> {
    match &expression.kind {
        Kind::Number(number) => Some(number.clone()),
        // `'-90'::integer` is how a negative number is deparsed.
        Kind::Text(text) if text.parse::<f64>().is_ok() => Some(text.clone()),
        _ => None,
    }
}

/// A constant or a column.
fn value(expression: &Expr) -> Option<String> {
    match &expression.kind {
        Kind::Number(number) => Some(number.clone()),
        Kind::Constant(constant) => Some((*constant).to_owned()),
        Kind::Name(name) => Some(of_name(name)),
        Kind::Text(text) => {
            let plain = !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "_-.:/".contains(c));
            Some(if plain { text.clone() } else { format!("'{text}'") })
        }
        _ => None,
    }
}
