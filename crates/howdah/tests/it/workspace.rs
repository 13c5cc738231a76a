//! What the workspace promises about itself: who imports whom, and under which licences it stands.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

/// Who may import whom; `*` is everyone. ARCHITECTURE.md says why.
const MAY_IMPORT: [(&str, &[&str]); 11] = [
    ("howdah", &["*"]),
    ("howdah-schema", &[]),
    ("howdah-cluster", &[]),
    ("howdah-pg", &["howdah-schema"]),
    ("howdah-http", &["howdah-pg", "howdah-schema"]),
    ("howdah-api", &["howdah-http", "howdah-pg", "howdah-schema"]),
    ("howdah-auth", &["howdah-http", "howdah-pg"]),
    ("howdah-privacy", &["howdah-http", "howdah-pg", "howdah-schema"]),
    ("howdah-data", &["howdah-pg", "howdah-schema"]),
    ("howdah-testkit", &["howdah-cluster", "howdah-pg"]),
    ("howdah-bench", &["*"]),
];

/// Crates that only the binary may use: a library that prints or takes arguments is no library.
const BINARY_ONLY: [&str; 2] = ["anyhow", "clap"];

/// Permissive licences; the same list as in deny.toml.
const ACCEPTED: [&str; 13] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "PostgreSQL",
    "Unicode-3.0",
    "Zlib",
];

/// What is built on this platform: the packages of others are not here, and asking for them would need the network.
fn metadata() -> Metadata {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml");
    let version = Command::new("rustc").arg("-vV").output().unwrap().stdout;
    let version = String::from_utf8(version).unwrap();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap().to_owned();
    let options = ["--offline", "--locked", "--filter-platform", &host].map(str::to_owned);
    MetadataCommand::new().manifest_path(manifest).other_options(options.to_vec()).exec().unwrap()
}

#[test]
fn imports_go_one_way() {
    let metadata = metadata();
    let allowed: BTreeMap<_, _> = MAY_IMPORT.into_iter().collect();
    let ours: BTreeSet<_> = metadata.workspace_packages().iter().map(|package| package.name.to_string()).collect();
    let listed: BTreeSet<_> = allowed.keys().map(ToString::to_string).collect();
    assert_eq!(ours, listed, "a crate is missing in MAY_IMPORT, or gone");
    for package in metadata.workspace_packages() {
        let folder = package.manifest_path.parent().and_then(|path| path.file_name()).unwrap();
        let expected = if package.name.as_str() == "howdah-bench" { "bench" } else { package.name.as_str() };
        assert_eq!(folder, expected, "a crate's folder has the crate's name");
        let allowed = allowed[package.name.as_str()];
        for dependency in package.dependencies.iter().filter(|dependency| dependency.kind == DependencyKind::Normal) {
            let name = dependency.name.as_str();
            let is_fine = allowed.contains(&"*") || allowed.contains(&name) || !ours.contains(name);
            assert!(is_fine, "{} must not import {name}", package.name);
            let binary_only =
                BINARY_ONLY.contains(&name) && !matches!(package.name.as_str(), "howdah" | "howdah-bench");
            assert!(!binary_only, "{} must not use {name}: only the binary does", package.name);
        }
    }
}

#[test]
fn every_licence_is_permissive() {
    let metadata = metadata();
    let refused: Vec<_> = metadata
        .packages
        .iter()
        .filter(|package| !package.license.as_deref().is_some_and(is_accepted))
        .map(|package| format!("{} {}: {:?}", package.name, package.version, package.license))
        .collect();
    assert!(refused.is_empty(), "{refused:#?}");
    assert!(metadata.packages.len() > 100, "{} packages are too few to be all", metadata.packages.len());
}

/// Whether an SPDX expression can be met with accepted licences alone: one side of each OR, both of each AND.
fn is_accepted(expression: &str) -> bool {
    let expression = expression.trim();
    // Before SPDX expressions, cargo's slash meant OR.
    if let Some(sides) = split_outside(expression, " OR ").or_else(|| split_outside(expression, "/")) {
        return sides.iter().any(|side| is_accepted(side));
    }
    if let Some(sides) = split_outside(expression, " AND ") {
        return sides.iter().all(|side| is_accepted(side));
    }
    match expression.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) {
        Some(inner) => is_accepted(inner),
        None => ACCEPTED.contains(&expression),
    }
}

/// Splits at the first `separator` outside parentheses; none when there is none.
fn split_outside<'a>(expression: &'a str, separator: &str) -> Option<[&'a str; 2]> {
    let mut depth = 0_i32;
    for (at, c) in expression.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ if depth == 0 && expression[at..].starts_with(separator) => {
                return Some([&expression[..at], &expression[at + separator.len()..]]);
            }
            _ => {}
        }
    }
    None
}

#[test]
fn licence_expressions_are_understood() {
    for (expression, expected) in [
        ("MIT", true),
        ("GPL-3.0-only", false),
        ("MIT OR GPL-2.0", true),
        ("MIT AND GPL-2.0", false),
        ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
        ("(MIT OR Apache-2.0) AND LGPL-2.1", false),
        ("Unlicense/MIT", true),
        ("Apache-2.0 / MIT", true),
        ("Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT", true),
        ("MPL-2.0", false),
        ("", false),
    ] {
        assert_eq!(is_accepted(expression), expected, "{expression}");
    }
}
