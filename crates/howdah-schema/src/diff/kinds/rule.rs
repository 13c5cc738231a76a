//! Rewrite rules of tables and views.

use crate::Ident;
use crate::catalog::{ObjectId, TriggerEnabled};
use crate::diff::Context;
use crate::diff::object::{Change, Facets, Kind, RuleOf};
use crate::diff::step::{Step, Verb};

impl RuleOf<'_> {
    fn id(self) -> ObjectId {
        ObjectId::Rule(self.on.name().clone(), self.rule.name.clone())
    }

    fn noun(self) -> String {
        format!("RULE {} ON {}", Ident::new(&self.rule.name), self.on.name())
    }

    fn definition(&self) -> &str {
        self.rule.definition.trim_end().trim_end_matches(';')
    }

    fn enable(self) -> Step {
        let (relation, action) = (self.on.name(), self.rule.enabled.action());
        let sql = format!("ALTER TABLE {relation} {action} RULE {}", Ident::new(&self.rule.name));
        Step::new(Verb::Alter, self.id(), sql)
    }
}

impl Kind for RuleOf<'_> {
    fn create(self, _: &Context<'_>) -> Vec<Step> {
        let mut steps = vec![Step::new(Verb::Create, self.id(), self.definition())];
        if self.rule.enabled != TriggerEnabled::Origin {
            steps.push(self.enable());
        }
        steps
    }

    fn drop(self, _: &Context<'_>) -> Vec<Step> {
        vec![Step::new(Verb::Drop, self.id(), format!("DROP {}", self.noun()))]
    }

    fn change(self, to: Self, context: &Context<'_>) -> Change {
        let mut steps = Vec::new();
        if !context.same_sql(self.definition(), to.definition()) {
            let sql = to.definition().replacen("CREATE RULE", "CREATE OR REPLACE RULE", 1);
            steps.push(Step::new(Verb::Alter, to.id(), sql));
        }
        // CREATE OR REPLACE leaves it as it was.
        if self.rule.enabled != to.rule.enabled {
            steps.push(to.enable());
        }
        Change::from_steps(steps)
    }

    fn facets(self) -> Facets {
        Facets { comment_on: self.noun(), comment: self.rule.comment.clone(), ..Facets::default() }
    }
}
