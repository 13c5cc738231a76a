//! Event triggers that do nothing, with their functions.

use super::{Kind, Naming, plain};

pub(super) const EVENT_TRIGGER: Kind = Kind {
    noun: "event trigger",
    prefix: "et",
    naming: Naming::Global,
    has_owner: false,
    privileges: &[],
    signature: plain,
    ground: Some(|made| {
        format!(
            "create function {}.on_{}() returns event_trigger language plpgsql as 'begin end';",
            made.schema, made.id
        )
    }),
    create: |made| {
        let event = ["ddl_command_start", "ddl_command_end", "sql_drop", "table_rewrite"][usize::from(made.form % 4)];
        let tags = if made.form % 5 == 1 && event != "table_rewrite" {
            " when tag in ('CREATE TABLE', 'DROP TABLE')"
        } else {
            ""
        };
        let mut statements = vec![format!(
            "create event trigger {} on {event}{tags} execute function {}.on_{}();",
            made.name, made.schema, made.id
        )];
        let enabled = ["", "disable", "enable always"][usize::from(made.form % 3)];
        if !enabled.is_empty() {
            statements.push(format!("alter event trigger {} {enabled};", made.name));
        }
        statements
    },
    value: None,
};
