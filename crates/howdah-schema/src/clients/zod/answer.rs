//! What a CHECK asks, as an expression of TypeScript.

use super::super::rules::Kind;
use super::super::rules::number::Side;
use super::super::rules::test::{JsonShape, Leaf, Length, Operand, Scale, Source, Test, Text, TextForm};
use super::super::script;
use std::collections::BTreeSet;

/// Writes expressions, and keeps in mind which helpers they need.
pub(super) struct Answer<'a> {
    /// Names of helpers.
    pub(super) used: &'a mut BTreeSet<&'static str>,
    /// What the columns of `row` are; without it, the question is about one `value` that is there.
    pub(super) row: Option<Row<'a>>,
}

/// A row whose columns are asked about.
pub(super) struct Row<'a> {
    /// What a column is.
    pub(super) kind: &'a dyn Fn(&str) -> Option<Kind>,
    /// Whether a column that is left out is null.
    pub(super) null_if_absent: &'a dyn Fn(&str) -> bool,
}

/// How a source is called where a question is asked.
type Names<'a> = &'a dyn Fn(&Source) -> String;

impl Answer<'_> {
    fn helper(&mut self, name: &'static str) -> &'static str {
        self.used.insert(name);
        name
    }

    /// True unless the CHECK is false.
    pub(super) fn passes(&mut self, test: &Test) -> String {
        if self.row.is_none() && !test.can_be_null() {
            return self.two_valued(test, false);
        }
        format!("{} !== false", self.three_valued(test))
    }

    /// Without nulls; `within` says whether it stands in a chain, so that another chain needs parentheses.
    fn two_valued(&mut self, test: &Test, within: bool) -> String {
        let chain = |parts: &[String], joint: &str, none: &str| match parts {
            [] => none.to_owned(),
            parts if within => format!("({})", parts.join(joint)),
            parts => parts.join(joint),
        };
        match test {
            // Null passes.
            Test::Known(answer) => (*answer != Some(false)).to_string(),
            Test::IsNull(_) => "false".to_owned(),
            Test::All(tests) => {
                if let Some(number) = one_number(tests) {
                    return format!("value === {number}");
                }
                let parts: Vec<String> = tests.iter().map(|test| self.two_valued(test, true)).collect();
                chain(&parts, " && ", "true")
            }
            Test::Any(tests) => {
                let parts: Vec<String> = tests.iter().map(|test| self.two_valued(test, true)).collect();
                chain(&parts, " || ", "false")
            }
            Test::Not(inner) => match inner.as_ref() {
                Test::Leaf(Leaf::OneOf(text, options)) if options.len() == 1 => {
                    format!("{} !== {}", self.text(text, &value), script::list(options))
                }
                inner => format!("!({})", self.two_valued(inner, false)),
            },
            Test::Same(left, right) => {
                let parts = [self.two_valued(left, true), self.two_valued(right, true)];
                chain(&[format!("{} === {}", bracketed(&parts[0]), bracketed(&parts[1]))], "", "")
            }
            Test::Choice(branches, otherwise) => {
                let mut written = String::new();
                for (when, then) in branches {
                    let (when, then) = (self.two_valued(when, true), self.two_valued(then, true));
                    written.push_str(&format!("{when} ? {then} : "));
                }
                format!("({written}{})", self.two_valued(otherwise, true))
            }
            Test::Leaf(leaf) => self.leaf(leaf, &value),
        }
    }

    /// With nulls.
    fn three_valued(&mut self, test: &Test) -> String {
        match test {
            Test::Known(answer) => answer.map_or_else(|| "null".to_owned(), |answer| answer.to_string()),
            Test::IsNull(source) => match self.access(source) {
                Some(access) => format!("{}({access})", self.helper("isNull")),
                None => "false".to_owned(),
            },
            Test::All(tests) => self.call("and", tests),
            Test::Any(tests) => self.call("or", tests),
            Test::Not(inner) => self.call("not", std::slice::from_ref(inner)),
            Test::Same(left, right) => {
                let (left, right) = (self.three_valued(left), self.three_valued(right));
                format!("{}({left}, {right})", self.helper("same"))
            }
            Test::Choice(branches, otherwise) => {
                let mut written = Vec::new();
                for (when, then) in branches {
                    let (when, then) = (self.three_valued(when), self.three_valued(then));
                    written.push(format!("[{when}, {then}]"));
                }
                let otherwise = self.three_valued(otherwise);
                format!("{}([{}], {otherwise})", self.helper("choose"), written.join(", "))
            }
            Test::Leaf(leaf) => self.row_leaf(leaf),
        }
    }

    fn call(&mut self, name: &'static str, tests: &[impl std::borrow::Borrow<Test>]) -> String {
        let parts: Vec<String> = tests.iter().map(|test| self.three_valued(test.borrow())).collect();
        format!("{}({})", self.helper(name), parts.join(", "))
    }

    /// How a row is asked for a value, which may be null or not known.
    fn access(&mut self, source: &Source) -> Option<String> {
        let row = self.row.as_ref()?;
        let column = |name: &String| {
            let null = if (row.null_if_absent)(name) { " ?? null" } else { "" };
            format!("{}{null}", script::member("row", name))
        };
        match source {
            Source::Column(name) => Some(column(name)),
            Source::Count { of, nulls } => {
                let columns: Vec<String> = of.iter().map(column).collect();
                Some(format!("{}([{}], {nulls})", self.helper("count"), columns.join(", ")))
            }
        }
    }

    fn type_of(&self, source: &Source) -> &'static str {
        let kind = match source {
            Source::Column(name) => self.row.as_ref().and_then(|row| (row.kind)(name)),
            Source::Count { .. } => return "number",
        };
        kind.as_ref().map_or("unknown", script_type)
    }

    /// A question that is answered null where a value is.
    fn row_leaf(&mut self, leaf: &Leaf) -> String {
        let sources = leaf.sources();
        let Some(accesses) = sources.iter().map(|source| self.access(source)).collect::<Option<Vec<_>>>() else {
            return self.leaf(leaf, &value);
        };
        let types: Vec<&str> = sources.iter().map(|source| self.type_of(source)).collect();
        let names = ["left", "right"];
        match (&accesses[..], &types[..]) {
            ([], _) => self.leaf(leaf, &value),
            ([access], [data_type]) => {
                let written = self.leaf(leaf, &value);
                format!("{}({access}, (value: {data_type}) => {written})", self.helper("on"))
            }
            ([one, other], [left, right]) => {
                let name = |source: &Source| {
                    let at = sources.iter().position(|known| known == source);
                    at.and_then(|at| names.get(at)).map_or("value", |name| *name).to_owned()
                };
                let written = self.leaf(leaf, &name);
                let both = self.helper("both");
                format!("{both}({one}, {other}, (left: {left}, right: {right}) => {written})")
            }
            _ => {
                let name = |source: &Source| {
                    let at = sources.iter().position(|known| known == source).unwrap_or_default();
                    format!("value{at}")
                };
                let mut written = self.leaf(leaf, &name);
                let on = self.helper("on");
                for (at, (access, data_type)) in accesses.iter().zip(&types).enumerate().rev() {
                    written = format!("{on}({access}, (value{at}: {data_type}) => {written})");
                }
                written
            }
        }
    }

    fn leaf(&mut self, leaf: &Leaf, names: Names<'_>) -> String {
        match leaf {
            Leaf::True(source) => names(source),
            Leaf::Constantly(_, answer) => answer.to_string(),
            Leaf::Number(source, limit) => {
                let operator = match limit.side {
                    Side::AtLeast => ">=",
                    Side::Above => ">",
                    Side::AtMost => "<=",
                    Side::Below => "<",
                };
                format!("{} {operator} {}", names(source), limit.number)
            }
            Leaf::Length(length, comparison, number) => {
                let operator = comparison.as_javascript();
                match length {
                    Length::Characters(text) => {
                        let text = self.text(text, names);
                        format!("{}({text}) {operator} {number}", self.helper("characters"))
                    }
                    Length::Octets(text) => {
                        let text = self.text(text, names);
                        format!("{}({text}) {operator} {number}", self.helper("octets"))
                    }
                    Length::Bytes(source) => {
                        format!("{}({}) {operator} {number}", self.helper("byteCount"), names(source))
                    }
                    Length::Elements { of, null_if_empty: false } => {
                        format!("{}.length {operator} {number}", names(of))
                    }
                    Length::Elements { of, null_if_empty: true } => {
                        let array = names(of);
                        format!("({array}.length === 0 ? null : {array}.length {operator} {number})")
                    }
                    Length::Count(source) => format!("{} {operator} {number}", names(source)),
                }
            }
            Leaf::Matches(text, pattern) => {
                format!("{}.test({})", script::pattern(pattern), self.text(text, names))
            }
            Leaf::OneOf(text, options) => {
                let text = self.text(text, names);
                match &options[..] {
                    [one] => format!("{text} === {}", script::string(one)),
                    options => format!("[{}].includes({text})", script::list(options)),
                }
            }
            Leaf::TextEqual(left, right) => format!("{} === {}", self.text(left, names), self.text(right, names)),
            Leaf::Begins(text, beginning) => {
                format!("{}.startsWith({})", bracketed(&self.text(text, names)), self.text(beginning, names))
            }
            Leaf::JsonIs(source, name) => {
                format!("{}({}) === {}", self.helper("jsonType"), names(source), script::string(name))
            }
            Leaf::JsonEmpty(source, shape) => {
                format!("{}({}, {})", self.helper("isEmpty"), names(source), *shape == JsonShape::Array)
            }
            Leaf::Elements(source, options) => {
                let list = script::list(options);
                format!("{}.every((element) => ([{list}] as unknown[]).includes(element))", names(source))
            }
            Leaf::Order(scale, left, comparison, right) => {
                let left = names(left);
                let right = match right {
                    Operand::Source(source) => names(source),
                    Operand::Constant(constant) => script::string(constant),
                };
                let operator = comparison.as_javascript();
                match scale {
                    Scale::Number => format!("{left} {operator} {right}"),
                    Scale::Decimal(places) => {
                        let decimal = self.helper("decimal");
                        format!("{decimal}({left}, {places}) {operator} {decimal}({right}, {places})")
                    }
                    Scale::Date => {
                        let day = self.helper("day");
                        format!("{day}({left}) {operator} {day}({right})")
                    }
                    Scale::Uuid => {
                        let text = self.helper("uuidText");
                        format!("{text}({left}) {operator} {text}({right})")
                    }
                    Scale::Timestamp | Scale::TimestampTz => {
                        let (order, moment) = (self.helper("order"), self.helper("moment"));
                        let zoned = *scale == Scale::TimestampTz;
                        format!(
                            "{order}({moment}({left}, {zoned}), {moment}({right}, {zoned}), (one, other) => one {operator} other)"
                        )
                    }
                }
            }
        }
    }

    fn text(&mut self, text: &Text, names: Names<'_>) -> String {
        match text {
            Text::Source(source, TextForm::Same) => names(source),
            Text::Source(source, TextForm::Cut(length)) => {
                format!("{}({}, {length})", self.helper("cut"), names(source))
            }
            Text::Source(source, TextForm::Padded(length)) => {
                format!("{}({}, {length}).replace(/ +$/, \"\")", self.helper("cut"), names(source))
            }
            Text::Source(source, TextForm::Uuid) => format!("{}({})", self.helper("uuidText"), names(source)),
            Text::Constant(text) => script::string(text),
            Text::Trimmed { text, characters, start, end } => {
                let text = self.text(text, names);
                format!("{}({text}, {}, {start}, {end})", self.helper("trim"), script::string(characters))
            }
            Text::Joined(texts) => {
                let texts: Vec<String> = texts.iter().map(|text| self.text(text, names)).collect();
                format!("({})", texts.join(" + "))
            }
        }
    }
}

fn value(_: &Source) -> String {
    "value".to_owned()
}

/// An operand that binds tighter than what it is put beside.
fn bracketed(text: &str) -> String {
    if text.contains(' ') && !text.starts_with('(') { format!("({text})") } else { text.to_owned() }
}

/// The number that two limits leave, if they leave one.
fn one_number(tests: &[Test]) -> Option<&str> {
    match tests {
        [Test::Leaf(Leaf::Number(_, from)), Test::Leaf(Leaf::Number(_, to))]
            if from.side == Side::AtLeast && to.side == Side::AtMost && from.number == to.number =>
        {
            Some(&from.number)
        }
        _ => None,
    }
}

/// What TypeScript calls a value that is asked about.
pub(super) fn script_type(kind: &Kind) -> &'static str {
    match kind {
        Kind::Whole(_) | Kind::Numeric(_) | Kind::Double | Kind::Single | Kind::Oid => "number",
        Kind::Boolean => "boolean",
        Kind::Json | Kind::JsonBinary => "Json",
        Kind::Array(_) => "readonly unknown[]",
        kind if kind.is_string() => "string",
        Kind::Enum(_) => "string",
        _ => "unknown",
    }
}
