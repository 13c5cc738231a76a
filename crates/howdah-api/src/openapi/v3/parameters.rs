//! `components.parameters`: those that paths share, and a filter for each column.

use serde_json::{Map, Value, json};

use super::reference;
use crate::openapi::describe::{insert_some, text};
use crate::openapi::names::{self, key};
use crate::openapi::surface::{Resource, Surface, Visible};
use crate::options::TxEnd;

/// All of them.
pub(super) fn parameters(surface: &Surface<'_>) -> Map<String, Value> {
    let options = surface.options;
    let most = options.max_rows.map(|rows| format!(" No more than {rows} come at once.")).unwrap_or_default();
    let aggregates = if options.aggregates {
        " `column.sum()`, `avg()`, `min()`, `max()` and `count()` aggregate; the other columns group."
    } else {
        ""
    };
    let select = format!(
        "Columns, separated by commas; all without it. `alias:column`, `column->key`, `column::type`; rows of related tables: \
         `relation(columns)`, `relation!inner(…)`, `...relation(…)`.{aggregates}"
    );
    let whole = json!({ "type": "integer", "minimum": 0 });
    let string = json!({ "type": "string" });
    let mut all = Map::new();
    let mut add = |key: &str, name: &str, place: &str, about: &str, schema: &Value, example: Option<&str>| {
        let mut parameter = Map::new();
        parameter.insert("name".into(), json!(name));
        parameter.insert("in".into(), json!(place));
        parameter.insert("description".into(), json!(about));
        parameter.insert("schema".into(), schema.clone());
        insert_some(&mut parameter, "example", example.map(str::to_owned));
        all.insert(format!("api.{key}"), Value::Object(parameter));
    };
    add("select", "select", "query", &select, &string, None);
    let order = "Columns, each with `.asc` or `.desc`, `.nullsfirst` or `.nullslast`";
    add("order", "order", "query", order, &string, Some("id.desc"));
    add("limit", "limit", "query", &format!("How many rows at the most.{most}"), &whole, None);
    add("offset", "offset", "query", "How many rows to pass over", &whole, None);
    let cursor = "Goes on after the page that gave it in `Next-Cursor`, with the same filters and order; takes `limit`. Rows that \
                  are inserted meanwhile shift nothing.";
    add("cursor", "cursor", "query", cursor, &string, None);
    let trash = json!({ "type": "string", "enum": ["only", "with"] });
    add("trash", "trash", "query", "Rows that are marked as deleted, or these too", &trash, None);
    let and = "Filters joined by AND, for use within `or`; `not.and` negates them";
    add("and", "and", "query", and, &string, Some("(a.gte.1,a.lt.5)"));
    let or = "Filters joined by OR; `not.or` negates them";
    add("or", "or", "query", or, &string, Some("(a.is.null,and(a.gte.1,b.lt.5))"));
    let columns = "Columns to take from the body, separated by commas; other keys are passed over";
    add("columns", "columns", "query", columns, &string, None);
    let conflict = "Columns of the unique key that tells whether a row is there already; the primary key without it";
    add("on_conflict", "on_conflict", "query", conflict, &string, None);
    add(
        "range",
        "Range",
        "header",
        "First and last row, counted from 0: as `offset` and `limit`",
        &string,
        Some("0-24"),
    );
    let unit = json!({ "type": "string", "const": "items" });
    add("range-unit", "Range-Unit", "header", "What `Range` counts", &unit, None);
    let version = "Writes only if the row has this version; otherwise 412";
    add("if-match", "If-Match", "header", version, &string, Some("\"7\""));
    for (key, preferences) in preferences(surface) {
        all.insert(format!("api.prefer-{key}"), prefer(&preferences));
    }
    if surface.options.schemas.len() > 1 {
        all.insert("api.accept-profile".into(), profile_header(surface, "Accept-Profile"));
        all.insert("api.content-profile".into(), profile_header(surface, "Content-Profile"));
    }
    for resource in &surface.resources {
        for visible in resource.readable() {
            all.insert(filter_key(resource, visible), filter(visible));
        }
    }
    all
}

/// References to parameters that paths share.
pub(super) fn shared(keys: &[&str]) -> Vec<Value> {
    keys.iter().map(|key| reference("parameters", &format!("api.{key}"))).collect()
}

/// References to the filters on a relation's columns.
pub(super) fn filters(resource: &Resource<'_>) -> Vec<Value> {
    resource.readable().map(|visible| reference("parameters", &filter_key(resource, visible))).collect()
}

/// A reference to the header that names the schema, where there are several.
pub(super) fn profile(surface: &Surface<'_>, key: &str) -> Vec<Value> {
    if surface.options.schemas.len() > 1 { shared(&[key]) } else { Vec::new() }
}

fn profile_header(surface: &Surface<'_>, name: &str) -> Value {
    json!({
        "name": name,
        "in": "header",
        "description": "The schema that this description is about",
        // The first one is meant where none is named.
        "required": surface.options.schemas.first().is_none_or(|first| first != surface.schema),
        "schema": { "type": "string", "const": surface.schema },
    })
}

fn filter_key(resource: &Resource<'_>, visible: &Visible<'_>) -> String {
    // Neither part has a dot of its own that is followed by a lower-case letter.
    format!("{}.filter.{}", key(resource.name), key(&visible.field.column.name))
}

fn filter(visible: &Visible<'_>) -> Value {
    let column = visible.field.column;
    let mut filter = Map::new();
    filter.insert("name".into(), json!(names::filter(&column.name)));
    filter.insert("in".into(), json!("query"));
    insert_some(&mut filter, "description", text(&column.comment));
    if column.comment.tags().deprecated.is_some() {
        filter.insert("deprecated".into(), json!(true));
    }
    filter.insert("schema".into(), reference("schemas", "api.filter"));
    Value::Object(filter)
}

/// What `Prefer` may say, by the kind of request.
fn preferences(surface: &Surface<'_>) -> [(&'static str, Vec<Preference>); 5] {
    use Preference::{Pattern, Word};
    let counts = ["count=exact", "count=planned", "count=estimated"].map(Word);
    let returns = ["return=minimal", "return=headers-only", "return=representation"].map(Word);
    let mut always = vec![Word("handling=strict"), Word("handling=lenient")];
    if surface.options.timezone {
        always.push(Pattern("^timezone=.+$"));
    }
    if matches!(surface.options.tx_end, TxEnd::CommitAllowOverride | TxEnd::RollbackAllowOverride) {
        always.extend([Word("tx=commit"), Word("tx=rollback")]);
    }
    let affected = Pattern("^max-affected=[0-9]+$");
    let resolutions = ["resolution=merge-duplicates", "resolution=ignore-duplicates"].map(Word);
    let purge: &[Preference] = if surface.options.soft_delete { &[Word("purge")] } else { &[] };
    let with = |own: &[&[Preference]]| [own.concat(), always.clone()].concat();
    [
        ("read", with(&[&counts])),
        ("insert", with(&[&returns, &counts, &resolutions, &[Word("missing=default")]])),
        ("update", with(&[&returns, &counts, &[affected]])),
        ("delete", with(&[&returns, &counts, &[affected], purge])),
        ("call", with(&[&counts, &[affected]])),
    ]
}

#[derive(Clone, Copy)]
enum Preference {
    Word(&'static str),
    Pattern(&'static str),
}

fn prefer(preferences: &[Preference]) -> Value {
    let words: Vec<&str> = preferences
        .iter()
        .filter_map(|preference| match preference {
            Preference::Word(word) => Some(*word),
            Preference::Pattern(_) => None,
        })
        .collect();
    let patterns = preferences.iter().filter_map(|preference| match preference {
        Preference::Pattern(pattern) => Some(json!({ "pattern": pattern })),
        Preference::Word(_) => None,
    });
    let one: Vec<Value> = [json!({ "enum": words })].into_iter().chain(patterns).collect();
    json!({
        "name": "Prefer",
        "in": "header",
        "description": "Wishes, separated by commas",
        "style": "simple",
        "schema": { "type": "array", "items": { "type": "string", "anyOf": one } },
    })
}
