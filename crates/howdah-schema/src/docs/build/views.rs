//! Views.

use super::context::Context;
use super::tables::deprecated;
use super::{access, columns, indexes, prose, stable, tags, triggers};
use crate::catalog::{Relation, View};
use crate::docs::model::{Lineage, ViewDoc};

pub(super) fn view(context: &Context<'_>, view: &View) -> ViewDoc {
    let name = &view.name;
    ViewDoc {
        name: name.clone(),
        group: view.comment.tags().group.clone().unwrap_or_else(|| name.schema.clone()),
        materialized: view.materialized,
        purpose: prose(&view.comment),
        tags: tags(&view.comment),
        deprecated: deprecated(&view.comment),
        security_invoker: view.security_invoker(),
        columns: columns::columns(context, Relation::View(view)),
        definition: stable(view.definition.trim()),
        lineage: Lineage {
            reads: context.reads.get(name).into_iter().flatten().cloned().collect(),
            reads_through: context.reads_through.get(name).into_iter().flatten().cloned().collect(),
            read_by: context.readers.get(name).into_iter().flatten().map(|name| (*name).clone()).collect(),
        },
        indexes: indexes::of_view(&view.indexes, &view.columns),
        access: access::access(context, Relation::View(view)),
        triggers: view.triggers.values().map(|trigger| triggers::trigger(context, trigger)).collect(),
        queries: context.facts.queries.get(name).cloned().unwrap_or_default(),
        example: context.facts.examples.get(name).cloned(),
        history: context.facts.history.get(name).cloned().unwrap_or_default(),
    }
}
