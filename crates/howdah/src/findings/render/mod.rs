//! How findings are told.

pub(crate) mod github;
pub(crate) mod sarif;
pub(crate) mod text;

use howdah_schema::findings::{Level, Place};

/// Where a place ends: line and column, from 1, the column in characters.
fn end(place: &Place, text: Option<&str>) -> (usize, usize) {
    let within = text.and_then(|text| text.get(place.span.clone())).unwrap_or_default();
    match within.rsplit_once('\n') {
        Some((before, last)) => (place.line + before.matches('\n').count() + 1, last.chars().count() + 1),
        None => (place.line, place.column + within.chars().count()),
    }
}

pub(crate) fn word(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Info => "info",
    }
}
