//! The functions of a table that change its rows: update, delete, restore.

use super::keys::{DELETED, Key};
use super::queries::{Functions, Parameter, bind, compared, conditions, constant};
use super::rows::Field;
use super::text::{Code, literal};
use crate::Ident;
use crate::catalog::{Table, TriggerEnabled, TriggerLevel, TriggerTiming};

const MARK: &str = "now()";

const VERSION_DOC: &str = "Only if the row still has the version `current`.

# Errors
[`support::Error::Stale`] if it has another by now, [`support::Error::NotFound`],
[`support::Error::Refused`].";

fn trash_doc(out: &mut Code, sees_trash: bool) {
    if sees_trash {
        out.doc("///", "\nA marked row is seen only after `trash::see` in the same transaction.");
    }
    out.doc("///", "\n# Errors\n[`support::Error::NotFound`].");
}

/// Whether the table's policies show marked rows only to who asks for them.
pub(super) fn asks_for_trash(table: &Table) -> bool {
    let mut conditions = table.policies.values().filter_map(|policy| policy.using.as_ref());
    table.row_security.enabled && conditions.any(|using| using.contains("auth.sees_trash()"))
}

impl<'a> Functions<'a> {
    /// All that changes a row: by the main key, and by its version.
    pub(super) fn changes(&self, out: &mut Code, table: &Table, key: &Key<'_>, has_update: bool) {
        let sees_trash = self.keys.has_soft_delete && asks_for_trash(table);
        for version in [None, self.keys.version].into_iter().take(1 + usize::from(self.keys.version.is_some())) {
            let version = version.and_then(|column| self.field(&column.name));
            if has_update {
                self.update(out, table, key, version);
            }
            self.delete(out, table, key, version, sees_trash);
        }
        if let Some(version) = self.keys.version.and_then(|column| self.field(&column.name)) {
            self.why_not(out, key, version);
        }
        if self.keys.has_soft_delete {
            self.restore(out, table, key, sees_trash);
            self.delete_permanently(out, key, sees_trash);
        }
    }

    fn key<'b>(&self, key: &Key<'b>) -> Vec<Parameter<'a>> {
        self.parameters(key.columns.iter().map(|column| column.name.as_str()))
    }

    fn update(&self, out: &mut Code, table: &Table, key: &Key<'_>, version: Option<&Field<'_>>) {
        let parameters = self.key(key);
        let mut conditions = self.conditions(&parameters);
        out.gap();
        out.doc("///", "Changes what is set, and returns the row as it is then stored.");
        let mut more = Vec::new();
        if let Some(version) = version {
            conditions.push(compared(version, "=", parameters.len() + 1));
            out.doc("///", VERSION_DOC);
            more.push(format!("current: {}", version.mapped.parameter()));
        } else {
            out.doc("///", "\n# Errors\n[`support::Error::NotFound`].");
        }
        more.push("changes: &Update".to_owned());
        let name = if version.is_some() { "update_at_version" } else { "update" };
        self.head(out, name, &parameters, &more, "support::Result<Row>");
        constant(out, "SET", &[literal(&format!("UPDATE {} AS t SET ", self.name))]);
        let mut rest: Vec<String> = self.counted(table).map(|set| literal(&format!(", {set}"))).into_iter().collect();
        rest.extend(self::conditions(&conditions));
        rest.extend([literal(" RETURNING "), "columns!()".to_owned()]);
        constant(out, "REST", &rest);
        let mut unchanged = self.select();
        unchanged.extend(self::conditions(&conditions));
        constant(out, "UNCHANGED", &unchanged);
        bind(out, &parameters, if version.is_some() { &["current"] } else { &[] });
        out.line("changes.write(&mut statement);");
        out.line("let sql = statement.update(SET, REST, UNCHANGED);");
        if version.is_some() {
            out.open("match statement.optional(client, &sql).await? {");
            out.line("Some(row) => Ok(row),");
            let arguments: Vec<&str> = parameters.iter().map(|parameter| parameter.name.as_str()).collect();
            out.arm("None", &format!("Err(why_not(client, {}, current).await?)", arguments.join(", ")));
            out.close("}");
        } else {
            out.line("statement.one(client, &sql).await");
        }
        out.close("}");
    }

    /// What counts the version up, where no trigger can.
    fn counted(&self, table: &Table) -> Option<String> {
        let version = self.keys.version?;
        let is_integer = matches!(version.data_type.sql.as_str(), "smallint" | "integer" | "bigint");
        let has_trigger = table.triggers.values().any(|trigger| {
            let fires = matches!(trigger.enabled, TriggerEnabled::Origin | TriggerEnabled::Always);
            fires && trigger.on_update && trigger.timing == TriggerTiming::Before && trigger.level == TriggerLevel::Row
        });
        let name = Ident::new(version.name.as_str());
        (is_integer && !has_trigger).then(|| format!("{name} = t.{name} + 1"))
    }

    fn delete(&self, out: &mut Code, table: &Table, key: &Key<'_>, version: Option<&Field<'_>>, sees_trash: bool) {
        let parameters = self.key(key);
        let mut conditions = self.conditions(&parameters);
        out.gap();
        if self.keys.has_soft_delete {
            out.doc("///", "Marks the row as deleted: the other functions here then pass over it.");
        } else {
            out.doc("///", "Deletes the row.");
        }
        let mut more = Vec::new();
        if let Some(version) = version {
            conditions.push(compared(version, "=", parameters.len() + 1));
            out.doc("///", VERSION_DOC);
            more.push(format!("current: {}", version.mapped.parameter()));
        } else {
            out.doc("///", "\n# Errors\n[`support::Error::NotFound`].");
        }
        let name = if version.is_some() { "delete_at_version" } else { "delete" };
        self.head(out, name, &parameters, &more, "support::Result<()>");
        let sql = if self.keys.has_soft_delete {
            self.marking(table, MARK, &conditions, sees_trash)
        } else {
            let mut sql = vec![literal(&format!("DELETE FROM {} AS t", self.name))];
            sql.extend(self::conditions(&conditions));
            sql
        };
        constant(out, "SQL", &sql);
        bind(out, &parameters, if version.is_some() { &["current"] } else { &[] });
        out.open("match statement.run(client, SQL).await? {");
        if version.is_some() {
            let arguments: Vec<&str> = parameters.iter().map(|parameter| parameter.name.as_str()).collect();
            out.arm("0", &format!("Err(why_not(client, {}, current).await?)", arguments.join(", ")));
        } else {
            out.line("0 => Err(support::Error::NotFound),");
        }
        out.line("_ => Ok(()),");
        out.close("}");
        out.close("}");
    }

    /// An UPDATE of `deleted_at`.
    ///
    /// PostgreSQL applies the policies for reading to the new row, too. Where these show marked rows only to who asks for
    /// them (`auth.sees_trash()`), the statement asks, after the old row has passed and before the new one is looked at,
    /// and takes it back when it is done.
    fn marking(&self, table: &Table, mark: &str, conditions: &[String], sees_trash: bool) -> Vec<String> {
        let counted = self.counted(table).map(|set| format!(", {set}")).unwrap_or_default();
        let mut sql = vec![literal(&format!("UPDATE {} AS t", self.name))];
        if sees_trash {
            sql.push(literal(&format!(" SET {DELETED} = CASE WHEN set_config('howdah.trash', 'with', true) IS NULL")));
            sql.push(literal(&format!(" THEN NULL ELSE {mark} END{counted}")));
            sql.push(literal(" FROM (SELECT current_setting('howdah.trash', true) AS trash OFFSET 0) AS asked"));
        } else {
            sql.push(literal(&format!(" SET {DELETED} = {mark}{counted}")));
        }
        sql.extend(self::conditions(conditions));
        if sees_trash {
            sql.push(literal(" RETURNING set_config('howdah.trash', coalesce(asked.trash, ''), true)"));
        }
        sql
    }

    fn restore(&self, out: &mut Code, table: &Table, key: &Key<'_>, sees_trash: bool) {
        let parameters = self.key(key);
        out.gap();
        out.doc("///", "Takes the mark of deletion from the row, and returns it.");
        trash_doc(out, sees_trash);
        self.head(out, "restore", &parameters, &[], "support::Result<Row>");
        let mut conditions: Vec<String> =
            parameters.iter().enumerate().map(|(at, parameter)| compared(parameter.field, "=", at + 1)).collect();
        conditions.push(format!("t.{DELETED} IS NOT NULL"));
        let mut sql = self.marking(table, "NULL", &conditions, false);
        sql.extend([literal(" RETURNING "), "columns!()".to_owned()]);
        constant(out, "SQL", &sql);
        bind(out, &parameters, &[]);
        out.line("statement.one(client, SQL).await");
        out.close("}");
    }

    fn delete_permanently(&self, out: &mut Code, key: &Key<'_>, sees_trash: bool) {
        let parameters = self.key(key);
        out.gap();
        out.doc("///", "Deletes the row for good, marked as deleted or not.");
        trash_doc(out, sees_trash);
        self.head(out, "delete_permanently", &parameters, &[], "support::Result<()>");
        let conditions: Vec<String> =
            parameters.iter().enumerate().map(|(at, parameter)| compared(parameter.field, "=", at + 1)).collect();
        let mut sql = vec![literal(&format!("DELETE FROM {} AS t", self.name))];
        sql.extend(self::conditions(&conditions));
        constant(out, "SQL", &sql);
        bind(out, &parameters, &[]);
        out.open("match statement.run(client, SQL).await? {");
        out.line("0 => Err(support::Error::NotFound),");
        out.line("_ => Ok(()),");
        out.close("}");
        out.close("}");
    }

    /// Why nothing was changed.
    fn why_not(&self, out: &mut Code, key: &Key<'_>, version: &Field<'_>) {
        let parameters = self.key(key);
        out.gap();
        out.doc("///", "Why a row with this key and version was not there to be changed.");
        let more = [format!("current: {}", version.mapped.parameter())];
        self.signature(out, "async fn why_not", &parameters, &more, "support::Result<support::Error>");
        let mut sql = vec![literal(&format!("SELECT {}", compared(version, "=", parameters.len() + 1)))];
        sql.push(literal(&self.from()));
        sql.extend(conditions(&self.conditions(&parameters)));
        constant(out, "SQL", &sql);
        bind(out, &parameters, &["current"]);
        out.line("statement.why_not(client, SQL).await");
        out.close("}");
    }
}
