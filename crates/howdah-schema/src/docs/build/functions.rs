//! Functions, procedures and aggregates.

use super::access::holders;
use super::context::Context;
use super::tables::deprecated;
use super::{bare, prose};
use crate::catalog::{Aggregate, Argument, Catalog, Function, FunctionKind};
use crate::docs::model::{ArgumentDoc, FunctionDoc, RoutineKind};

/// All of them, by name and argument types.
pub(super) fn functions(context: &Context<'_>) -> Vec<FunctionDoc> {
    let Catalog { functions, aggregates, .. } = context.catalog;
    let functions = functions.values().map(|found| function(context, found));
    let mut all: Vec<FunctionDoc> =
        functions.chain(aggregates.values().map(|found| aggregate(context, found))).collect();
    all.sort_by(|a, b| a.signature.cmp(&b.signature));
    all
}

fn function(context: &Context<'_>, function: &Function) -> FunctionDoc {
    let returned = function.returns.as_ref();
    let of_trigger = returned.is_some_and(|returns| matches!(returns.sql.as_str(), "trigger" | "event_trigger"));
    FunctionDoc {
        signature: function.signature.clone(),
        name: function.signature.name.clone(),
        kind: match function.kind {
            FunctionKind::Function if of_trigger => RoutineKind::Trigger,
            FunctionKind::Function => RoutineKind::Function,
            FunctionKind::Procedure => RoutineKind::Procedure,
            FunctionKind::Window => RoutineKind::Window,
        },
        purpose: prose(&function.comment),
        deprecated: deprecated(&function.comment),
        arguments: arguments(context, &function.arguments),
        returns: returned.map(|returns| returns.sql.clone()),
        return_type: returned.map(|returns| context.type_ref(&returns.data_type)),
        returns_set: returned.is_some_and(|returns| returns.set),
        language: Some(function.language.clone()),
        volatility: Some(function.volatility),
        security_definer: function.security_definer,
        strict: function.strict,
        search_path: function.config.get("search_path").cloned(),
        execute: holders(&function.acl, &function.owner, "EXECUTE"),
        triggers: context
            .trigger_uses
            .get(&function.signature.name)
            .filter(|_| of_trigger)
            .cloned()
            .unwrap_or_default(),
    }
}

fn aggregate(context: &Context<'_>, aggregate: &Aggregate) -> FunctionDoc {
    FunctionDoc {
        signature: aggregate.signature.clone(),
        name: aggregate.signature.name.clone(),
        kind: RoutineKind::Aggregate,
        purpose: prose(&aggregate.comment),
        deprecated: deprecated(&aggregate.comment),
        arguments: arguments(context, &aggregate.arguments),
        // What comes out is its final function's business, or the state itself.
        returns: result_of(context.catalog, aggregate),
        return_type: None,
        returns_set: false,
        language: None,
        volatility: None,
        security_definer: false,
        strict: false,
        search_path: None,
        execute: holders(&aggregate.acl, &aggregate.owner, "EXECUTE"),
        triggers: Vec::new(),
    }
}

fn result_of(catalog: &Catalog, aggregate: &Aggregate) -> Option<String> {
    let Some(last) = &aggregate.final_function else { return Some(aggregate.state_type.sql.clone()) };
    catalog.overloads(&last.schema, &last.name).find_map(|function| Some(function.returns.as_ref()?.sql.clone()))
}

fn arguments(context: &Context<'_>, arguments: &[Argument]) -> Vec<ArgumentDoc> {
    let one = |argument: &Argument| ArgumentDoc {
        name: argument.name.clone(),
        mode: argument.mode,
        data_type: context.type_ref(&argument.data_type),
        default: argument.default.as_deref().map(bare),
    };
    arguments.iter().map(one).collect()
}
