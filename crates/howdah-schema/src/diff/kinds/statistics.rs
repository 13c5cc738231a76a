//! Extended statistics.

use crate::catalog::{ObjectId, Statistics};
use crate::diff::Context;
use crate::diff::object::{Change, Facets, Kind};
use crate::diff::step::{Step, Verb};
use std::collections::BTreeSet;

impl Statistics {
    fn id(&self) -> ObjectId {
        ObjectId::Statistics(self.name.clone())
    }

    /// The server writes columns in the order in which they came to the table, which is not the same everywhere.
    fn is_about_the_same(&self, to: &Self, context: &Context<'_>) -> bool {
        let columns = |statistics: &Self| statistics.columns.iter().cloned().collect::<BTreeSet<String>>();
        self.table == to.table
            && self.kinds == to.kinds
            && columns(self) == columns(to)
            && self.expressions.len() == to.expressions.len()
            && self.expressions.iter().zip(&to.expressions).all(|(from, to)| context.same_sql(from, to))
    }

    fn set_target(&self) -> Step {
        // -1 is the default in every version; the word DEFAULT is not.
        let target = self.target.unwrap_or(-1);
        Step::new(Verb::Alter, self.id(), format!("ALTER STATISTICS {} SET STATISTICS {target}", self.name))
    }
}

impl Kind for &Statistics {
    fn create(self, _: &Context<'_>) -> Vec<Step> {
        let mut steps = vec![Step::new(Verb::Create, self.id(), self.definition.trim_end())];
        if self.target.is_some() {
            steps.push(self.set_target());
        }
        steps
    }

    fn drop(self, _: &Context<'_>) -> Vec<Step> {
        vec![Step::new(Verb::Drop, self.id(), format!("DROP STATISTICS {}", self.name))]
    }

    fn change(self, to: Self, context: &Context<'_>) -> Change {
        if !self.is_about_the_same(to, context) {
            Change::Replace
        } else if self.target != to.target {
            Change::Alter(vec![to.set_target()])
        } else {
            Change::Same
        }
    }

    fn facets(self) -> Facets {
        let noun = format!("STATISTICS {}", self.name);
        Facets {
            comment_on: noun.clone(),
            comment: self.comment.clone(),
            owner: Some((noun, self.owner.clone())),
            ..Facets::default()
        }
    }
}
