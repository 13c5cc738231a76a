//! Server settings as they stand in `SET name TO value` of roles and functions.

use crate::{Ident, Literal};

/// Settings that hold a list of names. The server keeps it as one text with the names quoted where needed; between single
/// quotes in a statement, that text would be one long name.
const LISTS_OF_NAMES: &[&str] = &[
    "local_preload_libraries",
    "search_path",
    "session_preload_libraries",
    "shared_preload_libraries",
    "temp_tablespaces",
    "unix_socket_directories",
];

/// A setting's name, whose parts are joined by a dot.
pub(super) fn name(name: &str) -> String {
    name.split('.').map(|part| Ident::new(part).to_string()).collect::<Vec<_>>().join(".")
}

/// `name TO value`
pub(super) fn assignment(setting: &str, value: &str) -> String {
    let lower = setting.to_ascii_lowercase();
    let values = if LISTS_OF_NAMES.contains(&lower.as_str()) { names(value) } else { None };
    let values = values.unwrap_or_else(|| vec![value.to_owned()]);
    let values: Vec<String> = values.into_iter().map(|value| Literal::text(value).to_string()).collect();
    format!("{} TO {}", name(setting), values.join(", "))
}

/// The names of a list; `None` of an empty one.
fn names(list: &str) -> Option<Vec<String>> {
    let mut names = Vec::new();
    let mut name = String::new();
    let mut quoted = false;
    let mut chars = list.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.next_if_eq(&'"').is_some() => name.push('"'),
            '"' => quoted = !quoted,
            ',' if !quoted => names.push(std::mem::take(&mut name)),
            c if c.is_whitespace() && !quoted => {}
            c => name.push(c),
        }
    }
    names.push(name);
    (list.trim() != "").then_some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assignments() {
        for (setting, value, sql) in [
            ("work_mem", "64MB", "work_mem TO '64MB'"),
            ("search_path", "\"$user\", public, \"a, \"\"b\"", "search_path TO '$user', 'public', 'a, \"b'"),
            ("search_path", "", "search_path TO ''"),
            ("search_path", "\"\"", "search_path TO ''"),
            ("DateStyle", "ISO, DMY", "\"DateStyle\" TO 'ISO, DMY'"),
            ("howdah.trash", "with", "howdah.trash TO 'with'"),
        ] {
            assert_eq!(assignment(setting, value), sql);
        }
    }
}
