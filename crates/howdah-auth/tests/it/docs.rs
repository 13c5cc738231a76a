//! Every example of `docs/auth*.md` runs, in the order of its page.

use howdah_auth::AuthOptions;
use howdah_testkit::{examples, run_examples};

use crate::mail::Place;
use crate::support::{Server, open, shared, sql};

const PAGE: &str = include_str!("../../../../docs/auth.md");
const SECOND_FACTORS: &str = include_str!("../../../../docs/auth-mfa.md");
const ADMINISTRATION: &str = include_str!("../../../../docs/auth-admin.md");

const MAIL_PAGE: &str = include_str!("../../../../docs/auth-mail.md");

#[tokio::test(flavor = "multi_thread")]
async fn every_example_runs() {
    let db = shared().await;
    let server = Server::start(&db, AuthOptions { cookies: true, ..open() }).await;
    let said = tokio::task::block_in_place(|| run_examples(PAGE, 6, &[("URL", &server.url)]));
    for expected in ["Countess of Lovelace", "\"is_current\":true", "gus@example.org"] {
        assert!(said.contains(expected), "{expected} in\n{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_example_of_second_factors_runs() {
    let db = shared().await;
    let server = Server::start(&db, open()).await;
    let said = tokio::task::block_in_place(|| run_examples(SECOND_FACTORS, 4, &[("URL", &server.url)]));
    for expected in ["\"total\":10,\"remaining\":9", "{\"id\":\""] {
        assert!(said.contains(expected), "{expected} in\n{said}");
    }
}

/// The policy that asks for the second factor of those who have one.
#[tokio::test]
async fn the_policy_of_second_factors_holds() {
    let db = shared().await;
    let [policy] = examples(SECOND_FACTORS, "sql")[..] else { panic!("one example in SQL") };
    let table = "create table public.notes (id integer); insert into public.notes values (1);
        alter table public.notes enable row level security; grant select on public.notes to authenticated;
        create policy everything on public.notes using (true);";
    sql(&db, &format!("{table} {policy}")).await;
    let marked = r#""app_metadata": {"needs_second_factor": true}"#;
    for (claims, expected) in [
        (r#"{"aal": "aal1", "app_metadata": {}}"#.to_owned(), "1"),
        (r#"{"aal": "aal1"}"#.to_owned(), "1"),
        (format!(r#"{{"aal": "aal1", {marked}}}"#), "0"),
        (format!("{{{marked}}}"), "0"),
        (format!(r#"{{"aal": "aal2", {marked}}}"#), "1"),
    ] {
        let ask = "set local role authenticated; select count(*) from public.notes; commit";
        let asked = sql(&db, &format!("begin; set local request.jwt.claims = '{claims}'; {ask}")).await;
        assert_eq!(asked, [expected], "{claims}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_example_of_administration_runs() {
    let db = shared().await;
    let server = Server::start(&db, open()).await;
    let variables = [("URL", server.url.as_str()), ("SERVICE_KEY", &server.key("service_role"))];
    let said = tokio::task::block_in_place(|| run_examples(ADMINISTRATION, 6, &variables));
    for expected in [
        "x-total-count: 1",
        "rel=\"last\"",
        "\"groups\":[\"staff\",\"editors\"]",
        "\"may_sign_in\":false",
        "\"action\":\"auth.admin_ended_sessions\"",
    ] {
        assert!(said.contains(expected), "{expected} in\n{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_example_about_mail_runs() {
    let place = Place::new().await;
    let said = tokio::task::block_in_place(|| run_examples(MAIL_PAGE, 5, &[("URL", &place.server.url)]));
    for expected in ["ada@example.org", "Please proceed to confirm", "\"email\":\"lovelace@example.org\""] {
        assert!(said.contains(expected), "{expected} in\n{said}");
    }
}
