//! What CHECK constraints demand of values, for clients that look before they send.
//!
//! A rule is carried only if a client can tell exactly what the database would say; everything else is listed with the
//! reason ([`Left`]). The one exception says so itself: [`Rule::exact`].
//!
//! A rule is about the values that a client gives. A `BEFORE` trigger may change them before they are checked; what such
//! triggers set is left out by those who make clients (see [`super::touched`]).

mod expression;
pub mod kind;
pub mod number;
pub mod pattern;
pub mod test;
#[cfg(test)]
mod tests;
mod understand;

pub use kind::Kind;
pub use test::Test;

use crate::catalog::{Catalog, Column, ConstraintKind, DataType, Domain, Table};
use std::collections::BTreeMap;
use test::Source;
use understand::{Collation, Field, Fields, Understood};

/// A CHECK that a client can answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// The constraint.
    pub name: String,
    /// What stands between the parentheses after CHECK.
    pub expression: String,
    /// What it asks.
    pub test: Test,
    /// Whether the answer is the database's in all cases. Otherwise some text beyond ASCII passes here that the database
    /// refuses under its locale.
    pub exact: bool,
    /// Whether the rows that are there satisfy it: false for NOT VALID.
    pub validated: bool,
}

/// A CHECK that is left to the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// The constraint.
    pub name: String,
    /// What stands between the parentheses after CHECK.
    pub expression: String,
    /// Why.
    pub reason: String,
}

/// The CHECKs of a table.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TableRules {
    /// Those about one column, which null passes, by that column.
    pub columns: BTreeMap<String, Vec<Rule>>,
    /// All others that are carried.
    pub rows: Vec<Rule>,
    /// Those that are not.
    pub left: Vec<Left>,
}

/// The CHECKs of a domain, and of the domains under it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DomainRules {
    /// Its own, without those that null does not pass.
    pub rules: Vec<Rule>,
    /// Those that are not carried.
    pub left: Vec<Left>,
    /// Whether it refuses null, by NOT NULL or by a CHECK.
    pub not_null: bool,
}

/// Reads the CHECKs of a table.
pub fn of_table(catalog: &Catalog, table: &Table) -> TableRules {
    let fields: Fields =
        table.columns.iter().map(|column| (column.name.clone(), column_field(catalog, column))).collect();
    let mut rules = TableRules::default();
    for constraint in table.constraints.values().filter(|constraint| constraint.enforced) {
        let ConstraintKind::Check { expression, .. } = &constraint.kind else { continue };
        match rule(&constraint.name, expression, constraint.validated, &fields) {
            Ok(rule) => match only_column(&rule.test) {
                Some(column) => rules.columns.entry(column).or_default().push(present(rule)),
                None => rules.rows.push(rule),
            },
            Err(left) => rules.left.push(left),
        }
    }
    rules
}

/// Reads the CHECKs of a domain; those of a domain under it are that one's.
pub fn of_domain(catalog: &Catalog, domain: &Domain) -> DomainRules {
    let collation = collation(catalog, domain.collation.as_ref());
    let field = Field { kind: Kind::of(catalog, &domain.base), collation };
    let fields: Fields = [("VALUE".to_owned(), field)].into();
    let mut found = DomainRules { not_null: domain.not_null, ..DomainRules::default() };
    for check in domain.checks.values() {
        let expression = check_expression(&check.definition);
        match rule(&check.name, expression, check.validated, &fields) {
            Ok(rule) => {
                found.not_null |= rule.test.when_null() == Some(false);
                found.rules.push(present(rule));
            }
            Err(left) => found.left.push(left),
        }
    }
    found
}

/// Whether a type refuses null: a domain that does, by itself or by one under it.
pub fn refuses_null(catalog: &Catalog, data_type: &DataType) -> bool {
    if data_type.array {
        return false;
    }
    let Some(domain) = catalog.domains.get(&data_type.name) else { return false };
    of_domain(catalog, domain).not_null || refuses_null(catalog, &domain.base)
}

fn rule(name: &str, expression: &str, validated: bool, fields: &Fields) -> Result<Rule, Left> {
    let left = |reason: String| Left { name: name.to_owned(), expression: expression.to_owned(), reason };
    let read = expression::read(expression).ok_or_else(|| left("it holds what is not carried".to_owned()))?;
    let Understood { test, exact } = understand::understand(&read, fields).map_err(left)?;
    Ok(Rule { name: name.to_owned(), expression: expression.to_owned(), test, exact, validated })
}

/// The rule for a value that is there.
fn present(rule: Rule) -> Rule {
    Rule { test: rule.test.when_present(), ..rule }
}

/// The texts that are all a rule lets through.
fn choices<'a>(rules: impl IntoIterator<Item = &'a Rule>) -> Option<&'a [String]> {
    rules.into_iter().find_map(Rule::choices)
}

impl Rule {
    /// The texts that are all it lets through, if that is what it says.
    pub fn choices(&self) -> Option<&[String]> {
        match &self.test {
            Test::Leaf(test::Leaf::OneOf(test::Text::Source(_, test::TextForm::Same), choices)) => Some(choices),
            _ => None,
        }
    }
}

/// The texts that a column can be, where its CHECKs or those of its domain list them; `validated` leaves out those that its
/// old rows may break.
pub fn column_choices(catalog: &Catalog, rules: &[Rule], data_type: &DataType, validated: bool) -> Option<Vec<String>> {
    let own = choices(rules.iter().filter(|rule| rule.validated || !validated));
    own.map(<[String]>::to_vec).or_else(|| domain_choices(catalog, data_type, validated))
}

/// The texts that a domain can be, where its CHECKs or those of one under it list them.
pub fn domain_choices(catalog: &Catalog, data_type: &DataType, validated: bool) -> Option<Vec<String>> {
    let domain = catalog.domains.get(&data_type.name)?;
    if Kind::of(catalog, &domain.base) != Kind::Text {
        return None;
    }
    let rules = of_domain(catalog, domain).rules;
    let own = choices(rules.iter().filter(|rule| rule.validated || !validated)).map(<[String]>::to_vec);
    own.or_else(|| domain_choices(catalog, &domain.base, validated))
}

/// The column that a rule is about, if it is one and a null passes.
fn only_column(test: &Test) -> Option<String> {
    let mut sources = test.sources().into_iter();
    match (sources.next(), sources.next()) {
        (Some(Source::Column(column)), None) if test.when_null() != Some(false) => Some(column),
        _ => None,
    }
}

fn column_field(catalog: &Catalog, column: &Column) -> Field {
    let mut chosen = column.collation.as_ref();
    if chosen.is_none() && !column.data_type.array {
        chosen = catalog.domains.get(&column.data_type.name).and_then(|domain| domain.collation.as_ref());
    }
    Field { kind: Kind::of(catalog, &column.data_type), collation: collation(catalog, chosen) }
}

fn collation(catalog: &Catalog, chosen: Option<&crate::QualifiedName>) -> Collation {
    match chosen {
        None => Collation::Default,
        Some(name) if name.schema == "pg_catalog" && name.name == "default" => Collation::Default,
        // The server's own all tell different texts apart.
        Some(name) if name.schema == "pg_catalog" => Collation::Deterministic,
        Some(name) => match catalog.collations.get(name) {
            Some(collation) if collation.deterministic => Collation::Deterministic,
            _ => Collation::Nondeterministic,
        },
    }
}

/// What stands between the parentheses of `CHECK (…) NOT VALID`.
pub(crate) fn check_expression(definition: &str) -> &str {
    let inner = definition.strip_prefix("CHECK ").unwrap_or(definition);
    let inner = inner.strip_suffix(" NOT VALID").unwrap_or(inner);
    inner.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')).unwrap_or(inner)
}
