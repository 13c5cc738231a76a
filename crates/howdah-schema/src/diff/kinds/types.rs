//! What the kinds of types have in common.

use crate::QualifiedName;
use crate::catalog::{Acl, Comment};
use crate::diff::object::Facets;

/// In parentheses: one item stands where it is, several on lines of their own.
pub(super) fn list(items: &[String]) -> String {
    match items {
        [] => "()".to_owned(),
        [item] => format!("({item})"),
        items => format!("(\n    {}\n)", items.join(",\n    ")),
    }
}

/// Those of a type; `noun` is TYPE or DOMAIN.
pub(super) fn facets(name: &QualifiedName, noun: &str, owner: &str, acl: &Acl, comment: &Comment) -> Facets {
    let noun = format!("{noun} {name}");
    Facets {
        comment_on: noun.clone(),
        comment: comment.clone(),
        owner: Some((noun.clone(), owner.to_owned())),
        privileges: Some((noun, acl.clone())),
        ..Facets::default()
    }
}
