//! Collations of libc and ICU.

use super::{Kind, Naming, plain};

pub(in super::super) const COLLATION: Kind = Kind {
    noun: "collation",
    prefix: "l",
    naming: Naming::Local,
    has_owner: true,
    privileges: &[],
    signature: plain,
    ground: None,
    create: |made| {
        let options = [
            "provider = libc, locale = 'C'",
            "provider = libc, lc_collate = 'C', lc_ctype = 'POSIX'",
            "provider = icu, locale = 'de'",
            "provider = icu, locale = 'und-u-kn-true'",
        ][usize::from(made.form % 4)];
        vec![format!("create collation {} ({options});", made.name)]
    },
    value: None,
};
