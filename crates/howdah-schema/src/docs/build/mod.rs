//! The model from a catalog and facts.

mod access;
mod columns;
mod constraints;
mod context;
mod functions;
mod indexes;
mod performance;
mod relationships;
mod rights;
pub(super) mod scope;
mod tables;
mod triggers;
mod types;
mod views;
mod whole;

pub use rights::{Right, rights, roles};

use crate::catalog::Comment;
use crate::sql::bare;

/// An object's prose, if it has any.
fn prose(comment: &Comment) -> Option<String> {
    (!comment.text().is_empty()).then(|| comment.text().to_owned())
}

/// The tags of a comment, each as written.
fn tags(comment: &Comment) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for word in comment.tags().to_string().split(' ') {
        match tags.last_mut() {
            Some(tag) if !word.starts_with('@') => {
                tag.push(' ');
                tag.push_str(word);
            }
            _ => tags.push(word.to_owned()),
        }
    }
    tags.retain(|tag| !tag.is_empty());
    tags
}

/// Deparsed SQL in the form that two equal schemas have in common.
fn stable(sql: &str) -> String {
    crate::sql::normalise(sql.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_keeps_its_arguments() {
        let comment = Comment::new("Text. @pii email @mask null @deprecated use b, not a");
        assert_eq!(tags(&comment), ["@pii email", "@mask null", "@deprecated use b, not a"]);
        assert!(tags(&Comment::new("Text.")).is_empty());
    }
}
