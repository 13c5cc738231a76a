//! `-- howdah:…` lines.

use super::words::{Name, Words};
use howdah_schema::nearest;
use std::time::Duration;

/// How many keys a backfill walks in one batch unless the file says otherwise.
const BATCH: u32 = 5000;

/// What such a line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Directive {
    Transaction,
    NoTransaction,
    Backfill(Walk),
    Down(Reversal, Option<String>),
    Destructive(Option<String>),
    Squashes(Squashed),
}

/// How a backfill goes through its table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walk {
    /// The table, as written.
    pub table: String,
    /// The parts of its name as PostgreSQL reads them.
    pub(super) parts: Vec<String>,
    /// Keys in a batch.
    pub batch: u32,
    /// The columns to walk by; those of the primary key if empty.
    pub key: Vec<String>,
    /// Wait after each batch.
    pub pause: Duration,
}

/// What going back means for the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Reversal {
    /// The database is afterwards what it was before the migration, and what was written since is kept.
    Lossless,
    /// Rows or values are lost.
    Lossy,
    /// There is no way back to what was; the down file does what it can.
    Irreversible,
}

impl Reversal {
    /// The word in the directive.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lossless => "lossless",
            Self::Lossy => "lossy",
            Self::Irreversible => "irreversible",
        }
    }
}

/// A migration that another one replaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Squashed {
    /// Its number.
    pub version: i64,
    /// Its name.
    pub name: String,
    /// The checksum of its up file.
    pub up_sha256: String,
    /// If it was itself replaced, by a squash that is now replaced too: number and name of that one.
    pub within: Option<String>,
}

impl Squashed {
    /// `0007_add_bio`
    pub fn title(&self) -> String {
        super::folder::title(self.version, &self.name)
    }

    /// The directive that says so.
    pub(super) fn line(&self) -> String {
        let within = self.within.as_ref().map_or_else(String::new, |within| format!(" within={within}"));
        format!("-- howdah:squashes {} sha256={}{within}\n", self.title(), self.up_sha256)
    }
}

/// The directives that a runner follows.
const NAMES: [&str; 6] = ["transaction", "no-transaction", "backfill", "down", "destructive", "squashes"];

/// Those that others follow: they tell the checks of hazards what is meant, and may stand anywhere.
const OTHERS: [&str; 2] = ["allow", "allow-file"];

/// Reads a comment; `None` if it is no directive at all, or one that is none of the runner's business.
///
/// # Errors
/// What is wrong with it, and what to do.
pub(super) fn read(comment: &str) -> Option<Result<Directive, (String, String)>> {
    let (name, rest) = split(comment)?;
    Some(match name {
        "transaction" => bare(name, rest, Directive::Transaction),
        "no-transaction" => bare(name, rest, Directive::NoTransaction),
        "backfill" => walk(rest).map(Directive::Backfill),
        "down" => down(rest),
        "destructive" => Ok(Directive::Destructive(reason(rest))),
        "squashes" => squashed(rest),
        _ if OTHERS.contains(&name) => return None,
        _ => {
            let hint = match nearest(name, NAMES.into_iter().chain(OTHERS)) {
                Some(close) => format!("Is `-- howdah:{close}` meant?"),
                None => format!("There are: {}", NAMES.join(", ")),
            };
            Err((format!("there is no directive `howdah:{name}` for migrations"), hint))
        }
    })
}

/// Whether the comment is a directive of those that may not stand within a statement.
pub(super) fn is_one(comment: &str) -> bool {
    split(comment).is_some_and(|(name, _)| NAMES.contains(&name))
}

fn split(comment: &str) -> Option<(&str, &str)> {
    let text = comment.strip_prefix("--")?.trim_start_matches('-').trim();
    let text = text.strip_prefix("howdah:")?;
    Some(text.split_once(char::is_whitespace).map_or((text, ""), |(name, rest)| (name, rest.trim())))
}

fn bare(name: &str, rest: &str, directive: Directive) -> Result<Directive, (String, String)> {
    if rest.is_empty() {
        return Ok(directive);
    }
    Err((format!("`howdah:{name}` takes nothing, but there is `{rest}`"), "Remove it".to_owned()))
}

fn reason(rest: &str) -> Option<String> {
    let rest = rest.trim_start_matches([':', ',', '-']).trim();
    (!rest.is_empty()).then(|| rest.to_owned())
}

fn down(rest: &str) -> Result<Directive, (String, String)> {
    let (word, why) = rest.split_at(rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len()));
    for reversal in [Reversal::Lossless, Reversal::Lossy, Reversal::Irreversible] {
        if word == reversal.as_str() {
            return Ok(Directive::Down(reversal, reason(why)));
        }
    }
    Err((format!("`howdah:down {rest}` says nothing known"), "Write lossless, lossy or irreversible".to_owned()))
}

fn squashed(rest: &str) -> Result<Directive, (String, String)> {
    let wrong = || {
        (
            "`howdah:squashes` is not `NNNN_name sha256=…`".to_owned(),
            "Restore the line from version control; squashing writes it".to_owned(),
        )
    };
    let mut words = rest.split_whitespace();
    let (digits, name) = words.next().and_then(|title| title.split_once('_')).ok_or_else(wrong)?;
    let version = digits.parse().ok().filter(|version| *version > 0).ok_or_else(wrong)?;
    let up_sha256 = words.next().and_then(|word| word.strip_prefix("sha256=")).ok_or_else(wrong)?;
    let within = words.next().map(|word| word.strip_prefix("within=").ok_or_else(wrong)).transpose()?;
    if up_sha256.len() != 64 || words.next().is_some() {
        return Err(wrong());
    }
    Ok(Directive::Squashes(Squashed {
        version,
        name: name.to_owned(),
        up_sha256: up_sha256.to_owned(),
        within: within.map(str::to_owned),
    }))
}

const BACKFILL_HINT: &str =
    "Write it as `-- howdah:backfill public.tasks batch=5000`, and after that, if need be, key=id and pause=50ms";

fn walk(rest: &str) -> Result<Walk, (String, String)> {
    let wrong = |message: String| (message, BACKFILL_HINT.to_owned());
    let mut words = Words::of(rest);
    let Some(Name { text, parts }) = words.name() else {
        return Err(wrong("`howdah:backfill` does not say which table".to_owned()));
    };
    let mut walk = Walk { table: text.to_owned(), parts, batch: BATCH, key: Vec::new(), pause: Duration::ZERO };
    while let Some(option) = words.next() {
        if !words.take(&["="]) {
            return Err(wrong(format!("`howdah:backfill` has `{option}`, which is no option")));
        }
        match option {
            "batch" => {
                let value = words.next().unwrap_or_default();
                walk.batch =
                    value.parse().ok().filter(|batch| (1..=1_000_000).contains(batch)).ok_or_else(|| {
                        wrong(format!("`batch={value}` is not a number of rows between 1 and 1000000"))
                    })?;
            }
            "key" => loop {
                let Some(Name { mut parts, .. }) = words.name().filter(|name| name.parts.len() == 1) else {
                    return Err(wrong("`key=` is not a column, or several with commas between".to_owned()));
                };
                walk.key.append(&mut parts);
                if !words.take(&[","]) {
                    break;
                }
            },
            "pause" => {
                let value = words.next().unwrap_or_default();
                walk.pause = duration(value)
                    .ok_or_else(|| wrong(format!("`pause={value}` is not a time such as 50ms or 1s")))?;
            }
            _ => return Err(wrong(format!("`howdah:backfill` has no option `{option}`"))),
        }
    }
    Ok(walk)
}

fn duration(value: &str) -> Option<Duration> {
    let (digits, unit) = value.split_at(value.find(|c: char| !c.is_ascii_digit()).unwrap_or(value.len()));
    let number: u64 = digits.parse().ok()?;
    match unit {
        "ms" => Some(Duration::from_millis(number)),
        "s" => Some(Duration::from_secs(number)),
        _ => None,
    }
    .filter(|pause| *pause <= Duration::from_secs(3600))
}
