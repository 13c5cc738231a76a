//! Which tokens a PostgREST configuration accepts, and as whom.
//!
//! The tokens were made with Python's hmac and with openssl, not with what reads them here. None of the keys is anybody's.

use super::{Served, ask, database, serve};

/// `{"role": "webuser"}` until 2100, under the secret of the configuration (HS256), like those that follow.
pub(super) const WEBUSER: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJyb2xlIjoid2VidXNlciIsImV4cCI6NDEwMjQ0NDgwMH0.i6L858wyVzQscQCkmhLuUZDb1ZRUkqySTkm3vLpyFtA";
/// `{"app": {"roles": ["other", "webuser"]}}`
const DEEP: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJhcHAiOnsicm9sZXMiOlsib3RoZXIiLCJ3ZWJ1c2VyIl19LCJleHAiOjQxMDI0NDQ4MDB9.yVQOeGcwpR0l2V4_ojsyYIsgywvxr5vZOlIFXSVkn5o";
/// `{"role": "webuser"}` without an end.
const FOREVER: &str =
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJyb2xlIjoid2VidXNlciJ9.CRBXN21HRXMk2BiC7rMNQzrOQWZWpI_KNHtXlZ8lc08";
/// `{"role": "webuser", "aud": "elsewhere"}`
const ELSEWHERE: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJyb2xlIjoid2VidXNlciIsImF1ZCI6ImVsc2V3aGVyZSIsImV4cCI6NDEwMjQ0NDgwMH0.EcB0W-R13_MSWqLl7VdZ8Y274guqgYfdqTBO_ixljKw";
/// Forty bytes that are no text.
const BASE64: &str = "yMnKy8zNzs/Q0dLT1NXW19jZ2tvc3d7f4OHi4+Tl5ufo6err7O3u7w==";
/// `{"role": "webuser"}` under them.
const BINARY: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJyb2xlIjoid2VidXNlciIsImV4cCI6NDEwMjQ0NDgwMH0.T5J67Fswxf93DsGVrcuej_fxwKg3M3jqrVUBiHQOQEc";
/// The public half of an RSA key.
const JWKS: &str = r#"{"keys":[{"kty":"RSA","kid":"k1","use":"sig","alg":"RS256","n":"xJgCZ0IN6pCcp7jujbBKILg59e-rQHE0CIHOc1e5JHuK-zo_YOSeFTVnic6HoE9gqVmu8SjQIuvYxqLdet99L6qjamEsKcc_SSFQu3trwgjDrZ-kmISGnpLHa4UjvdH-u2moK-yZ-M9qSJzjsofQDxDhVVTbVpjkNcSp2UlPLywZPTCxYPdk8AcNk5Ov-OMPD6VYUvQWU32kvdKlJRZMoZ6angHO3El9-2k7svzgPBRBEHFypUqd9t-yaUWW73GITwM9iQDKyYHXpumKcUHZHPRMLHaT4Yhh6mw1I_xjzIHSitOBymDj5rQNqrluFniNlprOeGmBlA1tifyOLPE5xQ","e":"AQAB"}]}"#;
/// `{"role": "webuser"}` under its private half (RS256).
const RS256: &str = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIn0.eyJyb2xlIjoid2VidXNlciIsImV4cCI6NDEwMjQ0NDgwMH0.p-ctl2kc6FP06t2sXrFgtz5YGQqiZA4HWFDAyrcFuU5HhWucWss-yDxO6VnpXzDk0su4PNZ2WViZ0xRGnxtAcwWPGL4_y5rvWPeTFX5cWL3jGy1c5sMMl-vjLV8X9GlmWuoYYA7lJRP27413JFahuHEaMzXwBU-h6DLNYyqSexCKgZobnuH86s0lb7MPXO8Ju9h0zT6ZPbZrNktKb0ArUzWnDQGsKx6ZBQWLfCYsDHoUhL5j3_s_0WVolldUc78LthSUoEQmy8rBK4cpngfp1Hfo_fCSgYCxaeYme352Jwm5PmK-wS6c-cTSos32x4W4TtzICOybSDRgUPocs2E7JA";

impl Served {
    /// Whom the database takes the bearer of a token for, or the status of the refusal.
    fn whoami(&self, token: &str) -> Result<String, u16> {
        let bearer = format!("Bearer {token}");
        let answer = ask(&self.url, "GET", "/secrets?select=me", &[("authorization", &bearer)]);
        let name = answer.body.trim_start_matches(r#"[{"me":""#).trim_end_matches(r#""}]"#).to_owned();
        if answer.status == 200 { Ok(name) } else { Err(answer.status) }
    }
}

fn webuser() -> Result<String, u16> {
    Ok("webuser".to_owned())
}

#[test]
fn a_secret_verifies_tokens_with_and_without_an_end() {
    let db = database();
    let served = serve(&db, "", |_| ());
    assert_eq!(served.whoami(WEBUSER), webuser());
    assert_eq!(served.whoami(FOREVER), webuser());
    assert_eq!(served.whoami(BINARY), Err(401));
    // No role in it: the anonymous one.
    assert_eq!(served.whoami(DEEP).as_deref(), Ok("anon"));
    // Howdah takes a token from `apikey` too, which PostgREST does not know.
    let answer = ask(&served.url, "GET", "/secrets?select=me", &[("apikey", WEBUSER)]);
    assert_eq!(answer.body, r#"[{"me":"anon"}]"#);
}

#[test]
fn the_role_is_found_where_the_claim_key_says() {
    let db = database();
    let served = serve(&db, "role-claim-key = \".app.roles[1]\"\n", |_| ());
    assert_eq!(served.whoami(DEEP), webuser());
    assert_eq!(served.whoami(WEBUSER).as_deref(), Ok("anon"));
}

#[test]
fn tokens_for_another_audience_are_refused() {
    let db = database();
    let served = serve(&db, "jwt-aud = \"here\"\n", |_| ());
    assert_eq!(served.whoami(ELSEWHERE), Err(401));
    assert_eq!(served.whoami(WEBUSER), webuser());
    let elsewhere = serve(&db, "jwt-aud = \"elsewhere\"\n", |_| ());
    assert_eq!(elsewhere.whoami(ELSEWHERE), webuser());
}

#[test]
fn a_secret_may_be_in_base64() {
    let db = database();
    let served = serve(&db, "jwt-secret-is-base64 = true\n", |command| {
        command.env("PGRST_JWT_SECRET", BASE64);
    });
    assert_eq!(served.whoami(BINARY), webuser());
    assert_eq!(served.whoami(WEBUSER), Err(401));
}

#[test]
fn a_set_of_keys_may_be_in_a_file() {
    let db = database();
    let folder = crate::support::folder();
    let file = folder.path().join("jwks.json");
    std::fs::write(&file, JWKS).unwrap();
    let served = serve(&db, &format!("jwt-secret = \"@{}\"\n", file.display()), |_| ());
    assert_eq!(served.whoami(RS256), webuser());
    assert_eq!(served.whoami(WEBUSER), Err(401));
}
