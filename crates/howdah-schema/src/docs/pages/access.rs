//! Who may do what.

use super::write::{Line, Writer};
use crate::catalog::PolicyCommand;
use crate::docs::model::{Access, AccessCell, PolicyDoc, RoleAccess, RowSecurityDoc, Rows};

/// More columns than this are counted rather than named.
const MAX_COLUMNS: usize = 8;
/// A longer condition stands with the policy rather than in the matrix.
const MAX_CONDITION: usize = 48;

/// The matrix of a table or view, and its policies.
pub(super) fn access(writer: &mut Writer, access: &Access, columns: &[&str], is_view: bool) {
    if !is_view {
        writer.say(match (access.row_security, access.policies.is_empty()) {
            (RowSecurityDoc::Off, true) => {
                "Row-level security is off: grants alone decide, and whoever may read sees every row."
            }
            (RowSecurityDoc::Off, false) => {
                "Row-level security is off, so the policies below do not apply: whoever may read sees every row."
            }
            (RowSecurityDoc::On, true) => "Row-level security is on without a policy: only the owner reaches any row.",
            (RowSecurityDoc::On, false) => "Row-level security is on. It does not bind the owner.",
            (RowSecurityDoc::Forced, true) => {
                "Row-level security is on and forced without a policy: nobody reaches any row."
            }
            (RowSecurityDoc::Forced, false) => "Row-level security is on and forced: it binds the owner, too.",
        });
    }
    if access.matrix.is_empty() {
        writer.say("Nobody but the owner has a grant.");
    } else {
        let rows = access.matrix.iter().map(|row| {
            let cell = |found, command| cell(found, command, columns, &access.policies);
            [
                role(row),
                cell(&row.select, PolicyCommand::Select),
                cell(&row.insert, PolicyCommand::Insert),
                cell(&row.update, PolicyCommand::Update),
                cell(&row.delete, PolicyCommand::Delete),
            ]
        });
        writer.table(["Role", "SELECT", "INSERT", "UPDATE", "DELETE"], rows);
    }
    writer.list(access.matrix.iter().flat_map(|row| remarks(row, columns)));
    if !access.no_access.is_empty() && !access.matrix.is_empty() {
        writer.paragraph(Line::new().text("No grant: ").and(Line::codes(&access.no_access)).text("."));
    }
    policies(writer, access);
}

fn role(row: &RoleAccess) -> Line {
    match row.role.as_str() {
        "PUBLIC" => Line::new().code("PUBLIC").text(" (everyone)"),
        role => Line::new().code(role),
    }
}

fn cell(cell: &AccessCell, command: PolicyCommand, columns: &[&str], policies: &[PolicyDoc]) -> Line {
    if !cell.granted {
        return Line::from("no grant");
    }
    let rows = match &cell.rows {
        Rows::None => Line::from("no rows: no policy lets any through"),
        Rows::All { .. } => Line::from("all rows"),
        Rows::Policies { any_of, all_of } => {
            let always = |name: &&String| policies.iter().any(|policy| policy.name == **name && is_always(policy));
            let all = any_of.iter().any(|name| always(&name));
            let any = match (any_of.as_slice(), all) {
                (_, true) => "all rows".into(),
                ([one], false) => by_one(one, command, policies),
                (several, false) => Line::from("rows by ").and(one_of(several)),
            };
            if all_of.is_empty() { any } else { any.text(", restricted by ").and(Line::codes(all_of)) }
        }
    };
    match &cell.columns {
        None => rows,
        Some(granted) => rows.next_line().and(only(granted, columns)),
    }
}

/// A policy, with its condition if that is short.
fn by_one(name: &str, command: PolicyCommand, policies: &[PolicyDoc]) -> Line {
    let line = Line::from("rows by ").code(name);
    let policy = policies.iter().find(|policy| policy.name == name);
    let condition = policy.and_then(|policy| match command {
        PolicyCommand::Insert => policy.check.as_ref().or(policy.using.as_ref()),
        // What is read and what is written may differ: the list of policies tells both.
        PolicyCommand::Update if policy.check.is_some() => None,
        _ => policy.using.as_ref(),
    });
    match condition {
        Some(condition) if condition.len() <= MAX_CONDITION => line.text(": ").code(condition.as_str()),
        _ => line,
    }
}

fn is_always(policy: &PolicyDoc) -> bool {
    let is_true = |sql: &Option<String>| sql.as_deref() == Some("true");
    is_true(&policy.using) && (policy.check.is_none() || is_true(&policy.check))
}

fn one_of(names: &[String]) -> Line {
    Line::joined(names.iter().map(|name| Line::new().code(name.as_str())), " or ")
}

/// Some columns: named, or those named that are missing, whichever is shorter; many are only counted.
fn only(granted: &[String], columns: &[&str]) -> Line {
    let (named, missing) = shorter(granted, columns);
    match named.len() {
        0 => "each column by name".into(),
        1..=MAX_COLUMNS if missing => Line::from("all columns but ").and(Line::codes(named)),
        1..=MAX_COLUMNS => Line::from("only ").and(Line::codes(named)),
        _ => format!("{} of {} columns, see below", granted.len(), columns.len()).into(),
    }
}

/// The columns of a grant, or those that are missing in it, whichever are fewer; and whether it is those.
fn shorter<'a>(granted: &'a [String], columns: &[&'a str]) -> (Vec<&'a str>, bool) {
    let missing: Vec<&str> = columns.iter().copied().filter(|name| !granted.iter().any(|one| one == name)).collect();
    if missing.len() < granted.len() { (missing, true) } else { (granted.iter().map(String::as_str).collect(), false) }
}

/// What the matrix has no room for.
fn remarks(row: &RoleAccess, columns: &[&str]) -> Vec<Line> {
    let mut remarks = Vec::new();
    let name = || role(row);
    if !row.schema_usage {
        remarks.push(name().text(" may not use the schema, so none of this is of use to it."));
    }
    for (what, cell) in [("read", &row.select), ("insert", &row.insert), ("update", &row.update)] {
        let Some(granted) = &cell.columns else { continue };
        let (named, missing) = shorter(granted, columns);
        if named.len() > MAX_COLUMNS {
            let which = if missing { "all columns but " } else { "" };
            remarks.push(name().text(format!(" may {what} {which}")).and(Line::codes(named)).text("."));
        }
    }
    let cells = [&row.select, &row.insert, &row.update, &row.delete];
    let granted = || cells.iter().filter(|cell| cell.granted);
    let mut through: Vec<&str> = granted().flat_map(|cell| &cell.through).map(String::as_str).collect();
    through.sort_unstable();
    through.dedup();
    if !through.is_empty() {
        remarks.push(name().text(" has its grants through ").and(Line::codes(through)).text("."));
    }
    if !row.other.is_empty() {
        remarks.push(name().text(" also has ").text(row.other.join(", ")).text("."));
    }
    remarks
}

fn policies(writer: &mut Writer, access: &Access) {
    if access.policies.is_empty() {
        return;
    }
    let rows = access.policies.iter().map(|policy| {
        let applies = match policy.command {
            PolicyCommand::All => "everything".to_owned(),
            command => command.as_sql().to_owned(),
        };
        let applies = if policy.permissive { applies } else { format!("{applies}, restrictive") };
        [
            Line::new().code(policy.name.as_str()),
            applies.into(),
            Line::codes(&policy.roles),
            sees(policy),
            writes(policy),
            policy.purpose.clone().unwrap_or_default().into(),
        ]
    });
    writer.table(["Policy", "For", "To", "Sees rows where", "May write rows where", "Meaning"], rows);
    if access.policies.iter().any(|policy| !policy.permissive) {
        writer.say("A row must pass one of the policies and each of the restrictive ones.");
    }
}

fn sees(policy: &PolicyDoc) -> Line {
    match policy.using.as_deref() {
        _ if policy.command == PolicyCommand::Insert => "–".into(),
        None => "–".into(),
        Some("true") => "any".into(),
        Some(using) => Line::new().code(using),
    }
}

fn writes(policy: &PolicyDoc) -> Line {
    match policy.check.as_deref() {
        _ if matches!(policy.command, PolicyCommand::Select | PolicyCommand::Delete) => "–".into(),
        None => "the same".into(),
        Some("true") => "any".into(),
        Some(check) => Line::new().code(check),
    }
}
