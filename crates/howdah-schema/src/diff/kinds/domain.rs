//! Domains and their checks.
//!
//! A new domain has its checks in its CREATE DOMAIN; only those of one that is there come and go by themselves.

use super::not_null;
use crate::catalog::{Domain, DomainCheck, ObjectId};
use crate::diff::object::{Change, DomainCheckOf, Facets, Kind};
use crate::diff::step::{Step, Verb};
use crate::diff::{Context, same_sql};
use crate::{Ident, QualifiedName};

impl Domain {
    fn id(&self) -> ObjectId {
        ObjectId::Type(self.name.clone())
    }

    pub(super) fn alter(&self, action: &str) -> Step {
        Step::new(Verb::Alter, self.id(), format!("ALTER DOMAIN {} {action}", self.name))
    }
}

impl Kind for &Domain {
    fn create(self, context: &Context<'_>) -> Vec<Step> {
        let mut parts = Vec::new();
        parts.extend(self.collation.as_ref().map(|collation| format!("COLLATE {collation}")));
        parts.extend(self.default.as_ref().map(|default| format!("DEFAULT {default}")));
        parts.extend(self.not_null.then(|| match not_null::named_in_domain(self, context) {
            Some(name) => format!("CONSTRAINT {name} NOT NULL"),
            None => "NOT NULL".to_owned(),
        }));
        let is_apart = |check: &&DomainCheck| {
            context.apart.contains(&ObjectId::DomainConstraint(self.name.clone(), check.name.clone()))
        };
        let checks = self.checks.values().filter(|check| !is_apart(check));
        // CREATE DOMAIN knows no NOT VALID.
        let (inside, after): (Vec<&DomainCheck>, Vec<_>) = checks.partition(|check| check.validated);
        let inside = inside.into_iter();
        parts.extend(inside.map(|check| format!("CONSTRAINT {} {}", Ident::new(&check.name), check.definition)));
        let mut sql = format!("CREATE DOMAIN {} AS {}", self.name, self.base.sql);
        match parts.as_slice() {
            [part] if !part.starts_with("CONSTRAINT") => sql += &format!(" {part}"),
            parts => parts.iter().for_each(|part| sql += &format!("\n    {part}")),
        }
        let mut steps = vec![Step::new(Verb::Create, self.id(), sql)];
        for check in after {
            steps.extend(DomainCheckOf { domain: self, check }.create(context));
        }
        steps.extend(not_null::domain_comment(self, ""));
        steps
    }

    fn drop(self, _: &Context<'_>) -> Vec<Step> {
        vec![Step::new(Verb::Drop, self.id(), format!("DROP DOMAIN {}", self.name))]
    }

    fn change(self, to: Self, context: &Context<'_>) -> Change {
        // PostgreSQL does not look into arrays and composite values for what a new rule of the domain demands.
        let stricter = to.not_null && !self.not_null
            || to.checks.values().any(|check| {
                let known = self.checks.get(&check.name);
                check.validated && known.is_none_or(|known| !same_sql(&known.definition, &check.definition))
            });
        if stricter && is_contained(&self.name, context) {
            return Change::Rewrite;
        }
        if self.base.sql != to.base.sql || self.collation != to.collation {
            return Change::Rewrite;
        }
        let mut steps = Vec::new();
        match (&self.default, &to.default) {
            (None, None) => {}
            (Some(from), Some(wanted)) if same_sql(from, wanted) => {}
            (_, Some(wanted)) => steps.push(to.alter(&format!("SET DEFAULT {wanted}"))),
            (Some(_), None) => steps.push(to.alter("DROP DEFAULT")),
        }
        steps.extend(not_null::domain_steps(self, to, context));
        Change::from_steps(steps)
    }

    fn facets(self) -> Facets {
        super::types::facets(&self.name, "DOMAIN", &self.owner, &self.acl, &self.comment)
    }
}

/// Whether a column holds values of the domain within others: arrays, composite values, ranges.
fn is_contained(domain: &QualifiedName, context: &Context<'_>) -> bool {
    let catalog = context.from;
    let columns = || catalog.tables.values().flat_map(|table| &table.columns);
    let in_arrays = columns().any(|column| column.data_type.name == *domain && column.data_type.array);
    let mut holders = catalog
        .composites
        .values()
        .filter(|composite| composite.attributes.iter().any(|attribute| attribute.data_type.name == *domain))
        .map(|composite| &composite.name)
        .chain(catalog.ranges.values().filter(|range| range.subtype.name == *domain).map(|range| &range.name));
    in_arrays || holders.any(|holder| columns().any(|column| column.data_type.name == *holder))
}

impl DomainCheckOf<'_> {
    fn id(self) -> ObjectId {
        ObjectId::DomainConstraint(self.domain.name.clone(), self.check.name.clone())
    }

    fn step(self, verb: Verb, action: &str) -> Step {
        Step::new(verb, self.id(), format!("ALTER DOMAIN {} {action}", self.domain.name))
    }

    fn bare_definition(&self) -> &str {
        let definition = self.check.definition.as_str();
        definition.strip_suffix(" NOT VALID").unwrap_or(definition)
    }
}

impl Kind for DomainCheckOf<'_> {
    fn create(self, _: &Context<'_>) -> Vec<Step> {
        let not_valid = if self.check.validated { "" } else { " NOT VALID" };
        let name = Ident::new(&self.check.name);
        let action = format!("ADD CONSTRAINT {name} {}{not_valid}", self.bare_definition());
        vec![self.step(Verb::Create, &action)]
    }

    fn drop(self, _: &Context<'_>) -> Vec<Step> {
        vec![self.step(Verb::Drop, &format!("DROP CONSTRAINT {}", Ident::new(&self.check.name)))]
    }

    fn change(self, to: Self, _: &Context<'_>) -> Change {
        if !same_sql(self.bare_definition(), to.bare_definition()) || (self.check.validated && !to.check.validated) {
            return Change::Replace;
        }
        if !self.check.validated && to.check.validated {
            let validate = format!("VALIDATE CONSTRAINT {}", Ident::new(&to.check.name));
            return Change::Alter(vec![to.step(Verb::Alter, &validate)]);
        }
        Change::Same
    }

    fn facets(self) -> Facets {
        Facets {
            comment_on: format!("CONSTRAINT {} ON DOMAIN {}", Ident::new(&self.check.name), self.domain.name),
            comment: self.check.comment.clone(),
            ..Facets::default()
        }
    }
}

#[cfg(test)]
mod tests;
