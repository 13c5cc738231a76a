use super::*;

/// What is said of an expression as the server deparses it; empty if nothing.
fn check(sql: &str, expect: &str) {
    assert_eq!(of_expression(sql).unwrap_or_default(), expect, "{sql}");
}

#[test]
fn lengths_and_ranges() {
    check("(char_length(title) <= 500)", "title has at most 500 characters");
    check("(char_length((profile_url)::text) <= 500)", "profile_url has at most 500 characters");
    check("((char_length(name) >= 1) AND (char_length(name) <= 100))", "name has 1 to 100 characters");
    check("(octet_length(VALUE) = 32)", "the value has exactly 32 bytes");
    check("(cardinality(tags) >= 1)", "tags has at least 1 element");
    check("((percent >= 0) AND (percent <= 100))", "percent is between 0 and 100");
    check(
        "((VALUE >= ('-90'::integer)::double precision) AND (VALUE <= (90)::double precision))",
        "the value is between -90 and 90",
    );
    check("((a >= 0) AND (b <= 100))", "a is at least 0 and b is at most 100");
    check("((price >= (0)::numeric) AND (price <> 'NaN'::numeric))", "price is at least 0 and is not NaN");
}

#[test]
fn values_and_patterns() {
    check("(status = ANY (ARRAY['a'::text, 'b c'::text, ''::text]))", "status is one of a, 'b c', ''");
    check(
        "((code)::text = ANY ((ARRAY['x'::character varying, 'y'::character varying])::text[]))",
        "code is one of x, y",
    );
    check("(jsonb_typeof(metadata) = 'object'::text)", "metadata is a JSON object");
    check("(jsonb_typeof(v) = 'string'::text)", "v is a string in JSON");
    check("((VALUE)::text ~ '^[A-Z]{2}$'::text)", "the value matches ^[A-Z]{2}$");
    check("(VALUE !~* '^javascript:'::text)", "the value does not match ^javascript:, in upper or lower case");
    check(
        "((char_length(name) <= 200) AND (btrim(name) <> ''::text))",
        "name has at most 200 characters and is not blank",
    );
    check("(lower(email) = email)", "email is in lower case");
    check("(\"Upper case\" > 0)", "Upper case is greater than 0");
}

#[test]
fn one_column_beside_another() {
    check("(ends_at >= starts_at)", "ends_at is not before starts_at");
    check("(high > low)", "high is greater than low");
    check("(parent_id <> id)", "parent_id is not the same as id");
    check(
        "((status = 'completed'::text) = (completed_at IS NOT NULL))",
        "status is completed exactly when completed_at is set",
    );
    check("(is_read = (read_at IS NOT NULL))", "is_read is true exactly when read_at is set");
    check("((a IS NULL) = (b IS NULL))", "a is null exactly when b is null");
    check("((purpose <> 'change'::text) OR (sent_to IS NOT NULL))", "if purpose is change, sent_to is set");
    check(
        "((status <> ALL (ARRAY['paid'::text, 'shipped'::text])) OR (paid_at IS NOT NULL))",
        "if status is one of paid, shipped, paid_at is set",
    );
    check("((kind = 'human'::text) OR (hash IS NULL))", "kind is human or hash is null");
    check("(num_nonnulls(a, b) = 1)", "exactly one of a, b is set");
    check("(num_nonnulls(a, b, c) >= 2)", "at least 2 of a, b, c are set");
}

#[test]
fn a_piece_without_words_is_shown_as_it_is() {
    check(
        "((char_length(name) <= 9) AND public.is_good(name))",
        "name has at most 9 characters and public.is_good(name)",
    );
    check("public.is_good(name)", "");
    check("starts_with((key)::text, ((user_id)::text || '/'::text))", "");
    check("\nCASE status\n    WHEN 'draft'::text THEN (placed_at IS NULL)\n    ELSE true\nEND", "");
    check("(NOT is_deleted)", "");
    check("(total <= ((quantity)::numeric * price))", "");
    check("(a = E'\\\\x')", "");
}

#[test]
fn whatever_it_is_it_ends() {
    for sql in
        ["", "(", ")", "a =", "a = ANY", "::", "a::", "a::b(", "'", "ARRAY[", "a IS", "a.b.c.", &"(".repeat(5000)]
    {
        check(sql, "");
    }
    assert_eq!(of_definition("CHECK ((a > 1)) NOT VALID").as_deref(), Some("a is greater than 1"));
}
