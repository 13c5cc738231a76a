//! Functions, procedures and aggregates.

use super::links::Links;
use super::parts;
use super::table::first_sentence;
use super::write::{Line, Writer, count, sentence};
use crate::catalog::{ArgumentMode, Volatility};
use crate::docs::block::{Inline, NoteKind, Page};
use crate::docs::model::{ArgumentDoc, FunctionDoc, RoutineKind};
use crate::docs::paths::signature_slug;

/// A list of all, and each in detail.
pub(super) fn page(links: &Links<'_>) -> Page {
    let mut writer = Writer::default();
    let functions = &links.documentation.functions;
    if functions.is_empty() {
        writer.say("There are no functions.");
        return writer.page("FUNCTIONS", "Functions", "Every function, procedure and aggregate.");
    }
    writer.say(format!(
        "{}. One that runs as its owner may do what its caller may not: mind who may call it.",
        count(functions.len(), "function", "functions")
    ));
    let rows = functions.iter().map(|function| {
        [
            links.signature(&function.signature).into(),
            function.returns.as_ref().map(|sql| Line::new().code(sql.as_str())).unwrap_or_default(),
            runs_as(function).into(),
            function.purpose.as_deref().map(first_sentence).unwrap_or_default().into(),
        ]
    });
    writer.table(["Function", "Returns", "Runs as", "Purpose"], rows);
    for function in functions {
        detail(&mut writer, links, function);
    }
    writer.page("FUNCTIONS", "Functions", "Every function, procedure and aggregate.")
}

fn runs_as(function: &FunctionDoc) -> &'static str {
    if function.security_definer { "owner" } else { "caller" }
}

fn detail(writer: &mut Writer, links: &Links<'_>, function: &FunctionDoc) {
    writer.heading(2, &signature_slug(&function.signature), Inline::code(function.signature.to_string()));
    if let Some(why) = &function.deprecated {
        writer.note(NoteKind::Deprecated, Line::new().strong("Deprecated").text(format!(": {}", sentence(why))));
    }
    match &function.purpose {
        Some(text) => parts::prose(writer, text),
        None => writer.say("It has no comment."),
    }
    writer.list(properties(links, function));
    if !function.arguments.is_empty() {
        let rows = function.arguments.iter().map(|argument| {
            [
                argument.name.as_ref().map(|name| Line::new().code(name.as_str())).unwrap_or_default(),
                links.data_type(&argument.data_type).into(),
                mode(argument).into(),
                argument.default.as_ref().map(|sql| Line::new().code(sql.as_str())).unwrap_or_default(),
            ]
        });
        writer.table(["Argument", "Type", "Direction", "Default"], rows);
    }
}

fn mode(argument: &ArgumentDoc) -> &'static str {
    match argument.mode {
        ArgumentMode::In => "in",
        ArgumentMode::Out => "out",
        ArgumentMode::InOut => "in and out",
        ArgumentMode::Variadic => "in, any number",
        ArgumentMode::Table => "column of the result",
    }
}

fn properties(links: &Links<'_>, function: &FunctionDoc) -> Vec<Line> {
    let mut facts = Vec::new();
    let what = match function.kind {
        RoutineKind::Function => "Function",
        RoutineKind::Procedure => "Procedure",
        RoutineKind::Window => "Window function",
        RoutineKind::Aggregate => "Aggregate",
        RoutineKind::Trigger => "Trigger function",
    };
    let language = function.language.as_ref().map(|language| format!(" in {language}")).unwrap_or_default();
    facts.push(format!("{what}{language}").into());
    match (&function.return_type, &function.returns) {
        // Of a table or a set, what stands after RETURNS says more.
        (Some(data_type), Some(sql)) if data_type.sql == *sql && function.kind != RoutineKind::Trigger => {
            facts.push(Line::from("Returns ").with(links.data_type(data_type)));
        }
        (_, Some(sql)) if function.kind != RoutineKind::Trigger => {
            facts.push(Line::from("Returns ").code(sql.as_str()));
        }
        _ => {}
    }
    facts.extend(function.volatility.map(|volatility| {
        Line::from(match volatility {
            Volatility::Immutable => "Immutable: the same arguments always give the same result",
            Volatility::Stable => "Stable: the same within a statement, and writes nothing",
            Volatility::Volatile => "Volatile: may do anything, and is called for each row",
        })
    }));
    if function.strict {
        facts.push("Strict: a null argument gives null".into());
    }
    facts.push(if function.security_definer {
        match &function.search_path {
            Some(path) => Line::from("Runs as its owner, with search_path ").code(path.as_str()),
            None => "Runs as its owner, with its caller's search_path: set one, or the caller chooses what names mean"
                .into(),
        }
    } else {
        "Runs as its caller".into()
    });
    facts.push(match function.execute.as_slice() {
        [] => "Nobody but its owner may call it".into(),
        [everyone, ..] if everyone == "PUBLIC" => "Everyone may call it".into(),
        roles => Line::from("May be called by ").and(Line::codes(roles)),
    });
    if !function.triggers.is_empty() {
        let one = |used: &crate::docs::model::TriggerUse| {
            Line::from(links.part_of(&used.relation, "triggers", used.relation.to_string()))
        };
        let mut relations: Vec<Line> = Vec::new();
        let mut last = None;
        for used in &function.triggers {
            if last != Some(&used.relation) {
                relations.push(one(used));
            }
            last = Some(&used.relation);
        }
        facts.push(Line::from("Called by triggers of ").and(Line::joined(relations, ", ")));
    } else if function.kind == RoutineKind::Trigger {
        facts.push("No trigger calls it".into());
    }
    facts
}
