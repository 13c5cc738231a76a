//! Enumerations.
//!
//! Labels can be added in place. To take one out, or to change their order, the type is made anew; a row that holds a label that
//! is gone makes that fail, and stays.

use crate::Literal;
use crate::catalog::{Enum, ObjectId};
use crate::diff::Context;
use crate::diff::object::{Change, Facets, Kind};
use crate::diff::step::{Step, Verb};

impl Enum {
    fn id(&self) -> ObjectId {
        ObjectId::Type(self.name.clone())
    }

    /// Each beside a label that is there by then. A new label cannot be used in the transaction that adds it, so that each of
    /// these stands alone; and since it may have been carried out when a migration was cut off, each can be repeated.
    fn additions(&self, from: &Self) -> Vec<Step> {
        let mut steps = Vec::new();
        for (place, label) in self.labels.iter().enumerate() {
            if from.labels.contains(label) {
                continue;
            }
            let neighbour = match place.checked_sub(1).and_then(|place| self.labels.get(place)) {
                Some(before) => format!(" AFTER {}", Literal::text(before)),
                None => {
                    from.labels.first().map(|first| format!(" BEFORE {}", Literal::text(first))).unwrap_or_default()
                }
            };
            let label = Literal::text(label);
            let sql = format!("ALTER TYPE {} ADD VALUE IF NOT EXISTS {label}{neighbour}", self.name);
            steps.push(Step::new(Verb::Alter, self.id(), sql).alone());
        }
        steps
    }
}

impl Kind for &Enum {
    fn create(self, _: &Context<'_>) -> Vec<Step> {
        let labels: Vec<String> = self.labels.iter().map(|label| Literal::text(label).to_string()).collect();
        let labels = super::types::list(&labels);
        vec![Step::new(Verb::Create, self.id(), format!("CREATE TYPE {} AS ENUM {labels}", self.name))]
    }

    fn drop(self, _: &Context<'_>) -> Vec<Step> {
        vec![Step::new(Verb::Drop, self.id(), format!("DROP TYPE {}", self.name))]
    }

    fn change(self, to: Self, _: &Context<'_>) -> Change {
        let kept: Vec<&String> = to.labels.iter().filter(|label| self.labels.contains(label)).collect();
        if kept.into_iter().eq(&self.labels) { Change::from_steps(to.additions(self)) } else { Change::Rewrite }
    }

    fn facets(self) -> Facets {
        super::types::facets(&self.name, "TYPE", &self.owner, &self.acl, &self.comment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::QualifiedName;
    use crate::catalog::{Acl, Comment};

    fn labels(labels: &str) -> Enum {
        let name = QualifiedName::new("s", "e");
        let labels = labels.split_whitespace().map(str::to_owned).collect();
        Enum { name, owner: String::new(), labels, acl: Acl::default(), comment: Comment::default() }
    }

    #[track_caller]
    fn check(from: &str, to: &str, expected: Option<&[&str]>) {
        let change = crate::diff::kinds::testing::change(&labels(from), &labels(to));
        match expected {
            None => assert_eq!(change, Change::Rewrite),
            Some(expected) => {
                let prefix = "ALTER TYPE s.e ADD VALUE IF NOT EXISTS ";
                let expected: Vec<String> = expected.iter().map(|sql| format!("{prefix}{sql}")).collect();
                assert_eq!(crate::diff::kinds::testing::sql(&change), expected);
            }
        }
    }

    #[test]
    fn added_in_their_places() {
        check("a b", "a b", Some(&[]));
        check("a", "a b c", Some(&["'b' AFTER 'a'", "'c' AFTER 'b'"]));
        check("c", "a b c d", Some(&["'a' BEFORE 'c'", "'b' AFTER 'a'", "'d' AFTER 'c'"]));
        check("", "a b", Some(&["'a'", "'b' AFTER 'a'"]));
    }

    #[test]
    fn removed_or_reordered() {
        check("a b", "a", None);
        check("a b", "b a", None);
        check("a b", "b c a", None);
        check("a b", "a c", None);
    }
}
