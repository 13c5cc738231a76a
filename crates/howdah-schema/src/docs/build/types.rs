//! Types that the schema defines.

use super::context::Context;
use super::tables::deprecated;
use super::{bare, prose, stable};
use crate::QualifiedName;
use crate::catalog::{Composite, Domain, DomainCheck, Enum, Range};
use crate::docs::model::{AttributeDoc, CheckDoc, CompositeDoc, DomainDoc, EnumDoc, RangeDoc, TypeUse};
use crate::docs::reading;

pub(super) fn enumeration(context: &Context<'_>, found: &Enum) -> EnumDoc {
    EnumDoc {
        name: found.name.clone(),
        purpose: prose(&found.comment),
        deprecated: deprecated(&found.comment),
        labels: found.labels.clone(),
        used_by: uses(context, &found.name),
    }
}

pub(super) fn domain(context: &Context<'_>, domain: &Domain) -> DomainDoc {
    let check = |check: &DomainCheck| CheckDoc {
        name: check.name.clone(),
        reason: prose(&check.comment).unwrap_or_else(|| {
            reading::of_definition(&check.definition).unwrap_or_else(|| "The condition is never false".to_owned())
        }),
        definition: definition(&check.definition),
        validated: check.validated,
    };
    DomainDoc {
        name: domain.name.clone(),
        purpose: prose(&domain.comment),
        deprecated: deprecated(&domain.comment),
        base: context.type_ref(&domain.base),
        not_null: domain.not_null,
        default: domain.default.as_deref().map(bare),
        checks: domain.checks.values().map(check).collect(),
        used_by: uses(context, &domain.name),
    }
}

pub(super) fn composite(context: &Context<'_>, composite: &Composite) -> CompositeDoc {
    let attribute = |attribute: &crate::catalog::Attribute| AttributeDoc {
        name: attribute.name.clone(),
        data_type: context.type_ref(&attribute.data_type),
        meaning: prose(&attribute.comment),
    };
    CompositeDoc {
        name: composite.name.clone(),
        purpose: prose(&composite.comment),
        deprecated: deprecated(&composite.comment),
        attributes: composite.attributes.iter().map(attribute).collect(),
        used_by: uses(context, &composite.name),
    }
}

pub(super) fn range(context: &Context<'_>, range: &Range) -> RangeDoc {
    let mut used_by = uses(context, &range.name);
    used_by.extend(uses(context, &range.multirange_name));
    RangeDoc {
        name: range.name.clone(),
        purpose: prose(&range.comment),
        deprecated: deprecated(&range.comment),
        subtype: context.type_ref(&range.subtype),
        multirange: range.multirange_name.clone(),
        used_by,
    }
}

/// Without the second pair of parentheses.
fn definition(definition: &str) -> String {
    let expression = definition.strip_prefix("CHECK ").map(|rest| rest.trim_end_matches(" NOT VALID"));
    expression.map_or_else(|| stable(definition), |expression| format!("CHECK ({})", bare(expression)))
}

fn uses(context: &Context<'_>, name: &QualifiedName) -> Vec<TypeUse> {
    context.type_uses.get(name).cloned().unwrap_or_default()
}
