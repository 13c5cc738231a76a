//! One file for each table, type or function, in an order in which they can be loaded.
//!
//! A table's indexes, constraints, triggers, policies, grants and comments stand in its file. What needs something that is
//! made in a later file (a foreign key, a trigger whose function reads the table) goes into a later file of its own.

use std::collections::{BTreeMap, BTreeSet};

use howdah_schema::Catalog;
use howdah_schema::catalog::ObjectId;
use howdah_schema::diff::render::{RenderOptions, render_steps, speaks_of_later, subject};
use howdah_schema::diff::{Operation, Plan, Step, Verb};

/// A file of a dump.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DumpFile {
    pub(super) name: String,
    pub(super) text: String,
}

/// Few files: each step goes into its subject's first file that comes after all it needs.
pub(super) fn gathered(plan: &Plan, catalog: &Catalog) -> Vec<DumpFile> {
    // Which file makes an object, and which steps that file holds.
    let mut maker: BTreeMap<ObjectId, usize> = BTreeMap::new();
    let mut files: Vec<(ObjectId, Vec<&Step>)> = Vec::new();
    let mut of_subject: BTreeMap<ObjectId, Vec<usize>> = BTreeMap::new();
    for step in &plan.steps {
        let subject = shelf(step);
        let needed = needs(step, catalog).iter().filter_map(|id| maker.get(id).copied()).max().unwrap_or(0);
        let own = of_subject.entry(subject.clone()).or_default();
        let file = match own.iter().find(|file| **file >= needed) {
            Some(file) => *file,
            None => {
                files.push((subject.clone(), Vec::new()));
                own.push(files.len() - 1);
                files.len() - 1
            }
        };
        if let Some((_, steps)) = files.get_mut(file) {
            steps.push(step);
        }
        // The last to touch it counts: a later step may need what that did.
        maker.insert(step.object.clone(), file);
        maker.entry(subject).and_modify(|last| *last = (*last).max(file)).or_insert(file);
    }
    named(&files)
}

/// The plan's own order, cut wherever the subject changes.
pub(super) fn in_order(plan: &Plan) -> Vec<DumpFile> {
    let mut files: Vec<(ObjectId, Vec<&Step>)> = Vec::new();
    for step in &plan.steps {
        let subject = shelf(step);
        match files.last_mut() {
            Some((last, steps)) if *last == subject => steps.push(step),
            _ => files.push((subject, vec![step])),
        }
    }
    named(&files)
}

/// Whose file a step belongs to. All roles stand in one, and a sequence with the table that it numbers.
fn shelf(step: &Step) -> ObjectId {
    match subject(step) {
        ObjectId::Role(_) => ObjectId::Role(String::new()),
        ObjectId::Extension(_) => ObjectId::Extension(String::new()),
        ObjectId::DefaultPrivileges(..) => ObjectId::DefaultPrivileges(String::new(), None),
        // The parent of a view's column is called a table.
        ObjectId::View(name) => ObjectId::Table(name),
        other => other,
    }
}

/// What must be there before a step, as far as the catalog tells.
fn needs(step: &Step, catalog: &Catalog) -> BTreeSet<ObjectId> {
    let mut needed: BTreeSet<ObjectId> = BTreeSet::new();
    needed.insert(step.object.clone());
    needed.extend(step.object.parent());
    needed.extend(catalog.dependencies.of(&step.object).cloned());
    if let Operation::CreateIndex { relation, .. } = &step.operation {
        needed.insert(ObjectId::Table(relation.clone()));
    }
    if step.verb == Verb::Create {
        // Columns and what else stands within CREATE TABLE have no step of their own.
        let within =
            catalog.dependencies.iter().filter(|(dependent, _)| dependent.parent().as_ref() == Some(&step.object));
        let part = |dependent: &ObjectId| matches!(dependent, ObjectId::Column(..) | ObjectId::Default(..));
        needed.extend(within.filter(|(dependent, _)| part(dependent)).map(|(_, needed)| needed.clone()));
    }
    if let ObjectId::Constraint(table, name) = &step.object
        && let Some(constraint) = catalog.tables.get(table).and_then(|table| table.constraints.get(name))
        && let Some(key) = constraint.foreign_key()
    {
        needed.insert(ObjectId::Table(key.references.clone()));
    }
    if let ObjectId::Table(name) = &step.object
        && let Some(table) = catalog.tables.get(name)
    {
        needed.extend(table.partition_of.iter().map(|of| ObjectId::Table(of.parent.clone())));
        needed.extend(table.inherits.iter().map(|parent| ObjectId::Table(parent.clone())));
        // A foreign key may stand within CREATE TABLE.
        if step.verb == Verb::Create {
            let keys = table.foreign_keys().filter(|(constraint, _)| step.sql.contains(&constraint.name));
            needed.extend(keys.map(|(_, key)| ObjectId::Table(key.references.clone())));
        }
    }
    // A column stands for its table, and a view's for the view.
    let parents: Vec<ObjectId> = needed.iter().filter_map(ObjectId::parent).collect();
    needed.extend(parents);
    needed
}

/// `07_public_table_tasks.sql`: numbered with as many digits as it takes for the names to sort.
fn named(files: &[(ObjectId, Vec<&Step>)]) -> Vec<DumpFile> {
    let all: Vec<&Step> = files.iter().flat_map(|(_, steps)| steps.iter().copied()).collect();
    let unchecked_bodies = speaks_of_later(&all);
    let digits = files.len().to_string().len().max(2);
    let mut seen: BTreeMap<&ObjectId, usize> = BTreeMap::new();
    let mut result = Vec::new();
    for (number, (subject, steps)) in files.iter().enumerate() {
        let part = seen.entry(subject).or_default();
        *part += 1;
        let again = if *part > 1 { format!("_{part}") } else { String::new() };
        let is_view = steps.iter().any(|step| matches!(step.object, ObjectId::View(_)));
        let name = format!("{:0digits$}_{}{again}.sql", number + 1, label(subject, is_view));
        let options = RenderOptions { guard_roles: true, unchecked_bodies, ..RenderOptions::default() };
        let text = render_steps(steps, &options);
        result.push(DumpFile { name, text });
    }
    result
}

/// What a file name says of an object; only letters, digits, `_` and `-`, and not too long for any file system.
fn label(subject: &ObjectId, is_view: bool) -> String {
    let kind = if is_view { "view" } else { subject.kind() };
    let words = match subject {
        ObjectId::Role(_) => "roles".to_owned(),
        ObjectId::Extension(_) => "extensions".to_owned(),
        ObjectId::DefaultPrivileges(..) => "default_privileges".to_owned(),
        ObjectId::Schema(name) | ObjectId::Publication(name) | ObjectId::EventTrigger(name) => format!("{kind}_{name}"),
        ObjectId::Function(signature) | ObjectId::Aggregate(signature) => {
            format!("{}_{kind}_{}", signature.name.schema, signature.name.name)
        }
        ObjectId::Collation(name)
        | ObjectId::Type(name)
        | ObjectId::Operator(name, ..)
        | ObjectId::OperatorFamily(name, _)
        | ObjectId::OperatorClass(name, _)
        | ObjectId::TextSearchDictionary(name)
        | ObjectId::TextSearchConfiguration(name)
        | ObjectId::Sequence(name)
        | ObjectId::Table(name)
        | ObjectId::Index(name)
        | ObjectId::Statistics(name)
        | ObjectId::View(name) => format!("{}_{kind}_{}", name.schema, name.name),
        other => other.to_string(),
    };
    let plain = |c: char| if c.is_alphanumeric() || c == '-' { c } else { '_' };
    let text: String = words.chars().map(plain).collect();
    let parts: Vec<&str> = text.split('_').filter(|part| !part.is_empty()).collect();
    parts.join("_").chars().take(120).collect()
}

#[cfg(test)]
mod tests {
    use howdah_schema::QualifiedName;
    use howdah_schema::catalog::{Catalog, ObjectId};
    use howdah_schema::diff::{Plan, Step, Verb};

    use super::{gathered, in_order};

    fn name(name: &str) -> QualifiedName {
        QualifiedName::new("public", name)
    }

    fn step(object: ObjectId, sql: &str) -> Step {
        Step::new(Verb::Create, object, sql)
    }

    /// Two tables, one with a key to the other that comes last; and a comment after that.
    fn plan() -> Plan {
        let constraint = ObjectId::Constraint(name("a"), "a_b_fkey".into());
        Plan {
            steps: vec![
                step(ObjectId::Role("x".into()), "CREATE ROLE x"),
                step(ObjectId::Role("y".into()), "CREATE ROLE y"),
                step(ObjectId::Table(name("a")), "CREATE TABLE public.a ()"),
                step(ObjectId::Table(name("b")), "CREATE TABLE public.b ()"),
                step(ObjectId::Column(name("a"), "c".into()), "COMMENT ON COLUMN public.a.c IS ''"),
                step(constraint, "ALTER TABLE public.a ADD CONSTRAINT a_b_fkey"),
                step(ObjectId::Policy(name("a"), "p".into()), "CREATE POLICY p ON public.a"),
            ],
        }
    }

    fn names(files: &[super::DumpFile]) -> Vec<&str> {
        files.iter().map(|file| file.name.as_str()).collect()
    }

    #[test]
    fn what_needs_a_later_table_comes_later() {
        let mut catalog = Catalog::default();
        let key = ObjectId::Constraint(name("a"), "a_b_fkey".into());
        catalog.dependencies.insert(key, ObjectId::Table(name("b")));
        let files = gathered(&plan(), &catalog);
        assert_eq!(
            names(&files),
            ["01_roles.sql", "02_public_table_a.sql", "03_public_table_b.sql", "04_public_table_a_2.sql"]
        );
        assert!(files[1].text.contains("COMMENT"), "{}", files[1].text);
        assert!(files[3].text.contains("a_b_fkey"), "{}", files[3].text);
    }

    #[test]
    fn in_order_is_the_plan() {
        let files = in_order(&plan());
        let all: String = files.iter().map(|file| file.text.as_str()).collect();
        let at = |text: &str| all.find(text).unwrap();
        assert!(at("CREATE TABLE public.b") < at("COMMENT") && at("COMMENT") < at("a_b_fkey"));
        assert_eq!(files.len(), 4);
    }
}
