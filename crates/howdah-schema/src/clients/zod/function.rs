//! Arguments of functions.

use super::super::script;
use super::types::Writer;
use crate::catalog::Function;

/// The schema of what a function takes; one of its overloads. `None` where it takes nothing.
pub(super) fn write(writer: &mut Writer<'_>, overloads: &[&Function]) -> Option<String> {
    let mut schemas: Vec<String> = Vec::new();
    for function in overloads {
        let mut arguments = Vec::new();
        for argument in function.arguments.iter().filter(|argument| argument.mode.is_input()) {
            let mut schema = writer.of(&argument.data_type);
            if !function.strict {
                schema.push_str(".nullable()");
            }
            if argument.default.is_some() {
                schema.push_str(".optional()");
            }
            arguments.push(format!("{}: {schema}", script::value_key(argument.name.as_deref().unwrap_or_default())));
        }
        if !arguments.is_empty() {
            schemas.push(format!("z.strictObject({{ {} }})", arguments.join(", ")));
        }
    }
    match &schemas[..] {
        [] => None,
        [one] => Some(one.clone()),
        several => Some(format!("z.union([{}])", several.join(", "))),
    }
}
