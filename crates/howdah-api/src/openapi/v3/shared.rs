//! What is the same for every schema.

use serde_json::{Value, json};

use super::parameters::profile;
use super::reference;
use crate::openapi::surface::Surface;

/// The tag of what is about the API itself.
pub(super) const TAG: &str = "api";

/// `/`
pub(super) fn root(surface: &Surface<'_>) -> Value {
    description(surface, "api.root", "The API's description as Swagger 2.0")
}

/// `/openapi.json`
pub(super) fn openapi(surface: &Surface<'_>) -> Value {
    description(surface, "api.openapi", "The API's description as OpenAPI 3.1: this document")
}

fn description(surface: &Surface<'_>, id: &str, summary: &str) -> Value {
    let content = json!({ "schema": { "type": "object" } });
    json!({
        "get": {
            "tags": [TAG],
            "summary": summary,
            "operationId": id,
            "parameters": profile(surface, "accept-profile"),
            "responses": {
                "200": {
                    "description": "What the caller's role may do",
                    "content": { "application/openapi+json": content, "application/json": content },
                },
                "default": reference("responses", "api.error"),
            },
        },
    })
}

/// `components.headers`
pub(super) fn headers() -> Value {
    let header = |about: &str, example: &str| json!({ "description": about, "schema": { "type": "string" }, "example": example });
    json!({
        "api.content-range": header("Which rows these are, counted from 0, and how many there are: `*` unless asked", "0-24/*"),
        "api.next-cursor": header("For `cursor`, to get the next page; absent on the last one", "eyJpZCI6MjV9"),
        "api.etag": header("The version of the one row that was asked for", "\"7\""),
        "api.location": header("The row that was made, with `Prefer: return=headers-only`", "/tasks?id=eq.1"),
        "api.preference-applied": header("The preferences that were followed", "return=representation"),
        "api.proxy-status": header("The code of the error", "PostgREST; error=PGRST116"),
    })
}

/// The schema of errors.
pub(super) fn error_schema() -> Value {
    json!({
        "type": "object",
        "description": "What went wrong, and what to do about it",
        "required": ["code", "message"],
        "properties": {
            "code": {
                "type": "string",
                "description": "Stable: `PGRST…` of the API, five characters of PostgreSQL (SQLSTATE), or `HOWDAH…`",
                "examples": ["PGRST116", "23505"],
            },
            "message": { "type": "string" },
            "details": { "type": ["string", "null"] },
            "hint": { "type": ["string", "null"] },
        },
    })
}

/// The response that holds it.
pub(super) fn error_response() -> Value {
    json!({
        "description": "An error",
        "headers": { "Proxy-Status": { "$ref": "#/components/headers/api.proxy-status" } },
        "content": { "application/json": { "schema": { "$ref": "#/components/schemas/api.error" } } },
    })
}

/// The schema of filters.
pub(super) fn filter_schema() -> Value {
    json!({
        "type": "string",
        "description": "`[not.]operator.value`. Operators: `eq`, `neq`, `gt`, `gte`, `lt`, `lte`, `like` and `ilike` (`*` stands \
            for any text), `match`, `imatch`, `in.(…)`, `is.null|not_null|true|false|unknown`, `isdistinct`, `fts`, `plfts`, \
            `phfts`, `wfts`, `cs`, `cd`, `ov`, `sl`, `sr`, `nxr`, `nxl`, `adj`; `eq(any).{…}` and `eq(all).{…}`.",
        "examples": ["eq.1", "in.(1,2,3)", "not.is.null", "ilike.*word*"],
    })
}
