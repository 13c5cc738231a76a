//! Range types. Nothing about one can be changed in place.

use crate::QualifiedName;
use crate::catalog::{ObjectId, Range};
use crate::diff::Context;
use crate::diff::object::{Change, Facets, Kind};
use crate::diff::step::{Step, Verb};

impl Range {
    fn id(&self) -> ObjectId {
        ObjectId::Type(self.name.clone())
    }

    fn options(&self) -> Vec<String> {
        let mut options = vec![format!("SUBTYPE = {}", self.subtype.sql)];
        let mut add = |name: &str, value: Option<&QualifiedName>| {
            options.extend(value.map(|value| format!("{name} = {value}")));
        };
        add("SUBTYPE_OPCLASS", self.opclass.as_ref());
        add("COLLATION", self.collation.as_ref());
        add("CANONICAL", self.canonical.as_ref());
        add("SUBTYPE_DIFF", self.subtype_diff.as_ref());
        let usual = QualifiedName::new(&self.name.schema, usual_multirange_name(&self.name.name));
        add("MULTIRANGE_TYPE_NAME", Some(&self.multirange_name).filter(|name| **name != usual));
        options
    }
}

/// What PostgreSQL calls the type of a range's sets when nobody says otherwise.
fn usual_multirange_name(range: &str) -> String {
    /// What a name has room for.
    const MOST: usize = crate::quote::MAX_IDENT_BYTES;
    let cut = |text: &str, most: usize| text[..text.floor_char_boundary(most)].to_owned();
    match range.split_once("range") {
        Some((before, after)) => cut(&format!("{before}multirange{after}"), MOST),
        None => cut(range, MOST - "_multirange".len()) + "_multirange",
    }
}

impl Kind for &Range {
    fn create(self, _: &Context<'_>) -> Vec<Step> {
        let options = super::types::list(&self.options());
        vec![Step::new(Verb::Create, self.id(), format!("CREATE TYPE {} AS RANGE {options}", self.name))]
    }

    fn drop(self, _: &Context<'_>) -> Vec<Step> {
        vec![Step::new(Verb::Drop, self.id(), format!("DROP TYPE {}", self.name))]
    }

    fn change(self, to: Self, _: &Context<'_>) -> Change {
        if self.options() == to.options() { Change::Same } else { Change::Rewrite }
    }

    fn facets(self) -> Facets {
        super::types::facets(&self.name, "TYPE", &self.owner, &self.acl, &self.comment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Acl, Comment, DataType, TypeKind};

    #[test]
    fn names_of_multiranges() {
        assert_eq!(usual_multirange_name("span"), "span_multirange");
        assert_eq!(usual_multirange_name("time_range"), "time_multirange");
        assert_eq!(usual_multirange_name("ranges_of_ranges"), "multiranges_of_ranges");
        assert_eq!(usual_multirange_name(&"x".repeat(60)), format!("{}_multirange", "x".repeat(52)));
    }

    #[test]
    fn created_with_what_is_not_usual() {
        let name = |name| QualifiedName::new("s", name);
        let subtype = DataType {
            sql: "text".to_owned(),
            name: QualifiedName::new("pg_catalog", "text"),
            kind: TypeKind::Base,
            array: false,
            base: None,
        };
        let mut range = Range {
            name: name("words"),
            owner: String::new(),
            subtype,
            opclass: None,
            collation: None,
            canonical: None,
            subtype_diff: None,
            multirange_name: name("words_multirange"),
            acl: Acl::default(),
            comment: Comment::default(),
        };
        assert_eq!(super::super::types::list(&range.options()), "(SUBTYPE = text)");
        range.collation = Some(QualifiedName::new("pg_catalog", "C"));
        range.multirange_name = name("many");
        assert_eq!(
            range.options(),
            ["SUBTYPE = text", "COLLATION = pg_catalog.\"C\"", "MULTIRANGE_TYPE_NAME = s.many"]
        );
    }
}
