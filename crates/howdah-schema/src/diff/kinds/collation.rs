//! Collations.

use crate::Literal;
use crate::catalog::{Collation, CollationProvider, ObjectId};
use crate::diff::Context;
use crate::diff::object::{Change, Facets, Kind};
use crate::diff::step::{Step, Verb};

impl Collation {
    fn id(&self) -> ObjectId {
        ObjectId::Collation(self.name.clone())
    }

    fn options(&self) -> Vec<String> {
        let mut options = vec![format!("PROVIDER = {}", self.provider.as_sql())];
        let mut add = |name: &str, value: Option<&String>| {
            options.extend(value.map(|value| format!("{name} = {}", Literal::text(value))));
        };
        if self.provider != CollationProvider::Libc {
            add("LOCALE", self.locale.as_ref());
        } else if self.lc_collate == self.lc_ctype {
            add("LOCALE", self.lc_collate.as_ref());
        } else {
            add("LC_COLLATE", self.lc_collate.as_ref());
            add("LC_CTYPE", self.lc_ctype.as_ref());
        }
        add("RULES", self.rules.as_ref());
        if !self.deterministic {
            options.push("DETERMINISTIC = false".to_owned());
        }
        options
    }
}

impl Kind for &Collation {
    fn create(self, _: &Context<'_>) -> Vec<Step> {
        let sql = format!("CREATE COLLATION {} ({})", self.name, self.options().join(", "));
        vec![Step::new(Verb::Create, self.id(), sql)]
    }

    fn drop(self, _: &Context<'_>) -> Vec<Step> {
        vec![Step::new(Verb::Drop, self.id(), format!("DROP COLLATION {}", self.name))]
    }

    fn change(self, to: Self, _: &Context<'_>) -> Change {
        if self.options() == to.options() { Change::Same } else { Change::Rewrite }
    }

    fn facets(self) -> Facets {
        let noun = format!("COLLATION {}", self.name);
        Facets {
            comment_on: noun.clone(),
            comment: self.comment.clone(),
            owner: Some((noun, self.owner.clone())),
            ..Facets::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::QualifiedName;
    use crate::catalog::Comment;

    #[test]
    fn options_by_provider() {
        let mut collation = Collation {
            name: QualifiedName::new("s", "c"),
            owner: String::new(),
            provider: CollationProvider::Libc,
            locale: None,
            lc_collate: Some("C".to_owned()),
            lc_ctype: Some("C".to_owned()),
            deterministic: true,
            rules: None,
            comment: Comment::default(),
        };
        assert_eq!(collation.options(), ["PROVIDER = libc", "LOCALE = 'C'"]);
        collation.lc_ctype = Some("POSIX".to_owned());
        assert_eq!(collation.options(), ["PROVIDER = libc", "LC_COLLATE = 'C'", "LC_CTYPE = 'POSIX'"]);
        collation.provider = CollationProvider::Icu;
        collation.locale = Some("und-u-ks-level2".to_owned());
        collation.deterministic = false;
        assert_eq!(collation.options(), ["PROVIDER = icu", "LOCALE = 'und-u-ks-level2'", "DETERMINISTIC = false"]);
    }
}
