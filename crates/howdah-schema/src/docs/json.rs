//! The model as JSON, and its JSON Schema.

use super::Documentation;

/// Indented JSON with a line break at the end; its order is that of the model.
pub fn json(documentation: &Documentation) -> String {
    // Every key is text and nothing in the model refuses to be written.
    let mut text = serde_json::to_string_pretty(documentation).unwrap_or_default();
    text.push('\n');
    text
}

/// The JSON Schema of what [`json`] gives.
pub fn json_schema() -> String {
    let schema = schemars::schema_for!(Documentation);
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}
