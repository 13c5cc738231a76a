//! Renames of functions, procedures and aggregates, which are told apart by their arguments, too.

use super::choose::{Wish, choose};
use super::directive::{Directive, RenameError, Target};
use super::forms::{Form, Move, Named, Place};
use super::likeness::likeness;
use super::plan::{Renames, missing};
use super::rewrite::{Columns, rewrite};
use super::token::{Token, significant};
use crate::QualifiedName;
use crate::catalog::{Argument, Catalog, FunctionKind, ObjectId, Range, Signature};
use crate::sql::split::TokenKind;
use std::collections::BTreeSet;

/// A function or aggregate, as far as its name goes.
struct Routine<'c> {
    signature: &'c Signature,
    arguments: &'c [Argument],
}

fn routines(catalog: &Catalog, aggregates: bool) -> Vec<Routine<'_>> {
    if aggregates {
        let all = catalog.aggregates.values();
        return all.map(|found| Routine { signature: &found.signature, arguments: &found.arguments }).collect();
    }
    let all = catalog.functions.values();
    all.map(|found| Routine { signature: &found.signature, arguments: &found.arguments }).collect()
}

impl Renames<'_> {
    pub(super) fn routines(&mut self, directives: &[Directive], aggregates: bool) -> Result<(), RenameError> {
        let ours = |directive: &&Directive| match &directive.target {
            Target::Function(..) => !aggregates,
            Target::Aggregate(..) => aggregates,
            _ => false,
        };
        let directives: Vec<&Directive> = directives.iter().filter(ours).collect();
        if directives.is_empty() {
            return Ok(());
        }
        let (before, after) = (routines(self.from, aggregates), routines(self.to, aggregates));
        let mut wishes = Vec::new();
        for directive in directives {
            let (Target::Function(name, arguments) | Target::Aggregate(name, arguments)) = &directive.target else {
                continue;
            };
            let new = pick(directive, &after, name, arguments.as_deref(), None)?.ok_or_else(|| {
                missing(
                    directive,
                    after.iter().map(|found| format!("{} {}", directive.target.kind(), found.signature.name)),
                )
            })?;
            let moved = |old: &Signature| self.moved(old);
            for schema in self.old_schemas(directive, &name.schema) {
                let old_name = QualifiedName::new(schema, directive.old.name.clone());
                let same = |found: &Signature| moved(found).arguments == new.arguments;
                let arguments = directive.old.arguments.as_deref();
                if let Some(old) = pick(directive, &before, &old_name, arguments, Some(&same))? {
                    wishes.push(Wish { directive, old: moved(old), new: new.clone() });
                    break;
                }
            }
        }
        let moved: Vec<(Signature, &Signature)> =
            before.iter().map(|found| (self.moved(found.signature), found.signature)).collect();
        let old = |place: &Signature| moved.iter().find(|(moved, _)| moved == place).map(|(_, old)| *old);
        let alike = |place: &Signature, new: &Signature| {
            let body = |catalog: &Catalog, signature: &Signature| {
                let function = catalog.functions.get(signature).map(|found| found.body.clone());
                function.or_else(|| catalog.aggregates.get(signature).map(|found| found.state_function.to_string()))
            };
            likeness(old(place).and_then(|old| body(self.from, old)), body(self.to, new))
        };
        let before_names: BTreeSet<Signature> = moved.iter().map(|(moved, _)| moved.clone()).collect();
        let after_names: BTreeSet<Signature> = after.iter().map(|found| found.signature.clone()).collect();
        let chosen = choose(wishes, &before_names, &after_names, alike)?;
        let olds: Vec<Option<Signature>> = chosen.iter().map(|wish| old(&wish.old).cloned()).collect();
        for (wish, old) in chosen.into_iter().zip(olds) {
            let Some(old) = old else { continue };
            self.routine(&wish, &old);
        }
        let taken = before_names.iter().map(|place| (routine_place(&place.name, &place.arguments), None));
        self.stages.routines.taken.extend(taken);
        Ok(())
    }

    fn routine(&mut self, wish: &Wish<'_, Signature>, old: &Signature) {
        let none = || QualifiedName::new("", "");
        self.note_inverse(wish.directive, none(), &old.name.schema, &old.name.name, Some((old, &wish.new)));
        // The arguments stay what they are: others make another function.
        let arguments = wish.old.arguments.clone();
        let new = Signature { name: wish.new.name.clone(), arguments: arguments.clone() };
        let (noun, object) = match wish.directive.target {
            Target::Aggregate(..) => ("AGGREGATE", ObjectId::Aggregate(new.clone())),
            _ => {
                let kind = self.from.functions.get(old).map(|function| function.kind);
                let noun = if kind == Some(FunctionKind::Procedure) { "PROCEDURE" } else { "FUNCTION" };
                (noun, ObjectId::Function(new.clone()))
            }
        };
        let named = Named { form: Form::Routine(noun, arguments.clone()), object, container: None };
        self.names.rename_routine(wish.old.name.clone(), new.name.clone());
        self.stages.routines.moves.push(Move {
            named,
            from: routine_place(&wish.old.name, &arguments),
            to: routine_place(&new.name, &arguments),
            declared: true,
        });
    }

    /// A signature as it is once schemas and types have their new names.
    fn moved(&self, old: &Signature) -> Signature {
        Signature {
            name: self.names.place(&old.name),
            arguments: rewrite(&old.arguments, &self.names, &Columns::new()),
        }
    }

    /// The functions that make values of a range type or of its sets. They come with the type, but keep their names.
    pub(super) fn constructors(&mut self, range: &Range, old: &QualifiedName, new: &QualifiedName, of_sets: bool) {
        let subtype = rewrite(&range.subtype.sql, &self.names, &Columns::new());
        let range_name = self.names.new_name(&range.name);
        let lists = if of_sets {
            vec![String::new(), range_name.to_string(), format!("{range_name}[]")]
        } else {
            vec![format!("{subtype}, {subtype}"), format!("{subtype}, {subtype}, text")]
        };
        for arguments in lists {
            let signature = Signature { name: new.clone(), arguments: arguments.clone() };
            let named = Named {
                form: Form::Routine("FUNCTION", arguments.clone()),
                object: ObjectId::Function(signature),
                container: None,
            };
            self.stages.routines.moves.push(Move {
                named,
                from: routine_place(&self.names.place(old), &arguments),
                to: routine_place(new, &arguments),
                declared: true,
            });
        }
    }
}

fn routine_place(name: &QualifiedName, arguments: &str) -> Place {
    Place::of(format!("routine({arguments})"), name)
}

/// The routine of a name that the arguments fit; without arguments, or when none fits and there is but one, that.
fn pick<'c>(
    directive: &Directive,
    all: &[Routine<'c>],
    name: &QualifiedName,
    arguments: Option<&str>,
    prefer: Option<&dyn Fn(&Signature) -> bool>,
) -> Result<Option<&'c Signature>, RenameError> {
    let named: Vec<&Routine<'c>> = all.iter().filter(|found| found.signature.name == *name).collect();
    if let [only] = named.as_slice() {
        return Ok(Some(only.signature));
    }
    let fitting = named.iter().filter(|found| arguments.is_some_and(|text| fits(text, found)));
    let fitting: Vec<&Signature> = fitting.map(|found| found.signature).collect();
    let preferred = || named.iter().find(|found| prefer.is_some_and(|prefer| prefer(found.signature)));
    match (fitting.as_slice(), named.as_slice()) {
        (_, []) => Ok(None),
        ([only], _) => Ok(Some(only)),
        ([], _) if arguments.is_none() && preferred().is_some() => Ok(preferred().map(|found| found.signature)),
        _ => {
            let all: Vec<String> = named.iter().map(|found| found.signature.to_string()).collect();
            Err(RenameError::ambiguous(
                directive,
                format!(
                    "there are several functions {name}: {}. Say which, with the types of its arguments: -- renamed-from: {}",
                    all.join(", "),
                    all[0]
                ),
            ))
        }
    }
}

/// Whether arguments as someone wrote them are those of a routine.
fn fits(text: &str, routine: &Routine<'_>) -> bool {
    let inputs: Vec<&Argument> = routine.arguments.iter().filter(|argument| argument.mode.is_input()).collect();
    let written = written_arguments(text);
    written.len() == inputs.len()
        && written.iter().zip(inputs).all(|(words, argument)| {
            let wanted = words_of(&argument.data_type.sql);
            let named = words.len() > 1 && argument.name.as_deref() == words.first().map(String::as_str);
            *words == wanted || (named && words[1..] == wanted)
        })
}

/// The input arguments, each as its words without mode and default.
fn written_arguments(text: &str) -> Vec<Vec<String>> {
    let tokens: Vec<Token<'_>> = significant(text).collect();
    let mut arguments: Vec<Vec<Token<'_>>> = vec![Vec::new()];
    let mut depth = 0_usize;
    let mut ordered = false;
    for token in tokens {
        match token.text {
            "(" | "[" => depth += 1,
            ")" | "]" => depth = depth.saturating_sub(1),
            _ => {}
        }
        // ORDER BY stands between the arguments of an ordered-set aggregate.
        if depth == 0 && (token.is_symbol(",") || token.is_word("ORDER")) {
            ordered = token.is_word("ORDER");
            arguments.push(Vec::new());
        } else if ordered && token.is_word("BY") {
            ordered = false;
        } else if let Some(last) = arguments.last_mut() {
            last.push(token);
        }
    }
    arguments.retain(|argument| argument.first().is_some_and(|token| !token.is_word("OUT") && !token.is_symbol("*")));
    let words = |argument: &Vec<Token<'_>>| {
        let end = argument.iter().position(|token| token.is_word("DEFAULT") || token.is_symbol("="));
        let mode = ["IN", "INOUT", "VARIADIC"].iter().any(|mode| argument[0].is_word(mode));
        let tokens = &argument[usize::from(mode)..end.unwrap_or(argument.len()).max(usize::from(mode))];
        canonical(tokens)
    };
    arguments.iter().map(words).collect()
}

fn words_of(data_type: &str) -> Vec<String> {
    canonical(&significant(data_type).collect::<Vec<_>>())
}

/// A type's words in one spelling, whichever it was written in; without the schemas that need not be written.
fn canonical(tokens: &[Token<'_>]) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut depth = 0_usize;
    for token in tokens {
        match token.text {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            // The usual schemas go without saying.
            "." if words.last().is_some_and(|word| word == "public" || word == "pg_catalog") => {
                words.pop();
            }
            _ if depth > 0 => {}
            text => match token.kind {
                TokenKind::Word => words.extend(spelt_out(&text.to_ascii_lowercase()).split(' ').map(str::to_owned)),
                _ => words.push(token.name().unwrap_or_else(|| text.to_owned())),
            },
        }
    }
    // The default of `time` and `timestamp` is not repeated.
    let zone = words.windows(3).position(|words| words == ["without", "time", "zone"]);
    if let Some(at) = zone {
        words.drain(at..at + 3);
    }
    words
}

fn spelt_out(word: &str) -> &str {
    match word {
        "int" | "int4" => "integer",
        "int8" => "bigint",
        "int2" => "smallint",
        "bool" => "boolean",
        "float8" | "float" => "double precision",
        "float4" => "real",
        "decimal" => "numeric",
        "varchar" => "character varying",
        "char" => "character",
        "timestamptz" => "timestamp with time zone",
        "timetz" => "time with time zone",
        word => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_in_any_spelling() {
        let check = |text: &str, expected: &[&[&str]]| assert_eq!(written_arguments(text), expected, "{text}");
        check("", &[]);
        check("*", &[]);
        check("a int, b text default f(1, 2)", &[&["a", "integer"], &["b", "text"]]);
        check(
            "in a numeric(10, 2), out b int, variadic c public.mood[]",
            &[&["a", "numeric"], &["c", "mood", "[", "]"]],
        );
        check("x timestamptz = now()", &[&["x", "timestamp", "with", "time", "zone"]]);
        check("timestamp without time zone", &[&["timestamp"]]);
        check("float8 order by int", &[&["double", "precision"], &["integer"]]);
        check("order by a int", &[&["a", "integer"]]);
        check("variadic", &[&[]]);
        check("\"A b\" \"S\".\"T\"", &[&["A b", "S", ".", "T"]]);
    }
}
