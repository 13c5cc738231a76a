//! Comments as the documents' texts.

use howdah_schema::catalog::Comment;
use serde_json::{Map, Value, json};

use super::surface::{Resource, Visible};

/// A comment without its tags, and why its object is not for new use.
pub(super) fn text(comment: &Comment) -> Option<String> {
    let deprecated = comment.tags().deprecated.as_ref().map(|why| format!("Deprecated: {why}"));
    let parts: Vec<String> = [comment.text().to_owned()].into_iter().chain(deprecated).collect();
    let text = parts.join("\n\n").trim().to_owned();
    (!text.is_empty()).then_some(text)
}

/// The first line of a comment, and the rest.
pub(super) fn heading(comment: &Comment) -> (Option<String>, Option<String>) {
    let Some(text) = text(comment) else { return (None, None) };
    let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
    let rest = rest.trim_start_matches('\n');
    (Some(first.to_owned()), (!rest.is_empty()).then(|| rest.to_owned()))
}

/// An operation on what the comment is about: its tag, summary and description.
pub(super) fn operation(tag: &str, comment: &Comment) -> Map<String, Value> {
    let mut operation = Map::new();
    operation.insert("tags".into(), json!([tag]));
    let (summary, description) = heading(comment);
    insert_some(&mut operation, "summary", summary);
    insert_some(&mut operation, "description", description);
    if comment.tags().deprecated.is_some() {
        operation.insert("deprecated".into(), json!(true));
    }
    operation
}

/// A column: its comment, and the keys that it is in. In PostgREST's words and marks, which clients search for.
pub(super) fn column(resource: &Resource<'_>, visible: &Visible<'_>) -> Option<String> {
    let column = visible.field.column;
    let mut notes = Vec::new();
    if resource.primary_key.contains(&column.name) {
        notes.push("This is a Primary Key.<pk/>".to_owned());
    }
    if let Some(link) = resource.links.iter().find(|link| link.columns == [column.name.as_str()])
        && let [to] = &link.referenced_columns[..]
    {
        let table = &link.references.name;
        notes.push(format!("This is a Foreign Key to `{table}.{to}`.<fk table='{table}' column='{to}'/>"));
    }
    let text = text(&column.comment);
    if notes.is_empty() {
        return text;
    }
    let text = text.map(|text| format!("{text}\n\n")).unwrap_or_default();
    Some(format!("{text}Note:\n{}", notes.join("\n")))
}

/// Adds a text if there is one.
pub(super) fn insert_some(map: &mut Map<String, Value>, key: &str, text: Option<String>) {
    if let Some(text) = text {
        map.insert(key.into(), json!(text));
    }
}
