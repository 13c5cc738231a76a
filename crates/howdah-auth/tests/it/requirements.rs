//! The list of security requirements in `docs/security.md` and the tests of the whole workspace: neither names what the other
//! does not have. And requirements that are about the database and the trail as a whole.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use howdah_auth::AuthOptions;
use howdah_testkit::TestDb;
use serde_json::json;

use crate::mail::{Place, code, token};
use crate::support::{PASSWORD, Person, Server, open, shared, sql, until};

/// Requirements 1 to 9 by their numbers in OWASP ASVS 5.0, and two paragraphs that have none.
const REQUIRED: [&str; 28] = [
    "6.2.1",
    "6.2.4",
    "6.2.5",
    "6.2.8",
    "6.2.9",
    "6.3.1",
    "6.3.8",
    "7.2.3",
    "11.5.1",
    "14.2.1",
    "7.2.4",
    "7.3",
    "7.4",
    "7.5.1",
    "7.5.2",
    "9.1.2",
    "9.2",
    "8.2",
    "8.4",
    "11.2",
    "11.3",
    "12.3",
    "13.2.3",
    "16.2.5",
    "16.3",
    "16.5.1",
    "refresh-tokens",
    "api-keys",
];

/// A requirement, and crate and name of a test of it.
type Named = BTreeSet<(String, String)>;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() && !["target", "node_modules"].contains(&name) {
            rust_files(&path, found);
        } else if name.ends_with(".rs") {
            found.push(path);
        }
    }
}

/// What a line `// ASVS 6.2.1 6.2.4` over the attributes of a test says.
fn marked() -> Named {
    let mut files = Vec::new();
    rust_files(&root().join("crates"), &mut files);
    let mut marked = Named::new();
    for file in files {
        let place = file.strip_prefix(root().join("crates")).unwrap();
        let place = place.components().next().unwrap().as_os_str().to_str().unwrap();
        let text = std::fs::read_to_string(&file).unwrap();
        let mut lines = text.lines().map(str::trim);
        while let Some(line) = lines.next() {
            let Some(numbers) = line.strip_prefix("// ASVS ") else { continue };
            let mut is_test = false;
            let test = lines.by_ref().find_map(|line| {
                is_test |= line.starts_with("#[test]") || line.starts_with("#[tokio::test");
                let (_, rest) = line.split_once("fn ").filter(|_| !line.starts_with("//"))?;
                rest.split_once('(').map(|(name, _)| name.to_owned())
            });
            let test = test.filter(|_| is_test).unwrap_or_else(|| panic!("{}: no test after {line}", file.display()));
            marked.extend(numbers.split_whitespace().map(|number| (number.to_owned(), format!("{place}/{test}"))));
        }
    }
    marked
}

/// What the rows of `docs/security.md` say: `| 6.2.1 | what is done | `crate/test` … |`.
fn documented() -> Named {
    let page = std::fs::read_to_string(root().join("docs/security.md")).unwrap();
    let mut documented = Named::new();
    for line in page.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<_> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [number, .., tests] = cells.as_slice() else { continue };
        let tests = tests.split('`').skip(1).step_by(2).filter(|name| name.starts_with("howdah") && name.contains('/'));
        documented.extend(tests.map(|test| ((*number).to_owned(), test.to_owned())));
    }
    documented
}

#[test]
fn every_requirement_has_a_test_that_names_it() {
    let (marked, documented) = (marked(), documented());
    let mut tests: BTreeMap<&str, usize> = BTreeMap::new();
    for (number, _) in &marked {
        assert!(REQUIRED.contains(&number.as_str()), "{number} is no requirement");
        *tests.entry(number).or_default() += 1;
    }
    for number in REQUIRED {
        assert!(tests.contains_key(number), "no test names requirement {number}");
    }
    let unknown: Vec<_> = documented.difference(&marked).collect();
    assert!(unknown.is_empty(), "docs/security.md names tests that do not name the requirement: {unknown:#?}");
    let missing: Vec<_> = marked.difference(&documented).collect();
    assert!(missing.is_empty(), "docs/security.md does not name {missing:#?}");
}

/// Requirement 7 (8.2, 8.4): the role that the server logs in as is nothing by itself, and whose rows are whose is asked of
/// everybody, the owner of a table included.
// ASVS 8.2 8.4
#[tokio::test]
async fn requirement_7_the_login_role_is_nothing_by_itself() {
    let db = TestDb::template("personal").await;
    let may = "select concat_ws(' ', rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls)
        from pg_roles where rolname = 'howdah_login'";
    assert_eq!(sql(&db, may).await, ["f f f f f f"]);
    let owned = "select count(*) from pg_shdepend where refclassid = 'pg_authid'::regclass
        and refobjid = 'howdah_login'::regrole and deptype = 'o'
        and dbid in (0, (select oid from pg_database where datname = current_database()))";
    assert_eq!(sql(&db, owned).await, ["0"]);
    let granted = "select relname from pg_class, aclexplode(relacl) as a where a.grantee = 'howdah_login'::regrole";
    assert!(sql(&db, granted).await.is_empty());
    let open = "select c.oid::regclass::text from pg_class as c
        where c.relkind in ('r', 'p') and c.relnamespace in ('public'::regnamespace, 'auth'::regnamespace)
          and exists (select from pg_attribute as a where a.attrelid = c.oid and a.attname = 'user_id' and not a.attisdropped)
          and not (c.relrowsecurity and c.relforcerowsecurity)";
    assert!(sql(&db, open).await.is_empty());
}

/// Requirement 9 (16.3): every event of an account and every denial is in the trail, by its name and without what was shown.
// ASVS 16.3
#[tokio::test]
async fn requirement_9_every_event_and_every_denial_is_in_the_trail() {
    let options = AuthOptions { failures_per_account: 3, ..open() };
    let place = Place::with(AuthOptions { mail_interval: std::time::Duration::ZERO, ..options }).await;
    let server = &place.server;
    let ada = Person::of(&server.sign_up("ada@example.org", PASSWORD).await.ok());
    server.sign_up("ada@example.org", PASSWORD).await.refusal();
    server.sign_in("ada@example.org", "wrong password").await.refusal();
    let again = Person::of(&server.sign_in("ada@example.org", PASSWORD).await.ok());
    server.refresh("nobody's").await.refusal();
    let new = json!({ "password": "another password of some length", "current_password": PASSWORD });
    server.put("/auth/v1/user", &ada.access, &new).await.ok();
    place.post("recover", json!({ "email": "ada@example.org" })).await.ok();
    // Beside the one that says that the password was changed, in either order.
    until("the mail comes", async || place.letters().iter().any(|letter| letter.code.is_some())).await;
    let letter = place.letters().into_iter().find(|letter| letter.code.is_some()).unwrap();
    let wrong = if code(&letter) == "000000" { "000001" } else { "000000" };
    let tried = json!({ "type": "recovery", "email": "ada@example.org", "token": wrong });
    place.post("verify", tried).await.refusal();
    place.post("verify", json!({ "type": "recovery", "token_hash": token(&letter) })).await.ok();
    server.get("/auth/v1/admin/users", &ada.access).await.refusal();
    server.sign_out(&ada.access, "local").await.ok();
    for _ in 0..4 {
        server.sign_in("nobody@example.org", "wrong password").await.refusal();
    }
    let recorded = sql(&place.db, "select distinct action from audit.audit_events where action like 'auth.%'").await;
    for event in [
        "auth.signed_up",
        "auth.signed_up_again",
        "auth.sign_in_refused",
        "auth.signed_in",
        "auth.refresh_refused",
        "auth.password_changed",
        "auth.recovery_asked",
        "auth.mail_sent",
        "auth.one_time_token_refused",
        "auth.admin_refused",
        "auth.signed_out",
        "auth.throttled",
    ] {
        assert!(recorded.contains(&event.to_owned()), "{event} in {recorded:?}");
    }
    let shown =
        [PASSWORD, "wrong password", "another password", "example.org", code(&letter), &token(&letter), &again.refresh]
            .map(|secret| format!("e::text like '%{secret}%'"))
            .join(" or ");
    let traces = format!("select action from audit.audit_events as e where action like 'auth.%' and ({shown})");
    assert!(sql(&place.db, &traces).await.is_empty());
}

/// Requirement 3 (11.5.1): ids are no secrets, and open nothing.
// ASVS 11.5.1
#[tokio::test]
async fn requirement_3_ids_open_nothing() {
    let db = shared().await;
    let server = Server::start(&db, open()).await;
    let ada = server.person("ada@example.org").await;
    for id in [ada.id.clone(), ada.session(), sql(&db, "select id from auth.refresh_tokens").await[0].clone()] {
        assert_eq!(server.whoami(&id).await, 401, "{id}");
        assert_eq!(server.refresh(&id).await.refusal().1, "refresh_token_not_found");
        for kind in ["signup", "recovery", "email", "invite", "email_change"] {
            let body = json!({ "type": kind, "token_hash": id });
            assert_eq!(server.post("/auth/v1/verify", &body).await.refusal().1, "otp_expired", "{kind}");
        }
    }
}
