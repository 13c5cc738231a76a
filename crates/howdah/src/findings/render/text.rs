//! For people: each finding with the line that it is about.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level as Weight, Origin, Renderer, Snippet};
use howdah_schema::findings::{Finding, Level};

use crate::findings::Judgement;

/// All findings, with a blank line after each.
pub(crate) fn report(judgement: &Judgement) -> String {
    let renderer = Renderer::styled().decor_style(DecorStyle::Ascii);
    let mut text = String::new();
    for finding in &judgement.report.findings {
        text.push_str(&one(finding, judgement, &renderer));
        text.push_str("\n\n");
    }
    text
}

fn one(finding: &Finding, judgement: &Judgement, renderer: &Renderer) -> String {
    let weight = match finding.level {
        Level::Error => Weight::ERROR,
        Level::Warning => Weight::WARNING,
        Level::Info => Weight::INFO,
    };
    let (message, fix) = (visible(&finding.message), visible(&finding.fix));
    let object = visible(finding.object.as_deref().unwrap_or("-"));
    let path = finding.place.as_ref().map(|place| visible(&place.file)).unwrap_or_default();
    let title = weight.primary_title(&message).id(finding.rule);
    let line = finding.place.as_ref().and_then(|place| {
        let text = judgement.text(place)?;
        let start = text.get(..place.span.start)?.rfind('\n').map_or(0, |at| at + 1);
        let line = text.get(start..)?.lines().next().unwrap_or_default();
        let from = place.span.start - start;
        let to = (place.span.end - start).clamp(from, line.len().max(from));
        Some((line, from.min(line.len())..to.min(line.len()), place.line))
    });
    let group: Group<'_> = match &line {
        Some((line, span, number)) => {
            let mark = AnnotationKind::Primary.span(span.clone());
            let snippet = Snippet::source(*line).path(path.as_str()).line_start(*number).annotation(mark);
            title.element(snippet)
        }
        None => match &finding.place {
            Some(place) => title.element(Origin::path(path.as_str()).line(place.line).char_column(place.column)),
            None => title.element(Origin::path(object.as_str())),
        },
    };
    renderer.render(&[group.element(Weight::HELP.message(fix.as_str()))])
}

/// Names may hold anything; a terminal shows it and does not obey it.
fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}
