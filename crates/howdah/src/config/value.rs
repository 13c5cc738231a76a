//! What a setting can be, and how its text is read.

use std::fmt;

use howdah_schema::QualifiedName;

/// The type of a setting, with what it accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Any text that is not empty.
    Text,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A whole number between both, inclusive.
    Integer { least: i64, most: i64 },
    /// `true` or `false`; in the environment also `on`, `off`, `yes`, `no`, `1` and `0`.
    Boolean,
    /// A list of at least so many texts; comma-separated in the environment.
    List { least: usize },
    /// A path relative to the project's folder, inside of it.
    Path,
    /// A postgres:// URL without a password when it comes from a file.
    Url,
    /// A function with its schema, as PostgreSQL reads names.
    Function,
    /// The address of a web server.
    WebAddress,
    /// The permissions of a socket's file, in octal.
    FileMode,
    /// Where a token says which role it is for.
    RolePath,
    /// A header of requests that may be repeated in answers.
    TraceHeader,
}

/// A value of one of those types.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(untagged)]
pub(crate) enum Value {
    Text(String),
    Integer(i64),
    Boolean(bool),
    List(Vec<String>),
}

impl Kind {
    /// What it accepts, in words that finish the sentence "it must be …".
    pub(crate) fn accepts(self) -> String {
        match self {
            Self::Text => "text in quotes".to_owned(),
            Self::OneOf(words) => format!("one of {}", words.join(", ")),
            Self::Integer { least, most } => format!("a whole number from {least} to {most}"),
            Self::Boolean => "true or false".to_owned(),
            Self::List { least: 0 } => "a list of texts, like [\"public\"], or an empty one".to_owned(),
            Self::List { .. } => "a list of texts, like [\"public\"]".to_owned(),
            Self::Path => "a path inside the project's folder".to_owned(),
            Self::Url => "a URL like postgres://user@host:5432/database".to_owned(),
            Self::Function => "a function with its schema, like auth.check_request".to_owned(),
            Self::WebAddress => "a URL like https://api.example.com/base".to_owned(),
            Self::FileMode => "an octal file mode from 600 to 777, in quotes".to_owned(),
            Self::RolePath => "a path of keys and indices, like .role or .app.roles[0]".to_owned(),
            Self::TraceHeader => "the name of a header that the server does not set itself, like X-Trace".to_owned(),
        }
    }

    /// Reads what came from the environment or a flag, where all is text.
    pub(crate) fn read_text(self, text: &str) -> Option<Value> {
        match self {
            Self::Integer { .. } => self.check(Value::Integer(text.trim().parse().ok()?)),
            Self::Boolean => Some(Value::Boolean(match text.trim().to_ascii_lowercase().as_str() {
                "true" | "on" | "yes" | "1" => true,
                "false" | "off" | "no" | "0" => false,
                _ => return None,
            })),
            Self::List { .. } => {
                let items: Vec<String> =
                    text.split(',').map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect();
                self.check(Value::List(items))
            }
            Self::Text
            | Self::OneOf(_)
            | Self::Path
            | Self::Url
            | Self::Function
            | Self::WebAddress
            | Self::FileMode
            | Self::RolePath
            | Self::TraceHeader => self.check(Value::Text(text.to_owned())),
        }
    }

    /// The value, if it is of this kind and within its bounds.
    pub(crate) fn check(self, value: Value) -> Option<Value> {
        let fits = match (self, &value) {
            (Self::Text | Self::Url, Value::Text(text)) => !text.trim().is_empty(),
            (Self::OneOf(words), Value::Text(text)) => words.contains(&text.as_str()),
            (Self::Integer { least, most }, Value::Integer(number)) => (least..=most).contains(number),
            (Self::Boolean, Value::Boolean(_)) => true,
            (Self::List { least }, Value::List(items)) => {
                items.len() >= least && items.iter().all(|item| !item.trim().is_empty())
            }
            (Self::Function, Value::Text(text)) => text.parse::<QualifiedName>().is_ok(),
            (Self::WebAddress, Value::Text(text)) => is_web_address(text),
            (Self::FileMode, Value::Text(text)) => {
                u32::from_str_radix(text, 8).is_ok_and(|mode| (0o600..=0o777).contains(&mode))
            }
            (Self::RolePath, Value::Text(text)) => text.parse::<howdah_http::RolePath>().is_ok(),
            (Self::TraceHeader, Value::Text(text)) => howdah_http::trace_header(text).is_ok(),
            (Self::Path, Value::Text(text)) => is_inside(text),
            _ => false,
        };
        fits.then_some(value)
    }
}

fn is_web_address(text: &str) -> bool {
    text.parse::<http::Uri>().is_ok_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some_and(|host| !host.is_empty())
    })
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
            Self::Boolean(value) => write!(f, "{value}"),
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
        let names = Kind::List { least: 1 };
        assert_eq!(names.read_text("public, shop"), Some(Value::List(vec!["public".into(), "shop".into()])));
        assert_eq!(names.read_text(" , "), None);
        assert_eq!(Kind::List { least: 0 }.read_text(""), Some(Value::List(Vec::new())));
        assert_eq!(Kind::Boolean.read_text("On"), Some(Value::Boolean(true)));
        assert_eq!(Kind::Boolean.read_text("maybe"), None);
        assert_eq!(Kind::Function.read_text("auth.check"), Some(Value::Text("auth.check".into())));
        assert_eq!(Kind::Function.read_text("check"), None);
        assert_eq!(Kind::WebAddress.read_text("https://x.example:8443/api").map(|_| ()), Some(()));
        for wrong in ["x.example", "ftp://x.example", "https://"] {
            assert_eq!(Kind::WebAddress.read_text(wrong), None, "{wrong}");
        }
        assert_eq!(Kind::FileMode.read_text("660"), Some(Value::Text("660".into())));
        assert_eq!(Kind::FileMode.read_text("400"), None);
        assert_eq!(Kind::OneOf(&["a", "b"]).read_text("c"), None);
        assert_eq!(Kind::Path.read_text("../secrets"), None);
        assert_eq!(Kind::Path.read_text("/etc"), None);
        assert_eq!(Kind::Path.read_text("db/schema"), Some(Value::Text("db/schema".into())));
    }
}
