//! Workflow commands, which GitHub Actions shows beside the lines that they are about.

use std::fmt::Write;

use howdah_schema::findings::Level;

use super::end;
use crate::findings::Judgement;

/// A command for each finding, a line each.
pub(crate) fn commands(judgement: &Judgement) -> String {
    let mut text = String::new();
    for finding in &judgement.report.findings {
        let command = match finding.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Info => "notice",
        };
        let mut properties = Vec::new();
        if let Some(place) = &finding.place {
            let (end_line, end_column) = end(place, judgement.text(place));
            properties.push(format!("file={}", property(&place.file)));
            properties.push(format!("line={},endLine={end_line}", place.line));
            // Columns are only understood within one line.
            if end_line == place.line {
                properties.push(format!("col={},endColumn={end_column}", place.column));
            }
        }
        properties.push(format!("title={}", property(&format!("howdah {}", finding.rule))));
        let object = finding.object.as_ref().filter(|_| finding.place.is_none());
        let object = object.map_or_else(String::new, |object| format!("{object}: "));
        let message = data(&format!("{object}{}\nhelp: {}", finding.message, finding.fix));
        // A String takes everything.
        let _ = writeln!(text, "::{command} {}::{message}", properties.join(","));
    }
    text
}

/// As the runner's own toolkit escapes it (`actions/toolkit`, `packages/core/src/command.ts`).
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::{data, property};

    #[test]
    fn nothing_ends_a_command_early() {
        assert_eq!(data("50% of a::b\r\nc"), "50%25 of a::b%0D%0Ac");
        assert_eq!(property("schema/a,b: \"é\".sql"), "schema/a%2Cb%3A \"é\".sql");
    }
}
