//! A wrong command line: what is wrong, what was probably meant, exit code 2, and JSON where it was asked for.

use super::support::{Ran, folder, howdah, run};

fn check(arguments: &[&str]) -> Ran {
    let folder = folder();
    let ran = run(howdah(folder.path()).args(arguments));
    assert_eq!(ran.code, 2, "{ran:#?}");
    ran
}

#[test]
fn an_unknown_command_suggests_the_nearest() {
    let ran = check(&["migrat"]);
    assert!(ran.stdout.is_empty());
    assert!(ran.stderr.contains("'migrat'") && ran.stderr.contains("'migrate'"), "{}", ran.stderr);
    assert!(check(&["db", "strat"]).stderr.contains("'start'"));
}

#[test]
fn an_unknown_flag_suggests_the_nearest() {
    let ran = check(&["init", "--templat", "x"]);
    assert!(ran.stderr.contains("'--template'"), "{}", ran.stderr);
}

#[test]
fn usage_errors_are_documents_with_json() {
    for (arguments, code, hint) in [
        (&["migrat", "--json"][..], "usage-unknown-command", "did you mean `migrate`?"),
        (&["init", "--json", "--templat", "x"], "usage-unknown-argument", "did you mean `--template`?"),
        (&["--json"], "usage-missing-command", "see `howdah --help`"),
        (&["migrate", "up", "many", "--json"], "usage-invalid-value", "see `howdah --help`"),
    ] {
        let ran = check(arguments);
        assert!(ran.stderr.is_empty(), "{ran:#?}");
        let document = ran.json();
        assert_eq!(document["ok"], false);
        assert_eq!(document["schema"], "howdah.error/1");
        assert_eq!(document["error"]["code"], code);
        assert_eq!(document["error"]["hint"], hint);
        assert!(!document["error"]["message"].as_str().unwrap().is_empty());
    }
}

#[test]
fn without_a_project_commands_say_how_to_make_one() {
    for arguments in [&["db", "start"][..], &["migrate", "status"], &["seed", "demo"], &["serve"]] {
        let ran = check(arguments);
        assert!(ran.stderr.contains("howdah init") || ran.stderr.contains("DATABASE_URL"), "{}", ran.stderr);
    }
}

#[test]
fn colours_follow_flag_and_environment() {
    let folder = folder();
    let coloured = |arguments: &[&str], variable: Option<(&str, &str)>| {
        let mut command = howdah(folder.path());
        command.args(arguments).args(["init", "--template", "x"]);
        command.envs(variable);
        run(&mut command).stderr.contains('\u{1b}')
    };
    assert!(!coloured(&[], None), "a pipe gets no colours");
    assert!(coloured(&["--color", "always"], None));
    assert!(coloured(&["--color=always"], Some(("NO_COLOR", "1"))), "a flag wins");
    assert!(coloured(&[], Some(("CLICOLOR_FORCE", "1"))));
    assert!(!coloured(&[], Some(("NO_COLOR", "1"))));
    // Also in the help, which is printed before the flag is understood.
    let help = run(howdah(folder.path()).args(["--color", "always", "--help"]));
    assert!(help.stdout.contains('\u{1b}'));
}
