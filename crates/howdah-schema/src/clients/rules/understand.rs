//! From the text of a CHECK to what it asks.
//!
//! Whatever is not known to mean the same to a client is refused with the reason, which is printed where the rule would be.

mod array;
mod value;

use super::expression::{Case, Expression};
use super::kind::Kind;
use super::number::{self, Found, Side, Stored};
use super::pattern::{self, Pattern};
use super::test::{Comparison, Leaf, Length, Operand, Scale, Source, Test, Text};
use crate::QualifiedName;
use std::collections::BTreeMap;
use value::{Constant, Value};

/// What a name in a CHECK stands for.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) kind: Kind,
    pub(crate) collation: Collation,
}

/// What a collation means for a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Collation {
    /// The database's own.
    Default,
    /// Another, under which equal texts are the same text.
    Deterministic,
    /// Another, under which different texts may be equal; or one that is not known.
    Nondeterministic,
}

/// The names that a CHECK may speak of.
pub(crate) type Fields = BTreeMap<String, Field>;

/// What a CHECK asks.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Understood {
    pub(crate) test: Test,
    /// False where it lets through some text beyond ASCII that the database refuses under its locale.
    pub(crate) exact: bool,
}

/// Why a rule is not carried.
pub(crate) type Reason = String;

/// Reads what a CHECK asks.
///
/// # Errors
/// Why it cannot be carried.
pub(crate) fn understand(expression: &Expression, fields: &Fields) -> Result<Understood, Reason> {
    let mut reader = Reader { fields, exact: true };
    let test = reader.test(expression, Way::Passing)?;
    Ok(Understood { test: simplified(test), exact: reader.exact })
}

/// Whether a true answer of a part helps the whole to pass or to fail: a pattern that is not the same under all locales must
/// err on the side of passing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Passing,
    Failing,
    /// Both, as the condition of a CASE.
    Either,
}

impl Way {
    fn turned(self) -> Self {
        match self {
            Self::Passing => Self::Failing,
            Self::Failing => Self::Passing,
            Self::Either => Self::Either,
        }
    }
}

struct Reader<'a> {
    fields: &'a Fields,
    exact: bool,
}

fn refused<T>(reason: &str) -> Result<T, Reason> {
    Err(reason.to_owned())
}

impl Reader<'_> {
    fn test(&mut self, expression: &Expression, way: Way) -> Result<Test, Reason> {
        match expression {
            Expression::True => Ok(Test::Known(Some(true))),
            Expression::False => Ok(Test::Known(Some(false))),
            Expression::Null => Ok(Test::Known(None)),
            Expression::And(parts) => self.tests(parts, way).map(Test::All),
            Expression::Or(parts) => self.tests(parts, way).map(Test::Any),
            Expression::Not(inner) => Ok(Test::Not(Box::new(self.test(inner, way.turned())?))),
            Expression::IsNull(inner) => Ok(Test::IsNull(self.source(inner)?)),
            Expression::IsTruth(inner, truth) => {
                let Value::Field(source, Kind::Boolean) = self.value(inner)? else {
                    return refused("IS TRUE of something else than a column is not carried");
                };
                let holds = Test::Leaf(Leaf::True(source.clone()));
                let holds = if *truth { holds } else { Test::Not(Box::new(holds)) };
                Ok(Test::All(vec![Test::Not(Box::new(Test::IsNull(source))), holds]))
            }
            Expression::IsDistinct(left, right) => self.distinct(left, right, way),
            Expression::Any(operator, left, list) => self.any(operator, left, list, way),
            Expression::All(operator, left, list) => {
                let elements = self.elements(list)?;
                let tests: Result<Vec<_>, _> =
                    elements.iter().map(|element| self.binary(operator, left, element, way)).collect();
                Ok(Test::All(tests?))
            }
            Expression::Case(case) => self.case(case, way),
            Expression::Binary(operator, left, right) => self.binary(operator, left, right, way),
            Expression::Call(name, arguments) => self.call(name, arguments),
            Expression::Name(_) => match self.value(expression)? {
                Value::Field(source, Kind::Boolean) => Ok(Test::Leaf(Leaf::True(source))),
                _ => refused("it is no question"),
            },
            Expression::Cast(inner, name) if name == "boolean" => self.test(inner, way),
            Expression::Text(_) | Expression::Number(_) | Expression::Cast(..) | Expression::Array(_) => {
                refused("it is no question")
            }
        }
    }

    fn tests(&mut self, parts: &[Expression], way: Way) -> Result<Vec<Test>, Reason> {
        parts.iter().map(|part| self.test(part, way)).collect()
    }

    /// `x = ANY (list)`.
    fn any(&mut self, operator: &str, left: &Expression, list: &Expression, way: Way) -> Result<Test, Reason> {
        let elements = self.elements(list)?;
        let tests: Result<Vec<_>, _> =
            elements.iter().map(|element| self.binary(operator, left, element, way)).collect();
        Ok(Test::Any(tests?))
    }

    /// With a constant on the right it is a comparison that null passes, or does not.
    fn distinct(&mut self, left: &Expression, right: &Expression, way: Way) -> Result<Test, Reason> {
        let source = self.source(left)?;
        if !matches!(self.value(right)?, Value::Constant(_)) {
            return refused("IS DISTINCT FROM between values is not carried");
        }
        let differs = self.binary("<>", left, right, way)?;
        let there = Test::Not(Box::new(Test::IsNull(source.clone())));
        Ok(Test::Any(vec![Test::IsNull(source), Test::All(vec![there, differs])]))
    }

    fn case(&mut self, case: &Case, way: Way) -> Result<Test, Reason> {
        let mut branches = Vec::new();
        for (when, then) in &case.branches {
            let when = match &case.operand {
                Some(operand) => self.binary("=", operand, when, Way::Either)?,
                None => self.test(when, Way::Either)?,
            };
            branches.push((when, self.test(then, way)?));
        }
        let otherwise = match &case.otherwise {
            Some(otherwise) => self.test(otherwise, way)?,
            None => Test::Known(None),
        };
        Ok(Test::Choice(branches, Box::new(otherwise)))
    }

    fn call(&mut self, name: &str, arguments: &[Expression]) -> Result<Test, Reason> {
        match (name, arguments) {
            ("starts_with", [text, beginning]) => self.begins(text, beginning),
            _ => Err(format!("it calls {name}")),
        }
    }

    fn begins(&mut self, text: &Expression, beginning: &Expression) -> Result<Test, Reason> {
        let (text, _) = self.text(text)?;
        let (beginning, _) = self.text(beginning)?;
        Ok(Test::Leaf(Leaf::Begins(text, beginning)))
    }

    fn binary(&mut self, operator: &str, left: &Expression, right: &Expression, way: Way) -> Result<Test, Reason> {
        match operator {
            "~" => return self.pattern(left, right, way, |text| pattern::regular_expression(text, false)),
            "~*" => return self.pattern(left, right, way, |text| pattern::regular_expression(text, true)),
            "~~" => return self.pattern(left, right, way, pattern::like),
            "!~" | "!~*" | "!~~" => {
                let test = self.binary(operator.strip_prefix('!').unwrap_or(operator), left, right, way.turned())?;
                return Ok(Test::Not(Box::new(test)));
            }
            "^@" => return self.begins(left, right),
            "<@" => return self.contained(left, right),
            "@>" => return self.contained(right, left),
            _ => {}
        }
        let Some(comparison) = Comparison::read(operator) else {
            return Err(format!("the operator {operator} is not carried"));
        };
        if self.is_question(left) || self.is_question(right) {
            let (left, right) = (self.test(left, Way::Either)?, self.test(right, Way::Either)?);
            let same = Test::Same(Box::new(left), Box::new(right));
            return match comparison {
                Comparison::Equal => Ok(same),
                Comparison::NotEqual => Ok(Test::Not(Box::new(same))),
                _ => refused("an order of truths is not carried"),
            };
        }
        let (left, right) = (self.value(left)?, self.value(right)?);
        match (left, right) {
            (Value::Constant(constant), value) => compare(value, comparison.flipped(), Value::Constant(constant)),
            (left, right) => compare(left, comparison, right),
        }
    }

    /// Whether it is true, false or null rather than any other value.
    fn is_question(&self, expression: &Expression) -> bool {
        match expression {
            Expression::True
            | Expression::False
            | Expression::IsNull(_)
            | Expression::IsDistinct(..)
            | Expression::IsTruth(..)
            | Expression::And(_)
            | Expression::Or(_)
            | Expression::Not(_)
            | Expression::Any(..)
            | Expression::All(..) => true,
            Expression::Binary(operator, ..) => {
                Comparison::read(operator).is_some()
                    || matches!(operator.as_str(), "~" | "!~" | "~*" | "!~*" | "~~" | "!~~" | "^@" | "<@" | "@>")
            }
            Expression::Call(name, _) => name == "starts_with",
            Expression::Name(name) => self.fields.get(name).is_some_and(|field| field.kind == Kind::Boolean),
            Expression::Case(case) => case.branches.iter().all(|(_, then)| self.is_question(then)),
            Expression::Text(_)
            | Expression::Number(_)
            | Expression::Null
            | Expression::Cast(..)
            | Expression::Array(_) => false,
        }
    }

    fn pattern(
        &mut self,
        text: &Expression,
        pattern: &Expression,
        way: Way,
        translate: impl Fn(&str) -> Option<Pattern>,
    ) -> Result<Test, Reason> {
        // Matched against char(n), a pattern sees the padding.
        if let Value::Field(_, Kind::Padded(_)) = self.value(text)? {
            return refused("a pattern of char(n) is not carried");
        }
        let (text, collation) = self.text(text)?;
        let Value::Constant(constant) = self.value(pattern)? else {
            return refused("a pattern that is no constant is not carried");
        };
        if collation != Collation::Default {
            return refused("a pattern under another collation is not carried");
        }
        let Some(pattern) = translate(&constant.text) else {
            return refused("the pattern holds what JavaScript has no equal for");
        };
        if !pattern.is_exact() {
            self.exact = false;
        }
        let chosen = match way {
            Way::Passing => pattern.widest,
            Way::Failing => pattern.narrowest,
            Way::Either if pattern.is_exact() => pattern.widest,
            Way::Either => return refused("what its pattern matches depends on the locale"),
        };
        Ok(Test::Leaf(Leaf::Matches(text, chosen)))
    }
}

/// A comparison whose constant, if there is one, stands on the right.
fn compare(left: Value, comparison: Comparison, right: Value) -> Result<Test, Reason> {
    match (left, right) {
        (Value::Constant(_), _) => refused("it compares constants"),
        (Value::Number(source, stored), Value::Constant(constant)) => {
            number_test(&source, stored, comparison, &constant)
        }
        (Value::Number(left, stored), Value::Number(right, other)) => {
            let scale = match (stored, other) {
                (Stored::Exact, Stored::Exact) | (Stored::Double, Stored::Double) => Scale::Number,
                (Stored::Rounded(scale), Stored::Rounded(other)) if scale == other && scale >= 0 => {
                    Scale::Decimal(scale)
                }
                _ => return refused("it compares numbers of different types"),
            };
            Ok(Test::Leaf(Leaf::Order(scale, left, comparison, Operand::Source(right))))
        }
        (Value::Length(length), Value::Constant(constant)) => match constant.text.parse::<i64>() {
            // As far as JavaScript counts exactly.
            Ok(number) if number.unsigned_abs() < 1 << 53 => Ok(Test::Leaf(Leaf::Length(length, comparison, number))),
            _ => refused("it compares a length with something else than a whole number"),
        },
        (Value::JsonType(source), Value::Constant(constant)) => {
            let is = Test::Leaf(Leaf::JsonIs(source, constant.text));
            equality(comparison, is)
        }
        (Value::Field(source, Kind::JsonBinary), Value::Constant(constant)) => {
            let shape = match constant.text.as_str() {
                "{}" => super::test::JsonShape::Object,
                "[]" => super::test::JsonShape::Array,
                _ => return refused("it compares JSON with more than {} or []"),
            };
            equality(comparison, Test::Leaf(Leaf::JsonEmpty(source, shape)))
        }
        (Value::Field(source, kind), Value::Constant(constant)) => field_test(source, &kind, comparison, &constant),
        (Value::Field(left, kind), Value::Field(right, other)) if kind == other => {
            let scale = match kind {
                Kind::Date => Scale::Date,
                Kind::Timestamp => Scale::Timestamp,
                Kind::TimestampTz => Scale::TimestampTz,
                Kind::Uuid if matches!(comparison, Comparison::Equal | Comparison::NotEqual) => Scale::Uuid,
                _ => return refused("it compares values whose order a client does not know"),
            };
            Ok(Test::Leaf(Leaf::Order(scale, left, comparison, Operand::Source(right))))
        }
        (Value::Text(text, collation), Value::Constant(constant)) => {
            text_comparison(comparison, &[collation])?;
            equality(comparison, Test::Leaf(Leaf::OneOf(text, vec![constant.text])))
        }
        (Value::Text(left, one), Value::Text(right, other)) => {
            text_comparison(comparison, &[one, other])?;
            equality(comparison, Test::Leaf(Leaf::TextEqual(left, right)))
        }
        (_, Value::Null) => refused("it compares with NULL"),
        _ => refused("it compares values that a client cannot compare"),
    }
}

fn equality(comparison: Comparison, equal: Test) -> Result<Test, Reason> {
    match comparison {
        Comparison::Equal => Ok(equal),
        Comparison::NotEqual => Ok(Test::Not(Box::new(equal))),
        _ => refused("it orders texts or JSON, which depends on the collation"),
    }
}

fn text_comparison(comparison: Comparison, collations: &[Collation]) -> Result<(), Reason> {
    if !matches!(comparison, Comparison::Equal | Comparison::NotEqual) {
        return refused("it orders texts, which depends on the collation");
    }
    if collations.contains(&Collation::Nondeterministic) {
        return refused("under its collation different texts may be equal");
    }
    Ok(())
}

fn field_test(source: Source, kind: &Kind, comparison: Comparison, constant: &Constant) -> Result<Test, Reason> {
    let scale = match kind {
        Kind::Enum(name) => {
            if !constant.is_of(name) {
                return refused("it compares an enumeration with another type");
            }
            let text = Text::Source(source, super::test::TextForm::Same);
            let equal = Test::Leaf(Leaf::OneOf(text, vec![constant.text.clone()]));
            return match comparison {
                Comparison::Equal => Ok(equal),
                Comparison::NotEqual => Ok(Test::Not(Box::new(equal))),
                _ => refused("an order of labels is not carried"),
            };
        }
        Kind::Uuid => {
            let text = Text::Source(source, super::test::TextForm::Uuid);
            return equality(comparison, Test::Leaf(Leaf::OneOf(text, vec![constant.text.clone()])));
        }
        Kind::Padded(length) => {
            let text = Text::Source(source, super::test::TextForm::Padded(*length));
            return equality(comparison, Test::Leaf(Leaf::OneOf(text, vec![constant.text.clone()])));
        }
        Kind::Date => Scale::Date,
        Kind::Timestamp => Scale::Timestamp,
        Kind::TimestampTz => Scale::TimestampTz,
        _ => return refused("it compares values that a client cannot compare"),
    };
    if !value::is_moment(&constant.text, kind) {
        return refused("its constant is no date or time as ISO 8601 writes it");
    }
    Ok(Test::Leaf(Leaf::Order(scale, source, comparison, Operand::Constant(constant.text.clone()))))
}

fn number_test(source: &Source, stored: Stored, comparison: Comparison, constant: &Constant) -> Result<Test, Reason> {
    let constantly = |answer| Test::Leaf(Leaf::Constantly(source.clone(), answer));
    // JSON has neither, so no value that a client gives is one. NaN is above all others.
    match constant.text.as_str() {
        "NaN" | "Infinity" => {
            let below = matches!(comparison, Comparison::NotEqual | Comparison::Less | Comparison::AtMost);
            return Ok(constantly(below));
        }
        "-Infinity" => {
            let above = matches!(comparison, Comparison::NotEqual | Comparison::Greater | Comparison::AtLeast);
            return Ok(constantly(above));
        }
        _ => {}
    }
    let one = |side: Side| {
        Ok::<_, Reason>(match number::limit(stored, side, &constant.number()) {
            None => return refused("it compares a number with something else"),
            Some(Found::Always) => constantly(true),
            Some(Found::Never) => constantly(false),
            Some(Found::Limit(limit)) => Test::Leaf(Leaf::Number(source.clone(), limit)),
        })
    };
    if let Some(side) = comparison.side() {
        return one(side);
    }
    equality(comparison, Test::All(vec![one(Side::AtLeast)?, one(Side::AtMost)?]))
}

/// Chains of one kind in one list, and lists of texts in one question.
fn simplified(test: Test) -> Test {
    match test {
        Test::All(tests) => {
            let mut found = Vec::new();
            for test in tests.into_iter().map(simplified) {
                match test {
                    Test::All(inner) => found.extend(inner),
                    test => found.push(test),
                }
            }
            single(found, Test::All)
        }
        Test::Any(tests) => {
            let mut found: Vec<Test> = Vec::new();
            for test in tests.into_iter().map(simplified) {
                match (test, found.last_mut()) {
                    (Test::Any(inner), _) => found.extend(inner),
                    (Test::Leaf(Leaf::OneOf(text, more)), Some(Test::Leaf(Leaf::OneOf(last, known))))
                        if *last == text =>
                    {
                        known.extend(more);
                    }
                    (test, _) => found.push(test),
                }
            }
            single(found, Test::Any)
        }
        Test::Not(inner) => match simplified(*inner) {
            Test::Not(inner) => *inner,
            Test::Leaf(Leaf::Length(length, comparison, number)) => match comparison {
                Comparison::Equal => Test::Leaf(Leaf::Length(length, Comparison::NotEqual, number)),
                Comparison::NotEqual => Test::Leaf(Leaf::Length(length, Comparison::Equal, number)),
                _ => Test::Not(Box::new(Test::Leaf(Leaf::Length(length, comparison, number)))),
            },
            inner => Test::Not(Box::new(inner)),
        },
        Test::Same(left, right) => Test::Same(Box::new(simplified(*left)), Box::new(simplified(*right))),
        Test::Choice(branches, otherwise) => {
            let branches = branches.into_iter().map(|(when, then)| (simplified(when), simplified(then)));
            Test::Choice(branches.collect(), Box::new(simplified(*otherwise)))
        }
        test @ (Test::Known(_) | Test::IsNull(_) | Test::Leaf(_)) => test,
    }
}

fn single(mut tests: Vec<Test>, many: fn(Vec<Test>) -> Test) -> Test {
    match tests.pop() {
        Some(only) if tests.is_empty() => only,
        last => {
            tests.extend(last);
            many(tests)
        }
    }
}

/// What a length or a count is of.
fn length(value: Length) -> Value {
    Value::Length(value)
}

/// Whether a constant is written as a value of this type.
fn is_type(name: &QualifiedName, sql: &str) -> bool {
    sql.parse::<QualifiedName>().is_ok_and(|parsed| parsed == *name)
}
