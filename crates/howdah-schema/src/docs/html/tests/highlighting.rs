//! Code looks different, and says the same.

use super::super::highlight::write;
use super::super::markup::Html;
use super::dom::parse;
use super::random;
use proptest::prelude::*;

const LANGUAGES: [&str; 7] = ["sql", "typescript", "rust", "json", "sh", "http", "mermaid"];

fn html(language: &str, code: &str) -> String {
    let mut html = Html::default();
    write(&mut html, language, code);
    html.finish()
}

#[test]
fn tells_apart() {
    for (language, code, expected) in [
        ("sql", "select 1", "<span class=\"k\">select</span> <span class=\"n\">1</span>"),
        (
            "sql",
            "'it''s' -- x",
            "<span class=\"s\">'it'</span><span class=\"s\">'s'</span> <span class=\"c\">-- x</span>",
        ),
        ("sql", "a=$1/* <b> */", "a=<span class=\"n\">$1</span><span class=\"c\">/* &lt;b&gt; */</span>"),
        ("sql", "selected, \"select\"", "selected, \"<span class=\"k\">select</span>\""),
        ("typescript", r#""a\"b" as x"#, r#"<span class="s">"a\"b"</span> <span class="k">as</span> x"#),
        ("http", "GET /rest/v1/a?b=eq.1", "<span class=\"k\">GET</span> /rest/v1/a?b=eq.<span class=\"n\">1</span>"),
        ("json", "{\"a\": null}", "{<span class=\"s\">\"a\"</span>: <span class=\"k\">null</span>}"),
        ("sh", "howdah docs # all", "howdah docs <span class=\"c\"># all</span>"),
        ("cobol", "select '1'", "select '1'"),
    ] {
        assert_eq!(html(language, code), expected);
    }
}

proptest! {
    #[test]
    fn never_changes_the_text(code in random::text()) {
        for language in LANGUAGES {
            let (elements, _) = parse(&format!("<pre><code>{}</code></pre>", html(language, &code)));
            let code = code.replace('\0', "\u{fffd}");
            prop_assert_eq!(&elements.iter().find(|element| element.name == "code").unwrap().text, &code);
            prop_assert!(elements.iter().all(|element| ["html", "head", "body", "pre", "code", "span"].contains(&element.name.as_str())));
        }
    }
}
