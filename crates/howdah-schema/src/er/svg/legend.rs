//! What the marks mean, below the picture.

use super::super::graph::{Graph, Parent};
use super::super::metrics::{Font, width};
use super::line::{End, mark};
use super::markup::Markup;
use super::table::{arrow, key};
use std::fmt::Write as _;

const LINE: i32 = 24;
const PAGE: i32 = 20;

#[derive(Debug, Clone, Copy)]
enum Sign {
    Primary,
    Unique,
    Foreign,
    Required,
    Optional,
    Stub,
    End(End),
}

/// Signs that occur, placed.
pub(super) struct Legend {
    entries: Vec<(Sign, &'static str, i32, i32)>,
    pub(super) width: i32,
    pub(super) height: i32,
}

impl Legend {
    /// Wrapped to the picture's width, or to the widest entry.
    pub(super) fn new(page: i32, graph: &Graph) -> Self {
        let rows = || graph.entities.iter().flat_map(|entity| &entity.rows);
        let lines = !graph.relations.is_empty();
        let mixed = graph.relations.iter().any(|relation| relation.parent != Parent::One)
            && graph.relations.iter().any(|relation| relation.parent == Parent::One);
        let entries = [
            (rows().any(|row| row.primary), Sign::Primary, "primary key"),
            (rows().any(|row| row.unique && !row.primary), Sign::Unique, "unique"),
            (rows().any(|row| row.foreign), Sign::Foreign, "foreign key"),
            (rows().any(|row| row.not_null), Sign::Required, "not null"),
            (rows().any(|row| !row.not_null), Sign::Optional, "may be null"),
            (rows().any(|row| !row.stubs.is_empty()), Sign::Stub, "points at a table without a line"),
            (lines, Sign::End(End::Many), "any number"),
            (lines, Sign::End(End::ZeroOrOne), "at most one"),
            (lines, Sign::End(End::One), "exactly one"),
            (lines && mixed, Sign::End(End::AtMostOne), "lines that join here differ: one or at most one"),
        ];
        let (mut x, mut y, mut widest) = (PAGE, 0, 0);
        let mut placed = Vec::new();
        for (_, sign, words) in entries.into_iter().filter(|(occurs, ..)| *occurs) {
            let wide = 26 + width(words, Font::Sans, 11) + 16;
            if x > PAGE && x + wide > page - PAGE {
                (x, y) = (PAGE, y + LINE);
            }
            placed.push((sign, words, x, y));
            x += wide;
            widest = widest.max(x + PAGE - 16);
        }
        let height = if placed.is_empty() { 0 } else { y + LINE + 12 };
        Self { entries: placed, width: widest, height }
    }

    pub(super) fn write(&self, out: &mut Markup, top: i32) {
        if self.entries.is_empty() {
            return;
        }
        out.push_str("<g class=\"legend\" aria-hidden=\"true\">");
        for &(sign, words, x, y) in &self.entries {
            let middle = top + y + 8;
            match sign {
                Sign::Primary => key(out, x + 6, middle, true),
                Sign::Unique => key(out, x + 6, middle, false),
                Sign::Foreign => arrow(out, x + 8, middle),
                Sign::Required | Sign::Optional => {
                    let class = if matches!(sign, Sign::Required) { "dot required" } else { "dot" };
                    let _ = write!(out, "<circle class=\"{class}\" cx=\"{}\" cy=\"{middle}\" r=\"2.5\"/>", x + 14);
                }
                Sign::Stub => {
                    let _ = write!(out, "<text class=\"stub\" x=\"{}\" y=\"{}\">→</text>", x + 8, middle + 4);
                }
                Sign::End(end) => {
                    let _ = write!(out, "<path class=\"line\" d=\"M{x} {middle}h20\"/>");
                    mark(out, (x, middle), 1, end);
                }
            }
            let _ = write!(out, "<text x=\"{}\" y=\"{}\">{words}</text>", x + 26, middle + 4);
        }
        out.push_str("</g>\n");
    }
}
