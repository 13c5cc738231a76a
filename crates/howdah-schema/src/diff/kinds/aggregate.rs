//! Aggregates.

use super::operator::reference;
use crate::Literal;
use crate::catalog::{Acl, Aggregate, AggregateKind, AggregateModify, Comment, ObjectId, Parallel};
use crate::diff::Context;
use crate::diff::object::{Change, Facets, Kind};
use crate::diff::step::{Step, Verb};

impl Aggregate {
    fn id(&self) -> ObjectId {
        ObjectId::Aggregate(self.signature.clone())
    }

    fn noun(&self) -> String {
        format!("AGGREGATE {}", self.signature)
    }

    /// What stands in the second pair of parentheses.
    fn options(&self) -> Vec<String> {
        let mut options = vec![format!("SFUNC = {}", self.state_function), format!("STYPE = {}", self.state_type.sql)];
        let mut option = |key: &str, value: Option<String>| {
            options
                .extend(value.map(|value| if value.is_empty() { key.to_owned() } else { format!("{key} = {value}") }));
        };
        let flag = |on: bool| on.then(String::new);
        let space = |bytes: i32| (bytes != 0).then(|| bytes.to_string());
        let modify = |how: AggregateModify| (how != self.kind.usual_modify()).then(|| how.as_sql().to_owned());
        option("SSPACE", space(self.state_space));
        option("FINALFUNC", self.final_function.as_ref().map(ToString::to_string));
        option("FINALFUNC_EXTRA", flag(self.final_extra));
        option("FINALFUNC_MODIFY", modify(self.final_modify));
        option("COMBINEFUNC", self.combine_function.as_ref().map(ToString::to_string));
        option("SERIALFUNC", self.serial_function.as_ref().map(ToString::to_string));
        option("DESERIALFUNC", self.deserial_function.as_ref().map(ToString::to_string));
        option("INITCOND", self.initial_value.as_ref().map(|value| Literal::text(value).to_string()));
        if let Some(moving) = &self.moving {
            option("MSFUNC", Some(moving.state_function.to_string()));
            option("MINVFUNC", Some(moving.inverse_function.to_string()));
            option("MSTYPE", Some(moving.state_type.sql.clone()));
            option("MSSPACE", space(moving.state_space));
            option("MFINALFUNC", moving.final_function.as_ref().map(ToString::to_string));
            option("MFINALFUNC_EXTRA", flag(moving.final_extra));
            option("MFINALFUNC_MODIFY", modify(moving.final_modify));
            option("MINITCOND", moving.initial_value.as_ref().map(|value| Literal::text(value).to_string()));
        }
        option("SORTOP", self.sort_operator.as_ref().map(reference));
        let parallel = match self.parallel {
            Parallel::Safe => Some("SAFE"),
            Parallel::Restricted => Some("RESTRICTED"),
            Parallel::Unsafe => None,
        };
        option("PARALLEL", parallel.map(str::to_owned));
        option("HYPOTHETICAL", flag(self.kind == AggregateKind::Hypothetical));
        options
    }

    /// Without what is changed apart from the rest.
    fn bare(&self) -> Self {
        Self { owner: String::new(), acl: Acl::default(), comment: Comment::default(), ..self.clone() }
    }
}

impl Kind for &Aggregate {
    fn create(self, _: &Context<'_>) -> Vec<Step> {
        let (name, arguments) = (&self.signature.name, &self.arguments_sql);
        let sql = format!("CREATE AGGREGATE {name}({arguments}) (\n  {}\n)", self.options().join(",\n  "));
        vec![Step::new(Verb::Create, self.id(), sql)]
    }

    fn drop(self, _: &Context<'_>) -> Vec<Step> {
        vec![Step::new(Verb::Drop, self.id(), format!("DROP {}", self.noun()))]
    }

    /// CREATE OR REPLACE would have to keep the type of the result, which follows from functions that may themselves change.
    fn change(self, to: Self, _: &Context<'_>) -> Change {
        if self.bare() == to.bare() { Change::Same } else { Change::Replace }
    }

    fn facets(self) -> Facets {
        // GRANT knows aggregates as functions only, which have no ORDER BY between their arguments.
        let types: Vec<&str> = self.arguments.iter().map(|argument| argument.data_type.sql.as_str()).collect();
        let function = format!("FUNCTION {}({})", self.signature.name, types.join(", "));
        Facets {
            comment_on: self.noun(),
            comment: self.comment.clone(),
            owner: Some((self.noun(), self.owner.clone())),
            privileges: Some((function, self.acl.clone())),
            ..Facets::default()
        }
    }
}
