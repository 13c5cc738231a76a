//! Functions and procedures of a schema: its module `functions`.

use super::names::{Case, Names, raw};
use super::plan::Plan;
use super::queries::constant;
use super::rows::{deprecated, derive, documented};
use super::text::{Code, code, literal};
use super::types::Mapped;
use crate::catalog::{Argument, ArgumentMode, Function, FunctionKind, TypeKind};
use crate::{Ident, QualifiedName};

/// Parameters and variables that stand beside the arguments.
const LOCALS: [&str; 4] = ["client", "statement", "sql", "rows"];

/// The functions of a schema, in the order of their names and arguments; `None` if it has none.
pub(super) fn module(plan: &Plan<'_>, schema: &str) -> Option<String> {
    let mut out = Code::new();
    out.doc("//!", &format!("The functions and procedures of the schema {}.", code(schema)));
    out.gap();
    out.line("use super::super::support;");
    out.line("use tokio_postgres::GenericClient;");
    let mut names = Names::new(Case::Snake, &[]);
    let mut types = Names::new(Case::Camel, &PRELUDE);
    let mut count = 0;
    for function in plan.functions.iter().filter(|function| function.signature.name.schema == schema) {
        let call = Call::new(plan, function, names.take(&function.signature.name.name));
        if call.write(&mut out, &mut types) {
            count += 1;
        }
    }
    (count > 0).then(|| out.finish())
}

/// What no struct of a result may be called.
const PRELUDE: [&str; 8] = ["Option", "Vec", "String", "Result", "Some", "None", "Ok", "Err"];

/// An argument that the caller gives.
struct Input<'a> {
    argument: &'a Argument,
    name: String,
    mapped: Mapped,
    /// May be left out.
    is_optional: bool,
}

/// A column of a result.
struct Output {
    name: String,
    renamed_from: Option<String>,
    sql: String,
    mapped: Mapped,
}

/// What comes back.
enum Answer {
    Nothing,
    /// Rows of a table or view: the path of its module, and whether there are many.
    Rows(String),
    /// One value.
    Value(Mapped),
    /// Several.
    Columns(Vec<Output>),
}

struct Call<'a> {
    function: &'a Function,
    rust: String,
    inputs: Vec<Input<'a>>,
    is_set: bool,
    answer: Answer,
}

impl<'a> Call<'a> {
    fn new(plan: &Plan<'_>, function: &'a Function, rust: String) -> Self {
        let schema = &function.signature.name.schema;
        let given: Vec<&Argument> = function.arguments.iter().filter(|argument| argument.mode.is_input()).collect();
        // An argument without a name can only be left out if all after it are; and with VARIADIC, PostgreSQL takes no default.
        let may_leave_out =
            given.iter().all(|argument| argument.name.is_some() && argument.mode != ArgumentMode::Variadic);
        let mut names = Names::new(Case::Snake, &LOCALS);
        let inputs = given
            .into_iter()
            .map(|argument| Input {
                argument,
                name: names.take(argument.name.as_deref().unwrap_or("argument")),
                mapped: plan.map(&argument.data_type, schema),
                is_optional: may_leave_out && argument.default.is_some(),
            })
            .collect();
        Self {
            function,
            rust,
            inputs,
            is_set: function.returns.as_ref().is_some_and(|returns| returns.set),
            answer: answer(plan, function),
        }
    }

    /// False if it cannot be called from here.
    fn write(&self, out: &mut Code, types: &mut Names) -> bool {
        let is_procedure = self.function.kind == FunctionKind::Procedure;
        let outputs_as_text = match &self.answer {
            Answer::Columns(outputs) => outputs.iter().any(|output| !output.mapped.is_binary()),
            _ => false,
        };
        // CALL gives its results as they are: there is no place for a cast.
        if is_procedure && outputs_as_text {
            return false;
        }
        let answer = self.answer_type(out, types);
        let answer = match (&self.answer, self.is_set) {
            (Answer::Nothing, _) => "()".to_owned(),
            (Answer::Value(_), true) => format!("Vec<Option<{answer}>>"),
            (_, true) => format!("Vec<{answer}>"),
            (Answer::Columns(_), false) => answer,
            (_, false) => format!("Option<{answer}>"),
        };
        out.gap();
        let kind = if is_procedure { "procedure" } else { "function" };
        documented(
            out,
            &self.function.comment,
            &format!("Calls the {kind} {}.", code(&self.function.signature.to_string())),
        );
        deprecated(out, &self.function.comment);
        self.head(out, &answer);
        self.body(out);
        out.close("}");
        true
    }

    /// The struct of a result that has columns of its own; the type of a row or value.
    fn answer_type(&self, out: &mut Code, types: &mut Names) -> String {
        match &self.answer {
            Answer::Nothing => String::new(),
            Answer::Rows(path) => format!("{path}::Row"),
            Answer::Value(mapped) => mapped.rust.clone(),
            Answer::Columns(outputs) => {
                let name = types.take(&format!("{}_row", self.function.signature.name.name));
                out.gap();
                out.doc("///", &format!("What {} gives.", code(&self.function.signature.to_string())));
                derive(out, &[]);
                out.open(&format!("pub struct {name} {{"));
                for output in outputs {
                    out.doc("///", &code(&output.sql));
                    if let Some(original) = &output.renamed_from {
                        out.attribute("serde", original, "rename");
                    }
                    out.field(&format!("pub {}", output.name), &format!("Option<{}>", output.mapped.rust));
                }
                out.close("}");
                out.gap();
                out.open(&format!("impl support::FromRow for {name} {{"));
                out.open("fn from_row(row: &tokio_postgres::Row) -> Result<Self, tokio_postgres::Error> {");
                let value = |(at, output): (usize, &Output)| format!("{}: row.try_get({at})?", output.name);
                let values: Vec<String> = outputs.iter().enumerate().map(value).collect();
                out.structure("Ok(Self", &values, ")");
                out.close("}");
                out.close("}");
                name
            }
        }
    }

    fn head(&self, out: &mut Code, answer: &str) {
        let mut parameters = vec!["client: &(impl GenericClient + Sync)".to_owned()];
        for input in &self.inputs {
            let name = raw(&input.name);
            // Null makes a strict function null without a call, so nobody means it.
            parameters.push(match (input.is_optional, self.function.strict) {
                (true, true) => format!("{name}: support::Field<{}>", input.mapped.rust),
                (true, false) => format!("{name}: support::Field<Option<{}>>", input.mapped.rust),
                (false, true) => format!("{name}: {}", input.mapped.parameter()),
                (false, false) => format!("{name}: Option<{}>", input.mapped.parameter()),
            });
        }
        out.function(
            &format!("pub async fn {}", raw(&self.rust)),
            &parameters,
            &format!(" -> support::Result<{answer}>"),
        );
    }

    fn body(&self, out: &mut Code) {
        let is_written = self.inputs.iter().any(|input| input.is_optional);
        let (before, after) = self.sql();
        let of_rows = match &self.answer {
            Answer::Rows(path) => Some(path),
            _ => None,
        };
        if is_written {
            constant(out, "BEFORE", &[literal(&before)]);
            constant(out, "AFTER", &[literal(&after)]);
        } else {
            let numbered = self.inputs.iter().enumerate();
            let mut arguments: Vec<String> =
                numbered.map(|(at, input)| format!("{}${}{}", input.variadic(), at + 1, input.mapped.cast())).collect();
            arguments.extend(self.call_outputs());
            let name = if of_rows.is_some() { "FROM" } else { "SQL" };
            constant(out, name, &[literal(&format!("{before}{}{after}", arguments.join(", ")))]);
        }
        let binding = if self.inputs.is_empty() { "let statement" } else { "let mut statement" };
        out.line(&format!("{binding} = support::Query::new();"));
        for input in &self.inputs {
            if !is_written {
                out.line(&format!("statement.bind(&{});", raw(&input.name)));
                continue;
            }
            let name = Ident::new(input.argument.name.as_deref().unwrap_or_default()).to_string();
            let arguments = [literal(&name), literal(&input.mapped.cast()), format!("&{}", raw(&input.name))];
            out.call(if input.is_optional { "statement.write_field" } else { "statement.write" }, &arguments, ";");
        }
        let sql = match (of_rows, is_written) {
            (None, false) => "SQL",
            (None, true) => {
                out.line("let sql = statement.call(BEFORE, AFTER);");
                "&sql"
            }
            (Some(path), false) => {
                out.line(&format!("let sql = format!(\"SELECT {{}}{{FROM}}\", {path}::COLUMNS);"));
                "&sql"
            }
            (Some(path), true) => {
                out.line("let rows = statement.call(BEFORE, AFTER);");
                out.line(&format!("let sql = format!(\"SELECT {{}}{{rows}}\", {path}::COLUMNS);"));
                "&sql"
            }
        };
        match (&self.answer, self.is_set) {
            (Answer::Nothing, _) => {
                out.line(&format!("statement.run(client, {sql}).await?;"));
                out.line("Ok(())");
            }
            (Answer::Rows(_) | Answer::Columns(_), true) => out.line(&format!("statement.all(client, {sql}).await")),
            (Answer::Rows(_), false) => out.line(&format!("statement.optional(client, {sql}).await")),
            (Answer::Columns(_), false) => out.line(&format!("statement.one(client, {sql}).await")),
            (Answer::Value(_), true) => out.line(&format!("statement.values(client, {sql}).await")),
            (Answer::Value(_), false) => out.line(&format!("statement.value(client, {sql}).await")),
        }
    }

    /// CALL wants something in the place of each argument that only comes out.
    fn call_outputs(&self) -> Vec<String> {
        if self.function.kind != FunctionKind::Procedure {
            return Vec::new();
        }
        self.function
            .arguments
            .iter()
            .filter(|argument| argument.mode == ArgumentMode::Out)
            .map(|_| "NULL".to_owned())
            .collect()
    }

    /// What stands before the arguments, and after them; for rows, without the select list.
    fn sql(&self) -> (String, String) {
        let name = &self.function.signature.name;
        if self.function.kind == FunctionKind::Procedure {
            return (format!("CALL {name}("), ")".to_owned());
        }
        match &self.answer {
            Answer::Nothing => (format!("SELECT {name}("), ")".to_owned()),
            // The cast, if there is one, belongs to what the call gives.
            Answer::Value(mapped) => (format!("SELECT {name}("), mapped.reading(")")),
            Answer::Rows(_) => (format!(" FROM {name}("), ") AS t WHERE NOT (t.* IS NULL)".to_owned()),
            Answer::Columns(outputs) => {
                let columns: Vec<String> = (1..=outputs.len()).map(|at| format!("c{at}")).collect();
                let read = outputs.iter().zip(&columns);
                let read: Vec<String> =
                    read.map(|(output, column)| output.mapped.reading(&format!("t.{column}"))).collect();
                (format!("SELECT {} FROM {name}(", read.join(", ")), format!(") AS t ({})", columns.join(", ")))
            }
        }
    }
}

impl Input<'_> {
    fn variadic(&self) -> &'static str {
        if self.argument.mode == ArgumentMode::Variadic { "VARIADIC " } else { "" }
    }
}

fn answer(plan: &Plan<'_>, function: &Function) -> Answer {
    let schema = &function.signature.name.schema;
    let columns: Vec<&Argument> = function
        .arguments
        .iter()
        .filter(|argument| !matches!(argument.mode, ArgumentMode::In | ArgumentMode::Variadic))
        .collect();
    let is_record = function.returns.as_ref().is_none_or(|returns| returns.data_type.name.name == "record");
    let Some(returns) = function.returns.as_ref().filter(|_| !is_record) else {
        return if columns.is_empty() { Answer::Nothing } else { Answer::Columns(outputs(plan, schema, &columns)) };
    };
    let result = &returns.data_type;
    if result.name == QualifiedName::new("pg_catalog", "void") {
        return Answer::Nothing;
    }
    let is_row = result.kind == TypeKind::Composite && !result.array;
    match plan.relation_path(&result.name, schema).filter(|_| is_row) {
        Some(path) => Answer::Rows(path),
        None => Answer::Value(plan.map(result, schema)),
    }
}

fn outputs(plan: &Plan<'_>, schema: &str, columns: &[&Argument]) -> Vec<Output> {
    let mut names = Names::new(Case::Snake, &[]);
    let output = |(at, argument): (usize, &&Argument)| {
        let original = argument.name.clone().unwrap_or_else(|| format!("column{}", at + 1));
        let name = names.take(&original);
        Output {
            renamed_from: (name != original).then_some(original),
            name: raw(&name),
            sql: argument.data_type.sql.clone(),
            mapped: plan.map(&argument.data_type, schema),
        }
    };
    columns.iter().enumerate().map(output).collect()
}
