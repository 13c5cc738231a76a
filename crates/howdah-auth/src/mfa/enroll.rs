//! `POST /auth/v1/factors`: sets an authenticator app up. It protects nothing until a code of it was verified.

use axum::extract::{Request, State};
use axum::routing::post;
use axum::{Json, Router};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::seal::Place;
use super::{elevate, require_second_factor, totp};
use crate::Accounts;
use crate::audit::{Action, Event};
use crate::body::read_json;
use crate::database::Query;
use crate::error::{AuthError, ErrorCode};
use crate::signed_in::SignedIn;
use crate::user::User;

const ENROLL: &str = include_str!("sql/enroll_factor.sql");
/// Supabase's limit.
const MOST_FACTORS: i32 = 10;
/// In characters.
const LONGEST_NAME: usize = 100;
/// The name of a factor that the person gave none.
const NAME: &str = "Authenticator app";
/// What stands in a URI as it is (RFC 3986, "unreserved").
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// The side of the picture, in pixels at least.
const SIDE: u32 = 240;

#[derive(Debug, Deserialize)]
struct Wanted {
    #[serde(default)]
    factor_type: String,
    friendly_name: Option<String>,
    issuer: Option<String>,
}

pub(super) fn routes() -> Router<Accounts> {
    Router::new().route("/auth/v1/factors", post(enroll))
}

async fn enroll(State(accounts): State<Accounts>, request: Request) -> Result<Json<Value>, AuthError> {
    let (parts, body) = request.into_parts();
    let wanted: Wanted = read_json(&parts, body, &accounts).await?;
    let who = SignedIn::from_parts(&parts, &accounts)?;
    let database = who.database(&accounts, &parts);
    let user = who.user(&database).await?;
    if wanted.factor_type != "totp" {
        return Err(AuthError::invalid("factor_type needs to be totp"));
    }
    let own_name = plain("friendly_name", wanted.friendly_name)?;
    let issuer = plain("issuer", wanted.issuer)?.unwrap_or_else(|| host_of(&accounts.options.site_url));
    // Whoever has the password alone must not add a factor of theirs to one that is there.
    if user.verified_factors > 0 {
        require_second_factor(&database, &who).await?;
    }

    let id = Uuid::new_v4().to_string();
    let secret = totp::new_secret();
    let uri = uri(&issuer, &user, &totp::base32(&secret));
    let picture = picture(&uri)?;
    let place = place(&id, &user.id);
    let sealed = accounts.second_factors.sealer.seal(&place, &secret).map_err(|error| {
        tracing::error!(%error, "the secret of a factor could not be sealed");
        AuthError::internal()
    })?;
    let query = Query::new(ENROLL)
        .bind(&user.id)
        .bind(&id)
        .bind(own_name.as_deref().unwrap_or(NAME))
        .bind(own_name.is_some())
        .bind(sealed)
        .bind(MOST_FACTORS);
    let mut transaction = elevate::begin(&database, &user.id).await?;
    let row = transaction.run_one(query).await?.ok_or_else(AuthError::internal)?;
    if row.is("is_made") {
        let event = Event::new(Action::FactorEnrolled).user(&user.id).session(&who.session_id);
        let event = event.detail("factor_id", id.as_str()).detail("factor_type", "totp");
        if let Some(query) = accounts.trail.query(&database, &event).await {
            transaction.run(query).await?;
        }
    }
    transaction.commit().await?;
    if row.is("is_taken") {
        let message = "A factor with this friendly name exists already: choose another name, or remove that one";
        return Err(AuthError::new(ErrorCode::MfaFactorNameConflict, message));
    }
    if !row.is("is_made") {
        let message = format!("An account has {MOST_FACTORS} factors at the most: remove one first");
        return Err(AuthError::new(ErrorCode::TooManyEnrolledMfaFactors, message));
    }
    Ok(Json(json!({
        "id": id,
        "type": "totp",
        "friendly_name": own_name.as_deref().unwrap_or(NAME),
        "totp": { "qr_code": picture, "secret": totp::base32(&secret), "uri": uri },
    })))
}

/// Where the secret of a factor stands.
pub(super) fn place<'a>(factor: &'a str, user: &'a str) -> Place<'a> {
    Place { table: "auth.mfa_factors", column: "secret", row_id: factor, user_id: user }
}

/// A text that an app is to show: short, and without what nobody can see. Nothing of it is as if it were not there.
fn plain(field: &str, text: Option<String>) -> Result<Option<String>, AuthError> {
    let text = text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    if text.as_ref().is_some_and(|text| text.chars().count() > LONGEST_NAME || text.chars().any(char::is_control)) {
        let message = format!("{field} may have {LONGEST_NAME} characters at the most, and no control characters");
        return Err(AuthError::invalid(message));
    }
    Ok(text)
}

fn host_of(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or(rest).to_owned()
}

/// What apps read, in the form that Google Authenticator has set ("Key URI Format").
fn uri(issuer: &str, user: &User, secret: &str) -> String {
    let encoded = |text: &str| utf8_percent_encode(text, KEPT).to_string();
    let account = encoded(user.email.as_deref().unwrap_or(&user.id));
    let (issuer, step, digits) = (encoded(issuer), totp::STEP, totp::DIGITS);
    format!(
        "otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits={digits}&period={step}"
    )
}

/// The URI as a QR code in SVG. It goes into a data URI as it is, so it has no `#` and no `%`.
fn picture(uri: &str) -> Result<String, AuthError> {
    let code = QrCode::with_error_correction_level(uri, EcLevel::M)
        .map_err(|_| AuthError::invalid("issuer is too long for a QR code"))?;
    let mut drawing = code.render();
    let drawing = drawing.dark_color(svg::Color("black")).light_color(svg::Color("white"));
    let picture = drawing.min_dimensions(SIDE, SIDE).build();
    // A prolog is of no use in a page.
    Ok(picture.split_once("?>").map_or(picture.as_str(), |(_, picture)| picture).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_and_pictures() {
        let mut user = User::unconfirmed("id".into(), "ada+x@example.org".into(), json!({}), "now");
        let of = uri("Ärger & Co: \"x\"", &user, "ABC");
        let issuer = "%C3%84rger%20%26%20Co%3A%20%22x%22";
        let parameters = format!("secret=ABC&issuer={issuer}&algorithm=SHA1&digits=6&period=30");
        assert_eq!(of, format!("otpauth://totp/{issuer}:ada%2Bx%40example.org?{parameters}"));
        user.email = None;
        assert!(uri("x", &user, "ABC").starts_with("otpauth://totp/x:id?"));
        let picture = picture(&of).unwrap();
        assert!(picture.starts_with("<svg ") && picture.ends_with("</svg>"), "{picture}");
        assert!(!picture.contains(['#', '%']), "a data URI takes it as it is");
        assert_eq!(super::picture(&"x".repeat(3000)).unwrap_err().code(), "validation_failed");
    }

    #[test]
    fn issuers() {
        for (url, host) in
            [("https://app.test/x?y", "app.test"), ("http://localhost:3000", "localhost:3000"), ("app", "app")]
        {
            assert_eq!(host_of(url), host);
        }
        assert_eq!(plain("x", Some("  ".into())).unwrap(), None);
        assert_eq!(plain("x", Some(" my phone ".into())).unwrap().as_deref(), Some("my phone"));
        assert!(plain("x", Some("a\u{0}b".into())).is_err() && plain("x", Some("x".repeat(101))).is_err());
    }
}
