//! Colours and type: the design tokens of the studio.

use super::markup::Markup;
use std::fmt::Write as _;

/// How many colours lines and areas have.
pub(super) const COLOURS: usize = 8;

/// Names and values in light and dark.
const TOKENS: [(&str, &str, &str); 9] = [
    ("page", "#FAF9F6", "#141210"),
    ("surface", "#FFFFFF", "#1B1917"),
    ("sunken", "#F2F0EA", "#26231F"),
    ("border", "#C9C3B8", "#4A453D"),
    ("control", "#8A8478", "#787166"),
    ("text1", "#1E1B17", "#EFECE5"),
    ("text2", "#555047", "#BDB7AB"),
    ("text3", "#6B655B", "#A8A196"),
    ("primary", "#0E6656", "#52C4AE"),
];

/// Of lines and areas: at least 4.5:1 against page and surface.
const LINES: [(&str, &str); COLOURS] = [
    ("#0E6656", "#52C4AE"),
    ("#1D5CA3", "#8DBBF2"),
    ("#855300", "#F0B54A"),
    ("#7B3FA0", "#CBA2F2"),
    ("#A3343A", "#FF9086"),
    ("#3F6212", "#A9D36B"),
    ("#9B2C77", "#F29AC9"),
    ("#0B6478", "#63C7E0"),
];

const RULES: &str = include_str!("style.css");

/// Writes the style sheet, with rules for as many tables under the pointer.
pub(super) fn write(out: &mut Markup, tables: usize) {
    let variables = |dark: bool| {
        let mut list = String::new();
        for (name, light_value, dark_value) in TOKENS {
            let _ = write!(list, "--er-{name}:{};", if dark { dark_value } else { light_value });
        }
        for (number, (light_value, dark_value)) in LINES.into_iter().enumerate() {
            let _ = write!(list, "--er-c{number}:{};", if dark { dark_value } else { light_value });
        }
        list
    };
    let (light, dark) = (variables(false), variables(true));
    out.push_str("<style>\n");
    let _ = writeln!(out, ".howdah-er{{{light}}}");
    let _ = writeln!(out, "@media (prefers-color-scheme:dark){{.howdah-er{{{dark}}}}}");
    let _ = writeln!(out, "[data-theme=\"light\"] .howdah-er{{{light}}}");
    let _ = writeln!(out, "[data-theme=\"dark\"] .howdah-er{{{dark}}}");
    out.push_str(RULES);
    for number in 0..COLOURS {
        let _ = writeln!(out, ".howdah-er .c{number}{{color:var(--er-c{number})}}");
    }
    // `t7` is a table; `n7` is whatever has to do with it, itself included.
    for table in 0..tables {
        let svg = format!(".howdah-er:has(.t{table}:is(:hover,:focus-within))");
        let _ = writeln!(out, "{svg} .edge:not(.n{table}),{svg} .table:not(.n{table}){{opacity:.2}}");
    }
    out.push_str("</style>\n");
}
