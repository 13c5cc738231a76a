//! Tables, without what has a name of its own within them.

use super::{column, constraint, not_null};
use crate::catalog::{Column, Constraint, ObjectId, Options, ReplicaIdentity, RowSecurity, Table};
use crate::diff::Context;
use crate::diff::object::{Change, ColumnOf, ConstraintOf, Facets, Kind};
use crate::diff::step::{Operation, Step, Verb};
use crate::{Ident, Literal, QualifiedName};

/// `name=value, …` as within WITH (…).
pub(in crate::diff) fn options_list(options: &Options) -> String {
    let options: Vec<String> = options.iter().map(|(name, value)| format!("{name}={}", option_value(value))).collect();
    options.join(", ")
}

fn option_value(value: &str) -> String {
    let plain = !value.is_empty() && value.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_'));
    if plain { value.to_owned() } else { Literal::text(value).to_string() }
}

/// The statements that set and reset storage parameters; `noun` as between ALTER and SET. The server puts what is set at the
/// end; where that would not give the order that is wanted, all are set anew.
pub(in crate::diff) fn options_steps(id: &ObjectId, noun: &str, from: Option<&Options>, to: &Options) -> Vec<Step> {
    let none = Options::default();
    let from = from.unwrap_or(&none);
    if from == to {
        return Vec::new();
    }
    let pair = |(name, value): (&String, &String)| (name.clone(), value.clone());
    let kept = |(name, value): &(&String, &String)| to.get(name) == Some(value);
    let mut set: Options = to.iter().filter(|(name, value)| from.get(name) != Some(value)).map(pair).collect();
    let mut reset: Vec<&str> = from.keys().filter(|name| !to.contains_key(name)).map(String::as_str).collect();
    let reached: Options = from.iter().filter(kept).map(pair).chain(set.iter().map(pair)).collect();
    if !reached.is_same_order(to) {
        reset = from.keys().map(String::as_str).collect();
        set = to.clone();
    }
    let mut steps = Vec::new();
    if !reset.is_empty() {
        steps.push(Step::new(Verb::Alter, id.clone(), format!("ALTER {noun} RESET ({})", reset.join(", "))));
    }
    if !set.is_empty() {
        steps.push(Step::new(Verb::Alter, id.clone(), format!("ALTER {noun} SET ({})", options_list(&set))));
    }
    steps
}

impl Table {
    pub(in crate::diff) fn id(&self) -> ObjectId {
        ObjectId::Table(self.name.clone())
    }

    pub(in crate::diff) fn alter(&self, action: impl AsRef<str>) -> Step {
        Step::new(Verb::Alter, self.id(), format!("ALTER TABLE {} {}", self.name, action.as_ref()))
    }

    /// Whether it is made without its partitioned table, and attached when its indexes are there: then these keep their names.
    fn is_made_whole(&self, context: &Context<'_>) -> bool {
        self.partition_of.is_none() || context.attached.contains(&self.id())
    }

    /// The constraints that stand within CREATE TABLE.
    pub(in crate::diff) fn inline_constraints<'a>(
        &'a self,
        context: &'a Context<'_>,
    ) -> impl Iterator<Item = &'a Constraint> {
        self.constraints.values().filter(move |constraint| self.is_inline(constraint, context))
    }

    pub(in crate::diff) fn is_inline(&self, constraint: &Constraint, context: &Context<'_>) -> bool {
        // What is not checked or not enforced cannot be said there.
        let plain = constraint.validated && constraint.enforced;
        let own = !constraint.inherited || (self.partition_of.is_some() && constraint.foreign_key().is_none());
        let id = || ObjectId::Constraint(self.name.clone(), constraint.name.clone());
        plain && own && self.is_made_whole(context) && !context.is_apart(id)
    }

    /// Whether a column stands within CREATE TABLE.
    pub(in crate::diff) fn is_inline_column(&self, column: &Column, context: &Context<'_>) -> bool {
        (!column.inherited || self.partition_of.is_some())
            && self.is_made_whole(context)
            && !context.is_apart(|| ObjectId::Column(self.name.clone(), column.name.clone()))
    }

    /// The columns that stand within CREATE TABLE.
    fn inline_columns<'a>(&'a self, context: &'a Context<'_>) -> impl Iterator<Item = &'a Column> {
        self.columns.iter().filter(|column| self.is_inline_column(column, context))
    }

    /// CREATE TABLE.
    fn create_sql(&self, context: &Context<'_>) -> String {
        let unlogged = if self.unlogged { "UNLOGGED " } else { "" };
        let mut sql = format!("CREATE {unlogged}TABLE {}", self.name);
        let whole = self.is_made_whole(context);
        match (&self.partition_of, whole) {
            (Some(part), false) => sql += &format!(" PARTITION OF {} {}", part.parent, part.bounds),
            _ => {
                let columns = self.inline_columns(context).map(|column| {
                    let default = || ObjectId::Default(self.name.clone(), column.name.clone());
                    column::definition(self, column, !context.is_apart(default))
                });
                let constraints = self.inline_constraints(context).map(|constraint| {
                    format!("CONSTRAINT {} {}", Ident::new(&constraint.name), constraint::definition(self, constraint))
                });
                let parts: Vec<String> = columns.chain(constraints).map(|part| format!("    {part}")).collect();
                if parts.is_empty() {
                    sql += " (\n)";
                } else {
                    sql += &format!(" (\n{}\n)", parts.join(",\n"));
                }
                if !self.inherits.is_empty() {
                    let parents: Vec<String> = self.inherits.iter().map(ToString::to_string).collect();
                    sql += &format!("\nINHERITS ({})", parents.join(", "));
                }
            }
        }
        if let Some(key) = &self.partition_key {
            sql += &format!("\nPARTITION BY {key}");
        }
        if let Some(method) = &self.access_method {
            sql += &format!("\nUSING {}", Ident::new(method));
        }
        if !self.options.is_empty() {
            sql += &format!("\nWITH ({})", options_list(&self.options));
        }
        if let Some(tablespace) = &self.tablespace {
            sql += &format!("\nTABLESPACE {}", Ident::new(tablespace));
        }
        sql
    }

    fn row_security_steps(&self, from: RowSecurity) -> Vec<Step> {
        let mut steps = Vec::new();
        if from.enabled != self.row_security.enabled {
            let verb = if self.row_security.enabled { "ENABLE" } else { "DISABLE" };
            steps.push(self.alter(format!("{verb} ROW LEVEL SECURITY")));
        }
        if from.forced != self.row_security.forced {
            let verb = if self.row_security.forced { "FORCE" } else { "NO FORCE" };
            steps.push(self.alter(format!("{verb} ROW LEVEL SECURITY")));
        }
        steps
    }

    /// Scheduled apart, because the index must be there.
    pub(in crate::diff) fn replica_identity_step(&self) -> Step {
        self.alter(match &self.replica_identity {
            ReplicaIdentity::Default => "REPLICA IDENTITY DEFAULT".to_owned(),
            ReplicaIdentity::Full => "REPLICA IDENTITY FULL".to_owned(),
            ReplicaIdentity::Nothing => "REPLICA IDENTITY NOTHING".to_owned(),
            ReplicaIdentity::Index(index) => format!("REPLICA IDENTITY USING INDEX {}", Ident::new(index)),
        })
    }

    /// Scheduled apart, because its indexes must be there.
    pub(in crate::diff) fn attach_step(&self) -> Option<Step> {
        let part = self.partition_of.as_ref()?;
        let sql = format!("ALTER TABLE {} ATTACH PARTITION {} {}", part.parent, self.name, part.bounds);
        let operation = Operation::AttachPartition { partition: self.name.clone() };
        Some(Step::new(Verb::Alter, self.id(), sql).operation(operation))
    }

    /// Scheduled apart, because what hangs on the partition may have to go before or after.
    pub(in crate::diff) fn detach_step(&self) -> Option<Step> {
        let part = self.partition_of.as_ref()?;
        let sql = format!("ALTER TABLE {} DETACH PARTITION {}", part.parent, self.name);
        let operation = Operation::DetachPartition { parent: part.parent.clone(), partition: self.name.clone() };
        Some(Step::new(Verb::Alter, self.id(), sql).operation(operation))
    }
}

impl Kind for &Table {
    fn create(self, context: &Context<'_>) -> Vec<Step> {
        let mut steps = vec![Step::new(Verb::Create, self.id(), self.create_sql(context))];
        let whole = self.is_made_whole(context);
        let parent = self.partition_of.as_ref().filter(|_| !whole).and_then(|part| context.to.tables.get(&part.parent));
        for column in &self.columns {
            let id = ObjectId::Column(self.name.clone(), column.name.clone());
            if context.apart.contains(&id) {
                continue;
            }
            match parent.and_then(|parent| parent.column(&column.name)) {
                // A partition begins with what its parent has.
                Some(origin) => steps.extend(column::partition_steps(self, origin, column)),
                None => {
                    steps.extend(not_null::beside(ColumnOf { table: self, column }));
                    steps.extend(column::storage_steps(&self.name, "TABLE", None, column));
                }
            }
        }
        steps.extend(self.row_security_steps(RowSecurity::default()));
        steps
    }

    fn drop(self, _: &Context<'_>) -> Vec<Step> {
        let sql = format!("DROP TABLE {}", self.name);
        // Of a partitioned table the rows are in its partitions.
        let step = Step::new(Verb::Drop, self.id(), sql);
        vec![step.losing(format!("table {} and its rows", self.name), Some(&self.name))]
    }

    fn change(self, to: Self, _: &Context<'_>) -> Change {
        if self.partition_key != to.partition_key {
            return Change::Rewrite;
        }
        let mut steps = Vec::new();
        if self.unlogged != to.unlogged {
            steps.push(to.alter(if to.unlogged { "SET UNLOGGED" } else { "SET LOGGED" }));
        }
        if self.access_method != to.access_method {
            let method = to.access_method.as_deref().unwrap_or("heap");
            steps.push(to.alter(format!("SET ACCESS METHOD {}", Ident::new(method))));
        }
        if self.tablespace != to.tablespace {
            let tablespace = to.tablespace.as_deref().unwrap_or("pg_default");
            steps.push(to.alter(format!("SET TABLESPACE {}", Ident::new(tablespace))));
        }
        // After it left its old parents, before it joins the new ones.
        steps.extend(not_null::adopted(self, to));
        steps.extend(options_steps(&to.id(), &format!("TABLE {}", to.name), Some(&self.options), &to.options));
        steps.extend(to.row_security_steps(self.row_security));
        Change::from_steps(steps)
    }

    fn facets(self) -> Facets {
        let noun = format!("TABLE {}", self.name);
        Facets {
            comment_on: noun.clone(),
            comment: self.comment.clone(),
            owner: Some((noun.clone(), self.owner.clone())),
            privileges: Some((noun, self.acl.clone())),
            ..Facets::default()
        }
    }
}

/// Whether the partition comes out right when it is made with PARTITION OF: the server then names its indexes.
pub(in crate::diff) fn has_automatic_names(table: &Table, parent: &Table) -> bool {
    let same_columns = table.columns.len() == parent.columns.len();
    same_columns
        && table.indexes.values().filter(|index| index.parent.is_some()).all(|index| {
            let suffix = index.constraint.as_ref().and_then(|name| {
                let constraint = table.constraints.get(name)?;
                Some(ConstraintOf { table, constraint }.name_suffix())
            });
            super::index::automatic_name(&table.name.name, index, suffix).as_deref() == Some(index.name.as_str())
        })
}

/// The schema in which a table waits while its rows are carried over to what replaces it.
pub(crate) const ASIDE: &str = "howdah_aside";

/// Where a table waits meanwhile.
pub(in crate::diff) fn aside(name: &QualifiedName) -> QualifiedName {
    QualifiedName::new(ASIDE, &name.name)
}
