//! Schemas.

use crate::Ident;
use crate::catalog::{ObjectId, Schema};
use crate::diff::Context;
use crate::diff::object::{Change, Facets, Kind};
use crate::diff::step::{Step, Verb};

impl Schema {
    fn id(&self) -> ObjectId {
        ObjectId::Schema(self.name.clone())
    }
}

impl Kind for &Schema {
    fn create(self, _: &Context<'_>) -> Vec<Step> {
        vec![Step::new(Verb::Create, self.id(), format!("CREATE SCHEMA {}", Ident::new(&self.name)))]
    }

    fn drop(self, _: &Context<'_>) -> Vec<Step> {
        vec![Step::new(Verb::Drop, self.id(), format!("DROP SCHEMA {}", Ident::new(&self.name)))]
    }

    fn change(self, _: Self, _: &Context<'_>) -> Change {
        Change::Same
    }

    fn facets(self) -> Facets {
        let noun = format!("SCHEMA {}", Ident::new(&self.name));
        Facets {
            comment_on: noun.clone(),
            comment: self.comment.clone(),
            owner: Some((noun.clone(), self.owner.clone())),
            privileges: Some((noun, self.acl.clone())),
            ..Facets::default()
        }
    }
}
