//! Event triggers.

use crate::catalog::{EventTrigger, ObjectId, TriggerEnabled};
use crate::diff::Context;
use crate::diff::object::{Change, Facets, Kind};
use crate::diff::step::{Step, Verb};
use crate::{Ident, Literal};

impl EventTrigger {
    fn id(&self) -> ObjectId {
        ObjectId::EventTrigger(self.name.clone())
    }

    fn noun(&self) -> String {
        format!("EVENT TRIGGER {}", Ident::new(&self.name))
    }

    fn enable(&self) -> Step {
        Step::new(Verb::Alter, self.id(), format!("ALTER {} {}", self.noun(), self.enabled.action()))
    }
}

impl Kind for &EventTrigger {
    fn create(self, _: &Context<'_>) -> Vec<Step> {
        let mut sql = format!("CREATE {} ON {}", self.noun(), Ident::new(&self.event));
        if !self.tags.is_empty() {
            let tags: Vec<String> = self.tags.iter().map(|tag| Literal::text(tag).to_string()).collect();
            sql += &format!("\n  WHEN TAG IN ({})", tags.join(", "));
        }
        sql += &format!("\n  EXECUTE FUNCTION {}()", self.function);
        let mut steps = vec![Step::new(Verb::Create, self.id(), sql)];
        if self.enabled != TriggerEnabled::Origin {
            steps.push(self.enable());
        }
        steps
    }

    fn drop(self, _: &Context<'_>) -> Vec<Step> {
        vec![Step::new(Verb::Drop, self.id(), format!("DROP {}", self.noun()))]
    }

    fn change(self, to: Self, _: &Context<'_>) -> Change {
        if self.event != to.event || self.tags != to.tags || self.function != to.function {
            Change::Replace
        } else if self.enabled != to.enabled {
            Change::Alter(vec![to.enable()])
        } else {
            Change::Same
        }
    }

    fn facets(self) -> Facets {
        Facets {
            comment_on: self.noun(),
            comment: self.comment.clone(),
            owner: Some((self.noun(), self.owner.clone())),
            ..Facets::default()
        }
    }
}
