//! Extended statistics.

use crate::catalog::{ObjectId, Statistics};
use crate::diff::Context;
use crate::diff::object::{Change, Facets, Kind};
use crate::diff::step::{Step, Verb};

impl Statistics {
    fn id(&self) -> ObjectId {
        ObjectId::Statistics(self.name.clone())
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
        if !context.same_sql(self.definition.trim_end(), to.definition.trim_end()) {
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
