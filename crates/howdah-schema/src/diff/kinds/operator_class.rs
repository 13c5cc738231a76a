//! Operator classes.

use super::operator_family::{function_item, operator_item};
use crate::Ident;
use crate::catalog::{ObjectId, OperatorClass};
use crate::diff::Context;
use crate::diff::object::{Change, Facets, Kind};
use crate::diff::step::{Step, Verb};

impl OperatorClass {
    fn id(&self) -> ObjectId {
        ObjectId::OperatorClass(self.name.clone(), self.method.clone())
    }

    fn noun(&self) -> String {
        format!("OPERATOR CLASS {} USING {}", self.name, Ident::new(&self.method))
    }
}

impl Kind for &OperatorClass {
    fn create(self, _: &Context<'_>) -> Vec<Step> {
        let mut items: Vec<String> = self.operators.iter().map(operator_item).collect();
        items.extend(self.functions.iter().map(function_item));
        items.extend(self.storage.as_ref().map(|data_type| format!("STORAGE {data_type}")));
        // A class cannot be written without any; the type's own storage is what it has anyway.
        if items.is_empty() {
            items.push(format!("STORAGE {}", self.data_type));
        }
        let default = if self.default { " DEFAULT" } else { "" };
        let sql = format!(
            "CREATE OPERATOR CLASS {}{default}\n  FOR TYPE {} USING {} FAMILY {} AS\n  {}",
            self.name,
            self.data_type,
            Ident::new(&self.method),
            self.family,
            items.join(",\n  ")
        );
        vec![Step::new(Verb::Create, self.id(), sql)]
    }

    /// The family stays, though CREATE OPERATOR CLASS may have made it.
    fn drop(self, _: &Context<'_>) -> Vec<Step> {
        vec![Step::new(Verb::Drop, self.id(), format!("DROP {}", self.noun()))]
    }

    fn change(self, to: Self, _: &Context<'_>) -> Change {
        let same = self.default == to.default
            && self.data_type == to.data_type
            && self.family == to.family
            && self.storage == to.storage
            && self.operators == to.operators
            && self.functions == to.functions;
        if same { Change::Same } else { Change::Replace }
    }

    fn facets(self) -> Facets {
        Facets {
            comment_on: self.noun(),
            comment: self.comment.clone(),
            owner: Some((self.noun(), self.owner.clone())),
            ..Facets::default()
        }
    }
}
