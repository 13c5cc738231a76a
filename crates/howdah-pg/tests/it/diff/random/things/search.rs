//! Text-search configurations and dictionaries.

use super::{Kind, Naming, plain};

pub(in super::super) const CONFIGURATION: Kind = Kind {
    noun: "text search configuration",
    prefix: "ts",
    naming: Naming::Local,
    has_owner: true,
    privileges: &[],
    signature: plain,
    ground: None,
    create: |made| {
        let dictionaries = ["simple", "english_stem", "german_stem, simple"][usize::from(made.form % 3)];
        let tokens = ["asciiword", "word, asciiword", "email, url, host"][usize::from(made.form / 3 % 3)];
        vec![
            format!("create text search configuration {} (parser = default);", made.name),
            format!("alter text search configuration {} add mapping for {tokens} with {dictionaries};", made.name),
        ]
    },
    value: None,
};

pub(super) const DICTIONARY: Kind = Kind {
    noun: "text search dictionary",
    prefix: "td",
    naming: Naming::Local,
    has_owner: true,
    privileges: &[],
    signature: plain,
    ground: None,
    create: |made| {
        let options = [
            "template = simple",
            "template = simple, stopwords = english",
            "template = simple, stopwords = german, accept = false",
            "template = snowball, language = english",
            "template = snowball, language = french, stopwords = french",
        ][usize::from(made.form % 5)];
        vec![format!("create text search dictionary {} ({options});", made.name)]
    },
    value: None,
};
