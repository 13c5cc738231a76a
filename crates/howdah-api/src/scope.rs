//! What a request needs the API key for that makes it. Who comes in with a token is limited by role and policies alone.
//!
//! Embedding asks for each relation as it is resolved (`resolve`); here is what the method and the preferences ask for. The
//! rows that a write touches may be chosen by filters without the right to read: whoever may change rows finds out which of
//! them a filter matches.

use howdah_http::{ApiError, Operation};
use howdah_schema::QualifiedName;
use http::Method;

use crate::api::Request;
use crate::exposed::Relation;
use crate::request::prefer::Return;
use crate::sql::Resolution;

/// Whether the key is good for what a request does with its relation.
///
/// # Errors
/// 403, with the scope that is missing.
pub(crate) fn allow(request: &Request<'_>, relation: &Relation) -> Result<(), ApiError> {
    let Some(scopes) = request.caller.principal.scopes.as_deref() else { return Ok(()) };
    let allow = |operation| scopes.allow(operation, &relation.name, request.exposed.default_schema());
    let merges = request.prefer.resolution == Some(Resolution::Merge);
    let needed: &[Operation] = match *request.caller.method {
        Method::GET | Method::HEAD => &[Operation::Read],
        Method::POST if merges => &[Operation::Insert, Operation::Update],
        Method::POST => &[Operation::Insert],
        Method::PUT => &[Operation::Insert, Operation::Update],
        Method::PATCH => &[Operation::Update],
        Method::DELETE => &[Operation::Delete],
        // Nothing of a row is read or written.
        _ => return Ok(()),
    };
    needed.iter().try_for_each(|operation| allow(*operation))?;
    let shows_rows = *request.caller.method != Method::GET && request.prefer.returning == Some(Return::Representation);
    if shows_rows { allow(Operation::Read) } else { Ok(()) }
}

/// Whether the key is good for a call of a function of the request's schema.
///
/// # Errors
/// 403, with the scope that is missing.
pub(crate) fn allow_call(request: &Request<'_>, function: &str) -> Result<(), ApiError> {
    let Some(scopes) = request.caller.principal.scopes.as_deref() else { return Ok(()) };
    let name = QualifiedName::new(request.schema.as_str(), function);
    scopes.allow(Operation::Call, &name, request.exposed.default_schema())
}
