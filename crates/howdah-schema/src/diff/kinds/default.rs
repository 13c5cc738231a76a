//! Defaults of columns.

use crate::Ident;
use crate::catalog::ObjectId;
use crate::diff::object::{Change, DefaultOf, Facets, Kind, ViewColumnOf};
use crate::diff::step::{Step, Verb};
use crate::diff::{Context, same_sql};

impl DefaultOf<'_> {
    fn id(self) -> ObjectId {
        ObjectId::Default(self.table.name.clone(), self.column.name.clone())
    }

    fn set(self, verb: Verb) -> Step {
        let Self { table, column } = self;
        let default = column.default.as_deref().unwrap_or("NULL");
        let sql = format!("ALTER TABLE {} ALTER COLUMN {} SET DEFAULT {default}", table.name, Ident::new(&column.name));
        Step::new(verb, self.id(), sql)
    }
}

impl Kind for DefaultOf<'_> {
    fn create(self, _: &Context<'_>) -> Vec<Step> {
        vec![self.set(Verb::Create)]
    }

    fn drop(self, _: &Context<'_>) -> Vec<Step> {
        let Self { table, column } = self;
        let sql = format!("ALTER TABLE {} ALTER COLUMN {} DROP DEFAULT", table.name, Ident::new(&column.name));
        vec![Step::new(Verb::Drop, self.id(), sql)]
    }

    fn change(self, to: Self, _: &Context<'_>) -> Change {
        match (&self.column.default, &to.column.default) {
            (Some(from), Some(wanted)) if same_sql(from, wanted) => Change::Same,
            _ => Change::Alter(vec![to.set(Verb::Alter)]),
        }
    }

    fn facets(self) -> Facets {
        Facets::default()
    }
}

impl ViewColumnOf<'_> {
    fn default_step(self, default: Option<&str>) -> Step {
        let Self { view, column } = self;
        let action = default.map_or_else(|| "DROP DEFAULT".to_owned(), |default| format!("SET DEFAULT {default}"));
        let sql = format!("ALTER VIEW {} ALTER COLUMN {} {action}", view.name, Ident::new(&column.name));
        Step::new(Verb::Alter, ObjectId::Column(view.name.clone(), column.name.clone()), sql)
    }
}

impl Kind for ViewColumnOf<'_> {
    /// Columns come with their view; of their own they have a default at most.
    fn create(self, _: &Context<'_>) -> Vec<Step> {
        let mut steps: Vec<Step> =
            self.column.default.as_deref().map(|default| self.default_step(Some(default))).into_iter().collect();
        if self.view.materialized {
            steps.extend(super::column::storage_steps(&self.view.name, "MATERIALIZED VIEW", None, self.column));
        }
        steps
    }

    fn drop(self, _: &Context<'_>) -> Vec<Step> {
        Vec::new()
    }

    fn change(self, to: Self, _: &Context<'_>) -> Change {
        let mut steps = match (&self.column.default, &to.column.default) {
            (None, None) => Vec::new(),
            (Some(from), Some(wanted)) if same_sql(from, wanted) => Vec::new(),
            (_, wanted) => vec![to.default_step(wanted.as_deref())],
        };
        if to.view.materialized && self.view.materialized {
            let relation = &to.view.name;
            steps.extend(super::column::storage_steps(relation, "MATERIALIZED VIEW", Some(self.column), to.column));
        }
        Change::from_steps(steps)
    }

    fn facets(self) -> Facets {
        let Self { view, column } = self;
        super::column::facets(&view.name, &view.owner, column)
    }
}
