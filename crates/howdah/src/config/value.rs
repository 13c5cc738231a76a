//! What a setting can be, and how its text is read.

use std::fmt;

/// The type of a setting, with what it accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Any text that is not empty.
    Text,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A whole number between both, inclusive.
    Integer { least: i64, most: i64 },
    /// A list of texts; comma-separated in the environment.
    List,
    /// A path relative to the project's folder, inside of it.
    Path,
    /// A postgres:// URL without a password when it comes from a file.
    Url,
}

/// A value of one of those types.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(untagged)]
pub(crate) enum Value {
    Text(String),
    Integer(i64),
    List(Vec<String>),
}

impl Kind {
    /// What it accepts, in words that finish the sentence "it must be …".
    pub(crate) fn accepts(self) -> String {
        match self {
            Self::Text => "text in quotes".to_owned(),
            Self::OneOf(words) => format!("one of {}", words.join(", ")),
            Self::Integer { least, most } => format!("a whole number from {least} to {most}"),
            Self::List => "a list of texts, like [\"public\"]".to_owned(),
            Self::Path => "a path inside the project's folder".to_owned(),
            Self::Url => "a URL like postgres://user@host:5432/database".to_owned(),
        }
    }

    /// Reads what came from the environment or a flag, where all is text.
    pub(crate) fn read_text(self, text: &str) -> Option<Value> {
        match self {
            Self::Integer { .. } => self.check(Value::Integer(text.trim().parse().ok()?)),
            Self::List => {
                let items: Vec<String> =
                    text.split(',').map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect();
                self.check(Value::List(items))
            }
            Self::Text | Self::OneOf(_) | Self::Path | Self::Url => self.check(Value::Text(text.to_owned())),
        }
    }

    /// The value, if it is of this kind and within its bounds.
    pub(crate) fn check(self, value: Value) -> Option<Value> {
        let fits = match (self, &value) {
            (Self::Text | Self::Url, Value::Text(text)) => !text.trim().is_empty(),
            (Self::OneOf(words), Value::Text(text)) => words.contains(&text.as_str()),
            (Self::Integer { least, most }, Value::Integer(number)) => (least..=most).contains(number),
            (Self::List, Value::List(items)) => !items.is_empty() && items.iter().all(|item| !item.trim().is_empty()),
            (Self::Path, Value::Text(text)) => is_inside(text),
            _ => false,
        };
        fits.then_some(value)
    }
}

/// Whether a relative path stays below where it starts.
fn is_inside(text: &str) -> bool {
    use std::path::{Component, Path};
    !text.is_empty()
        && Path::new(text).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Integer(number) => write!(f, "{number}"),
            Self::List(items) => f.write_str(&items.join(",")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, Value};

    #[test]
    fn text_is_read_by_kind() {
        let port = Kind::Integer { least: 0, most: 65_535 };
        assert_eq!(port.read_text("8080"), Some(Value::Integer(8080)));
        assert_eq!(port.read_text("80800"), None);
        assert_eq!(port.read_text("http"), None);
        assert_eq!(Kind::List.read_text("public, shop"), Some(Value::List(vec!["public".into(), "shop".into()])));
        assert_eq!(Kind::List.read_text(" , "), None);
        assert_eq!(Kind::OneOf(&["a", "b"]).read_text("c"), None);
        assert_eq!(Kind::Path.read_text("../secrets"), None);
        assert_eq!(Kind::Path.read_text("/etc"), None);
        assert_eq!(Kind::Path.read_text("db/schema"), Some(Value::Text("db/schema".into())));
    }
}
