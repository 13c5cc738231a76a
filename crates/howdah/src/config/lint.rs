//! `[[lint.allow]]`: findings that a project has thought about, where no SQL is at hand to say so beside.
//!
//! ```toml
//! [[lint.allow]]
//! rule = "date-name"
//! object = "public.contacts.birthday"   # `*` stands for any text
//! reason = "named so by vCard"
//!
//! [[lint.allow]]
//! rule = "plural-table"
//! reason = "our tables are in the singular, as they always were"
//! ```

use howdah_schema::findings::Place;
use howdah_schema::lint::Allowance;
use toml::de::{DeTable, DeValue};

use super::file::Source;
use crate::failure::Failure;

const KEYS: [&str; 4] = ["rule", "object", "file", "reason"];

/// Reads the section `[lint]`. A rule that does not exist and a reason that is missing are findings of the linter, not errors:
/// every other command goes on.
///
/// # Errors
/// The first thing in it that does not belong there, at its place.
pub(super) fn parse(source: &Source<'_>, section: &DeTable<'_>) -> Result<Vec<Allowance>, Failure> {
    let mut found = Vec::new();
    for (name, value) in section {
        if name.get_ref() != "allow" {
            let full = format!("lint.{}", name.get_ref());
            return Err(Failure::usage("config-unknown-key", format!("howdah.toml has no setting `{full}`"))
                .excerpt(source.excerpt(name.span(), "only [[lint.allow]] stands here")));
        }
        let tables = match value.get_ref() {
            DeValue::Array(items) => items.iter().collect(),
            _ => Vec::new(),
        };
        if tables.is_empty() {
            return Err(Failure::usage("config-value", "`lint.allow` is no list of tables")
                .excerpt(source.excerpt(name.span(), "must be written as [[lint.allow]]")));
        }
        for item in tables {
            let DeValue::Table(entries) = item.get_ref() else {
                return Err(Failure::usage("config-value", "`lint.allow` is no list of tables")
                    .excerpt(source.excerpt(item.span(), "must be written as [[lint.allow]]")));
            };
            let mut allowance = allowance(source, entries)?;
            // Of the header, which is what the item's span begins at.
            let (line, column, _) = source.place(item.span().start);
            let file = source.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            allowance.place = Some(Place { file, line, column, span: item.span() });
            found.push(allowance);
        }
    }
    Ok(found)
}

fn allowance(source: &Source<'_>, entries: &DeTable<'_>) -> Result<Allowance, Failure> {
    let mut allowance = Allowance::default();
    let mut has_rule = false;
    for (key, value) in entries {
        let full = format!("lint.allow.{}", key.get_ref());
        if !KEYS.contains(&key.get_ref().as_ref()) {
            let nearest = howdah_schema::nearest(key.get_ref(), KEYS.iter().copied());
            let label = nearest.map_or_else(|| "not known".to_owned(), |nearest| format!("did you mean `{nearest}`?"));
            return Err(Failure::usage("config-unknown-key", format!("howdah.toml has no setting `{full}`"))
                .excerpt(source.excerpt(key.span(), &label))
                .hint(format!("an allowance has {}", KEYS.join(", "))));
        }
        let DeValue::String(text) = value.get_ref() else {
            return Err(Failure::usage("config-value", format!("`{full}` cannot be this: it must be text in quotes"))
                .excerpt(source.excerpt(value.span(), "must be text in quotes")));
        };
        let text = text.trim().to_owned();
        match key.get_ref().as_ref() {
            "rule" => (allowance.rule, has_rule) = (text, true),
            "object" => allowance.object = Some(text),
            "file" => allowance.file = Some(text),
            _ => allowance.reason = text,
        }
    }
    if !has_rule {
        let span = entries.iter().next().map_or(0..0, |(key, _)| key.span());
        return Err(Failure::usage("config-value", "an entry of `lint.allow` does not say which rule it is about")
            .excerpt(source.excerpt(span, "rule is missing here"))
            .hint("write rule = \"…\"; `howdah lint --rules` lists them"));
    }
    Ok(allowance)
}
