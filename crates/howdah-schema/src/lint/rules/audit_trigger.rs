//! A table whose `@audit` tag and whose audit trigger do not agree.

use crate::catalog::{ObjectId, Table, Trigger, TriggerEnabled, TriggerLevel, TriggerTiming};
use crate::findings::{Class, Level, Rule};
use crate::lint::engine::{Check, Out};
use crate::lint::facts::Facts;
use crate::sql::split::{TokenKind, tokens};
use crate::{Ident, Literal, mask};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "audit-trigger",
        level: Level::Error,
        class: Class::Documentation,
        summary: "A table's @audit tag and its audit trigger do not agree.",
        explanation: "What @audit promises, a trigger that calls audit.record_change has to keep: for inserts, updates and deletes, and without the values of columns that are masked or encrypted, which would otherwise stand in the trail for good. Its arguments are the key column, the column that owns the row, and the columns to withhold.",
        bad: "create table public.notes (id uuid primary key, body text);\ncomment on table public.notes is 'Notes. @audit';\ncomment on column public.notes.body is 'What was noted. @encrypt';",
        good: "create table public.notes (id uuid primary key, body text);\ncomment on table public.notes is 'Notes. @audit';\ncomment on column public.notes.body is 'What was noted. @encrypt';\ncreate schema audit;\ncreate function audit.record_change() returns trigger language plpgsql as 'begin return null; end';\ncreate trigger trg_notes_audit after insert or update or delete on public.notes for each row execute function audit.record_change('id', '', 'body');",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    for table in facts.tables() {
        let id = || ObjectId::Table(table.name.clone());
        if table.comment.tags().audit.is_none() {
            if let Some(trigger) = triggers(table).next() {
                let message = format!(
                    "`{}` writes changes of {} to the audit trail, and no tag says so",
                    trigger.name, table.name
                );
                out.at(id(), message, "add `@audit` to the table's comment");
            }
            continue;
        }
        let triggers: Vec<&Trigger> = triggers(table).filter(|trigger| writes(trigger)).collect();
        if triggers.is_empty() {
            let message =
                format!("{} is tagged @audit, and no trigger writes its changes to the audit trail", table.name);
            out.at(id(), message, format!("add `{}`", audit_trigger(table)));
            continue;
        }
        let fires = |on: fn(&Trigger) -> bool| triggers.iter().any(|trigger| on(trigger));
        let unseen: Vec<&str> = [
            ("inserts", fires(|trigger| trigger.on_insert)),
            ("updates", fires(|trigger| trigger.on_update)),
            ("deletes", fires(|trigger| trigger.on_delete)),
        ]
        .into_iter()
        .filter_map(|(what, is_seen)| (!is_seen).then_some(what))
        .collect();
        if !unseen.is_empty() {
            let message =
                format!("{} is tagged @audit, and no audit trigger sees its {}", table.name, unseen.join(" and "));
            out.at(id(), message, "let the trigger fire after insert or update or delete");
        }
        for trigger in triggers {
            let arguments = arguments(trigger);
            let shown: Vec<&str> =
                masked(table).filter(|name| !arguments.iter().skip(2).any(|it| it == name)).collect();
            if !shown.is_empty() {
                let names = shown.join("`, `");
                let message = format!(
                    "`{}` writes `{names}` of {} into the audit trail, though masked or encrypted",
                    trigger.name, table.name
                );
                out.at(id(), message, format!("add `{names}` to the arguments of audit.record_change"));
            }
        }
    }
}

/// Those that call the audit trail's function.
fn triggers(table: &Table) -> impl Iterator<Item = &Trigger> {
    table
        .triggers
        .values()
        .filter(|trigger| trigger.function.schema == "audit" && trigger.function.name == "record_change")
}

/// Whether it does so for each row that was changed.
fn writes(trigger: &Trigger) -> bool {
    trigger.timing == TriggerTiming::After
        && trigger.level == TriggerLevel::Row
        && matches!(trigger.enabled, TriggerEnabled::Origin | TriggerEnabled::Always)
}

/// Columns whose values are not for the trail.
fn masked(table: &Table) -> impl Iterator<Item = &str> {
    let masks = mask::all(&table.columns);
    table.columns.iter().map(|column| column.name.as_str()).filter(move |name| masks.contains_key(name))
}

/// The literals that a trigger passes to its function.
fn arguments(trigger: &Trigger) -> Vec<String> {
    let Some((_, call)) = trigger.definition.rsplit_once("record_change(") else { return Vec::new() };
    let literals = tokens(call).filter(|token| token.kind == TokenKind::Quoted);
    literals.map(|token| call[token.span].trim_matches('\'').replace("''", "'")).collect()
}

/// The statement that gives a table its audit trigger.
pub(crate) fn audit_trigger(table: &Table) -> String {
    let tags = table.comment.tags();
    let key = table.primary_key();
    let key = key.iter().find(|column| Some(column.as_str()) != tags.owner.as_deref()).or(key.first());
    let owner = tags.owner.clone().unwrap_or_default();
    let key = key.map(ToString::to_string).unwrap_or_default();
    // The key of a row that is an account is written as its pseudonym, and its id must not stand beside it.
    let own = Some(key.as_str()).filter(|key| *key == owner && !masked(table).any(|name| name == *key));
    let arguments = [key.as_str(), owner.as_str()]
        .into_iter()
        .chain(own)
        .chain(masked(table))
        .map(|it| Literal::text(it).to_string());
    let arguments: Vec<String> = arguments.collect();
    let name = format!("trg_{}_audit", table.name.name);
    let end = name.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|&end| end <= 63).last().unwrap_or(0);
    let name = Ident::new(name.get(..end).unwrap_or_default().to_owned());
    format!(
        "create trigger {name} after insert or update or delete on {} for each row execute function audit.record_change({});",
        table.name,
        arguments.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use crate::QualifiedName;
    use crate::catalog::{Trigger, TriggerEnabled, TriggerLevel, TriggerTiming};
    use crate::lint::rules::testing::check;
    use crate::testing::{TestTable, table};

    const ID: &str = super::CHECK.rule.id;

    fn notes() -> TestTable {
        let notes = table("notes").comment("Notes. @owner user_id @audit").column("id", "uuid", "");
        let notes = notes.column("user_id", "uuid", "").column("title", "text", "");
        notes.column("body", "text", "What was noted. @encrypt").column("email", "text", "Of whom. @pii email")
    }

    fn with(arguments: &str, change: impl FnOnce(&mut Trigger)) -> TestTable {
        let mut notes = notes();
        let mut trigger = Trigger {
            name: "trg_notes_audit".to_owned(),
            timing: TriggerTiming::After,
            level: TriggerLevel::Row,
            on_insert: true,
            on_update: true,
            on_delete: true,
            on_truncate: false,
            update_columns: Vec::new(),
            function: QualifiedName::new("audit", "record_change"),
            constraint: false,
            enabled: TriggerEnabled::Origin,
            inherited: false,
            definition: format!(
                "CREATE TRIGGER trg_notes_audit AFTER INSERT OR DELETE OR UPDATE ON public.notes FOR EACH ROW EXECUTE FUNCTION audit.record_change({arguments})"
            ),
            comment: crate::catalog::Comment::default(),
        };
        change(&mut trigger);
        notes.0.triggers.insert(trigger.name.clone(), trigger);
        notes
    }

    const ALL: &str = "'id', 'user_id', 'body', 'email'";

    #[test]
    fn fires() {
        let found: &[&str] = &["error public.notes"];
        check(ID, [notes()], found);
        check(ID, [with(ALL, |trigger| trigger.enabled = TriggerEnabled::Disabled)], found);
        check(ID, [with(ALL, |trigger| trigger.timing = TriggerTiming::Before)], found);
        check(ID, [with(ALL, |trigger| trigger.on_delete = false)], found);
        check(ID, [with(ALL, |trigger| trigger.function = QualifiedName::new("public", "record_change"))], found);
        check(ID, [with("'id', 'user_id', 'body'", |_| ())], found);
        check(ID, [with(ALL, |_| ()).comment("Notes.")], found);
        check(ID, [with("'id', 'email', 'body'", |_| ())], found);
        check(ID, [with("'id', 'user_id'", |trigger| trigger.on_insert = false)], &["error public.notes"; 2]);
    }

    #[test]
    fn quiet() {
        check(ID, [with(ALL, |_| ())], &[]);
        check(ID, [with(ALL, |trigger| trigger.update_columns = vec!["title".to_owned()])], &[]);
        check(ID, [table("notes").column("body", "text", "Text. @encrypt")], &[]);
    }

    #[test]
    fn the_trigger_withholds_what_is_masked() {
        assert_eq!(
            super::audit_trigger(&notes().0),
            "create trigger trg_notes_audit after insert or update or delete on public.notes for each row execute function audit.record_change('', 'user_id', 'body', 'email');"
        );
    }
}
