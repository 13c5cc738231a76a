//! Enums, domains and composite types of a schema: its module `types`.

use super::names::{Case, Names, raw};
use super::plan::Plan;
use super::rows::{deprecated, derive, documented};
use super::text::{Code, code, literal};
use crate::QualifiedName;
use crate::catalog::{Composite, Domain, Enum};

/// The types of a schema, in the order of their names; `None` if it has none.
pub(super) fn module(plan: &Plan<'_>, schema: &str) -> Option<String> {
    let mut out = Code::new();
    out.doc("//!", &format!("The types of the schema {}.", code(schema)));
    let mut uses_support = false;
    let mut is_empty = true;
    let mut body = Code::new();
    for (name, rust) in plan.types.iter().filter(|(name, _)| name.schema == schema) {
        is_empty = false;
        body.gap();
        if let Some(found) = plan.catalog.enums.get(*name) {
            uses_support = true;
            an_enum(&mut body, found, rust);
        } else if let Some(found) = plan.catalog.domains.get(*name) {
            uses_support |= plan.map(&found.base, schema).rust.contains("support::");
            a_domain(&mut body, plan, found, rust);
        } else if let Some(found) = plan.catalog.composites.get(*name) {
            let is_structure = plan.is_structure(name);
            uses_support |= is_structure;
            match is_structure {
                true => a_composite(&mut body, plan, found, rust),
                false => a_text(&mut body, found, rust),
            }
        }
    }
    if uses_support {
        out.gap();
        out.line("use super::super::support;");
    }
    (!is_empty).then(|| out.finish() + &body.finish())
}

fn an_enum(out: &mut Code, found: &Enum, rust: &str) {
    let mut names = Names::new(Case::Camel, &[]);
    let variants = names.take_all(found.labels.iter().map(String::as_str));
    let variants: Vec<(&str, &str)> = found
        .labels
        .iter()
        .filter_map(|label| Some((label.as_str(), variants.get(label.as_str())?.as_str())))
        .collect();
    documented(out, &found.comment, &format!("The enum {}.", code(&found.name.to_string())));
    deprecated(out, &found.comment);
    derive(out, &["Eq", "PartialOrd", "Ord", "Hash", "Copy"]);
    if variants.is_empty() {
        out.line(&format!("pub enum {rust} {{}}"));
    } else {
        out.open(&format!("pub enum {rust} {{"));
        for (label, variant) in &variants {
            out.doc("///", &code(label));
            if label != variant {
                out.attribute("serde", label, "rename");
            }
            out.line(&format!("{variant},"));
        }
        out.close("}");
    }
    out.gap();
    out.open(&format!("impl {rust} {{"));
    out.doc("///", "The label in the database.");
    out.open("pub fn label(self) -> &'static str {");
    if variants.is_empty() {
        out.line("match self {}");
    } else {
        out.open("match self {");
        for (label, variant) in &variants {
            out.arm(&format!("Self::{variant}"), &literal(label));
        }
        out.close("}");
    }
    out.close("}");
    out.close("}");
    out.gap();
    out.open(&format!("impl std::str::FromStr for {rust} {{"));
    out.line("type Err = support::UnknownLabel;");
    out.gap();
    out.open("fn from_str(label: &str) -> Result<Self, Self::Err> {");
    let unknown = |out: &mut Code, before: &str, after: &str| {
        out.open(&format!("{before}Err(support::UnknownLabel {{"));
        out.field("of", &literal(&found.name.to_string()));
        out.line("label: label.to_owned(),");
        out.close(&format!("}}){after}"));
    };
    if variants.is_empty() {
        unknown(out, "", "");
    } else {
        out.open("match label {");
        for (label, variant) in &variants {
            out.arm(&literal(label), &format!("Ok(Self::{variant})"));
        }
        unknown(out, "_ => ", ",");
        out.close("}");
    }
    out.close("}");
    out.close("}");
    let accepts = ["ty".to_owned(), literal(&found.name.schema), literal(&found.name.name)];
    conversions(
        out,
        rust,
        ("_", &|out| out.line("Ok(std::str::from_utf8(raw)?.parse()?)")),
        ("_", &|out| {
            out.line("out.extend_from_slice(self.label().as_bytes());");
        }),
        &|out| out.call("support::label::is_of", &accepts, ""),
    );
}

fn a_domain(out: &mut Code, plan: &Plan<'_>, found: &Domain, rust: &str) {
    documented(out, &found.comment, &format!("The domain {}: {}.", code(&found.name.to_string()), facts(found)));
    deprecated(out, &found.comment);
    let of = plan.map(&found.base, &found.name.schema).rust;
    out.value(&format!("pub type {rust}"), &of);
}

/// What a domain is made of and what it checks, which the database does.
fn facts(found: &Domain) -> String {
    let mut facts = code(&found.base.sql);
    if found.not_null {
        facts += ", never null";
    }
    for check in found.checks.values() {
        facts += &format!(", {}", code(&check.definition));
    }
    facts
}

/// One that cannot be a struct: its value as PostgreSQL writes it.
fn a_text(out: &mut Code, found: &Composite, rust: &str) {
    let facts = format!(
        "The composite type {}, as text: an attribute of it has no binary form in Rust.",
        code(&found.name.to_string())
    );
    documented(out, &found.comment, &facts);
    deprecated(out, &found.comment);
    out.line(&format!("pub type {rust} = String;"));
}

fn a_composite(out: &mut Code, plan: &Plan<'_>, found: &Composite, rust: &str) {
    let mut names = Names::new(Case::Snake, &[]);
    let names = names.take_all(found.attributes.iter().map(|attribute| attribute.name.as_str()));
    let fields: Vec<String> = found
        .attributes
        .iter()
        .map(|attribute| names.get(attribute.name.as_str()).map(|name| raw(name)).unwrap_or_default())
        .collect();
    documented(out, &found.comment, &format!("The composite type {}.", code(&found.name.to_string())));
    deprecated(out, &found.comment);
    derive(out, &["Default"]);
    if fields.is_empty() {
        out.line(&format!("pub struct {rust} {{}}"));
    } else {
        out.open(&format!("pub struct {rust} {{"));
        for (attribute, field) in found.attributes.iter().zip(&fields) {
            documented(out, &attribute.comment, &code(&attribute.data_type.sql));
            if names.get(attribute.name.as_str()) != Some(&attribute.name) {
                out.attribute("serde", &attribute.name, "rename");
            }
            deprecated(out, &attribute.comment);
            out.field(&format!("pub {field}"), &plan.member(attribute, &found.name.schema));
        }
        out.close("}");
    }
    let QualifiedName { schema, name } = &found.name;
    let accepts = ["ty".to_owned(), literal(schema), literal(name)];
    let count = fields.len();
    let binding = if fields.is_empty() { "" } else { "mut " };
    let prefix = if fields.is_empty() { "_" } else { "" };
    conversions(
        out,
        rust,
        ("ty", &|out| {
            out.line(&format!("let {binding}{prefix}reader = support::composite::Reader::new(ty, raw, {count})?;"));
            let values: Vec<String> = fields.iter().map(|field| format!("{field}: reader.take()?")).collect();
            out.structure("Ok(Self", &values, ")");
        }),
        ("ty", &|out| {
            out.line(&format!("let {binding}{prefix}writer = support::composite::Writer::new(ty, out, {count})?;"));
            for field in &fields {
                out.line(&format!("writer.put(&self.{field})?;"));
            }
        }),
        &|out| out.call("support::composite::is", &accepts, ""),
    );
}

/// How a value is read and written: each body with the name that it gives to the type.
fn conversions(
    out: &mut Code,
    rust: &str,
    (read_type, read): (&str, &dyn Fn(&mut Code)),
    (write_type, write): (&str, &dyn Fn(&mut Code)),
    accepts: &dyn Fn(&mut Code),
) {
    let accepting = |out: &mut Code| {
        out.open("fn accepts(ty: &tokio_postgres::types::Type) -> bool {");
        accepts(out);
        out.close("}");
    };
    out.gap();
    out.open(&format!("impl<'a> tokio_postgres::types::FromSql<'a> for {rust} {{"));
    let parameters = [format!("{read_type}: &tokio_postgres::types::Type"), "raw: &'a [u8]".to_owned()];
    out.function("fn from_sql", &parameters, " -> Result<Self, support::Failure>");
    read(out);
    out.close("}");
    out.gap();
    accepting(out);
    out.close("}");
    out.gap();
    out.open(&format!("impl tokio_postgres::types::ToSql for {rust} {{"));
    let parameters = [
        "&self".to_owned(),
        format!("{write_type}: &tokio_postgres::types::Type"),
        "out: &mut bytes::BytesMut".to_owned(),
    ];
    out.function("fn to_sql", &parameters, " -> Result<tokio_postgres::types::IsNull, support::Failure>");
    write(out);
    out.line("Ok(tokio_postgres::types::IsNull::No)");
    out.close("}");
    out.gap();
    accepting(out);
    out.gap();
    out.line("tokio_postgres::types::to_sql_checked!();");
    out.close("}");
}
