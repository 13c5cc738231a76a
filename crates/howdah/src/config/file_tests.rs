use std::path::Path;

use insta::assert_snapshot;

use super::{has_password, parse};
use crate::output::render;

/// What reading `text` gives: the settings by line, or the failure as it is shown.
fn check(text: &str) -> String {
    match parse(Path::new("howdah.toml"), text) {
        Ok(settings) => {
            settings.values.iter().map(|(name, (value, line))| format!("{line}: {name} = {value}\n")).collect()
        }
        Err(failure) => anstream::adapter::strip_str(&render(&failure)).to_string(),
    }
}

#[test]
fn settings_keep_their_lines() {
    assert_snapshot!(check(
        "[project]\nname = \"shop\"\n\n[server]\nport = 9_000\n[api]\nschemas = [\"public\", \"shop\"]\n"
    ));
}

#[test]
fn an_unknown_key_suggests_the_nearest() {
    assert_snapshot!(check("[server]\nbind = \"127.0.0.1\"\nprot = 9000\n"));
}

#[test]
fn an_unknown_section_suggests_the_nearest() {
    assert_snapshot!(check("[servers]\nport = 9000\n"));
}

#[test]
fn a_key_without_a_section_suggests_where_it_belongs() {
    assert_snapshot!(check("port = 9000\n"));
}

#[test]
fn a_wrong_type_says_what_it_must_be() {
    assert_snapshot!(check("[server]\nport = \"http\"\n"));
}

#[test]
fn a_wrong_word_lists_the_words() {
    assert_snapshot!(check("[database]\nenvironment = \"prod\"\n"));
}

#[test]
fn broken_toml_shows_the_place() {
    assert_snapshot!(check("[server\nport = 1\n"));
}

#[test]
fn a_password_is_refused_and_not_repeated() {
    let shown = check("[database]\nurl = \"postgres://me:hunter2@db/shop\"\n");
    assert!(!shown.contains("hunter2"));
    assert_snapshot!(shown);
    let shown = check("[database]\npassword = \"hunter2\"\n");
    assert!(!shown.contains("hunter2"));
    assert_snapshot!(shown);
}

#[test]
fn a_secret_in_broken_toml_is_not_repeated() {
    for text in ["[database]\npassword = \"hunter2\n", "[database]\nurl = \"postgres://me:hunter2@db/shop\n"] {
        let shown = check(text);
        assert!(shown.contains("config-syntax") && !shown.contains("hunter2"), "{shown}");
    }
}

#[test]
fn passwords_are_found_wherever_a_url_can_hold_them() {
    assert!(has_password("postgres://me:pw@db/shop"));
    assert!(has_password("postgres:///shop?host=/tmp&password=pw"));
    assert!(!has_password("postgres://me@db:5432/shop"));
    assert!(!has_password("postgres:///shop?host=/tmp:x@y"));
}

/// The failure's code and what it says, in one line.
fn refusal(text: &str) -> String {
    parse(Path::new("howdah.toml"), text)
        .map_or_else(|failure| format!("{}: {}", failure.code, failure.message), |_| String::new())
}

#[test]
fn environments_name_a_variable() {
    let text = "[env.staging]\ndatabase_url_env = \"STAGING_URL\"\n[env.production]\ndatabase_url = \"postgres://me@db1/shop\"\n[env.eu]\ndatabase_url_env = \"EU\"\nproduction = true\n";
    let settings = parse(Path::new("howdah.toml"), text).unwrap();
    let found: Vec<String> = settings
        .environments
        .values()
        .map(|found| format!("{} {:?} {} {}", found.name, found.address, found.production, found.origin))
        .collect();
    assert_eq!(
        found,
        [
            "eu Variable(\"EU\") true howdah.toml:5",
            "production Url(\"postgres://me@db1/shop\") true howdah.toml:3",
            "staging Variable(\"STAGING_URL\") false howdah.toml:1",
        ]
    );
}

#[test]
fn environments_hold_no_secret_and_nothing_else() {
    for (entries, code) in [
        ("database_url = \"postgres://me:hunter2@db1/shop\"", "config-secret"),
        ("database_url_env = \"postgres://me:hunter2@db1/shop\"", "config-secret"),
        ("password = \"hunter2\"", "config-secret"),
        ("database_url_env = \"NO SUCH\"", "config-value"),
        ("production = true", "config-value"),
        ("database_url_env = \"A\"\nproduction = \"yes\"", "config-value"),
        ("database_url_en = \"A\"", "config-unknown-key"),
    ] {
        let refusal = refusal(&format!("[env.staging]\n{entries}\n"));
        assert!(refusal.starts_with(code), "{entries}: {refusal}");
        assert!(!refusal.contains("hunter2"), "{refusal}");
    }
    assert!(refusal("[env]\nstaging = 1\n").starts_with("config-value"));
}
