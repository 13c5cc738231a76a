//! Comments and the tags in them.

use crate::tags::{self, TagError, Tags};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::sync::LazyLock;

/// An object's comment, read once: its prose, its tags, and what is wrong with them. Without a comment, all are empty.
///
/// Equal when the raw text is equal; stored as that text alone.
#[derive(Debug, Clone, Default)]
pub struct Comment(
    // Most objects have none, and a catalog has many objects.
    Option<Box<Read>>,
);

/// What a comment says.
#[derive(Debug, Clone, Default)]
struct Read {
    raw: String,
    text: String,
    tags: Tags,
    errors: Vec<TagError>,
}

/// What no comment says.
static NOTHING: LazyLock<Read> = LazyLock::new(Read::default);

impl Comment {
    /// Reads a comment as it stands in the database.
    pub fn new(raw: impl Into<String>) -> Self {
        let raw = raw.into();
        if raw.is_empty() {
            return Self(None);
        }
        let (text, tags, errors) = tags::parse(&raw);
        Self(Some(Box::new(Read { raw, text, tags, errors })))
    }

    fn read(&self) -> &Read {
        self.0.as_deref().unwrap_or(&NOTHING)
    }

    /// As it stands in the database, tags included. Empty without a comment.
    pub fn raw(&self) -> &str {
        &self.read().raw
    }

    /// The prose, without tags.
    pub fn text(&self) -> &str {
        &self.read().text
    }

    /// What the tags say.
    pub fn tags(&self) -> &Tags {
        &self.read().tags
    }

    /// Tags that are unknown or badly written, for the linter.
    pub fn errors(&self) -> &[TagError] {
        &self.read().errors
    }

    /// Whether there is no comment at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }
}

impl PartialEq for Comment {
    fn eq(&self, other: &Self) -> bool {
        self.raw() == other.raw()
    }
}

impl Eq for Comment {}

impl From<Option<String>> for Comment {
    fn from(raw: Option<String>) -> Self {
        raw.map_or_else(Self::default, Self::new)
    }
}

impl Serialize for Comment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.raw())
    }
}

impl<'de> Deserialize<'de> for Comment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}
