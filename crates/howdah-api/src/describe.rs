//! The description of the API: Swagger 2.0 at the root, OpenAPI 3.1 at `/openapi.json`.

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use howdah_http::{ApiError, Trash};
use howdah_pg::lane::Route;
use http::{Method, StatusCode};

use crate::answer::{self, unexpected};
use crate::api::{Request, allowed, not_allowed};
use crate::call;
use crate::conditional::{self, Conditions};
use crate::explain::unrelated;
use crate::openapi::{Basis, Document, PRIVILEGES_SQL, Privileges, openapi, swagger};
use crate::options::OpenApiMode;
use crate::request::media::Media;
use crate::sql::{Rendered, array_literal};
use crate::transaction::Transaction;

/// Which description.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Description {
    Swagger,
    OpenApi,
}

const ALLOW: &str = "OPTIONS,GET,HEAD";

/// Answers with a description, by the caller's privileges where the options say so.
pub(crate) async fn describe(
    request: &Request<'_>,
    which: Description,
    pairs: &[(String, String)],
    body: Body,
) -> Result<Response, ApiError> {
    let options = request.options();
    match *request.caller.method {
        Method::GET | Method::HEAD => {}
        Method::OPTIONS => return Ok(allowed(ALLOW)),
        _ => return Err(not_allowed(request.caller.method, ALLOW)),
    }
    if let (Some(function), Description::Swagger) = (&options.root_spec, which) {
        return call::call(request, &function.name, pairs, body).await;
    }
    if options.openapi == OpenApiMode::Disabled {
        return Err(ApiError::new(StatusCode::NOT_FOUND, "PGRST126", "Root endpoint metadata is disabled"));
    }
    let media = request.media(|media| matches!(media, Media::OpenApi | Media::Json | Media::Any))?;
    let media = if media == Media::Any { Media::OpenApi } else { media };
    // Asked for each time, under the caller's role: what it may do can have changed, and a function that is to be called
    // before every request may refuse this one.
    let privileges = match options.openapi {
        OpenApiMode::FollowPrivileges => Some(privileges(request).await?),
        OpenApiMode::IgnorePrivileges | OpenApiMode::Disabled => None,
    };
    let document = document(request, which, privileges.as_deref())?;
    let mut response = answer::response(StatusCode::OK, &media, document.body);
    // The same document in another media type is another representation.
    let representation = if media == Media::Json { "json" } else { "openapi" };
    conditional::set(&mut response, document.tag.as_bytes(), representation);
    let response = conditional::of_read(&Conditions::of(request.caller.headers)?, response)?;
    Ok(answer::without_body(response, request.caller))
}

/// The document, made if it has not been made already.
fn document(request: &Request<'_>, which: Description, privileges: Option<&str>) -> Result<Document, ApiError> {
    let (options, schema, exposed) = (request.options(), &request.schema, &request.exposed);
    let basis = Basis::new(which, schema, privileges);
    let known = exposed.descriptions().get(&basis);
    request.api.gate().metrics().described(known.is_some());
    if let Some(document) = known {
        return Ok(document);
    }
    let privileges = match privileges {
        None => Privileges::Unlimited,
        Some(text) => Privileges::read(text).map_err(|error| {
            tracing::error!(%error, "the privileges of a role could not be read");
            unexpected()
        })?,
    };
    let value = match which {
        Description::Swagger => swagger(exposed.catalog(), options, schema, &privileges),
        Description::OpenApi => openapi(exposed.catalog(), options, schema, &privileges),
    };
    let document = Document::new(value.to_string());
    exposed.descriptions().keep(basis, &document);
    Ok(document)
}

/// What the caller's role may do, as the database tells it.
async fn privileges(request: &Request<'_>) -> Result<String, ApiError> {
    let (caller, options, prefer) = (request.caller, request.options(), &request.prefer);
    let schemas = Bytes::from(array_literal(&options.schemas));
    let mut asked = Rendered { sql: PRIVILEGES_SQL.to_owned(), params: vec![Some(schemas)], ..Rendered::default() };
    let mut transaction = Transaction::begin(request, Trash::Hidden, true);
    let place = transaction.push(caller, &mut asked);
    let flight = transaction.finish(options, prefer);
    let reply = request.executor.run(flight, Route::Exclusive).await;
    let reply = reply.map_err(|error| unrelated(&error, caller))?;
    let text = place.in_reply(&reply).and_then(|step| reply.rows(step).next()?.next()?);
    let text = text.and_then(|text| std::str::from_utf8(text).ok()).ok_or_else(unexpected)?;
    Ok(text.to_owned())
}
