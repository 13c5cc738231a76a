//! Operators.

use crate::catalog::{ObjectId, Operator};
use crate::diff::Context;
use crate::diff::object::{Change, Facets, Kind};
use crate::diff::step::{Step, Verb};
use crate::{Ident, QualifiedName};

/// An operator's name where only an operator can stand: `public.===`. Symbols are never quoted.
pub(super) fn symbol(name: &QualifiedName) -> String {
    format!("{}.{}", Ident::new(&name.schema), name.name)
}

/// An operator's name where other words can stand too: `OPERATOR(public.===)`.
pub(super) fn reference(name: &QualifiedName) -> String {
    format!("OPERATOR({})", symbol(name))
}

impl Operator {
    fn operands(&self) -> (&str, &str) {
        (self.left.as_deref().unwrap_or("NONE"), self.right.as_deref().unwrap_or("NONE"))
    }

    fn id(&self) -> ObjectId {
        let (left, right) = self.operands();
        ObjectId::Operator(self.name.clone(), left.to_owned(), right.to_owned())
    }

    fn noun(&self) -> String {
        let (left, right) = self.operands();
        format!("OPERATOR {} ({left}, {right})", symbol(&self.name))
    }

    /// What can be set afterwards without harm: `RESTRICT = public.f`. Of what PostgreSQL 17 can set, which it cannot unset.
    fn settings(&self, from: &Self) -> Vec<String> {
        let estimator = |key: &str, from: &Option<QualifiedName>, to: &Option<QualifiedName>| {
            let value = to.as_ref().map_or("NONE".to_owned(), ToString::to_string);
            (from != to).then(|| format!("{key} = {value}"))
        };
        let other = |key: &str, from: &Option<QualifiedName>, to: &Option<QualifiedName>| {
            to.as_ref().filter(|_| from != to).map(|name| format!("{key} = {}", reference(name)))
        };
        let flag = |key: &str, from: bool, to: bool| (to && !from).then(|| key.to_owned());
        [
            estimator("RESTRICT", &from.restrict, &self.restrict),
            estimator("JOIN", &from.join, &self.join),
            other("COMMUTATOR", &from.commutator, &self.commutator),
            other("NEGATOR", &from.negator, &self.negator),
            flag("HASHES", from.hashes, self.hashes),
            flag("MERGES", from.merges, self.merges),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

impl Kind for &Operator {
    /// A commutator or negator that is not there yet comes into being as an empty shell, which its own CREATE fills.
    fn create(self, _: &Context<'_>) -> Vec<Step> {
        let mut options = vec![format!("FUNCTION = {}", self.function)];
        options.extend(self.left.as_ref().map(|data_type| format!("LEFTARG = {data_type}")));
        options.extend(self.right.as_ref().map(|data_type| format!("RIGHTARG = {data_type}")));
        options.extend(self.commutator.as_ref().map(|name| format!("COMMUTATOR = {}", reference(name))));
        options.extend(self.negator.as_ref().map(|name| format!("NEGATOR = {}", reference(name))));
        options.extend(self.restrict.as_ref().map(|name| format!("RESTRICT = {name}")));
        options.extend(self.join.as_ref().map(|name| format!("JOIN = {name}")));
        options.extend(self.hashes.then(|| "HASHES".to_owned()));
        options.extend(self.merges.then(|| "MERGES".to_owned()));
        let sql = format!("CREATE OPERATOR {} (\n  {}\n)", symbol(&self.name), options.join(",\n  "));
        vec![Step::new(Verb::Create, self.id(), sql)]
    }

    fn drop(self, _: &Context<'_>) -> Vec<Step> {
        vec![Step::new(Verb::Drop, self.id(), format!("DROP {}", self.noun()))]
    }

    fn change(self, to: Self, context: &Context<'_>) -> Change {
        let addable = |from: &Option<QualifiedName>, to: &Option<QualifiedName>| {
            from == to || (from.is_none() && context.major() >= 17)
        };
        let switchable = |from: bool, to: bool| from == to || (!from && context.major() >= 17);
        let in_place = self.function == to.function
            && addable(&self.commutator, &to.commutator)
            && addable(&self.negator, &to.negator)
            && switchable(self.hashes, to.hashes)
            && switchable(self.merges, to.merges);
        if !in_place {
            return Change::Replace;
        }
        let settings = to.settings(self);
        if settings.is_empty() {
            return Change::Same;
        }
        let sql = format!("ALTER {} SET ({})", to.noun(), settings.join(", "));
        Change::Alter(vec![Step::new(Verb::Alter, to.id(), sql)])
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
