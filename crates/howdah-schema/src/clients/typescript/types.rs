//! Types of the database as types of TypeScript.

use super::super::relation::{Field, Shape};
use super::super::rules::{self, Kind, Rule};
use super::super::script;
use super::super::selection::Selection;
use crate::QualifiedName;
use crate::catalog::{DataType, Function, TypeKind};

/// Knows what there is to refer to.
pub(super) struct Types<'a> {
    pub(super) selection: &'a Selection<'a>,
}

impl Types<'_> {
    /// The type of a value that is not null.
    pub(super) fn of(&self, data_type: &DataType) -> String {
        let choices = rules::domain_choices(self.selection.catalog, data_type, true);
        let scalar = match choices {
            Some(choices) => script::union(&choices),
            None => return self.kind(&self.selection.kind(data_type), &data_type.name),
        };
        if data_type.array { array(&scalar) } else { scalar }
    }

    /// The type of a column: that of its type, or the values that its CHECKs list.
    pub(super) fn column(&self, field: &Field<'_>, rules: &[Rule], validated: bool) -> String {
        let data_type = &field.column.data_type;
        let is_text = !data_type.array && self.selection.kind(data_type) == Kind::Text;
        let choices =
            if is_text { rules::column_choices(self.selection.catalog, rules, data_type, validated) } else { None };
        choices.map_or_else(|| self.of(data_type), |choices| script::union(&choices))
    }

    fn kind(&self, kind: &Kind, name: &QualifiedName) -> String {
        match kind {
            Kind::Boolean => "boolean".to_owned(),
            Kind::Whole(_) | Kind::Numeric(_) | Kind::Double | Kind::Single | Kind::Oid => "number".to_owned(),
            Kind::Json | Kind::JsonBinary => "Json".to_owned(),
            Kind::Array(element) => array(&self.kind(element, name)),
            Kind::Enum(name) => reference(name, "Enums"),
            Kind::Composite(name) => self.composite(name),
            Kind::Nothing => "undefined".to_owned(),
            Kind::Unknown if name.name == "record" => "Record<string, unknown>".to_owned(),
            Kind::Unknown => "unknown".to_owned(),
            _ => "string".to_owned(),
        }
    }

    /// A composite type, or the row of a table or view without its computed fields, which are no part of a value.
    pub(super) fn composite(&self, name: &QualifiedName) -> String {
        let (section, shape) = match (self.selection.tables.get(name), self.selection.views.get(name)) {
            (Some(shape), _) => ("Tables", shape),
            (None, Some(shape)) => ("Views", shape),
            (None, None) => return reference(name, "CompositeTypes"),
        };
        let row = format!("{}[\"Row\"]", reference(name, section));
        let computed: Vec<String> =
            self.computed_fields(shape).iter().map(|function| function.signature.name.name.clone()).collect();
        if computed.is_empty() { row } else { format!("Omit<{row}, {}>", script::union(&computed)) }
    }

    /// Functions of the same schema that take a row and make one value of it: a client may select them like columns.
    pub(super) fn computed_fields(&self, shape: &Shape<'_>) -> Vec<&Function> {
        let functions = self.selection.functions.values().flatten().copied();
        let computed = functions.filter(|function| {
            let takes_a_row = match &function.arguments[..] {
                [one] => {
                    one.mode.is_input()
                        && one.data_type.kind == TypeKind::Composite
                        && !one.data_type.array
                        && one.data_type.name == *shape.name
                }
                _ => false,
            };
            let makes_a_value = function.returns.as_ref().is_some_and(|returns| {
                // A row of a table is a relationship.
                let is_row = self.selection.tables.contains_key(&returns.data_type.name);
                !returns.set && returns.data_type.kind != TypeKind::Pseudo && !is_row
            });
            // A column of that name hides it.
            let hidden = shape.fields.iter().any(|field| field.column.name == function.signature.name.name);
            takes_a_row && makes_a_value && !hidden && function.signature.name.schema == shape.name.schema
        });
        computed.collect()
    }
}

pub(super) fn array(element: &str) -> String {
    if element.contains(" | ") { format!("({element})[]") } else { format!("{element}[]") }
}

fn reference(name: &QualifiedName, section: &str) -> String {
    format!("Database[{}][\"{section}\"][{}]", script::string(&name.schema), script::string(&name.name))
}
