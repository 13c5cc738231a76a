//! Reads `howdah.toml`, and refuses what does not belong there at its line and column.
//!
//! A misspelled setting that is silently ignored is found in production; a secret in a file that git keeps is found
//! by somebody else. Both are errors here.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use howdah_schema::lint::Allowance;
use toml::de::{DeTable, DeValue};

use super::environments::{self, DeclaredEnvironment};
use super::keys::{self, KEYS};
use super::lint;
use super::value::{Kind, Value};
use crate::failure::{Excerpt, Failure};

/// The settings of one file by name, each with its 1-based line.
#[derive(Debug, Default)]
pub(crate) struct FileSettings {
    pub(crate) path: PathBuf,
    pub(crate) values: BTreeMap<&'static str, (Value, usize)>,
    /// `[env.NAME]`.
    pub(crate) environments: BTreeMap<String, DeclaredEnvironment>,
    /// `[[lint.allow]]`.
    pub(crate) lint_allow: Vec<Allowance>,
}

/// Reads the text of the file at `path`.
///
/// # Errors
/// The first thing in it that is no setting, with its place.
pub(crate) fn parse(path: &Path, text: &str) -> Result<FileSettings, Failure> {
    let source = Source { path, text };
    let document = DeTable::parse(text).map_err(|error| {
        let span = error.span().unwrap_or(0..0);
        Failure::usage("config-syntax", "howdah.toml is not valid TOML").excerpt(source.excerpt(span, error.message()))
    })?;
    let mut values = BTreeMap::new();
    let mut declared = BTreeMap::new();
    let mut lint_allow = Vec::new();
    for (section, entries) in document.get_ref() {
        let DeValue::Table(entries) = entries.get_ref() else {
            return Err(unknown(&source, section.get_ref(), section.span(), "setting outside of a section"));
        };
        if section.get_ref() == "env" {
            declared = environments::parse(&source, entries)?;
            continue;
        }
        if section.get_ref() == "lint" {
            lint_allow = lint::parse(&source, entries)?;
            continue;
        }
        let prefix = format!("{}.", section.get_ref());
        if !KEYS.iter().any(|key| key.name.starts_with(&prefix)) {
            return Err(unknown(&source, section.get_ref(), section.span(), "section"));
        }
        for (name, value) in entries {
            let full = format!("{prefix}{}", name.get_ref());
            let Some(key) = keys::find(&full) else {
                if looks_secret(name.get_ref()) {
                    return Err(secret(&source, name.span(), &full));
                }
                return Err(unknown(&source, &full, name.span(), "setting"));
            };
            let read = read(value.get_ref()).and_then(|value| key.kind.check(value)).ok_or_else(|| {
                let message = format!("`{full}` cannot be this: it must be {}", key.kind.accepts());
                Failure::usage("config-value", message)
                    .excerpt(source.excerpt(value.span(), &format!("must be {}", key.kind.accepts())))
            })?;
            if let Value::Text(text) = &read
                && (holds_token(text) || (key.kind == Kind::Url && has_password(text)))
            {
                return Err(secret(&source, value.span(), &full));
            }
            let (line, ..) = source.place(name.span().start);
            values.insert(key.name, (read, line));
        }
    }
    Ok(FileSettings { path: path.to_path_buf(), values, environments: declared, lint_allow })
}

fn read(value: &DeValue<'_>) -> Option<Value> {
    match value {
        DeValue::String(text) => Some(Value::Text(text.to_string())),
        DeValue::Boolean(value) => Some(Value::Boolean(*value)),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok().map(Value::Integer),
        DeValue::Array(items) => items
            .iter()
            .map(|item| item.get_ref().as_str().map(str::to_owned))
            .collect::<Option<Vec<_>>>()
            .map(Value::List),
        _ => None,
    }
}

fn unknown(source: &Source<'_>, name: &str, span: Range<usize>, what: &str) -> Failure {
    let mut sections: Vec<&str> = KEYS.iter().filter_map(|key| key.name.split('.').next()).collect();
    sections.extend(["env", "lint"]);
    let names: Vec<&str> = KEYS.iter().map(|key| key.name).collect();
    let candidates = if what == "section" { sections } else { names };
    let failure = Failure::usage("config-unknown-key", format!("howdah.toml has no {what} `{name}`"));
    let nearest = howdah_schema::nearest(name, candidates.iter().copied()).or_else(|| {
        // A key in the wrong section, or without one, is nearest by its last part.
        let last = name.rsplit('.').next().unwrap_or(name);
        candidates.iter().copied().find(|candidate| candidate.rsplit('.').next() == Some(last))
    });
    let label = nearest.map_or_else(|| "not known".to_owned(), |nearest| format!("did you mean `{nearest}`?"));
    failure.excerpt(source.excerpt(span, &label)).hint("`howdah config show` lists every setting")
}

pub(super) fn secret(source: &Source<'_>, span: Range<usize>, name: &str) -> Failure {
    let (line, column, text) = source.place(span.start);
    // The line is shown up to the value only: a secret that was typed once must not be printed again.
    let shown: String = text.chars().take_while(|character| *character != '=').collect();
    let (column, width) = if column > shown.chars().count() { (1, 1) } else { (column, span.len()) };
    Failure::usage("config-secret", format!("`{name}` would put a secret into howdah.toml, which is kept by git"))
        .excerpt(Excerpt {
            file: source.path.to_path_buf(),
            line,
            column,
            text: format!("{shown}= …"),
            width,
            label: "remove this line".to_owned(),
        })
        .hint(
            "secrets come from the environment: DATABASE_URL or PGPASSWORD for the database. If this file was shared, \
             replace the secret",
        )
}

pub(super) fn looks_secret(name: &str) -> bool {
    let name = name.to_lowercase();
    ["password", "passwd", "secret", "token", "private_key", "api_key", "apikey", "credential"]
        .iter()
        .any(|word| name.contains(word))
        || matches!(name.as_str(), "pass" | "pwd" | "jwt" | "key")
}

/// A password in the user part or in the parameters of a URL.
pub(crate) fn has_password(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?']).next().unwrap_or(rest);
    let in_user = authority.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'));
    let parameters = rest.split_once('?').map_or("", |(_, parameters)| parameters);
    in_user || parameters.split('&').any(|pair| pair.starts_with("password=") || pair.starts_with("sslpassword="))
}

/// A JWT or a PEM key, whatever the setting is called.
fn holds_token(text: &str) -> bool {
    text.contains("-----BEGIN") || (text.starts_with("eyJ") && text.matches('.').count() == 2)
}

/// A text with places in it, for errors.
pub(crate) struct Source<'a> {
    pub(crate) path: &'a Path,
    pub(crate) text: &'a str,
}

impl Source<'_> {
    /// 1-based line, 1-based column in characters, and the line, of a byte.
    pub(crate) fn place(&self, byte: usize) -> (usize, usize, &str) {
        let byte = byte.min(self.text.len());
        let before = self.text.get(..byte).unwrap_or(self.text);
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = before.matches('\n').count() + 1;
        let column = before.get(start..).map_or(0, |part| part.chars().count()) + 1;
        let text = self.text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        (line, column, text)
    }

    pub(crate) fn excerpt(&self, span: Range<usize>, label: &str) -> Excerpt {
        let (line, column, text) = self.place(span.start);
        let width = self.text.get(span).map_or(1, |part| part.lines().next().unwrap_or_default().chars().count());
        // A line that cannot be read may still hold a secret.
        let key = text.split('=').next().unwrap_or_default();
        let hidden = looks_secret(key) || text.contains("://");
        let (text, column, width) =
            if hidden { (format!("{key}= …"), 1, 1) } else { (text.to_owned(), column, width.max(1)) };
        Excerpt { file: self.path.to_path_buf(), line, column, text, width, label: label.to_owned() }
    }
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;
