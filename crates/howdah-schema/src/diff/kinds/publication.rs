//! Publications.

use super::policy::enclosed;
use crate::catalog::{Catalog, ObjectId, Publication, PublishedTable};
use crate::diff::object::{Change, Facets, Kind};
use crate::diff::step::{Step, Verb};
use crate::diff::{Context, same_sql};
use crate::{Ident, Literal, QualifiedName};

impl Publication {
    fn id(&self) -> ObjectId {
        ObjectId::Publication(self.name.clone())
    }

    fn noun(&self) -> String {
        format!("PUBLICATION {}", Ident::new(&self.name))
    }

    fn alter(&self, action: &str) -> Step {
        Step::new(Verb::Alter, self.id(), format!("ALTER {} {action}", self.noun()))
    }

    fn operations(&self) -> String {
        let all =
            [(self.insert, "insert"), (self.update, "update"), (self.delete, "delete"), (self.truncate, "truncate")];
        let names: Vec<&str> = all.into_iter().filter_map(|(sent, name)| sent.then_some(name)).collect();
        names.join(", ")
    }

    /// The parameters that differ from those of another publication.
    fn parameters(&self, from: &Self) -> Option<String> {
        let mut parameters = Vec::new();
        if self.operations() != from.operations() {
            parameters.push(format!("publish = {}", Literal::from(self.operations())));
        }
        if self.via_root != from.via_root {
            parameters.push(format!("publish_via_partition_root = {}", self.via_root));
        }
        if self.generated_columns != from.generated_columns {
            let kind = if self.generated_columns { "stored" } else { "none" };
            parameters.push(format!("publish_generated_columns = {kind}"));
        }
        (!parameters.is_empty()).then(|| parameters.join(", "))
    }

    /// What a publication is without parameters.
    fn usual(&self) -> Self {
        let mut usual = self.clone();
        (usual.insert, usual.update, usual.delete, usual.truncate) = (true, true, true, true);
        (usual.via_root, usual.generated_columns) = (false, false);
        usual
    }

    fn members(&self, catalog: &Catalog) -> Vec<String> {
        let mut members = Vec::new();
        let tables: Vec<String> = self.tables.iter().map(|(name, table)| member(name, table, catalog)).collect();
        if !tables.is_empty() {
            members.push(format!("TABLE {}", tables.join(",\n    ")));
        }
        let schemas: Vec<String> = self.schemas.iter().map(|name| Ident::new(name).to_string()).collect();
        if !schemas.is_empty() {
            members.push(format!("TABLES IN SCHEMA {}", schemas.join(", ")));
        }
        members
    }
}

/// The table alone: each of its child tables is a member by itself.
fn only(name: &QualifiedName, catalog: &Catalog) -> String {
    let has_children = catalog.tables.values().any(|table| table.inherits.contains(name));
    if has_children { format!("ONLY {name}") } else { name.to_string() }
}

fn member(name: &QualifiedName, table: &PublishedTable, catalog: &Catalog) -> String {
    let mut sql = only(name, catalog);
    if let Some(columns) = &table.columns {
        let columns: Vec<String> = columns.iter().map(|column| Ident::new(column).to_string()).collect();
        sql += &format!(" ({})", columns.join(", "));
    }
    if let Some(filter) = &table.filter {
        sql += &format!(" WHERE {}", enclosed(filter));
    }
    sql
}

fn same_member(from: &PublishedTable, to: &PublishedTable) -> bool {
    let same_filter = match (&from.filter, &to.filter) {
        (Some(from), Some(to)) => same_sql(from, to),
        (from, to) => from == to,
    };
    same_filter && from.columns == to.columns
}

impl Kind for &Publication {
    fn create(self, context: &Context<'_>) -> Vec<Step> {
        let mut sql = format!("CREATE {}", self.noun());
        if self.all_tables {
            sql += "\n  FOR ALL TABLES";
        } else {
            let members = self.members(context.to);
            if !members.is_empty() {
                sql += &format!("\n  FOR {}", members.join(",\n    "));
            }
        }
        if let Some(parameters) = self.parameters(&self.usual()) {
            sql += &format!("\n  WITH ({parameters})");
        }
        vec![Step::new(Verb::Create, self.id(), sql)]
    }

    fn drop(self, _: &Context<'_>) -> Vec<Step> {
        vec![Step::new(Verb::Drop, self.id(), format!("DROP {}", self.noun()))]
    }

    fn change(self, to: Self, context: &Context<'_>) -> Change {
        if self.all_tables != to.all_tables {
            return Change::Replace;
        }
        let mut steps = Vec::new();
        // A table or schema that is dropped leaves by itself.
        let stays = |name: &&QualifiedName| context.to.tables.contains_key(*name);
        let dropped = self.tables.keys().filter(|name| !to.tables.contains_key(*name)).filter(stays);
        let changed = to
            .tables
            .iter()
            .filter(|(name, table)| self.tables.get(*name).is_some_and(|from| !same_member(from, table)));
        let changed: Vec<(&QualifiedName, &PublishedTable)> = changed.collect();
        // Column lists and whole schemas do not go together, so what leaves leaves first.
        for name in dropped.chain(changed.iter().map(|(name, _)| *name)) {
            steps.push(to.alter(&format!("DROP TABLE {}", only(name, context.from))));
        }
        for schema in self.schemas.difference(&to.schemas).filter(|name| context.to.schemas.contains_key(*name)) {
            steps.push(to.alter(&format!("DROP TABLES IN SCHEMA {}", Ident::new(schema))));
        }
        if let Some(parameters) = to.parameters(self) {
            steps.push(to.alter(&format!("SET ({parameters})")));
        }
        let new = to.tables.iter().filter(|(name, _)| !self.tables.contains_key(*name));
        for (name, table) in changed.iter().copied().chain(new) {
            steps.push(to.alter(&format!("ADD TABLE {}", member(name, table, context.to))));
        }
        for schema in to.schemas.difference(&self.schemas) {
            steps.push(to.alter(&format!("ADD TABLES IN SCHEMA {}", Ident::new(schema))));
        }
        Change::from_steps(steps)
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
