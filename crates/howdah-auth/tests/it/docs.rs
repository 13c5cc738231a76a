//! Every example of `docs/auth*.md` runs, in the order of its page.

use howdah_auth::AuthOptions;
use howdah_testkit::run_examples;

use crate::support::{Server, open, shared};

const PAGE: &str = include_str!("../../../../docs/auth.md");
const SECOND_FACTORS: &str = include_str!("../../../../docs/auth-mfa.md");
const ADMINISTRATION: &str = include_str!("../../../../docs/auth-admin.md");

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
