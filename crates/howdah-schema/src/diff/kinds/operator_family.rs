//! Operator families, and the operators and functions that belong to one without belonging to a class of it.

use super::operator::symbol;
use crate::Ident;
use crate::catalog::{FamilyFunction, FamilyOperator, ObjectId, OperatorFamily};
use crate::diff::Context;
use crate::diff::object::{Change, Facets, Kind};
use crate::diff::step::{Step, Verb};

/// `OPERATOR 1 public.=== (integer, bigint) FOR ORDER BY …`
pub(super) fn operator_item(item: &FamilyOperator) -> String {
    let FamilyOperator { strategy, left, right, operator, order_by } = item;
    let order = order_by.as_ref().map(|family| format!(" FOR ORDER BY {family}")).unwrap_or_default();
    format!("OPERATOR {strategy} {} ({left}, {right}){order}", symbol(operator))
}

/// `FUNCTION 1 (integer, bigint) public.compare(integer, bigint)`
pub(super) fn function_item(item: &FamilyFunction) -> String {
    let FamilyFunction { support, left, right, function } = item;
    format!("FUNCTION {support} ({left}, {right}) {function}")
}

impl OperatorFamily {
    fn id(&self) -> ObjectId {
        ObjectId::OperatorFamily(self.name.clone(), self.method.clone())
    }

    fn noun(&self) -> String {
        format!("OPERATOR FAMILY {} USING {}", self.name, Ident::new(&self.method))
    }

    fn alter(&self, verb: &str, items: &[String]) -> Option<Step> {
        let sql = format!("ALTER {} {verb}\n  {}", self.noun(), items.join(",\n  "));
        (!items.is_empty()).then(|| Step::new(Verb::Alter, self.id(), sql))
    }

    /// What `self` has and `other` has not.
    fn beyond<'a>(&'a self, other: Option<&Self>) -> (Vec<&'a FamilyOperator>, Vec<&'a FamilyFunction>) {
        let operators = self.operators.iter().filter(|item| !other.is_some_and(|other| other.operators.contains(item)));
        let functions = self.functions.iter().filter(|item| !other.is_some_and(|other| other.functions.contains(item)));
        (operators.collect(), functions.collect())
    }

    fn add(&self, from: Option<&Self>) -> Option<Step> {
        let (operators, functions) = self.beyond(from);
        let operators = operators.into_iter().map(operator_item);
        let items: Vec<String> = operators.chain(functions.into_iter().map(function_item)).collect();
        self.alter("ADD", &items)
    }
}

impl Kind for &OperatorFamily {
    fn create(self, _: &Context<'_>) -> Vec<Step> {
        let mut steps = vec![Step::new(Verb::Create, self.id(), format!("CREATE {}", self.noun()))];
        steps.extend(self.add(None));
        steps
    }

    fn drop(self, _: &Context<'_>) -> Vec<Step> {
        vec![Step::new(Verb::Drop, self.id(), format!("DROP {}", self.noun()))]
    }

    fn change(self, to: Self, _: &Context<'_>) -> Change {
        let (operators, functions) = self.beyond(Some(to));
        let operators =
            operators.iter().map(|item| format!("OPERATOR {} ({}, {})", item.strategy, item.left, item.right));
        let functions =
            functions.iter().map(|item| format!("FUNCTION {} ({}, {})", item.support, item.left, item.right));
        let dropped: Vec<String> = operators.chain(functions).collect();
        Change::from_steps(to.alter("DROP", &dropped).into_iter().chain(to.add(Some(self))).collect())
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
