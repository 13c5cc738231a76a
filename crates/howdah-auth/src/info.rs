//! `GET /auth/v1/settings` and `GET /auth/v1/health`: what a sign-in form needs to know before anybody has signed in.

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::Accounts;

pub(crate) fn routes() -> Router<Accounts> {
    Router::new().route("/auth/v1/settings", get(settings)).route("/auth/v1/health", get(health))
}

async fn settings(State(accounts): State<Accounts>) -> Json<Value> {
    let options = &accounts.options;
    Json(json!({
        "external": { "email": true, "phone": false, "anonymous_users": options.anonymous_sign_in },
        "disable_signup": !options.signup,
        "mailer_autoconfirm": !options.confirm_email,
        "phone_autoconfirm": false,
        "sms_provider": "",
        "saml_enabled": false,
        "password_min_length": options.password_min_length,
    }))
}

async fn health() -> Json<Value> {
    Json(json!({
        "name": "Howdah",
        "version": env!("CARGO_PKG_VERSION"),
        "description": "Accounts in the form of Supabase Auth",
    }))
}
