//! Every example of `docs/auth.md` and `docs/auth-mail.md` runs, in the order of the page.

use howdah_auth::AuthOptions;
use howdah_testkit::run_examples;

use crate::mail::Place;
use crate::support::{Server, open, shared};

const PAGE: &str = include_str!("../../../../docs/auth.md");

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
async fn every_example_about_mail_runs() {
    let place = Place::new().await;
    let said = tokio::task::block_in_place(|| run_examples(MAIL_PAGE, 5, &[("URL", &place.server.url)]));
    for expected in ["ada@example.org", "Please proceed to confirm", "\"email\":\"lovelace@example.org\""] {
        assert!(said.contains(expected), "{expected} in\n{said}");
    }
}
