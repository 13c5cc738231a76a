//! Cases: what is in the folders of `tests/cases`, whose README says what each file is for.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Two schemas, and rows for the first.
#[derive(Debug, Clone, Default)]
pub(super) struct Case {
    pub(super) name: String,
    pub(super) from: String,
    pub(super) to: String,
    /// Run after `from`, before going to `to`.
    pub(super) seed: Option<String>,
    /// Run after `to`, before going to `from`.
    pub(super) seed_reverse: Option<String>,
    pub(super) options: Options,
    pub(super) as_migration: AsMigration,
}

/// When a case is run as a migration, too.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum AsMigration {
    /// If `HOWDAH_CASE_ALL` is set.
    #[default]
    OnRequest,
    /// Also if its statements are then other ones.
    IfDifferent,
}

impl AsMigration {
    /// Whether to run one whose statements are those that were run already, or other ones.
    pub(super) fn wants(self, is_different: bool) -> bool {
        (self == Self::IfDifferent && is_different) || std::env::var_os("HOWDAH_CASE_ALL").is_some()
    }
}

/// The file `options`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Options {
    min_version: Option<u32>,
    max_version: Option<u32>,
    /// Tables whose rows cannot survive.
    pub(super) lossy: BTreeSet<String>,
}

impl Options {
    /// Whether a server of this major version can do what the case needs.
    pub(super) fn allow(&self, major: u32) -> bool {
        self.min_version.is_none_or(|min| major >= min) && self.max_version.is_none_or(|max| major <= max)
    }

    fn parse(text: &str) -> Result<Self, String> {
        let mut options = Self::default();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let (name, value) = line.split_once(' ').unwrap_or((line, ""));
            let version = || value.trim().parse().map(Some).map_err(|_| format!("{name} wants a number: {line}"));
            match name {
                "min-version" => options.min_version = version()?,
                "max-version" => options.max_version = version()?,
                // What follows the table is the reason.
                "lossy-rows" => options.lossy.extend(value.split_whitespace().next().map(str::to_owned)),
                _ => return Err(format!("no such option: {line}")),
            }
        }
        Ok(options)
    }
}

/// Every case whose name has `wanted` in it, by name.
pub(super) fn read_all(folder: &Path, wanted: &str) -> Vec<Case> {
    let mut cases: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .map(|path| read(&path))
        .filter(|case| case.name.contains(wanted))
        .collect();
    cases.sort_by(|left, right| left.name.cmp(&right.name));
    cases
}

fn read(folder: &Path) -> Case {
    let name = folder.file_name().unwrap().to_string_lossy().into_owned();
    let optional = |file: &str| fs::read_to_string(folder.join(file)).ok();
    let required = |file: &str| optional(file).unwrap_or_else(|| panic!("{name} has no {file}"));
    let options = Options::parse(&optional("options").unwrap_or_default());
    Case {
        from: required("from.sql"),
        to: required("to.sql"),
        seed: optional("seed.sql"),
        seed_reverse: optional("seed-reverse.sql"),
        options: options.unwrap_or_else(|problem| panic!("{name}: {problem}")),
        as_migration: AsMigration::IfDifferent,
        name,
    }
}

#[test]
fn options_are_read() {
    let options = Options::parse("# why\nmin-version 15\n\nlossy-rows public.t its rows move\n").unwrap();
    assert!(options.allow(15) && options.allow(18) && !options.allow(14));
    assert!(options.lossy.contains("public.t"));
    assert!(Options::parse("min-version new").is_err());
    assert!(Options::parse("whatever").is_err());
}
