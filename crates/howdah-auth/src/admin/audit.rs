//! `GET /auth/v1/admin/audit?page=…&per_page=…`: the audit trail, the newest first.
//!
//! People stand in it under pseudonyms. How many events there are is not said: that would be counting all of them.

use axum::extract::{Request, State};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::Value;

use super::Administrator;
use super::list::Wanted;
use crate::Accounts;
use crate::body::UrlQuery;
use crate::database::Query;
use crate::error::AuthError;

const PAGE: &str = include_str!("sql/audit_page.sql");

pub(super) fn routes() -> Router<Accounts> {
    Router::new().route("/auth/v1/admin/audit", get(list))
}

async fn list(
    State(accounts): State<Accounts>,
    UrlQuery(wanted): UrlQuery<Wanted>,
    request: Request,
) -> Result<Json<Vec<Value>>, AuthError> {
    let (parts, _) = request.into_parts();
    let administrator = Administrator::of(&parts, &accounts).await?;
    let (page, size) = wanted.page()?;
    let query = Query::new(PAGE).bind(size).bind((page - 1) * size);
    let rows = administrator.as_service_role(&accounts, &parts).read_slowly(query).await?;
    Ok(Json(rows.iter().map(|row| row.json("event")).collect()))
}
