//! Text-search dictionaries and configurations.

use crate::catalog::{ObjectId, TextSearchConfiguration, TextSearchDictionary};
use crate::diff::Context;
use crate::diff::object::{Change, Facets, Kind};
use crate::diff::step::{Step, Verb};
use crate::sql::split::{TokenKind, tokens};
use crate::{Ident, QualifiedName};

impl TextSearchDictionary {
    fn id(&self) -> ObjectId {
        ObjectId::TextSearchDictionary(self.name.clone())
    }

    fn noun(&self) -> String {
        format!("TEXT SEARCH DICTIONARY {}", self.name)
    }

    /// Key and value, both as SQL, in their order.
    fn settings(&self) -> Vec<(String, String)> {
        let options = self.options.as_deref().unwrap_or_default();
        let mut settings = Vec::new();
        let (mut key, mut value, mut in_value) = (String::new(), String::new(), false);
        for token in tokens(options) {
            match (token.kind, &options[token.span]) {
                (TokenKind::Blank, _) => {}
                (TokenKind::Symbol, "=") if !in_value => in_value = true,
                (TokenKind::Symbol, ",") => {
                    settings.push((std::mem::take(&mut key), std::mem::take(&mut value)));
                    in_value = false;
                }
                (_, text) => (if in_value { &mut value } else { &mut key }).push_str(text),
            }
        }
        settings.push((key, value));
        settings.retain(|(key, _)| !key.is_empty());
        settings
    }
}

impl Kind for &TextSearchDictionary {
    fn create(self, _: &Context<'_>) -> Vec<Step> {
        let options = self.options.as_ref().map(|options| format!(",\n  {options}")).unwrap_or_default();
        let sql = format!("CREATE {} (\n  TEMPLATE = {}{options}\n)", self.noun(), self.template);
        vec![Step::new(Verb::Create, self.id(), sql)]
    }

    fn drop(self, _: &Context<'_>) -> Vec<Step> {
        vec![Step::new(Verb::Drop, self.id(), format!("DROP {}", self.noun()))]
    }

    fn change(self, to: Self, _: &Context<'_>) -> Change {
        if self.template != to.template {
            return Change::Replace;
        }
        let (from, wanted) = (self.settings(), to.settings());
        let (kept, mut set): (Vec<_>, Vec<_>) = wanted.iter().partition(|setting| from.contains(setting));
        // A key without a value is taken away.
        let unset = from.iter().filter(|(key, _)| !wanted.iter().any(|(wanted, _)| wanted == key));
        let unset: Vec<String> = unset.map(|(key, _)| key.clone()).collect();
        if set.is_empty() && unset.is_empty() {
            return Change::Same;
        }
        // What is set goes to the end; where that is not its place, all are set anew.
        let kept = from.iter().filter(|setting| kept.contains(setting));
        if !kept.chain(set.iter().copied()).eq(&wanted) {
            set = wanted.iter().collect();
        }
        let set = set.into_iter().map(|(key, value)| format!("{key} = {value}"));
        let changes: Vec<String> = set.chain(unset).collect();
        let sql = format!("ALTER {} ({})", to.noun(), changes.join(", "));
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

impl TextSearchConfiguration {
    fn id(&self) -> ObjectId {
        ObjectId::TextSearchConfiguration(self.name.clone())
    }

    fn noun(&self) -> String {
        format!("TEXT SEARCH CONFIGURATION {}", self.name)
    }

    /// One statement for all kinds of tokens that are looked up in the same dictionaries.
    fn map<'a>(&'a self, verb: &str, kinds: impl Iterator<Item = (&'a String, &'a Vec<QualifiedName>)>) -> Vec<Step> {
        let mut groups: Vec<(&Vec<QualifiedName>, Vec<String>)> = Vec::new();
        for (kind, dictionaries) in kinds {
            let kind = Ident::new(kind).to_string();
            match groups.iter_mut().find(|(group, _)| *group == dictionaries) {
                Some((_, kinds)) => kinds.push(kind),
                None => groups.push((dictionaries, vec![kind])),
            }
        }
        let statement = |(dictionaries, kinds): (&Vec<QualifiedName>, Vec<String>)| {
            let dictionaries: Vec<String> = dictionaries.iter().map(ToString::to_string).collect();
            let (kinds, dictionaries) = (kinds.join(", "), dictionaries.join(", "));
            let sql = format!("ALTER {}\n  {verb} MAPPING FOR {kinds} WITH {dictionaries}", self.noun());
            Step::new(Verb::Alter, self.id(), sql)
        };
        groups.into_iter().map(statement).collect()
    }
}

impl Kind for &TextSearchConfiguration {
    fn create(self, _: &Context<'_>) -> Vec<Step> {
        let sql = format!("CREATE {} (PARSER = {})", self.noun(), self.parser);
        let mut steps = vec![Step::new(Verb::Create, self.id(), sql)];
        steps.extend(self.map("ADD", self.mappings.iter()));
        steps
    }

    fn drop(self, _: &Context<'_>) -> Vec<Step> {
        vec![Step::new(Verb::Drop, self.id(), format!("DROP {}", self.noun()))]
    }

    fn change(self, to: Self, _: &Context<'_>) -> Change {
        if self.parser != to.parser {
            return Change::Replace;
        }
        let mut steps = Vec::new();
        let dropped = self.mappings.keys().filter(|kind| !to.mappings.contains_key(*kind));
        let dropped: Vec<String> = dropped.map(|kind| Ident::new(kind).to_string()).collect();
        if !dropped.is_empty() {
            let sql = format!("ALTER {}\n  DROP MAPPING FOR {}", to.noun(), dropped.join(", "));
            steps.push(Step::new(Verb::Alter, to.id(), sql));
        }
        let changed = to
            .mappings
            .iter()
            .filter(|(kind, wanted)| self.mappings.get(*kind).is_some_and(|dictionaries| dictionaries != *wanted));
        steps.extend(to.map("ALTER", changed));
        steps.extend(to.map("ADD", to.mappings.iter().filter(|(kind, _)| !self.mappings.contains_key(*kind))));
        Change::from_steps(steps)
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
