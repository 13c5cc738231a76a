//! Descriptions that have been made: making one of a large schema is milliseconds of work, and what comes of it is the same
//! until something changes.
//!
//! What a description depends on is the schema, and what the caller may do. It is kept with the schema as it was read, so a new
//! reading forgets it; and it is found by what the database has just said that the caller may do, not by the caller's role. A
//! GRANT therefore shows at once, whether or not anybody has noticed it, and roles that may do the same share one.

use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::describe::Description;

/// Bytes of all documents of one reading of the schema at the most. One that is larger by itself is not kept.
const MOST: usize = 16 * 1024 * 1024;

/// What a document is made from, beside the catalog and the options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Basis {
    which: Description,
    schema: String,
    /// Of the privileges as the database tells them.
    privileges: [u8; 32],
}

impl Basis {
    /// `privileges` is what the query for them answered; `None` where they do not matter.
    pub(crate) fn new(which: Description, schema: &str, privileges: Option<&str>) -> Self {
        let privileges = privileges.map(|text| Sha256::digest(text).into()).unwrap_or_default();
        Self { which, schema: schema.to_owned(), privileges }
    }
}

/// A document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Document {
    pub(crate) body: Bytes,
    /// Other documents have another, in any process.
    pub(crate) tag: String,
}

impl Document {
    pub(crate) fn new(text: String) -> Self {
        let hash = Sha256::digest(text.as_bytes());
        let tag = hash.iter().take(12).fold(String::new(), |mut tag, byte| {
            let _ = write!(tag, "{byte:02x}");
            tag
        });
        Self { body: text.into(), tag }
    }
}

/// The documents of one reading of the schema, the one used last at the end.
#[derive(Debug)]
pub(crate) struct Made {
    documents: Mutex<Vec<(Basis, Document)>>,
    /// Bytes.
    most: usize,
}

impl Default for Made {
    fn default() -> Self {
        Self { documents: Mutex::default(), most: MOST }
    }
}

impl Made {
    /// A document that has been made.
    pub(crate) fn get(&self, basis: &Basis) -> Option<Document> {
        let mut documents = self.documents.lock().unwrap_or_else(PoisonError::into_inner);
        let at = documents.iter().position(|(known, _)| known == basis)?;
        let found = documents.remove(at);
        let document = found.1.clone();
        documents.push(found);
        Some(document)
    }

    /// Keeps a document; those that have not been asked for the longest make room.
    pub(crate) fn keep(&self, basis: Basis, document: &Document) {
        let mut documents = self.documents.lock().unwrap_or_else(PoisonError::into_inner);
        // Two requests made it at once.
        documents.retain(|(known, _)| *known != basis);
        documents.push((basis, document.clone()));
        let mut bytes: usize = documents.iter().map(|(_, document)| document.body.len()).sum();
        let mut oldest = 0;
        while bytes > self.most {
            bytes -= documents[oldest].1.body.len();
            oldest += 1;
        }
        documents.drain(..oldest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn basis(schema: &str) -> Basis {
        Basis::new(Description::OpenApi, schema, Some("{}"))
    }

    fn known(made: &Made) -> Vec<String> {
        made.documents.lock().unwrap().iter().map(|(basis, _)| basis.schema.clone()).collect()
    }

    #[test]
    fn what_was_used_last_stays_within_the_bound() {
        let made = Made { most: 10, ..Made::default() };
        for schema in ["a", "b", "c"] {
            made.keep(basis(schema), &Document::new("1234".into()));
        }
        assert_eq!(known(&made), ["b", "c"]);
        assert_eq!(made.get(&basis("b")).unwrap().body, "1234");
        made.keep(basis("d"), &Document::new("123456".into()));
        assert_eq!(known(&made), ["b", "d"]);
        made.keep(basis("d"), &Document::new("1".into()));
        assert_eq!(known(&made), ["b", "d"]);
        // Larger than all that may be kept: it drives the others out, and goes itself.
        made.keep(basis("e"), &Document::new("12345678901".into()));
        assert!(known(&made).is_empty());
        assert_eq!(made.get(&basis("e")), None);
    }

    #[test]
    fn another_basis_is_another_document() {
        let made = Made::default();
        made.keep(basis("a"), &Document::new("x".into()));
        for other in [
            basis("b"),
            Basis::new(Description::Swagger, "a", Some("{}")),
            Basis::new(Description::OpenApi, "a", Some("[]")),
            Basis::new(Description::OpenApi, "a", None),
        ] {
            assert_eq!(made.get(&other), None, "{other:?}");
        }
        assert_ne!(Document::new("x".into()).tag, Document::new("y".into()).tag);
        assert_eq!(made.get(&basis("a")), Some(Document::new("x".into())));
    }
}
