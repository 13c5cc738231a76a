//! Types of the database as types of TypeScript.

use super::super::relation::Field;
use super::super::rules::{self, Kind, Rule};
use super::super::script;
use super::super::selection::Selection;
use crate::QualifiedName;
use crate::catalog::DataType;

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
        let choices = if is_text { rules::column_choices(self.selection.catalog, rules, data_type, validated) } else { None };
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

    /// A composite type, or the row of a table or view.
    pub(super) fn composite(&self, name: &QualifiedName) -> String {
        if self.selection.tables.contains_key(name) {
            format!("{}[\"Row\"]", reference(name, "Tables"))
        } else if self.selection.views.contains_key(name) {
            format!("{}[\"Row\"]", reference(name, "Views"))
        } else {
            reference(name, "CompositeTypes")
        }
    }
}

pub(super) fn array(element: &str) -> String {
    if element.contains(" | ") { format!("({element})[]") } else { format!("{element}[]") }
}

fn reference(name: &QualifiedName, section: &str) -> String {
    format!("Database[{}][\"{section}\"][{}]", script::string(&name.schema), script::string(&name.name))
}
