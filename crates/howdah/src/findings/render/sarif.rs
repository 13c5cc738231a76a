//! SARIF 2.1.0, which code scanning reads.
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

use std::path::Path;

use howdah_schema::findings::{Finding, Level};
use serde_json::{Value, json};

use super::end;
use crate::findings::{Judgement, Tool};

/// The whole document.
pub(crate) fn document(tool: &Tool, judgement: &Judgement) -> Value {
    let all: Vec<_> = tool.rules().collect();
    let described: Vec<Value> = all
        .iter()
        .map(|(set, rule)| {
            json!({
                "id": rule.id,
                "shortDescription": { "text": rule.summary },
                "fullDescription": { "text": rule.explanation },
                "help": { "text": format!("{}\n\nInstead of\n\n{}\n\nwrite\n\n{}", rule.explanation, rule.bad, rule.good) },
                "defaultConfiguration": { "level": level(rule.level) },
                "properties": { "tags": [set.word(), rule.class] },
            })
        })
        .collect();
    let results: Vec<Value> = judgement
        .report
        .findings
        .iter()
        .map(|finding| result(finding, all.iter().position(|(_, rule)| rule.id == finding.rule), judgement))
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": format!("howdah {}", tool.command), "version": env!("CARGO_PKG_VERSION"), "rules": described } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn result(finding: &Finding, index: Option<usize>, judgement: &Judgement) -> Value {
    let mut location = json!({});
    if let Some(place) = &finding.place {
        let (end_line, end_column) = end(place, judgement.text(place));
        location["physicalLocation"] = json!({
            "artifactLocation": { "uri": uri(&place.file) },
            "region": {
                "startLine": place.line, "startColumn": place.column, "endLine": end_line, "endColumn": end_column,
            },
        });
    }
    if let Some(object) = &finding.object {
        location["logicalLocations"] = json!([{ "fullyQualifiedName": object }]);
    }
    let mut result = json!({
        "ruleId": finding.rule,
        "level": level(finding.level),
        "message": { "text": format!("{}. {}", finding.message, finding.fix) },
        "locations": [location],
    });
    if let Some(index) = index {
        result["ruleIndex"] = json!(index);
    }
    result
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Info => "note",
    }
}

/// A path as a URI reference: relative as it is, else with its scheme.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    if Path::new(path).is_absolute() {
        uri.push_str("file://");
    }
    for byte in path.bytes() {
        // Unreserved characters of RFC 3986, and what separates.
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn a_path_is_a_uri() {
        assert_eq!(uri("schema/10_notes.sql"), "schema/10_notes.sql");
        assert_eq!(uri("a b/é#.sql"), "a%20b/%C3%A9%23.sql");
        assert_eq!(uri("/tmp/x.sql"), "file:///tmp/x.sql");
    }
}
