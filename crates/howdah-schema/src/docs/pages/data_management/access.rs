//! Who may do what, over all tables.

use super::{tables, which};
use crate::docs::model::{RoleAccess, RowSecurityDoc, Rows, TableDoc};
use crate::docs::pages::links::{Links, anchored};
use crate::docs::pages::write::{Line, Writer};
use crate::docs::paths::signature_slug;

pub(super) fn access(writer: &mut Writer, links: &Links<'_>) {
    let documentation = links.documentation;
    writer.part("access-control", "Access control");
    let all: Vec<&TableDoc> = tables(links).collect();
    writer.say(
        "A grant lets a role try an operation on a table; where row-level security is on, policies choose the rows.",
    );
    if !all.is_empty() {
        writer.list([
            which(links, "Row-level security on", &all, |table| table.access.row_security != RowSecurityDoc::Off),
            which(links, "And forced, so that it binds the owner as well", &all, |table| {
                table.access.row_security == RowSecurityDoc::Forced
            }),
        ]);
    }
    roles(writer, links);
    matrix(writer, links);
    let definers: Vec<Line> = documentation
        .functions
        .iter()
        .filter(|function| function.security_definer)
        .map(|function| anchored("FUNCTIONS", signature_slug(&function.signature), &function.name.to_string()).into())
        .collect();
    if definers.is_empty() {
        writer.say("No function runs as its owner.");
    } else {
        let line = Line::from(
            "Functions that run as their owner (SECURITY DEFINER), and so may do what their caller may not: ",
        );
        writer.paragraph(line.and(Line::joined(definers, ", ")).text("."));
    }
}

fn roles(writer: &mut Writer, links: &Links<'_>) {
    let roles = &links.documentation.roles;
    if roles.is_empty() {
        writer.say("No role but the owner is granted anything.");
        return;
    }
    writer.say("Roles that are granted something or that policies speak of:");
    let rows = roles.iter().map(|role| {
        let mut about = Vec::new();
        if role.superuser {
            about.push(Line::from("superuser: may do everything"));
        }
        if role.bypass_rls {
            about.push("BYPASSRLS: no policy binds it".into());
        }
        if !role.inherits.is_empty() {
            about.push(Line::from("has the rights of ").and(Line::codes(&role.inherits)));
        }
        if !role.member_of.is_empty() {
            about.push(Line::from("may become ").and(Line::codes(&role.member_of)));
        }
        [
            Line::new().code(role.name.as_str()),
            role.purpose.clone().unwrap_or_default().into(),
            role.reads.to_string().into(),
            role.writes.to_string().into(),
            Line::joined(about, "; "),
        ]
    });
    writer.table(["Role", "Purpose", "Reads", "Writes", "Special"], rows);
    writer.say("Reads and Writes count the tables and views of which it reaches any row.");
}

fn matrix(writer: &mut Writer, links: &Links<'_>) {
    let all: Vec<&TableDoc> = tables(links).collect();
    let mut roles: Vec<&str> = all.iter().flat_map(|table| &table.access.matrix).map(|row| row.role.as_str()).collect();
    roles.sort_unstable();
    roles.dedup();
    if roles.is_empty() {
        return;
    }
    writer.say("By table: S select, I insert, U update, D delete; in lower case if only on some rows or columns.");
    let mut columns = vec!["Table".to_owned(), "Row security".to_owned()];
    columns.extend(roles.iter().map(|role| (*role).to_owned()));
    let rows = all.iter().map(|table| {
        let mut cells = vec![
            Line::from(links.part_of(&table.name, "access", table.name.to_string())),
            Line::from(match table.access.row_security {
                RowSecurityDoc::Off => "off",
                RowSecurityDoc::On => "on",
                RowSecurityDoc::Forced => "forced",
            }),
        ];
        cells.extend(roles.iter().map(|role| {
            let row = table.access.matrix.iter().find(|row| row.role == *role);
            row.map(|row| Line::new().code(letters(row))).unwrap_or_default()
        }));
        cells
    });
    let rows = rows.collect();
    writer.wide_table(columns, rows);
}

/// `SIUD`, in lower case where it is only some rows or columns, and a dash where it is none.
fn letters(row: &RoleAccess) -> String {
    let cells = [(&row.select, 'S'), (&row.insert, 'I'), (&row.update, 'U'), (&row.delete, 'D')];
    let letter = |(cell, letter): (&crate::docs::model::AccessCell, char)| match (&cell.rows, &cell.columns) {
        _ if !cell.granted || !row.schema_usage => '-',
        (Rows::None, _) => '-',
        (Rows::All { .. }, None) => letter,
        _ => letter.to_ascii_lowercase(),
    };
    cells.into_iter().map(letter).collect()
}
