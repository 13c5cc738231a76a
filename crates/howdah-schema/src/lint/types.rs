//! What a type is underneath.

use crate::catalog::DataType;

/// The type's name in SQL, under all domains, without modifiers and brackets: `character varying`,
/// `timestamp with time zone`.
pub(crate) fn base(data_type: &DataType) -> String {
    let sql = data_type.base.as_deref().unwrap_or(&data_type.sql);
    let mut name = String::with_capacity(sql.len());
    let mut depth = 0_usize;
    for c in sql.trim_end_matches("[]").chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            c if depth == 0 => name.push(c),
            _ => {}
        }
    }
    name
}

/// Whether it is this type, or a domain over it; no array of it.
pub(crate) fn is(data_type: &DataType, name: &str) -> bool {
    !data_type.array && !data_type.base.as_deref().is_some_and(|base| base.ends_with("[]")) && base(data_type) == name
}

/// Text of any kind; no array of it.
pub(crate) fn is_text(data_type: &DataType) -> bool {
    let is_one = |name: &str| is(data_type, name);
    is_one("text") || is_one("character varying") || is_one("character") || base(data_type).ends_with("citext")
}

#[cfg(test)]
mod tests {
    use super::{base, is, is_text};
    use crate::testing::base_type;

    #[test]
    fn modifiers_and_brackets_are_no_part_of_the_name() {
        assert_eq!(base(&base_type("character varying(40)[]")), "character varying");
        assert_eq!(base(&base_type("timestamp(3) with time zone")), "timestamp with time zone");
        assert!(is(&base_type("numeric(19,4)"), "numeric"));
        assert!(!is(&base_type("text[]"), "text"));
        assert!(is_text(&base_type("public.citext")));
    }
}
