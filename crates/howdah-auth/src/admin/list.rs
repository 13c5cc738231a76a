//! `GET /auth/v1/admin/users?page=…&per_page=…`: all accounts of people, the newest first.

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Administrator, shown};
use crate::Accounts;
use crate::body::UrlQuery;
use crate::database::Query;
use crate::error::AuthError;
use crate::user::User;

/// $1 how many, $2 after how many.
const PAGE: &str =
    concat!(include_str!("../sql/account.sql"), "order by u.created_at desc, u.id limit $1::bigint offset $2::bigint");
const COUNT: &str = "select count(*) as total from auth.users where deleted_at is null and account_type = 'human'";
const USUAL: i64 = 50;
const MOST: i64 = 1000;

/// Which page of a list. Empty is as good as nothing: that is how supabase-js says it.
#[derive(Debug, Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    page: String,
    #[serde(default)]
    per_page: String,
}

impl Wanted {
    /// Its number, from 1, and its size.
    ///
    /// # Errors
    /// 400 for what is neither.
    pub(super) fn page(&self) -> Result<(i64, i64), AuthError> {
        Ok((number("page", &self.page, 1, i64::from(i32::MAX))?, number("per_page", &self.per_page, USUAL, MOST)?))
    }
}

pub(super) fn routes() -> Router<Accounts> {
    Router::new().route("/auth/v1/admin/users", get(list))
}

async fn list(
    State(accounts): State<Accounts>,
    UrlQuery(wanted): UrlQuery<Wanted>,
    request: Request,
) -> Result<Response, AuthError> {
    let (parts, _) = request.into_parts();
    let administrator = Administrator::of(&parts, &accounts).await?;
    let (page, size) = wanted.page()?;
    let database = &administrator.database;
    let total = database.read_slowly(Query::new(COUNT)).await?;
    let total = total.first().map_or(0, |row| row.integer("total"));
    let rows = database.read_slowly(Query::new(PAGE).bind(size).bind((page - 1) * size)).await?;
    let users: Vec<Value> = rows.iter().map(|row| shown(&User::from_row(row))).collect();
    let headers = [("x-total-count", total.to_string()), ("link", links(page, size, total))];
    Ok((headers, Json(json!({ "users": users, "aud": "authenticated" }))).into_response())
}

/// A whole number from 1 to `most`.
fn number(name: &str, text: &str, usual: i64, most: i64) -> Result<i64, AuthError> {
    if text.is_empty() {
        return Ok(usual);
    }
    let number = text.parse().ok().filter(|number| (1..=most).contains(number));
    number.ok_or_else(|| AuthError::invalid(format!("{name} must be a whole number from 1 to {most}")))
}

/// Where to go on, as RFC 8288 has it.
fn links(page: i64, size: i64, total: i64) -> String {
    let last = ((total + size - 1) / size).max(1);
    let link = |page, rel| format!("</auth/v1/admin/users?page={page}&per_page={size}>; rel=\"{rel}\"");
    let next = (page < last).then(|| link(page + 1, "next"));
    next.into_iter().chain([link(last, "last")]).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages() {
        let of = |page: i64, rel: &str| format!("</auth/v1/admin/users?page={page}&per_page=10>; rel=\"{rel}\"");
        for (page, total, expected) in [
            (1, 0, of(1, "last")),
            (1, 10, of(1, "last")),
            (1, 11, format!("{}, {}", of(2, "next"), of(2, "last"))),
            (2, 11, of(2, "last")),
            (7, 11, of(2, "last")),
        ] {
            assert_eq!(links(page, 10, total), expected);
        }
        for (text, expected) in [
            ("", Some(50)),
            ("1", Some(1)),
            ("1000", Some(1000)),
            ("0", None),
            ("-1", None),
            ("1001", None),
            ("x", None),
        ] {
            assert_eq!(number("per_page", text, USUAL, MOST).ok(), expected, "{text}");
        }
    }
}
