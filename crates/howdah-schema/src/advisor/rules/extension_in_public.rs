//! An extension among what the API serves.

use crate::Ident;
use crate::advisor::engine::{Check, Out};
use crate::advisor::facts::Facts;
use crate::catalog::ObjectId;
use crate::findings::{Class, Level, Rule};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "extension-in-public",
        level: Level::Warning,
        class: Class::Security,
        summary: "An extension is in an exposed schema.",
        explanation: "Its functions become calls of the API, its views and tables become resources, and none of them was written to be either. An extension in a schema of its own also keeps its names apart from yours. What uses it then names that schema, or has it in its search_path. An extension that is not relocatable is dropped and made again in the other schema.",
        bad: "create extension pgcrypto;",
        good: "create schema extensions;\ncreate extension pgcrypto schema extensions;",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    for extension in facts.catalog.extensions.values().filter(|extension| facts.is_exposed(&extension.schema)) {
        let name = Ident::new(extension.name.as_str());
        let message = format!("the extension {} is in the exposed schema {}", extension.name, extension.schema);
        let fix =
            format!("run `create schema if not exists extensions; alter extension {name} set schema extensions;`");
        out.at(ObjectId::Extension(extension.name.clone()), message, fix);
    }
}

#[cfg(test)]
mod tests {
    use crate::Catalog;
    use crate::advisor::rules::testing::check;
    use crate::catalog::{Comment, Extension};

    const ID: &str = super::CHECK.rule.id;

    fn with(schema: &str) -> Catalog {
        let mut catalog = Catalog::default();
        let extension = Extension {
            name: "pg_trgm".to_owned(),
            schema: schema.to_owned(),
            version: "1.6".to_owned(),
            comment: Comment::default(),
        };
        catalog.extensions.insert(extension.name.clone(), extension);
        catalog
    }

    #[test]
    fn fires() {
        check(ID, &with("public"), &["warning pg_trgm"]);
    }

    #[test]
    fn quiet() {
        check(ID, &with("extensions"), &[]);
    }
}
