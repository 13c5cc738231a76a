//! Tags: what SQL cannot say about a schema, written in its comments.
//!
//! A comment is prose with tags after it: `The address mail goes to. @pii email @mask email`.
//!
//! What counts as a tag: an `@` at the beginning or after white space, directly followed by a letter; the word that it
//! begins runs over letters, digits, `-` and `_` and must end at white space or at the end, with nothing between but the
//! punctuation that ends a clause (`,` `;` `:` `.` `)`). So `anna@example.com`, `(@home)`, `@ 5 EUR` and `@example.com` are prose.
//! An `@word` of this form that is no known tag is an error, not silence; to speak of one, put it in quotes or backticks.
//! Arguments stand on the same line as their tag.

mod parse;
mod spec;

pub use parse::{TagError, TagProblem, parse, render};
pub use spec::{TAGS, TagObject, TagSpec};

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What the tags of one comment say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tags {
    /// `@group media`: where the table stands in docs and studio.
    pub group: Option<String>,
    /// `@owner user_id`: the column that owns the row.
    pub owner: Option<String>,
    /// `@pii`, `@pii email`: personal data, and which kind.
    pub pii: Option<Pii>,
    /// `@mask`, `@mask email`: how the read-only role sees it.
    pub mask: Option<Mask>,
    /// `@encrypt`: encrypted under the owner's key.
    pub encrypt: bool,
    /// `@blind-index`: encrypted, and still searchable by equality.
    pub blind_index: bool,
    /// `@audit`, `@audit read`: goes to the audit trail.
    pub audit: Option<Audit>,
    /// `@retain 90 days by created_at`.
    pub retain: Option<Retain>,
    /// `@consent health`: writing needs a live consent for this purpose.
    pub consent: Option<String>,
    /// `@deprecated why`.
    pub deprecated: Option<String>,
    /// `@version row_version`: the column behind ETag and If-Match.
    pub version: Option<String>,
    /// `@partitions`: the table's partitions come and go at run time and are no part of the schema.
    pub partitions: bool,
}

impl Tags {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The tags that are there, for checks on where they may stand.
    pub fn present(&self) -> impl Iterator<Item = &'static TagSpec> {
        let rendered = self.to_string();
        let names: Vec<String> =
            rendered.split_whitespace().filter_map(|word| word.strip_prefix('@')).map(str::to_owned).collect();
        TAGS.iter().filter(move |spec| names.iter().any(|name| name == spec.name))
    }
}

/// As in a comment: the tags joined by spaces, in the order of [`TAGS`].
impl fmt::Display for Tags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = |name: &str, value: &Option<String>| value.as_ref().map(|value| format!("@{name} {value}"));
        let parts = [
            word("group", &self.group),
            word("owner", &self.owner),
            self.pii.as_ref().map(|pii| match &pii.kind {
                Some(kind) => format!("@pii {kind}"),
                None => "@pii".to_owned(),
            }),
            self.mask.map(|mask| match mask {
                Mask::Auto => "@mask".to_owned(),
                mask => format!("@mask {}", mask.as_str()),
            }),
            self.encrypt.then(|| "@encrypt".to_owned()),
            self.blind_index.then(|| "@blind-index".to_owned()),
            self.audit.map(|audit| match audit {
                Audit::Changes => "@audit".to_owned(),
                Audit::ChangesAndReads => "@audit read".to_owned(),
            }),
            self.retain.as_ref().map(|retain| format!("@retain {retain}")),
            word("consent", &self.consent),
            word("deprecated", &self.deprecated),
            word("version", &self.version),
            self.partitions.then(|| "@partitions".to_owned()),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        f.write_str(&parts.join(" "))
    }
}

/// Personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pii {
    /// Which kind, such as `email`, `phone`, `name`; a lower-case word.
    pub kind: Option<String>,
}

/// How a value is shown to those who may not see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mask {
    /// By the kind of personal data and the type of the column.
    Auto,
    /// `a***@example.com`
    Email,
    /// All but the last digits.
    Phone,
    /// Initials.
    Name,
    /// The last four characters.
    LastFour,
    /// A keyed hash: equal values stay equal.
    Hash,
    /// Nothing.
    Null,
    /// A coarser range: a year for a date, a decade for a number.
    Range,
    /// A coarser place.
    Geo,
}

impl Mask {
    /// Those that can be written, in the order of the documentation.
    pub const WRITTEN: [Self; 8] =
        [Self::Email, Self::Phone, Self::Name, Self::LastFour, Self::Hash, Self::Null, Self::Range, Self::Geo];

    /// As written after `@mask`; empty for [`Mask::Auto`].
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Name => "name",
            Self::LastFour => "last-four",
            Self::Hash => "hash",
            Self::Null => "null",
            Self::Range => "range",
            Self::Geo => "geo",
        }
    }
}

/// What goes to the audit trail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audit {
    /// Writes.
    Changes,
    /// Writes and reads.
    ChangesAndReads,
}

/// How long rows are kept. Prints as `90 days by created_at`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retain {
    /// How many units; at least 1.
    pub amount: u32,
    /// Of which length.
    pub unit: RetainUnit,
    /// The column that the time runs from.
    pub by: String,
}

impl fmt::Display for Retain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.amount == 1 { "" } else { "s" };
        write!(f, "{} {}{plural} by {}", self.amount, self.unit.as_str(), self.by)
    }
}

/// A length of time, as PostgreSQL's intervals know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetainUnit {
    /// 60 minutes.
    Hour,
    /// A calendar day.
    Day,
    /// Seven days.
    Week,
    /// A calendar month.
    Month,
    /// Twelve months.
    Year,
}

impl RetainUnit {
    /// In the singular.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        }
    }
}

/// Singular or plural.
impl FromStr for RetainUnit {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Hour, Self::Day, Self::Week, Self::Month, Self::Year]
            .into_iter()
            .find(|unit| text.strip_suffix('s').unwrap_or(text) == unit.as_str())
            .ok_or(())
    }
}

#[cfg(test)]
mod tests;
