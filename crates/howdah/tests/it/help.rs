//! `--help` is a contract: every page is reviewed when it changes.

use super::support::{folder, howdah, run};

#[test]
fn every_page_of_the_help() {
    let folder = folder();
    for page in [
        "",
        "init",
        "dev",
        "db",
        "db start",
        "db stop",
        "db status",
        "db url",
        "db psql",
        "db logs",
        "db reset",
        "mail",
        "mail show",
        "mail open",
        "migrate",
        "migrate up",
        "migrate down",
        "migrate to",
        "migrate status",
        "migrate test",
        "migrate baseline",
        "migrate squash",
        "migrate repair",
        "diff",
        "generate",
        "check",
        "validate",
        "audit",
        "audit status",
        "audit verify",
        "audit anchor",
        "audit export",
        "audit tail",
        "audit prune",
        "schema",
        "schema dump",
        "docs",
        "lint",
        "advise",
        "seed",
        "seed demo",
        "types",
        "role",
        "role list",
        "role show",
        "role create",
        "role masks",
        "policy",
        "policy generate",
        "policy test",
        "serve",
        "keys",
        "keys create",
        "keys list",
        "keys rotate",
        "keys revoke",
        "keys show",
        "config",
        "config show",
        "completions",
    ] {
        let ran = run(howdah(folder.path()).args(page.split_whitespace()).arg("--help")).ok();
        assert!(ran.stderr.is_empty());
        let name = if page.is_empty() { "help".to_owned() } else { format!("help {page}").replace(' ', "_") };
        insta::assert_snapshot!(name, ran.stdout);
        // Every command that acts shows how, and says how it exits.
        if !matches!(page, "db" | "migrate" | "schema" | "seed" | "keys" | "config" | "audit" | "role" | "policy") {
            assert!(ran.stdout.contains("Examples:"), "{page}");
            assert!(ran.stdout.contains("Exit codes:"), "{page}");
        }
    }
}

#[test]
fn completions_name_the_commands() {
    let folder = folder();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = run(howdah(folder.path()).args(["completions", shell])).ok();
        assert!(ran.stdout.contains("migrate") && ran.stdout.contains("template"), "{shell}");
    }
    let ran = run(howdah(folder.path()).args(["completions", "bash", "--json"])).ok();
    assert_eq!(ran.json()["schema"], "howdah.completions/1");
}
