//! Pages by keyset: each begins behind the last row of the one before, so that what is inserted or deleted meanwhile moves
//! no other row from one page to the next.
//!
//! A token holds the values by which that last row is ordered, and a fingerprint of the rows and of the order it belongs to.
//! It is no secret and grants nothing: its values are compared with like those of any filter.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use howdah_http::ApiError;
use http::HeaderName;
use sha2::{Digest, Sha256};

use crate::query::{Field, Keyset, OrderTerm, Query};
use crate::sql::Rendering;

/// The cursor of the page after this one; a last page has none.
pub(crate) const NEXT_CURSOR: HeaderName = HeaderName::from_static("next-cursor");

/// Values, `None` being null, and what they belong to.
type Token = (String, Vec<Option<String>>);

/// Makes a query one of pages by keyset, from the page that the token leads to; an empty one leads to the first.
pub(crate) fn page(query: &mut Query, token: &str, rendering: Rendering<'_>) -> Result<(), ApiError> {
    let refuse = |message: &str, hint: &str| Err(ApiError::bad_request("HOWDAH400", message).with_hint(hint));
    if query.offset > 0 {
        return refuse("A cursor and an offset exclude each other", "Leave out offset and Range");
    }
    if query.limit == Some(0) {
        return refuse("A page by cursor has at least one row", "Set limit to 1 or more");
    }
    if query.is_grouped() {
        return refuse("Rows that aggregates make have no cursor", "Page through them by limit and offset");
    }
    let key: Vec<&str> = query.relation.primary_key.iter().map(String::as_str).collect();
    if key.is_empty() || !query.relation.is_unique(&key) {
        let message =
            format!("The rows of '{}' cannot be paged by cursor: no key tells them apart", query.relation.name.name);
        return refuse(&message, "Give the table a primary key; a view has one where it shows that of its only table");
    }
    complete(query);
    query.keyset = Some(Keyset { after: None });
    if !token.is_empty() {
        let wrong = || {
            ApiError::bad_request("HOWDAH400", "The cursor does not belong to this request")
                .with_details("A cursor holds for the filters, the order and the trash= that it was given for")
                .with_hint("Send the Next-Cursor of the same request's page before, or cursor= to begin anew")
        };
        let (of, values) = read(token).ok_or_else(wrong)?;
        if of != fingerprint(query, rendering)? || values.len() != query.order.len() {
            return Err(wrong());
        }
        query.keyset = Some(Keyset { after: Some(values) });
    }
    Ok(())
}

/// 400 for what has no pages by keyset.
pub(crate) fn not_here() -> ApiError {
    ApiError::bad_request("HOWDAH400", "A cursor is for reading a table or view")
        .with_hint("Leave out cursor=; the rows of a function are paged through by limit and offset")
}

/// The token that leads behind a row.
pub(crate) fn behind(query: &Query, rendering: Rendering<'_>, values: Vec<Option<String>>) -> Result<String, ApiError> {
    let token: Token = (fingerprint(query, rendering)?, values);
    Ok(URL_SAFE_NO_PAD.encode(serde_json::json!(token).to_string()))
}

fn read(token: &str) -> Option<Token> {
    let token: Token = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    // PostgreSQL has no text with a zero byte.
    let is_text = token.1.iter().flatten().all(|value| !value.contains('\0'));
    is_text.then_some(token)
}

/// Orders what is still tied by the primary key, in the direction of the last term, so that an index over both serves.
fn complete(query: &mut Query) {
    let descending = query.order.last().is_some_and(|term| term.descending);
    for key in query.relation.primary_key.clone() {
        let is_there =
            |term: &OrderTerm| term.embed.is_none() && term.field.path.is_empty() && term.field.column == key;
        if !query.order.iter().any(is_there) {
            let field = Field { column: key, path: Vec::new() };
            query.order.push(OrderTerm { embed: None, field, descending, nulls_first: None });
        }
    }
}

fn fingerprint(query: &Query, rendering: Rendering<'_>) -> Result<String, ApiError> {
    let rows = rendering.ordered(query)?;
    let mut hash = Sha256::new();
    hash.update(rows.sql.as_bytes());
    for value in &rows.params {
        hash.update([0]);
        hash.update(value.as_deref().unwrap_or_default());
    }
    Ok(hash.finalize().iter().take(8).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    }))
}
