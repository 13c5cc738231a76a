//! Links of mails, as a browser follows them.

use howdah_auth::mail::Letter;
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::mail::{Place, code, token};
use crate::support::{PASSWORD, Person, Server};

const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// Where a browser is sent that follows `path`.
async fn followed(server: &Server, path: &str) -> String {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let response = client.get(format!("{}{path}", server.url)).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::SEE_OTHER, "{path}");
    assert_eq!(response.headers()["referrer-policy"], "no-referrer");
    assert_eq!(response.headers()["cache-control"], "no-store");
    response.headers()["location"].to_str().unwrap().to_owned()
}

/// A link without its scheme and host.
fn path(letter: &Letter) -> &str {
    let link = letter.link.as_deref().unwrap();
    &link[link.find("/auth/v1").unwrap()..]
}

fn field<'a>(url: &'a str, name: &str) -> &'a str {
    let pairs = url.split(['?', '#', '&']).filter_map(|pair| pair.split_once('='));
    pairs
        .filter(|(found, _)| *found == name)
        .map(|(_, value)| value)
        .reduce(|_, later| later)
        .unwrap_or_else(|| panic!("no {name} in {url}"))
}

// ASVS 14.2.1
#[tokio::test]
async fn a_link_leads_back_with_a_session_in_the_fragment() {
    let place = Place::new().await;
    let back = "http://localhost:3000/welcome?x=1";
    let body = json!({ "email": "ada@example.org", "password": PASSWORD });
    let encoded = "http%3A%2F%2Flocalhost%3A3000%2Fwelcome%3Fx%3D1";
    place.server.post(&format!("/auth/v1/signup?redirect_to={encoded}"), &body).await.ok();
    let letter = place.letter(1).await;
    // Scanners of mails ask for the headers alone: that uses nothing up.
    let head = place.server.request(Method::HEAD, path(&letter), None);
    assert_eq!(place.server.send(head).await.status, StatusCode::NO_CONTENT);
    let to = followed(&place.server, path(&letter)).await;
    assert!(to.starts_with(&format!("{back}#access_token=")), "{to}");
    assert_eq!((field(&to, "token_type"), field(&to, "type")), ("bearer", "signup"));
    let user = place.server.get("/auth/v1/user", field(&to, "access_token")).await.ok();
    assert_eq!(user["email"], "ada@example.org");
    place.server.refresh(field(&to, "refresh_token")).await.ok();
    // A used link says so, and nothing else.
    let to = followed(&place.server, path(&letter)).await;
    assert!(to.starts_with(&format!("{back}#error=access_denied&error_code=otp_expired&error_description=")), "{to}");
    assert!(!to.contains("access_token"), "{to}");
}

#[tokio::test]
async fn nobody_is_sent_to_a_place_that_is_not_allowed() {
    let place = Place::new().await;
    for evil in [
        "https%3A%2F%2Fevil.test%2F",
        "http%3A%2F%2Flocalhost%3A3000.evil.test%2F",
        "http%3A%2F%2Flocalhost%3A3000%40evil.test%2F",
        "%2F%2Fevil.test",
        "javascript%3Aalert(1)",
        "http%3A%2F%2Flocalhost%3A3000%0d%0aSet-Cookie%3A%20x%3Dy",
    ] {
        let asked = json!({ "email": "ada@example.org" });
        let number = place.next();
        place.server.post(&format!("/auth/v1/otp?redirect_to={evil}"), &asked).await.ok();
        let letter = place.letter(number).await;
        assert!(
            letter.link.as_ref().unwrap().ends_with("redirect_to=http%3A%2F%2Flocalhost%3A3000"),
            "{:?}",
            letter.link
        );
        // Nor by a link that was changed on its way, good or not.
        let (changed, _) = path(&letter).split_once("&redirect_to=").unwrap();
        for token in ["", "x"] {
            let to = followed(&place.server, &format!("{changed}{token}&redirect_to={evil}")).await;
            assert!(to.starts_with("http://localhost:3000#"), "{evil} {to}");
        }
    }
}

#[tokio::test]
async fn with_a_challenge_a_link_leaves_a_code_that_takes_the_verifier() {
    let place = Place::new().await;
    let asked = json!({ "email": "ada@example.org", "code_challenge": CHALLENGE, "code_challenge_method": "s256" });
    let exchange = async |code: &str, verifier: &str| {
        place.post("token?grant_type=pkce", json!({ "auth_code": code, "code_verifier": verifier })).await
    };
    let mut codes = Vec::new();
    for number in 1..=2 {
        place.post("otp", asked.clone()).await.ok();
        let letter = place.letter(number).await;
        let to = followed(&place.server, path(&letter)).await;
        assert!(to.starts_with("http://localhost:3000?code="), "{to}");
        codes.push(field(&to, "code").to_owned());
        if number == 1 {
            // Without the verifier it is worth nothing, and one try is all there is.
            assert_eq!(exchange(&codes[0], CHALLENGE).await.refusal(), (400, "bad_code_verifier".to_owned()));
            assert_eq!(exchange(&codes[0], VERIFIER).await.refusal(), (404, "flow_state_not_found".to_owned()));
        }
    }
    let session = Person::of(&exchange(&codes[1], VERIFIER).await.ok());
    assert_eq!(session.claims()["email"], "ada@example.org");
    assert_eq!(exchange(&codes[1], VERIFIER).await.refusal(), (404, "flow_state_not_found".to_owned()));
    assert_eq!(exchange("", "").await.refusal(), (400, "validation_failed".to_owned()));
    let plain = json!({ "email": "ada@example.org", "code_challenge": CHALLENGE, "code_challenge_method": "plain" });
    assert_eq!(place.post("otp", plain).await.refusal(), (400, "validation_failed".to_owned()));
    // Whoever has the mail itself needs no code: it is shown by the application that asked.
    place.post("otp", asked).await.ok();
    let letter = place.letter(3).await;
    place.post("verify", json!({ "type": "email", "email": "ada@example.org", "token": code(&letter) })).await.ok();
    // The token of a link is no code.
    place.post("otp", json!({ "email": "ada@example.org" })).await.ok();
    let letter = place.letter(4).await;
    assert_eq!(exchange(&token(&letter), VERIFIER).await.refusal(), (404, "flow_state_not_found".to_owned()));
}

#[tokio::test]
async fn a_half_confirmed_change_says_so() {
    let place = Place::new().await;
    place.confirmed("ada@example.org").await;
    let person = Person::of(&place.server.sign_in("ada@example.org", PASSWORD).await.ok());
    place.server.put("/auth/v1/user", &person.access, &json!({ "email": "new@example.org" })).await.ok();
    let to = followed(&place.server, path(&place.letter(2).await)).await;
    assert!(to.starts_with("http://localhost:3000#message=Confirmation%20link%20accepted"), "{to}");
    let to = followed(&place.server, path(&place.letter(3).await)).await;
    let user = place.server.get("/auth/v1/user", field(&to, "access_token")).await.ok();
    assert_eq!(user["email"], "new@example.org");
}
