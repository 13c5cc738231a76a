//! A plan as the text of an SQL file.
//!
//! Statements about one table, type or function stand together under a heading that names it. Where a plan holds
//! statements that cannot run in a transaction, or that are run in batches, markers cut it into sections for the runner of
//! migrations; any other reader of SQL takes them for comments. The same plan always gives the same text.

use super::step::{Operation, Plan, Step, Verb};
use crate::Literal;
use crate::catalog::ObjectId;
use crate::sql::split::tokens;
use std::borrow::Cow;

/// What follows runs in one transaction.
pub const TRANSACTION: &str = "-- howdah:transaction";
/// What follows runs statement by statement, each committed by itself.
pub const NO_TRANSACTION: &str = "-- howdah:no-transaction";

/// What to write beside the statements.
#[derive(Debug, Default, Clone, Copy)]
pub struct RenderOptions<'a> {
    /// Lines at the top, each without its `-- `.
    pub header: &'a [String],
    /// What to say above each statement, in their order: its lines, each without its `-- `.
    pub notes: &'a [Vec<String>],
    /// Make roles only where they are missing: for what is run on servers that are not known now, and whose roles another
    /// database may have made.
    pub guard_roles: bool,
    /// Set [`UNCHECKED`] before functions in any case, not only where these steps show that it is needed.
    pub unchecked_bodies: bool,
}

/// Writes the whole plan. Empty for an empty plan without a header; else it ends with a line break.
pub fn render(plan: &Plan, options: &RenderOptions<'_>) -> String {
    let steps: Vec<&Step> = plan.steps.iter().collect();
    render_steps(&steps, options)
}

/// Writes some of a plan's steps, in the order given.
pub fn render_steps(steps: &[&Step], options: &RenderOptions<'_>) -> String {
    let mut text = Text::default();
    for line in options.header {
        text.comment(line);
    }
    let sections = steps.iter().any(|step| Section::of(step) != Section::Transaction);
    let unchecked_bodies = options.unchecked_bodies || speaks_of_later(steps);
    let mut unchecked = unchecked_bodies;
    let mut section = None;
    let mut heading = None;
    for (index, step) in steps.iter().enumerate() {
        let next = Section::of(step);
        if sections && (section != Some(next) || next == Section::Backfill) {
            section = Some(next);
            heading = None;
            unchecked = unchecked_bodies;
            if let Some(marker) = next.marker() {
                text.gap();
                text.line(marker);
                text.gap();
            }
        }
        // The setting lasts as long as the section, or the session of another reader.
        if unchecked && is_routine(step) {
            unchecked = false;
            text.gap();
            text.statement(UNCHECKED, &["The bodies of functions may speak of what is made after them.".to_owned()]);
            heading = None;
        }
        let subject = Some(subject(step));
        if subject != heading {
            text.gap();
            text.comment(&subject.as_ref().map(ToString::to_string).unwrap_or_default());
            heading = subject;
        }
        let mut notes = options.notes.get(index).cloned().unwrap_or_default();
        if let Operation::Backfill { table, batch } = &step.operation {
            notes.push(format!("howdah:backfill {table} batch={batch}"));
        }
        let sql = if options.guard_roles { guarded(step) } else { Cow::Borrowed(step.sql.as_str()) };
        text.statement(&sql, &notes);
    }
    text.lines
}

/// Lets a function be made whose body, a string to the server, speaks of what is not there yet.
pub const UNCHECKED: &str = "SET check_function_bodies = off";

/// Whether the body of a function speaks of what a later step makes, so that the steps have to be run [`UNCHECKED`]. What
/// such a body needs, no catalog records, so it does not decide the order.
pub fn speaks_of_later(steps: &[&Step]) -> bool {
    let mut later: Vec<&str> = Vec::new();
    for step in steps.iter().rev() {
        if is_routine(step) && !later.is_empty() {
            let words = tokens(&step.sql).flat_map(|token| words(&step.sql[token.span]));
            if words.into_iter().any(|word| later.contains(&word)) {
                return true;
            }
        }
        later.extend(made(step));
    }
    false
}

/// The name of what a step makes, if bodies can speak of it. A column has to be of the type that the body takes it for.
fn made(step: &Step) -> Option<&str> {
    if let (ObjectId::Column(_, name), Verb::Create | Verb::Alter) = (&step.object, step.verb) {
        return Some(name);
    }
    let name = match &step.object {
        ObjectId::Table(name) | ObjectId::View(name) | ObjectId::Sequence(name) | ObjectId::Type(name) => name,
        ObjectId::Function(signature) | ObjectId::Aggregate(signature) => &signature.name,
        _ => return None,
    };
    (step.verb == Verb::Create).then_some(name.name.as_str())
}

/// The names in a token: one, or all those in a body.
fn words(token: &str) -> impl Iterator<Item = &str> {
    token.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

/// A function or procedure that is made here.
fn is_routine(step: &Step) -> bool {
    matches!(step.object, ObjectId::Function(_)) && step.sql.starts_with("CREATE ")
}

/// How a statement is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    Transaction,
    Alone,
    /// Its directive is its marker.
    Backfill,
}

impl Section {
    fn of(step: &Step) -> Self {
        match (&step.operation, step.transactional) {
            (Operation::Backfill { .. }, _) => Self::Backfill,
            (_, true) => Self::Transaction,
            (_, false) => Self::Alone,
        }
    }

    fn marker(self) -> Option<&'static str> {
        match self {
            Self::Transaction => Some(TRANSACTION),
            Self::Alone => Some(NO_TRANSACTION),
            Self::Backfill => None,
        }
    }
}

/// CREATE ROLE within a block that looks first; anything else as it is.
fn guarded(step: &Step) -> Cow<'_, str> {
    match (&step.object, step.verb) {
        (ObjectId::Role(name), Verb::Create) if step.sql.starts_with("CREATE ROLE ") => {
            let tag = if step.sql.contains("$$") { "$role$" } else { "$$" };
            let literal = Literal::text(name.clone());
            Cow::Owned(format!(
                "DO {tag}\nBEGIN\n    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = {literal}) THEN\n        \
                 {};\n    END IF;\nEND\n{tag}",
                step.sql
            ))
        }
        _ => Cow::Borrowed(&step.sql),
    }
}

/// What a step's heading names: the table of a column, constraint, index, trigger or policy; else the object itself.
pub fn subject(step: &Step) -> ObjectId {
    match (&step.object, &step.operation) {
        (ObjectId::Index(_), Operation::CreateIndex { relation, .. } | Operation::DropIndex { relation, .. }) => {
            ObjectId::Table(relation.clone())
        }
        (object, _) => object.parent().unwrap_or_else(|| object.clone()),
    }
}

/// The text so far.
#[derive(Default)]
struct Text {
    lines: String,
    /// A statement of several lines stands alone between blank lines.
    after_block: bool,
    /// Right below a heading no blank line is wanted.
    below_heading: bool,
}

impl Text {
    fn line(&mut self, line: &str) {
        self.lines.push_str(line.trim_end());
        self.lines.push('\n');
    }

    /// A line break in a name must not end the comment that it stands in.
    fn comment(&mut self, words: &str) {
        for line in words.lines() {
            self.line(&format!("-- {line}"));
        }
        self.below_heading = true;
    }

    /// One blank line, never two, and none at the top.
    fn gap(&mut self) {
        if !self.lines.is_empty() && !self.lines.ends_with("\n\n") {
            self.lines.push('\n');
        }
        self.after_block = false;
        self.below_heading = false;
    }

    fn statement(&mut self, sql: &str, notes: &[String]) {
        let block = sql.contains('\n') || !notes.is_empty();
        if (block || self.after_block) && !self.below_heading {
            self.gap();
        }
        for note in notes {
            self.comment(note);
        }
        self.line(&format!("{};", sql.trim()));
        self.after_block = block;
        self.below_heading = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::QualifiedName;
    use crate::catalog::Signature;

    fn name(name: &str) -> QualifiedName {
        QualifiedName::new("public", name)
    }

    fn step(object: ObjectId, sql: &str) -> Step {
        Step::new(Verb::Create, object, sql)
    }

    fn index(sql: &str) -> Step {
        let operation =
            Operation::CreateIndex { relation: name("tasks"), name: "idx_tasks_due".into(), partitioned: false };
        step(ObjectId::Index(name("idx_tasks_due")), sql).operation(operation)
    }

    #[track_caller]
    fn check(steps: Vec<Step>, options: &RenderOptions<'_>, expected: &str) {
        assert_eq!(render(&Plan { steps }, options), expected);
    }

    #[test]
    fn nothing_is_nothing() {
        check(Vec::new(), &RenderOptions::default(), "");
    }

    #[test]
    fn what_belongs_to_a_table_stands_under_it() {
        let table = ObjectId::Table(name("tasks"));
        check(
            vec![
                step(table.clone(), "CREATE TABLE public.tasks (\n  id integer\n)"),
                step(ObjectId::Column(name("tasks"), "due".into()), "ALTER TABLE public.tasks ADD COLUMN due date"),
                index("CREATE INDEX idx_tasks_due ON public.tasks (due)"),
                step(table, "COMMENT ON TABLE public.tasks IS 'What to do'"),
                step(ObjectId::Type(name("mood")), "CREATE TYPE public.mood AS ENUM ('good')"),
            ],
            &RenderOptions::default(),
            "\
-- table public.tasks
CREATE TABLE public.tasks (
  id integer
);

ALTER TABLE public.tasks ADD COLUMN due date;
CREATE INDEX idx_tasks_due ON public.tasks (due);
COMMENT ON TABLE public.tasks IS 'What to do';

-- type public.mood
CREATE TYPE public.mood AS ENUM ('good');
",
        );
    }

    #[test]
    fn what_needs_no_transaction_is_a_section() {
        let header = ["howdah:destructive".to_owned()];
        let add = |column: &str| {
            let sql = format!("ALTER TABLE public.tasks ADD COLUMN {column} date");
            step(ObjectId::Column(name("tasks"), column.into()), &sql)
        };
        check(
            vec![add("a"), index("CREATE INDEX CONCURRENTLY idx_tasks_due ON public.tasks (a)").alone(), add("b")],
            &RenderOptions { header: &header, ..RenderOptions::default() },
            "\
-- howdah:destructive

-- howdah:transaction

-- table public.tasks
ALTER TABLE public.tasks ADD COLUMN a date;

-- howdah:no-transaction

-- table public.tasks
CREATE INDEX CONCURRENTLY idx_tasks_due ON public.tasks (a);

-- howdah:transaction

-- table public.tasks
ALTER TABLE public.tasks ADD COLUMN b date;
",
        );
    }

    #[test]
    fn a_backfill_is_a_section_of_its_own() {
        let column = || ObjectId::Column(name("tasks"), "code".into());
        let backfill = Operation::Backfill { table: name("tasks"), batch: 500 };
        check(
            vec![
                step(column(), "ALTER TABLE public.tasks ADD COLUMN code uuid"),
                step(column(), "UPDATE public.tasks SET code = f() WHERE code IS NULL").operation(backfill).alone(),
                step(column(), "ALTER TABLE public.tasks ALTER COLUMN code SET NOT NULL"),
            ],
            &RenderOptions::default(),
            "\
-- howdah:transaction

-- table public.tasks
ALTER TABLE public.tasks ADD COLUMN code uuid;

-- table public.tasks
-- howdah:backfill public.tasks batch=500
UPDATE public.tasks SET code = f() WHERE code IS NULL;

-- howdah:transaction

-- table public.tasks
ALTER TABLE public.tasks ALTER COLUMN code SET NOT NULL;
",
        );
    }

    #[test]
    fn a_body_may_speak_of_what_comes_later() {
        let function = || {
            let name = QualifiedName::new("public", "open_tasks");
            let id = ObjectId::Function(Signature { name, arguments: String::new() });
            step(
                id,
                "CREATE FUNCTION public.open_tasks() RETURNS bigint LANGUAGE sql AS $$ select count(*) from public.tasks $$",
            )
        };
        let table = || step(ObjectId::Table(name("tasks")), "CREATE TABLE public.tasks ()");
        check(
            vec![function(), table()],
            &RenderOptions::default(),
            "\
-- The bodies of functions may speak of what is made after them.
SET check_function_bodies = off;

-- function public.open_tasks()
CREATE FUNCTION public.open_tasks() RETURNS bigint LANGUAGE sql AS $$ select count(*) from public.tasks $$;

-- table public.tasks
CREATE TABLE public.tasks ();
",
        );
        let text = render(&Plan { steps: vec![table(), function()] }, &RenderOptions::default());
        assert!(!text.contains("check_function_bodies"), "{text}");
        let alone = index("CREATE INDEX CONCURRENTLY i ON public.x (y)").alone();
        let text = render(
            &Plan { steps: vec![alone.clone(), function(), function(), alone, function(), table()] },
            &RenderOptions::default(),
        );
        assert_eq!(text.matches("check_function_bodies").count(), 2, "{text}");
    }

    #[test]
    fn roles_are_made_where_they_are_missing() {
        check(
            vec![step(ObjectId::Role("it's".into()), "CREATE ROLE \"it's\" NOINHERIT")],
            &RenderOptions { guard_roles: true, ..RenderOptions::default() },
            "\
-- role it's
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'it''s') THEN
        CREATE ROLE \"it's\" NOINHERIT;
    END IF;
END
$$;
",
        );
    }

    #[test]
    fn notes_stand_above_their_statement() {
        let table = || ObjectId::Table(name("tasks"));
        let notes = [vec!["Create".to_owned(), "instant".to_owned()], vec!["instant".to_owned()]];
        check(
            vec![step(table(), "ALTER TABLE public.tasks SET LOGGED"), step(table(), "DROP TABLE public.tasks")],
            &RenderOptions { notes: &notes, ..RenderOptions::default() },
            "\
-- table public.tasks
-- Create
-- instant
ALTER TABLE public.tasks SET LOGGED;

-- instant
DROP TABLE public.tasks;
",
        );
    }

    #[test]
    fn a_line_break_in_a_name_stays_in_the_comment() {
        check(
            vec![step(ObjectId::Schema("a\nDROP TABLE x; --".into()), "CREATE SCHEMA s")],
            &RenderOptions::default(),
            "-- schema a\n-- DROP TABLE x; --\nCREATE SCHEMA s;\n",
        );
    }
}
