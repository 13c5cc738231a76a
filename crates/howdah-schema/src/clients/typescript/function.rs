//! Functions that a client can call.

use super::super::rules::Kind;
use super::super::script;
use super::types::{Types, array};
use crate::QualifiedName;
use crate::catalog::{Argument, ArgumentMode, Function, Returns};
use std::fmt::Write as _;

/// A function, or all of its name: a union of what each takes and returns.
pub(super) fn overloads(out: &mut String, types: &Types<'_>, overloads: &[&Function]) {
    let Some(first) = overloads.first() else { return };
    out.push_str(&script::documentation(&first.comment, 3));
    let key = script::type_key(&first.signature.name.name);
    if let [only] = overloads {
        let _ = writeln!(out, "      {key}: {}", one(types, only));
        return;
    }
    let _ = writeln!(out, "      {key}:");
    for function in overloads {
        let _ = writeln!(out, "        | {}", one(types, function));
    }
}

fn one(types: &Types<'_>, function: &Function) -> String {
    let options = set_options(types, function).unwrap_or_default();
    format!("{{ Args: {}; Returns: {}{options} }}", arguments(types, function), returns(types, function))
}

fn arguments(types: &Types<'_>, function: &Function) -> String {
    let inputs: Vec<String> = function
        .arguments
        .iter()
        .filter(|argument| argument.mode.is_input())
        .map(|argument| {
            let optional = if argument.default.is_some() { "?" } else { "" };
            // A function that is not STRICT is called with null like with any other value.
            let null = if function.strict { "" } else { " | null" };
            format!("{}{optional}: {}{null}", name(argument), types.of(&argument.data_type))
        })
        .collect();
    if inputs.is_empty() { "never".to_owned() } else { format!("{{ {} }}", inputs.join("; ")) }
}

/// An argument without a name is the body of the request.
fn name(argument: &Argument) -> String {
    script::type_key(argument.name.as_deref().unwrap_or_default())
}

fn returns(types: &Types<'_>, function: &Function) -> String {
    let Some(returns) = &function.returns else { return "undefined".to_owned() };
    let outputs: Vec<&Argument> = function
        .arguments
        .iter()
        .filter(|argument| !matches!(argument.mode, ArgumentMode::In | ArgumentMode::Variadic))
        .collect();
    // In SQL one OUT argument is the result itself; over the API it is a member of an object, like several of them.
    let row = if !outputs.is_empty() {
        let columns: Vec<String> =
            outputs.iter().map(|argument| format!("{}: {}", name(argument), types.of(&argument.data_type))).collect();
        format!("{{ {} }}", columns.join("; "))
    } else {
        types.of(&returns.data_type)
    };
    if returns.set { array(&row) } else { row }
}

/// The table or view whose rows it returns.
fn relation<'a>(types: &'a Types<'_>, returns: &Returns) -> Option<&'a QualifiedName> {
    let Kind::Composite(name) = types.selection.kind(&returns.data_type) else { return None };
    let known = types.selection.tables.get_key_value(&name).or_else(|| types.selection.views.get_key_value(&name));
    known.map(|(name, _)| *name)
}

/// What supabase-js needs to know to filter and embed what a function returns.
fn set_options(types: &Types<'_>, function: &Function) -> Option<String> {
    let returns = function.returns.as_ref()?;
    let to = relation(types, returns)?;
    let from = match &function.arguments[..] {
        [one] => match types.selection.kind(&one.data_type) {
            Kind::Composite(name) if types.selection.tables.contains_key(&name) => name.name,
            _ => "*".to_owned(),
        },
        _ => "*".to_owned(),
    };
    let many = returns.set && function.rows != "1";
    Some(format!(
        "; SetofOptions: {{ from: {}; to: {}; isOneToOne: {}; isSetofReturn: {} }}",
        script::string(&from),
        script::string(&to.name),
        !many,
        returns.set
    ))
}
