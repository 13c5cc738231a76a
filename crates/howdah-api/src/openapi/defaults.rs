//! Default expressions that are constants, as JSON.

use howdah_schema::clients::rules::Kind;
use serde_json::{Number, Value, json};

/// The value of a default, if it is a constant: `'new'::text`, `0`, `'-1'::integer`, `true`, `'{}'::jsonb`. What a function
/// gives is known when it is called.
pub(super) fn constant(kind: &Kind, expression: &str) -> Option<Value> {
    match (kind, literal(expression)?) {
        (Kind::Whole(_), literal) => literal.text().parse::<i64>().ok().map(Value::from),
        (Kind::Numeric(_) | Kind::Double | Kind::Single, literal) => number(literal.text()),
        (Kind::Boolean, literal) => literal.text().parse::<bool>().ok().map(Value::from),
        (Kind::Json | Kind::JsonBinary, Literal::Quoted(text)) => serde_json::from_str(&text).ok(),
        (Kind::Array(_), Literal::Quoted(text)) => (text == "{}").then(|| json!([])),
        (Kind::Array(_), Literal::Bare(text)) => (text == "ARRAY[]").then(|| json!([])),
        (Kind::Composite(_) | Kind::Unknown | Kind::Nothing, _) => None,
        (_, Literal::Quoted(text)) => Some(Value::String(text)),
        (_, Literal::Bare(_)) => None,
    }
}

fn number(text: &str) -> Option<Value> {
    let whole = text.parse::<i64>().ok().map(Number::from);
    whole.or_else(|| text.parse::<f64>().ok().and_then(Number::from_f64)).map(Value::Number)
}

enum Literal {
    Quoted(String),
    Bare(String),
}

impl Literal {
    fn text(&self) -> &str {
        match self {
            Self::Quoted(text) | Self::Bare(text) => text,
        }
    }
}

/// A literal with casts after it and nothing else.
fn literal(expression: &str) -> Option<Literal> {
    let Some(quoted) = expression.strip_prefix('\'') else {
        let (bare, casts) = expression.split_once("::").unwrap_or((expression, ""));
        let bare = bare.strip_prefix('(').and_then(|bare| bare.strip_suffix(')')).unwrap_or(bare);
        return is_type(casts).then(|| Literal::Bare(bare.to_owned()));
    };
    let mut text = String::new();
    let mut chars = quoted.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if c != '\'' {
            text.push(c);
        } else if chars.next_if(|&(_, next)| next == '\'').is_some() {
            text.push('\'');
        } else {
            let casts = quoted.get(at + 1..)?;
            return is_type(casts.strip_prefix("::").unwrap_or(casts)).then_some(Literal::Quoted(text));
        }
    }
    None
}

/// Types, and no operator: the server writes those as symbols or in upper case.
fn is_type(casts: &str) -> bool {
    let mut quoted = false;
    casts.chars().all(|c| {
        quoted ^= c == '"';
        quoted || c == '"' || c.is_ascii_digit() || c.is_lowercase() || " _.,:()[]".contains(c)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: &Kind, expression: &str, expected: Option<&Value>) {
        assert_eq!(constant(kind, expression).as_ref(), expected, "{expression}");
    }

    #[test]
    fn constants_are_read() {
        check(&Kind::Text, "'it''s'::text", Some(&json!("it's")));
        check(&Kind::Text, "'a'::character varying(10)", Some(&json!("a")));
        check(&Kind::Other, "'x'::\"odd Type\"", Some(&json!("x")));
        check(&Kind::Whole(32), "42", Some(&json!(42)));
        check(&Kind::Whole(32), "'-1'::integer", Some(&json!(-1)));
        check(&Kind::Whole(32), "(-1)", Some(&json!(-1)));
        check(&Kind::Numeric(None), "42.2", Some(&json!(42.2)));
        check(&Kind::Boolean, "false", Some(&json!(false)));
        check(&Kind::JsonBinary, "'{\"a\": [1]}'::jsonb", Some(&json!({ "a": [1] })));
        check(&Kind::Array(Box::new(Kind::Text)), "'{}'::text[]", Some(&json!([])));
        check(&Kind::Array(Box::new(Kind::Text)), "ARRAY[]::text[]", Some(&json!([])));
        check(&Kind::Date, "'1900-01-01'::date", Some(&json!("1900-01-01")));
    }

    #[test]
    fn what_is_computed_is_no_constant() {
        check(&Kind::TimestampTz, "now()", None);
        check(&Kind::Whole(64), "nextval('public.t_id_seq'::regclass)", None);
        check(&Kind::Text, "('a'::text || 'b'::text)", None);
        check(&Kind::Text, "'a'::text || 'b'::text", None);
        check(&Kind::Timestamp, "'2020-01-01'::timestamp with time zone AT TIME ZONE 'utc'", None);
        check(&Kind::Text, "NULL::text", None);
        check(&Kind::Array(Box::new(Kind::Text)), "'{a,b}'::text[]", None);
        check(&Kind::Double, "'NaN'::double precision", None);
    }
}
