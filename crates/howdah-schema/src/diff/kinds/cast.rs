//! Casts.

use crate::catalog::{Cast, CastContext, CastMethod, ObjectId};
use crate::diff::Context;
use crate::diff::object::{Change, Facets, Kind};
use crate::diff::step::{Step, Verb};

impl Cast {
    fn id(&self) -> ObjectId {
        ObjectId::Cast(self.source.clone(), self.target.clone())
    }

    fn noun(&self) -> String {
        format!("CAST ({} AS {})", self.source, self.target)
    }
}

impl Kind for &Cast {
    fn create(self, _: &Context<'_>) -> Vec<Step> {
        let method = match &self.method {
            CastMethod::Function(signature) => format!("WITH FUNCTION {signature}"),
            CastMethod::Inout => "WITH INOUT".to_owned(),
            CastMethod::Binary => "WITHOUT FUNCTION".to_owned(),
        };
        let context = match self.context {
            CastContext::Explicit => "",
            CastContext::Assignment => " AS ASSIGNMENT",
            CastContext::Implicit => " AS IMPLICIT",
        };
        vec![Step::new(Verb::Create, self.id(), format!("CREATE {} {method}{context}", self.noun()))]
    }

    fn drop(self, _: &Context<'_>) -> Vec<Step> {
        vec![Step::new(Verb::Drop, self.id(), format!("DROP {}", self.noun()))]
    }

    fn change(self, to: Self, _: &Context<'_>) -> Change {
        if self.method == to.method && self.context == to.context { Change::Same } else { Change::Replace }
    }

    fn facets(self) -> Facets {
        Facets { comment_on: self.noun(), comment: self.comment.clone(), ..Facets::default() }
    }
}
