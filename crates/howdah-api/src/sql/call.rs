//! A call of a function as something to select from.

use howdah_http::ApiError;
use howdah_schema::Ident;

use super::expression::array_literal;
use super::{Builder, ROOT};
use crate::exposed::{Arguments, Call, Returns, VALUE};

impl Builder<'_> {
    /// `schema.function(a => …) as t`; what it is called with, where that is a body, comes before it.
    pub(super) fn call(&mut self, call: &Call) -> Result<String, ApiError> {
        let function = &call.function;
        let mut before = String::new();
        let arguments = match &call.arguments {
            Arguments::Body(body) => {
                let sql_type = function.whole_body().unwrap_or("text");
                format!("{}::{sql_type}", self.parameter(body.clone()))
            }
            Arguments::Json { names, body } if !names.is_empty() => {
                let mut columns = Vec::with_capacity(names.len());
                let mut arguments = Vec::with_capacity(names.len());
                let mut parameters: Vec<_> = names.iter().filter_map(|name| function.parameter(name)).collect();
                // VARIADIC stands last, and nowhere else.
                parameters.sort_by_key(|parameter| parameter.is_variadic);
                for parameter in parameters {
                    let name = Ident::new(parameter.name.as_str());
                    columns.push(format!("{name} {}", parameter.sql_type));
                    arguments.push(format!("{}{name} => a.{name}", variadic(parameter.is_variadic)));
                }
                let body = self.parameter(body.clone());
                before = format!("json_to_record({body}::json) as a({}) cross join lateral ", columns.join(", "));
                arguments.join(", ")
            }
            Arguments::Json { .. } => String::new(),
            Arguments::Named(values) => {
                let mut arguments = Vec::with_capacity(values.len());
                let mut given: Vec<_> = values
                    .iter()
                    .filter_map(|(name, values)| Some((name, values, function.parameter(name)?)))
                    .collect();
                given.sort_by_key(|(.., parameter)| parameter.is_variadic);
                for (name, values, parameter) in given {
                    let value = if parameter.is_variadic {
                        self.bind(name, &array_literal(values))
                    } else {
                        // Of several values for one that takes one, the last holds.
                        self.bind(name, values.last().map_or("", String::as_str))
                    };
                    let name = Ident::new(name.as_str());
                    let variadic = variadic(parameter.is_variadic);
                    arguments.push(format!("{variadic}{name} => {value}::{}", parameter.sql_type));
                }
                arguments.join(", ")
            }
        };
        let columns = match &function.returns {
            Returns::Rows(_) => String::new(),
            Returns::Value(_) | Returns::Void(_) => format!("({VALUE})"),
        };
        if function.is_untyped {
            // In FROM such a function would need a list of columns; in a select list its rows know their own.
            return Ok(format!("{before}(select {}({arguments}) as {VALUE}) as {ROOT}", function.sql_name));
        }
        Ok(format!("{before}{}({arguments}) as {ROOT}{columns}", function.sql_name))
    }
}

fn variadic(is_variadic: bool) -> &'static str {
    if is_variadic { "variadic " } else { "" }
}
