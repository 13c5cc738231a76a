//! `POST /batch`: several operations in one transaction.

use serde_json::{Value, json};

use super::error;
use super::shared::TAG;

/// Its path.
pub(super) fn path() -> Value {
    json!({
        "post": {
            "tags": [TAG],
            "summary": "Several operations in one transaction",
            "description": "All of them take effect, or none. A later one may name the result of an earlier one.",
            "operationId": "api.batch",
            "requestBody": {
                "required": true,
                "content": {
                    "application/json": {
                        "schema": {
                            "type": "object",
                            "required": ["operations"],
                            "properties": {
                                "operations": {
                                    "type": "array",
                                    "items": { "$ref": "#/components/schemas/api.operation" },
                                },
                            },
                        },
                    },
                },
            },
            "responses": {
                "200": {
                    "description": "What each operation answered, in their order",
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "array",
                                "items": {
                                    "type": "object",
                                    "properties": {
                                        "id": { "type": "string" },
                                        "status": { "type": "integer" },
                                        "headers": { "type": "object", "additionalProperties": { "type": "string" } },
                                        "body": {},
                                    },
                                },
                            },
                        },
                    },
                },
                "default": error("Nothing has changed"),
            },
        },
    })
}

/// The schema of one operation.
pub(super) fn operation_schema() -> Value {
    json!({
        "type": "object",
        "description": "A request of this API",
        "required": ["method", "path"],
        "properties": {
            "id": { "type": "string", "description": "A name for its result, for later operations" },
            "method": { "enum": ["GET", "POST", "PATCH", "PUT", "DELETE"] },
            "path": { "type": "string", "description": "Path and query below that of the API; `{id/0/column}` is a value of an earlier answer", "examples": ["tasks?id=eq.1"] },
            "headers": { "type": "object", "additionalProperties": { "type": "string" } },
            "body": { "description": "Any JSON; `{\"$ref\": \"id/0/column\"}` in it is a value of an earlier answer" },
        },
    })
}
