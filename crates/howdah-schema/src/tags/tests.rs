use super::*;
use proptest::prelude::*;

/// The prose, the tags as rendered, and the errors' codes of a comment.
fn check(comment: &str, prose: &str, tags: &str, errors: &[&str]) {
    let (text, parsed, found) = parse(comment);
    let codes: Vec<_> = found.iter().map(TagError::code).collect();
    assert_eq!((text.as_str(), parsed.to_string().as_str(), &codes[..]), (prose, tags, errors), "{comment:?}");
}

#[test]
fn reads_tags_after_prose() {
    check(
        "The address mail goes to. @pii email @mask email",
        "The address mail goes to.",
        "@pii email @mask email",
        &[],
    );
    check("@group media", "", "@group media", &[]);
    check(
        "Rows.\n@owner user_id\n@audit read\n@retain 90 days by created_at",
        "Rows.",
        "@owner user_id @audit read @retain 90 days by created_at",
        &[],
    );
    check("x @retain 1 years by at", "x", "@retain 1 year by at", &[]);
    check("x @encrypt @blind-index @pii", "x", "@pii @encrypt @blind-index", &[]);
    check("x @deprecated use y, it is better @encrypt", "x", "@encrypt @deprecated use y, it is better", &[]);
    check("x @mask", "x", "@mask", &[]);
    check("Health. @consent health @version row_version", "Health.", "@consent health @version row_version", &[]);
    check("One. @encrypt Two.", "One. Two.", "@encrypt", &[]);
    check("One @encrypt.", "One.", "@encrypt", &[]);
}

#[test]
fn prose_with_at_signs_is_prose() {
    for prose in [
        "anna@example.com",
        "mail anna@example.com, please",
        "(@pii)",
        "`@pii`",
        "5 @ 3 EUR",
        "@",
        "@@pii",
        "@example.com",
        "a @b@c",
        "@1st",
        "x@pii",
        "@tørke",
        "\"@handle\" of the person",
    ] {
        check(prose, prose, "", &[]);
    }
}

#[test]
fn what_is_not_understood_is_an_error_and_stays() {
    check("x @pi email", "x @pi email", "", &["tag-unknown"]);
    check("the @handle of it", "the @handle of it", "", &["tag-unknown"]);
    check("see @handle.", "see @handle.", "", &["tag-unknown"]);
    check("@group", "@group", "", &["tag-argument"]);
    check("@group @pii", "@group", "@pii", &["tag-argument"]);
    check("@group\nmedia", "@group\nmedia", "", &["tag-argument"]);
    check("@owner user.id", "@owner user.id", "", &["tag-argument"]);
    check("@mask emial", "@mask emial", "", &["tag-argument"]);
    check("@retain 90 dyas by x", "@retain 90 dyas by x", "", &["tag-argument"]);
    check("@retain 0 days by x", "@retain 0 days by x", "", &["tag-argument"]);
    check("@retain 90 days", "@retain 90 days", "", &["tag-argument"]);
    check("@deprecated", "@deprecated", "", &["tag-argument"]);
    check("@encrypt @encrypt", "@encrypt", "@encrypt", &["tag-repeated"]);
    check("@group a @group b", "@group b", "@group a", &["tag-repeated"]);
}

#[test]
fn errors_say_what_was_meant() {
    let (_, _, errors) = parse("x @pi email @mask emial @handle");
    let messages: Vec<_> = errors.iter().map(ToString::to_string).collect();
    assert!(messages[0].contains("did you mean `@pii`"), "{messages:?}");
    assert!(messages[1].contains("did you mean `email`"), "{messages:?}");
    assert!(messages[2].contains("@blind-index"), "{messages:?}");
    assert_eq!(&"x @pi email @mask emial @handle"[errors[1].span.clone()], "@mask emial");
}

#[test]
fn every_tag_is_read_as_its_usage_says() {
    for spec in TAGS {
        let comment =
            spec.usage.replace(['[', ']'], "").replace("email|phone|name|last-four|hash|null|range|geo", "geo");
        let comment = comment.replace("KIND", "email");
        let (text, tags, errors) = parse(&comment);
        assert!(text.is_empty() && errors.is_empty() && !tags.is_empty(), "{comment}: {text:?} {errors:?}");
        assert_eq!(tags.to_string(), comment);
        assert_eq!(tags.present().map(|spec| spec.name).collect::<Vec<_>>(), [spec.name]);
    }
}

/// Text thick with what the parser looks for.
fn comment() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("@".to_owned()),
        Just(" ".to_owned()),
        Just("\n".to_owned()),
        Just("@pii email".to_owned()),
        Just(" @mask ".to_owned()),
        Just("geo".to_owned()),
        Just(" @retain 9 days by x".to_owned()),
        Just(" @deprecated ".to_owned()),
        Just(" @encrypt".to_owned()),
        Just(" @group a".to_owned()),
        Just("@audit".to_owned()),
        Just(" read".to_owned()),
        Just("\u{3000}".to_owned()),
        "[a-zé.,()-]{0,6}",
        any::<String>(),
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn never_panics_and_loses_no_word(comment in comment()) {
        let (text, tags, _) = parse(&comment);
        let kept = format!("{text} {tags}");
        for word in comment.split_whitespace() {
            // Units are printed in the singular or plural that fits; a full stop or colon may move to the word
            // before a tag.
            let word = word.trim_matches(|c| matches!(c, 's' | '.' | ',' | ':' | ')'));
            prop_assert!(kept.contains(word), "{word:?} of {comment:?} is not in {kept:?}");
        }
    }

    #[test]
    fn rendered_reads_back(comment in comment()) {
        let (text, tags, errors) = parse(&comment);
        if errors.is_empty() {
            prop_assert_eq!(parse(&render(&text, &tags)), (text, tags, errors));
        }
    }
}
