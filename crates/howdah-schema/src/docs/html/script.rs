//! Data as a script: what pages read without `fetch`, which `file:` does not allow.

use crate::OutputFile;
use serde::Serialize;

/// `data/<name>.js`, which sets a global. Nothing in the data can end the script or the statement: `<` is written as an
/// escape, and so are the two line separators that older parsers took for line ends within strings.
pub(super) fn file(name: &str, global: &'static str, data: &impl Serialize) -> OutputFile {
    // Strings, numbers and lists only: these have no failure.
    let json = serde_json::to_string(data).unwrap_or_else(|_| "null".to_owned());
    let mut text = format!("window.{global} = ");
    for character in json.chars() {
        match character {
            '<' => text.push_str("\\u003c"),
            '\u{2028}' => text.push_str("\\u2028"),
            '\u{2029}' => text.push_str("\\u2029"),
            _ => text.push(character),
        }
    }
    text.push_str(";\n");
    OutputFile::new(format!("data/{name}.js"), text)
}
