//! How a failure is shown: as text with its place in the file, or as the `error` of a JSON document.

use std::io::Write;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use serde_json::json;

use super::style::{ACCENT, ERROR, STRONG, paint};
use super::write_stderr;
use crate::failure::{Excerpt, Failure};

/// Tells the failure: to stderr for people, to stdout as a document with `--json`.
pub(crate) fn report(failure: &Failure, json: bool) {
    if json {
        let mut stdout = anstream::stdout().lock();
        // The exit code still tells the caller when stdout is gone.
        let _ = writeln!(stdout, "{:#}", document(failure));
        let _ = stdout.flush();
    } else {
        write_stderr(render(failure).trim_end());
    }
}

/// Tells a failure that does not end the command.
pub(crate) fn tell(failure: &Failure) {
    write_stderr(render(failure).trim_end());
}

fn document(failure: &Failure) -> serde_json::Value {
    let mut error = json!({ "code": failure.code, "message": failure.message, "hint": failure.hint });
    if !failure.causes.is_empty() {
        error["causes"] = json!(failure.causes);
    }
    if let Some(at) = &failure.excerpt {
        error["at"] = json!({ "file": at.file, "line": at.line, "column": at.column, "text": at.text });
    }
    json!({ "schema": "howdah.error/1", "ok": false, "error": error })
}

pub(crate) fn render(failure: &Failure) -> String {
    let mut text = match &failure.excerpt {
        Some(excerpt) => with_excerpt(failure, excerpt),
        None => format!(
            "{}{} {}\n",
            paint(ERROR, &format!("error[{}]", failure.code)),
            paint(STRONG, ":"),
            paint(STRONG, &failure.message)
        ),
    };
    for cause in &failure.causes {
        text.push_str(&format!("  {} {}\n", paint(ERROR, "cause:"), indent(cause)));
    }
    if let Some(hint) = &failure.hint {
        text.push_str(&format!("  {} {}\n", paint(ACCENT, "help:"), indent(hint)));
    }
    text
}

fn with_excerpt(failure: &Failure, excerpt: &Excerpt) -> String {
    let span = span(&excerpt.text, excerpt.column, excerpt.width);
    let snippet = Snippet::source(excerpt.text.as_str())
        .path(excerpt.file.to_string_lossy())
        .line_start(excerpt.line)
        .annotation(AnnotationKind::Primary.span(span).label(excerpt.label.as_str()));
    let group = Level::ERROR.primary_title(failure.message.as_str()).id(failure.code.as_ref()).element(snippet);
    let mut text = Renderer::styled().decor_style(DecorStyle::Ascii).render(&[group]);
    text.push('\n');
    text
}

/// The bytes that `width` characters from the 1-based `column` on take in `text`; never outside of it.
fn span(text: &str, column: usize, width: usize) -> std::ops::Range<usize> {
    let byte_of = |character: usize| text.char_indices().nth(character).map_or(text.len(), |(byte, _)| byte);
    let start = byte_of(column.saturating_sub(1));
    let end = byte_of(column.saturating_sub(1) + width.max(1));
    start..end
}

/// Further lines of a long text stand under its first.
fn indent(text: &str) -> String {
    text.trim_end().replace('\n', "\n    ")
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::{render, span};
    use crate::failure::{Excerpt, Failure};

    fn plain(failure: &Failure) -> String {
        anstream::adapter::strip_str(&render(failure)).to_string()
    }

    #[test]
    fn a_failure_shows_code_cause_and_help() {
        let failure = Failure::new("demo-code", "cannot do it").cause("the disk\nis full").hint("free some space");
        insta::assert_snapshot!(plain(&failure));
    }

    #[test]
    fn a_failure_in_a_file_shows_the_line() {
        let failure = Failure::new("script-error", "syntax error at or near \"tabel\"").excerpt(Excerpt {
            file: PathBuf::from("schema/10_notes.sql"),
            line: 12,
            column: 8,
            text: "create tabel notes (".to_owned(),
            width: 5,
            label: "here".to_owned(),
        });
        insta::assert_snapshot!(plain(&failure));
    }

    #[test]
    fn a_span_counts_characters_and_stays_inside() {
        assert_eq!(span("é tabel", 3, 5), 3..8);
        assert_eq!(span("short", 99, 4), 5..5);
        assert_eq!(span("", 1, 1), 0..0);
    }
}
