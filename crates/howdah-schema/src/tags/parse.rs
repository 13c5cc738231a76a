//! Comment text to prose and tags, and back.

use super::{Audit, Mask, Pii, Retain, TAGS, TagSpec, Tags};
use crate::nearest;
use std::fmt;
use std::ops::Range;

/// A tag that is not understood. Its text stays in the prose, so that nothing is lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagError {
    /// The tag as written, without the `@`.
    pub tag: String,
    /// Bytes of the comment that hold it.
    pub span: Range<usize>,
    /// What is wrong.
    pub problem: TagProblem,
}

/// What can be wrong with a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TagProblem {
    /// There is no such tag.
    Unknown {
        /// The one that was probably meant.
        nearest: Option<&'static str>,
    },
    /// It stands twice in one comment.
    Repeated,
    /// Its arguments do not fit.
    Argument {
        /// How it is written.
        usage: &'static str,
        /// What stands there; empty for nothing.
        found: String,
        /// The argument that was probably meant.
        nearest: Option<&'static str>,
    },
}

impl TagError {
    /// Stable code of the error.
    pub fn code(&self) -> &'static str {
        match self.problem {
            TagProblem::Unknown { .. } => "tag-unknown",
            TagProblem::Repeated => "tag-repeated",
            TagProblem::Argument { .. } => "tag-argument",
        }
    }
}

impl fmt::Display for TagError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tag = &self.tag;
        match &self.problem {
            TagProblem::Unknown { nearest: Some(nearest) } => {
                write!(f, "there is no tag `@{tag}`; did you mean `@{nearest}`?")
            }
            TagProblem::Unknown { nearest: None } => {
                let names: Vec<_> = TAGS.iter().map(|spec| format!("@{}", spec.name)).collect();
                write!(
                    f,
                    "there is no tag `@{tag}`; the tags are {}. A word that is none goes in quotes",
                    names.join(", ")
                )
            }
            TagProblem::Repeated => write!(f, "`@{tag}` stands twice; keep one"),
            TagProblem::Argument { usage, found, nearest } => {
                if found.is_empty() {
                    write!(f, "`@{tag}` lacks something")?;
                } else {
                    write!(f, "`@{tag}` cannot take `{found}`")?;
                }
                match nearest {
                    Some(nearest) => write!(f, "; did you mean `{nearest}`? Write `{usage}`"),
                    None => write!(f, "; write `{usage}`"),
                }
            }
        }
    }
}

impl std::error::Error for TagError {}

/// Splits a comment into its prose, its tags, and what is wrong with them.
///
/// In the prose, a tag that was taken out leaves no gap; otherwise it is as written, trimmed at both ends.
pub fn parse(comment: &str) -> (String, Tags, Vec<TagError>) {
    let mut tags = Tags::default();
    let mut errors = Vec::new();
    let mut prose = String::with_capacity(comment.len());
    let mut done = 0;
    while let Some(at) = find_tag(comment, done) {
        push_prose(&mut prose, &comment[done..at]);
        let name = name_at(comment, at);
        let name_end = at + 1 + name.len();
        let line_end = comment[name_end..].find('\n').map_or(comment.len(), |end| name_end + end);
        let arguments_end = find_tag(&comment[..line_end], name_end).unwrap_or(line_end);
        let problem = match TAGS.iter().find(|spec| spec.name == name) {
            None => Err((name_end, TagProblem::Unknown { nearest: nearest(name, TAGS.iter().map(|spec| spec.name)) })),
            Some(spec) => read(spec, comment, name_end..arguments_end, &mut tags),
        };
        done = match problem {
            Ok(end) => end,
            Err((end, problem)) => {
                errors.push(TagError { tag: name.to_owned(), span: at..end, problem });
                push_prose(&mut prose, &comment[at..end]);
                end
            }
        };
    }
    push_prose(&mut prose, &comment[done..]);
    (prose.trim().to_owned(), tags, errors)
}

/// A comment that says this prose and these tags.
pub fn render(text: &str, tags: &Tags) -> String {
    let tags = tags.to_string();
    match (text.is_empty(), tags.is_empty()) {
        (_, true) => text.to_owned(),
        (true, false) => tags,
        (false, false) => format!("{text} {tags}"),
    }
}

/// Joins a piece of prose to the one before, so that where a tag was there is one white space rather than two.
fn push_prose(prose: &mut String, piece: &str) {
    if piece.starts_with(is_closing) {
        // The full stop after a tag that ended a sentence.
        prose.truncate(prose.trim_end().len());
    }
    if prose.is_empty() || prose.ends_with(char::is_whitespace) {
        prose.push_str(piece.trim_start_matches([' ', '\t']));
    } else {
        prose.push_str(piece);
    }
}

/// Where the next tag begins, known or not.
fn find_tag(text: &str, from: usize) -> Option<usize> {
    text[from..].match_indices('@').map(|(offset, _)| from + offset).find(|&at| {
        let after_space = text[..at].chars().next_back().is_none_or(char::is_whitespace);
        after_space && !name_at(text, at).is_empty()
    })
}

/// The name after the `@` at `at`, or nothing if what stands there is prose.
fn name_at(text: &str, at: usize) -> &str {
    let rest = &text[at + 1..];
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').unwrap_or(rest.len());
    let (name, after) = rest.split_at(end);
    let ends = after.trim_start_matches(is_closing).chars().next().is_none_or(char::is_whitespace);
    if ends && name.starts_with(|c: char| c.is_ascii_alphabetic()) { name } else { "" }
}

fn is_closing(c: char) -> bool {
    matches!(c, ',' | ';' | ':' | '.' | ')')
}

/// Where a tag ends, and what is wrong with it.
type Problem = (usize, TagProblem);

/// Reads the arguments of a known tag from `range` into `tags`; returns where the tag ends.
fn read(spec: &TagSpec, comment: &str, range: Range<usize>, tags: &mut Tags) -> Result<usize, Problem> {
    let mut words = Words { comment, at: range.start, end: range.end, usage: spec.usage };
    let repeated = match spec.name {
        "group" => put(&mut tags.group, words.name()?),
        "owner" => put(&mut tags.owner, words.name()?),
        "consent" => put(&mut tags.consent, words.name()?),
        "version" => put(&mut tags.version, words.name()?),
        "pii" => put(&mut tags.pii, Pii { kind: words.kind() }),
        "mask" => put(&mut tags.mask, words.mask()?),
        "encrypt" => std::mem::replace(&mut tags.encrypt, true),
        "partitions" => std::mem::replace(&mut tags.partitions, true),
        "blind-index" => std::mem::replace(&mut tags.blind_index, true),
        "audit" => put(&mut tags.audit, words.audit()),
        "retain" => put(&mut tags.retain, words.retain()?),
        "deprecated" => put(&mut tags.deprecated, words.rest()?),
        // A test reads every usage in TAGS, so none can be forgotten here.
        _ => false,
    };
    if repeated { Err((words.at, TagProblem::Repeated)) } else { Ok(words.at) }
}

/// Keeps the first value; whether there was one already.
fn put<T>(slot: &mut Option<T>, value: T) -> bool {
    let taken = slot.is_some();
    slot.get_or_insert(value);
    taken
}

/// The words after a tag's name.
struct Words<'a> {
    comment: &'a str,
    at: usize,
    end: usize,
    usage: &'static str,
}

impl<'a> Words<'a> {
    fn peek(&self) -> (&'a str, usize) {
        let rest = &self.comment[self.at..self.end];
        let start = rest.len() - rest.trim_start().len();
        let word = rest[start..].split(char::is_whitespace).next().unwrap_or_default();
        (word, self.at + start + word.len())
    }

    fn problem(&self, found: &str, end: usize, nearest: Option<&'static str>) -> Problem {
        (end, TagProblem::Argument { usage: self.usage, found: found.to_owned(), nearest })
    }

    /// A name: of a column, group or purpose.
    fn name(&mut self) -> Result<String, Problem> {
        let (word, end) = self.peek();
        if word.is_empty() {
            return Err(self.problem(word, self.at, None));
        }
        if !word.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-')) {
            return Err(self.problem(word, end, None));
        }
        self.at = end;
        Ok(word.to_owned())
    }

    /// A lower-case word, if one follows.
    fn kind(&mut self) -> Option<String> {
        let (word, end) = self.peek();
        let fits = word.starts_with(|c: char| c.is_ascii_lowercase())
            && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_'));
        fits.then(|| {
            self.at = end;
            word.to_owned()
        })
    }

    fn mask(&mut self) -> Result<Mask, Problem> {
        let (word, end) = self.peek();
        if word.is_empty() {
            return Ok(Mask::Auto);
        }
        let found = Mask::WRITTEN.into_iter().find(|mask| mask.as_str() == word);
        let mask = found.ok_or_else(|| self.problem(word, end, nearest(word, Mask::WRITTEN.map(Mask::as_str))))?;
        self.at = end;
        Ok(mask)
    }

    fn audit(&mut self) -> Audit {
        let (word, end) = self.peek();
        if word != "read" {
            return Audit::Changes;
        }
        self.at = end;
        Audit::ChangesAndReads
    }

    fn retain(&mut self) -> Result<Retain, Problem> {
        let start = self.at;
        let mut end = start;
        let words: Vec<&str> = (0..4)
            .map(|_| {
                let (word, after) = self.peek();
                if !word.is_empty() {
                    (self.at, end) = (after, after);
                }
                word
            })
            .collect();
        let parsed = match words[..] {
            [amount, unit, "by", _] => amount.parse().ok().filter(|&amount| amount > 0).zip(unit.parse().ok()),
            _ => None,
        };
        let whole = self.comment[start..end].trim();
        let Some((amount, unit)) = parsed else { return Err(self.problem(whole, end, None)) };
        self.at = end - words[3].len();
        let by = self.name().map_err(|_| self.problem(whole, end, None))?;
        Ok(Retain { amount, unit, by })
    }

    fn rest(&mut self) -> Result<String, Problem> {
        let text = self.comment[self.at..self.end].trim();
        if text.is_empty() {
            return Err(self.problem("", self.at, None));
        }
        self.at = self.end;
        Ok(text.to_owned())
    }
}
