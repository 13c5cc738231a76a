//! Triggers of tables and views.
//!
//! A partition's copy of its parent's trigger is made and dropped by the server; only in what sessions it fires is its own.

use crate::Ident;
use crate::catalog::{ObjectId, Trigger, TriggerEnabled};
use crate::diff::Context;
use crate::diff::object::{Change, Facets, Kind, On, TriggerOf};
use crate::diff::step::{Step, Verb};

impl TriggerEnabled {
    /// As in `ALTER TABLE … <this> TRIGGER`.
    pub(super) fn action(self) -> &'static str {
        match self {
            Self::Origin => "ENABLE",
            Self::Disabled => "DISABLE",
            Self::Replica => "ENABLE REPLICA",
            Self::Always => "ENABLE ALWAYS",
        }
    }
}

impl TriggerOf<'_> {
    fn id(self) -> ObjectId {
        ObjectId::Trigger(self.on.name().clone(), self.trigger.name.clone())
    }

    fn noun(self) -> String {
        format!("TRIGGER {} ON {}", Ident::new(&self.trigger.name), self.on.name())
    }

    /// Of a partitioned table it is ONLY its own: each partition's copy says for itself when it fires. Before PostgreSQL 15
    /// the copies are hidden, and follow.
    fn enable(self, context: &Context<'_>) -> Step {
        let only = if self.on.is_partitioned() && context.major() >= 15 { "ONLY " } else { "" };
        let (table, action) = (self.on.name(), self.trigger.enabled.action());
        let sql = format!("ALTER TABLE {only}{table} {action} TRIGGER {}", Ident::new(&self.trigger.name));
        Step::new(Verb::Alter, self.id(), sql)
    }

    /// The trigger that it is a copy of.
    fn parent<'a>(self, context: &Context<'a>) -> Option<&'a Trigger> {
        let On::Table(table) = self.on else { return None };
        let parent = context.to.tables.get(&table.partition_of.as_ref()?.parent)?;
        parent.triggers.get(&self.trigger.name)
    }
}

impl Kind for TriggerOf<'_> {
    fn create(self, context: &Context<'_>) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut usual = self.trigger.enabled == TriggerEnabled::Origin;
        if self.trigger.inherited {
            // A copy made when the partition was attached is as its parent was then.
            usual &= self.parent(context).is_none_or(|parent| parent.enabled == TriggerEnabled::Origin);
        } else {
            steps.push(Step::new(Verb::Create, self.id(), self.trigger.definition.trim_end()));
        }
        if !usual {
            steps.push(self.enable(context));
        }
        steps
    }

    fn drop(self, _: &Context<'_>) -> Vec<Step> {
        if self.trigger.inherited {
            return Vec::new();
        }
        vec![Step::new(Verb::Drop, self.id(), format!("DROP {}", self.noun()))]
    }

    fn change(self, to: Self, context: &Context<'_>) -> Change {
        let (from, wanted) = (self.trigger, to.trigger);
        let same = context.same_sql(from.definition.trim_end(), wanted.definition.trim_end());
        if from.inherited != wanted.inherited || !same {
            Change::Replace
        } else if from.enabled != wanted.enabled {
            Change::Alter(vec![to.enable(context)])
        } else {
            Change::Same
        }
    }

    fn facets(self) -> Facets {
        Facets { comment_on: self.noun(), comment: self.trigger.comment.clone(), ..Facets::default() }
    }
}
