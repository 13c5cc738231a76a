//! What a CHECK asks, in terms that a client can answer.
//!
//! SQL has three truths; a CHECK is passed unless its answer is false. Every [`Leaf`] answers null when one of the values that
//! it is about is null.

use super::number::{Limit, Side};
use std::collections::BTreeSet;

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// A column; in a domain, `VALUE`.
    Column(String),
    /// How many of these are null, or are not. Never null itself.
    Count {
        /// Columns.
        of: Vec<String>,
        /// Those that are.
        nulls: bool,
    },
}

/// A question with three answers.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// Always this; `None` is null.
    Known(Option<bool>),
    /// AND.
    All(Vec<Test>),
    /// OR.
    Any(Vec<Test>),
    /// NOT.
    Not(Box<Test>),
    /// `IS NULL`.
    IsNull(Source),
    /// Two truths are the same.
    Same(Box<Test>, Box<Test>),
    /// CASE: the answer beside the first that is true.
    Choice(Vec<(Test, Test)>, Box<Test>),
    /// A question about values.
    Leaf(Leaf),
}

/// A question about values that are not null.
#[derive(Debug, Clone, PartialEq)]
pub enum Leaf {
    /// A boolean is true.
    True(Source),
    /// The same for all values.
    Constantly(Source, bool),
    /// A number, as the client has it, is on this side of the limit.
    Number(Source, Limit),
    /// A length compares so.
    Length(Length, Comparison, i64),
    /// A pattern of ECMA-262 is found in it.
    Matches(Text, String),
    /// It is one of these.
    OneOf(Text, Vec<String>),
    /// Both are the same.
    TextEqual(Text, Text),
    /// The first begins with the second.
    Begins(Text, Text),
    /// A JSON value is of this type: `object`, `array`, `string`, `number`, `boolean`.
    JsonIs(Source, String),
    /// A JSON value is an object or an array without members.
    JsonEmpty(Source, JsonShape),
    /// Two values compare so.
    Order(Scale, Source, Comparison, Operand),
    /// Every element is one of these.
    Elements(Source, Vec<String>),
}

/// What a JSON value without members is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonShape {
    /// `{}`
    Object,
    /// `[]`
    Array,
}

/// How values are compared with each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scale {
    /// As the client's own numbers.
    Number,
    /// As decimals rounded to this many places.
    Decimal(i32),
    /// As days.
    Date,
    /// As moments without a time zone.
    Timestamp,
    /// As moments. Without an offset it depends on the session which one is meant.
    TimestampTz,
    /// As identifiers; equal or not.
    Uuid,
}

/// What is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operand {
    /// Another value.
    Source(Source),
    /// A constant, as SQL writes it.
    Constant(String),
}

/// An operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

impl Comparison {
    /// As SQL writes it.
    pub(crate) fn read(operator: &str) -> Option<Self> {
        Some(match operator {
            "=" => Self::Equal,
            "<>" => Self::NotEqual,
            "<" => Self::Less,
            "<=" => Self::AtMost,
            ">" => Self::Greater,
            ">=" => Self::AtLeast,
            _ => return None,
        })
    }

    /// With the operands swapped.
    pub(crate) fn flipped(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::AtMost => Self::AtLeast,
            Self::Greater => Self::Less,
            Self::AtLeast => Self::AtMost,
            same => same,
        }
    }

    /// The side of a constant, if it is about one.
    pub(crate) fn side(self) -> Option<Side> {
        match self {
            Self::Less => Some(Side::Below),
            Self::AtMost => Some(Side::AtMost),
            Self::Greater => Some(Side::Above),
            Self::AtLeast => Some(Side::AtLeast),
            Self::Equal | Self::NotEqual => None,
        }
    }

    /// As JavaScript writes it.
    pub fn as_javascript(self) -> &'static str {
        match self {
            Self::Equal => "===",
            Self::NotEqual => "!==",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
        }
    }
}

/// A length of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Length {
    /// Of a text in characters, which are code points.
    Characters(Text),
    /// Of a text in bytes of UTF-8.
    Octets(Text),
    /// Of a `bytea`.
    Bytes(Source),
    /// Of an array. Null for an empty one, if `array_length` asks.
    Elements {
        /// The array.
        of: Source,
        /// Whether an empty one has none.
        null_if_empty: bool,
    },
    /// It is the number already.
    Count(Source),
}

/// A text that is made from values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Text {
    /// A value.
    Source(Source, TextForm),
    /// A constant.
    Constant(String),
    /// Without these characters at its ends.
    Trimmed {
        /// What is trimmed.
        text: Box<Text>,
        /// Which characters.
        characters: String,
        /// At its beginning.
        start: bool,
        /// At its end.
        end: bool,
    },
    /// One after the other.
    Joined(Vec<Text>),
}

/// What PostgreSQL makes of a string that it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextForm {
    /// The same.
    Same,
    /// Its first characters: `varchar(n)`.
    Cut(u32),
    /// Its first characters, without spaces at the end: what `char(n)` means as a text.
    Padded(u32),
    /// An identifier in its usual form.
    Uuid,
}

impl Test {
    /// What it is about.
    pub fn sources(&self) -> BTreeSet<Source> {
        let mut found = BTreeSet::new();
        self.visit(&mut |test| match test {
            Self::IsNull(source) => {
                found.insert(source.clone());
            }
            Self::Leaf(leaf) => found.extend(leaf.sources()),
            _ => {}
        });
        found
    }

    /// The columns that it is about.
    pub fn columns(&self) -> BTreeSet<String> {
        let columns = self.sources().into_iter().flat_map(|source| match source {
            Source::Column(column) => vec![column],
            Source::Count { of, .. } => of,
        });
        columns.collect()
    }

    fn visit(&self, see: &mut impl FnMut(&Self)) {
        see(self);
        match self {
            Self::All(tests) | Self::Any(tests) => tests.iter().for_each(|test| test.visit(see)),
            Self::Not(test) => test.visit(see),
            Self::Same(left, right) => {
                left.visit(see);
                right.visit(see);
            }
            Self::Choice(branches, otherwise) => {
                for (when, then) in branches {
                    when.visit(see);
                    then.visit(see);
                }
                otherwise.visit(see);
            }
            Self::Known(_) | Self::IsNull(_) | Self::Leaf(_) => {}
        }
    }

    /// The answer when every value is null; `None` for null.
    pub fn when_null(&self) -> Option<bool> {
        match self {
            Self::Known(answer) => *answer,
            Self::IsNull(_) => Some(true),
            Self::Not(test) => test.when_null().map(|answer| !answer),
            Self::All(tests) => {
                let answers: Vec<_> = tests.iter().map(Self::when_null).collect();
                if answers.contains(&Some(false)) {
                    Some(false)
                } else if answers.contains(&None) {
                    None
                } else {
                    Some(true)
                }
            }
            Self::Any(tests) => {
                let answers: Vec<_> = tests.iter().map(Self::when_null).collect();
                if answers.contains(&Some(true)) {
                    Some(true)
                } else if answers.contains(&None) {
                    None
                } else {
                    Some(false)
                }
            }
            Self::Same(left, right) => Some(left.when_null()? == right.when_null()?),
            Self::Choice(branches, otherwise) => {
                let chosen = branches.iter().find(|(when, _)| when.when_null() == Some(true));
                chosen.map_or(otherwise.as_ref(), |(_, then)| then).when_null()
            }
            // A count is none of a null, and what it then is does not matter: such a rule is about several columns.
            Self::Leaf(_) => None,
        }
    }

    /// The same question where no value is null.
    pub(crate) fn when_present(self) -> Self {
        match self {
            Self::IsNull(_) => Self::Known(Some(false)),
            Self::Not(inner) => match inner.when_present() {
                Self::Known(answer) => Self::Known(answer.map(|answer| !answer)),
                inner => Self::Not(Box::new(inner)),
            },
            Self::All(tests) => Self::folded(tests, true, Self::All),
            Self::Any(tests) => Self::folded(tests, false, Self::Any),
            Self::Same(left, right) => Self::Same(Box::new(left.when_present()), Box::new(right.when_present())),
            Self::Choice(branches, otherwise) => Self::Choice(
                branches.into_iter().map(|(when, then)| (when.when_present(), then.when_present())).collect(),
                Box::new(otherwise.when_present()),
            ),
            test @ (Self::Known(_) | Self::Leaf(_)) => test,
        }
    }

    /// A chain without the answers that say nothing; `neutral` is what a chain of none says.
    fn folded(tests: Vec<Self>, neutral: bool, many: fn(Vec<Self>) -> Self) -> Self {
        let mut found = Vec::new();
        for test in tests {
            match test.when_present() {
                Self::Known(Some(answer)) if answer == neutral => {}
                Self::Known(Some(answer)) => return Self::Known(Some(answer)),
                test => found.push(test),
            }
        }
        match found.len() {
            0 => Self::Known(Some(neutral)),
            1 => found.pop().unwrap_or(Self::Known(Some(neutral))),
            _ => many(found),
        }
    }

    /// Whether it can be answered null although no value is null.
    pub fn can_be_null(&self) -> bool {
        let mut found = false;
        self.visit(&mut |test| {
            found |= match test {
                Self::Known(answer) => answer.is_none(),
                Self::Leaf(Leaf::Length(Length::Elements { null_if_empty, .. }, ..)) => *null_if_empty,
                // Without an offset, or where it is no moment at all.
                Self::Leaf(Leaf::Order(Scale::Timestamp | Scale::TimestampTz, ..)) => true,
                _ => false,
            };
        });
        found
    }
}

impl Leaf {
    /// What it is about, in the order in which it uses them.
    pub fn sources(&self) -> Vec<Source> {
        let mut found = Vec::new();
        let mut add = |source: &Source| {
            if !found.contains(source) {
                found.push(source.clone());
            }
        };
        match self {
            Self::True(source)
            | Self::Constantly(source, _)
            | Self::Number(source, _)
            | Self::JsonIs(source, _)
            | Self::JsonEmpty(source, _)
            | Self::Elements(source, _) => add(source),
            Self::Length(length, ..) => match length {
                Length::Characters(text) | Length::Octets(text) => text.visit(&mut add),
                Length::Bytes(source) | Length::Elements { of: source, .. } | Length::Count(source) => add(source),
            },
            Self::Matches(text, _) | Self::OneOf(text, _) => text.visit(&mut add),
            Self::TextEqual(left, right) | Self::Begins(left, right) => {
                left.visit(&mut add);
                right.visit(&mut add);
            }
            Self::Order(_, left, _, right) => {
                add(left);
                if let Operand::Source(right) = right {
                    add(right);
                }
            }
        }
        found
    }
}

impl Text {
    fn visit(&self, see: &mut impl FnMut(&Source)) {
        match self {
            Self::Source(source, _) => see(source),
            Self::Constant(_) => {}
            Self::Trimmed { text, .. } => text.visit(see),
            Self::Joined(texts) => texts.iter().for_each(|text| text.visit(see)),
        }
    }
}
