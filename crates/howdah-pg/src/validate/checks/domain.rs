//! Domains against the values of their columns.
//!
//! A column may be of a domain, of an array of one, or of a composite type or domain that has one inside. Each of them becomes
//! a condition on the row: the elements of an array one by one, attributes by name.

use crate::Ident;
use crate::validate::report::Unchecked;
use crate::validate::rule::{Rule, Standing};
use crate::validate::scan::{Predicate, home};
use crate::validate::{Check, ValidateOptions};
use howdah_schema::Catalog;
use howdah_schema::catalog::{DataType, Domain, ObjectId, Table, TypeKind};
use howdah_schema::sql::split::{TokenKind, tokens};

/// No type is nested deeper that anybody made on purpose; one that holds arrays of itself is endless.
const DEEPEST: usize = 8;

pub(in crate::validate) fn predicates(
    catalog: &Catalog,
    table: &Table,
    left_out: &mut Vec<Unchecked>,
    options: &ValidateOptions,
) -> Vec<Predicate> {
    let mut predicates = Vec::new();
    for column in &table.columns {
        let name = Ident::new(column.name.as_str());
        let mut walk = Walk { catalog, found: Vec::new(), unknown: None };
        walk.visit(&column.data_type, &format!("t.{name}"), &|condition| condition, 0);
        let home = home(catalog, table, |table| table.column(&column.name).is_some());
        let object = ObjectId::Column(home.clone(), column.name.clone());
        for Found { domain, constraint, standing, says, condition } in walk.found {
            let object = match &constraint {
                Some(constraint) if standing != Standing::Promised => {
                    ObjectId::DomainConstraint(domain.name.clone(), constraint.clone()).to_string()
                }
                _ => object.to_string(),
            };
            let constraint = Ident::new(constraint.unwrap_or_default());
            predicates.push(Predicate {
                rule: Rule {
                    check: standing.check(Check::Domain),
                    standing,
                    object,
                    says: format!("{says} of the domain {}", domain.name),
                    mend: match standing {
                        Standing::Promised => format!("correct the values of {home}.{name}"),
                        // Of this and all other columns.
                        _ => "correct the values".to_owned(),
                    },
                    validate: format!("ALTER DOMAIN {} VALIDATE CONSTRAINT {constraint}", domain.name),
                },
                broken: condition,
            });
        }
        if let Some(reason) = walk.unknown.filter(|_| options.wants(Check::Domain)) {
            left_out.push(Unchecked {
                checks: vec![Check::Domain],
                object: object.to_string(),
                reason,
                fix: "write its values again, as text, into a table of the same type: that checks them".to_owned(),
            });
        }
    }
    predicates
}

struct Found<'a> {
    domain: &'a Domain,
    /// `None` for NOT NULL.
    constraint: Option<String>,
    standing: Standing,
    says: String,
    condition: String,
}

struct Walk<'a> {
    catalog: &'a Catalog,
    found: Vec<Found<'a>>,
    /// Why some of the type was not looked into.
    unknown: Option<String>,
}

impl Walk<'_> {
    /// Finds what is promised of `value`. `of_row` turns a condition on it into one on the row.
    fn visit(&mut self, data_type: &DataType, value: &str, of_row: &dyn Fn(String) -> String, depth: usize) {
        if depth > DEEPEST {
            self.unknown = Some(format!("the type {} goes too deep", data_type.name));
            return;
        }
        if data_type.array {
            let element = DataType { array: false, ..data_type.clone() };
            let alias = format!("e{depth}");
            // Set-returning in the select list, because in FROM a composite element would fall apart into columns.
            let of_row = |condition| {
                of_row(format!("exists (select from (select unnest({value}) as v) as {alias} where {condition})"))
            };
            return self.visit(&element, &format!("{alias}.v"), &of_row, depth + 1);
        }
        match data_type.kind {
            TypeKind::Domain => match self.catalog.domains.get(&data_type.name) {
                Some(domain) => self.domain(domain, value, of_row, depth),
                None => self.unknown = Some(format!("the domain {} belongs to an extension", data_type.name)),
            },
            TypeKind::Composite => self.attributes(data_type, value, of_row, depth),
            TypeKind::Range => {
                let range = self
                    .catalog
                    .ranges
                    .values()
                    .find(|range| range.name == data_type.name || range.multirange_name == data_type.name);
                if range.is_some_and(|range| range.subtype.kind == TypeKind::Domain) {
                    self.unknown = Some(format!("{} is a range of a domain", data_type.name));
                }
            }
            TypeKind::Base | TypeKind::Enum | TypeKind::Pseudo => {}
        }
    }

    fn attributes(&mut self, data_type: &DataType, value: &str, of_row: &dyn Fn(String) -> String, depth: usize) {
        let catalog = self.catalog;
        let attributes: Vec<(&str, &DataType)> = match catalog.composites.get(&data_type.name) {
            Some(composite) => composite.attributes.iter().map(|a| (a.name.as_str(), &a.data_type)).collect(),
            // The row type of a table.
            None => catalog.tables.get(&data_type.name).map_or_else(Vec::new, |table| {
                table.columns.iter().map(|column| (column.name.as_str(), &column.data_type)).collect()
            }),
        };
        // A value that is null as a whole has no attributes that could break anything.
        let of_row = |condition| of_row(format!("num_nonnulls({value}) > 0 and {condition}"));
        for (name, data_type) in attributes {
            self.visit(data_type, &format!("({value}).{}", Ident::new(name)), &of_row, depth + 1);
        }
    }
}

impl<'a> Walk<'a> {
    fn domain(&mut self, domain: &Domain, value: &str, of_row: &dyn Fn(String) -> String, depth: usize) {
        let Some(domain): Option<&'a Domain> = self.catalog.domains.get(&domain.name) else { return };
        if domain.not_null {
            self.found.push(Found {
                domain,
                constraint: None,
                standing: Standing::Promised,
                says: "NOT NULL".to_owned(),
                condition: of_row(format!("num_nulls({value}) > 0")),
            });
        }
        for check in domain.checks.values() {
            let Some(expression) = check.definition.strip_prefix("CHECK ") else { continue };
            let expression = expression.strip_suffix(" NOT VALID").unwrap_or(expression);
            self.found.push(Found {
                domain,
                constraint: Some(check.name.clone()),
                standing: Standing::of(check.validated, true),
                says: format!("CHECK {expression}"),
                condition: of_row(format!("({}) is false", with_value(expression, value))),
            });
        }
        self.visit(&domain.base, value, of_row, depth + 1);
    }
}

/// A domain's check speaks of VALUE, which the server writes as a word of its own in upper case; names are never so.
fn with_value(expression: &str, value: &str) -> String {
    let mut sql = String::with_capacity(expression.len() + value.len());
    for token in tokens(expression) {
        let text = expression.get(token.span).unwrap_or_default();
        if token.kind == TokenKind::Word && text == "VALUE" { sql += value } else { sql += text }
    }
    sql
}

#[cfg(test)]
mod tests {
    use super::with_value;

    #[test]
    fn value_is_replaced_and_nothing_else() {
        for (expression, sql) in [
            ("(VALUE > 0)", "(t.x > 0)"),
            ("((VALUE)::text <> 'VALUE'::text)", "((t.x)::text <> 'VALUE'::text)"),
            (r#"public."VALUE"(VALUE)"#, r#"public."VALUE"(t.x)"#),
            ("JSON_VALUE(VALUE, '$.VALUE')", "JSON_VALUE(t.x, '$.VALUE')"),
        ] {
            assert_eq!(with_value(expression, "t.x"), sql);
        }
    }
}
