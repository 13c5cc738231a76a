//! Views and materialized views.

use super::table::options_steps;
use crate::Ident;
use crate::catalog::{ObjectId, View};
use crate::diff::object::{Change, Facets, Kind};
use crate::diff::step::{Step, Verb};
use crate::diff::{Context, same_sql};

impl View {
    fn id(&self) -> ObjectId {
        ObjectId::View(self.name.clone())
    }

    fn noun(&self) -> &'static str {
        if self.materialized { "MATERIALIZED VIEW" } else { "VIEW" }
    }

    fn create_sql(&self, create: &str) -> String {
        let mut sql = format!("{create} {}", self.name);
        if let Some(method) = &self.access_method {
            sql += &format!(" USING {}", Ident::new(method));
        }
        if !self.options.is_empty() {
            sql += &format!(" WITH ({})", super::table::options_list(&self.options));
        }
        if let Some(tablespace) = &self.tablespace {
            sql += &format!(" TABLESPACE {}", Ident::new(tablespace));
        }
        let query = self.definition.trim_start_matches('\n');
        format!("{sql} AS\n{}", query.trim_end())
    }

    /// A view of the same columns that needs nothing but their types, to stand in until what the real one needs is there.
    pub(in crate::diff) fn stand_in(&self) -> Step {
        let columns = self.columns.iter().map(|column| {
            let collation = column.collation.as_ref().map(|name| format!(" COLLATE {name}")).unwrap_or_default();
            format!("    NULL::{}{collation} AS {}", column.data_type.sql, Ident::new(&column.name))
        });
        let columns: Vec<String> = columns.collect();
        Step::new(Verb::Create, self.id(), format!("CREATE VIEW {} AS SELECT\n{}", self.name, columns.join(",\n")))
    }

    /// In place of the stand-in, or of a former form of it.
    pub(in crate::diff) fn replace(&self, verb: Verb) -> Step {
        Step::new(verb, self.id(), self.create_sql("CREATE OR REPLACE VIEW"))
    }

    /// CREATE OR REPLACE can add columns at the end, and change none.
    fn extends(&self, from: &Self) -> bool {
        self.columns.len() >= from.columns.len()
            && from.columns.iter().zip(&self.columns).all(|(from, to)| {
                from.name == to.name && from.data_type.sql == to.data_type.sql && from.collation == to.collation
            })
    }
}

impl Kind for &View {
    fn create(self, _: &Context<'_>) -> Vec<Step> {
        vec![Step::new(Verb::Create, self.id(), self.create_sql(&format!("CREATE {}", self.noun())))]
    }

    fn drop(self, _: &Context<'_>) -> Vec<Step> {
        vec![Step::new(Verb::Drop, self.id(), format!("DROP {} {}", self.noun(), self.name))]
    }

    fn change(self, to: Self, _: &Context<'_>) -> Change {
        if self.materialized != to.materialized {
            return Change::Replace;
        }
        let same = same_sql(&self.definition, &to.definition);
        let same_columns = self.columns.len() == to.columns.len() && to.extends(self);
        if to.materialized {
            if !same || !same_columns || self.access_method != to.access_method {
                return Change::Replace;
            }
        } else if !to.extends(self) {
            return Change::Replace;
        }
        let mut steps = Vec::new();
        // CREATE OR REPLACE sets the options too.
        if !same || !same_columns {
            steps.push(to.replace(Verb::Alter));
        } else {
            let noun = format!("{} {}", to.noun(), to.name);
            steps.extend(options_steps(&to.id(), &noun, Some(&self.options), &to.options));
        }
        if to.materialized && self.tablespace != to.tablespace {
            let tablespace = Ident::new(to.tablespace.as_deref().unwrap_or("pg_default"));
            let sql = format!("ALTER MATERIALIZED VIEW {} SET TABLESPACE {tablespace}", to.name);
            steps.push(Step::new(Verb::Alter, to.id(), sql));
        }
        Change::from_steps(steps)
    }

    fn facets(self) -> Facets {
        let noun = format!("{} {}", self.noun(), self.name);
        Facets {
            comment_on: noun.clone(),
            comment: self.comment.clone(),
            owner: Some((noun, self.owner.clone())),
            privileges: Some((format!("TABLE {}", self.name), self.acl.clone())),
            ..Facets::default()
        }
    }
}
