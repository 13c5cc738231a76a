//! What PostgreSQL's error codes mean over HTTP: PostgREST's table (its reference, "Errors"), with one row of our own.

use http::StatusCode;

/// The status for an error of PostgreSQL.
pub(super) fn status(sqlstate: &str, message: &str, anonymous: bool) -> StatusCode {
    if let Some(custom) = sqlstate.strip_prefix("PT") {
        return custom.parse().ok().and_then(final_status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    }
    match sqlstate {
        // A statement without WHERE, refused by the extension safeupdate, is the client's doing; a subquery that gives
        // too many rows is a view's or a function's.
        "21000" if message.ends_with("requires a WHERE clause") => StatusCode::BAD_REQUEST,
        "21000" => StatusCode::INTERNAL_SERVER_ERROR,
        // What `set role` says to a token's role that is not there.
        "22023" if message.starts_with("role ") && message.ends_with("does not exist") => StatusCode::UNAUTHORIZED,
        // Ours: 23001 is what PostgreSQL 18 says where a RESTRICT stands in the way; before, it said 23503.
        "23001" | "23503" | "23505" => StatusCode::CONFLICT,
        "25006" => StatusCode::METHOD_NOT_ALLOWED,
        "42501" if anonymous => StatusCode::UNAUTHORIZED,
        "42501" => StatusCode::FORBIDDEN,
        "42P01" | "42883" => StatusCode::NOT_FOUND,
        "42P17" | "53400" => StatusCode::INTERNAL_SERVER_ERROR,
        "P0001" => StatusCode::BAD_REQUEST,
        _ => match sqlstate.get(..2) {
            Some("08" | "53") => StatusCode::SERVICE_UNAVAILABLE,
            Some("0L" | "0P" | "28") => StatusCode::FORBIDDEN,
            Some(
                "09" | "25" | "2D" | "38" | "39" | "3B" | "40" | "54" | "55" | "57" | "58" | "F0" | "HV" | "P0" | "XX",
            ) => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        },
    }
}

/// A status that an answer can have: 1xx announce one, and HTTP/1.1 would wait for it.
pub(super) fn final_status(status: u16) -> Option<StatusCode> {
    StatusCode::from_u16(status).ok().filter(|status| !status.is_informational())
}

/// What to say instead of the message, where it is about the server and not about the request.
pub(super) fn stand_in(sqlstate: &str) -> Option<&'static str> {
    match sqlstate.get(..2)? {
        "08" => Some("The database could not reach another server; see the server's log."),
        "53" => Some("The database server is short of resources; see the server's log."),
        "58" | "F0" | "XX" => Some("PostgreSQL met an internal error; see the server's log."),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sqlstate: &str, message: &str, anonymous: bool, expected: u16) {
        assert_eq!(status(sqlstate, message, anonymous).as_u16(), expected, "{sqlstate} {message}");
    }

    #[test]
    fn statuses_follow_the_contract() {
        for (sqlstate, expected) in [
            ("08000", 503),
            ("08006", 503),
            ("09000", 500),
            ("0A000", 400),
            ("0L000", 403),
            ("0LP01", 403),
            ("0P000", 403),
            ("21000", 500),
            ("22000", 400),
            ("22003", 400),
            ("22023", 400),
            ("22P02", 400),
            ("23000", 400),
            ("23001", 409),
            ("23502", 400),
            ("23503", 409),
            ("23505", 409),
            ("23514", 400),
            ("23P01", 400),
            ("25000", 500),
            ("25006", 405),
            ("25P02", 500),
            ("26000", 400),
            ("28000", 403),
            ("28P01", 403),
            ("2D000", 500),
            ("38000", 500),
            ("39000", 500),
            ("3B000", 500),
            ("3D000", 400),
            ("3F000", 400),
            ("40001", 500),
            ("40P01", 500),
            ("42000", 400),
            ("42501", 403),
            ("42601", 400),
            ("42703", 400),
            ("42883", 404),
            ("42P01", 404),
            ("42P17", 500),
            ("44000", 400),
            ("53000", 503),
            ("53100", 503),
            ("53300", 503),
            ("53400", 500),
            ("54001", 500),
            ("55000", 500),
            ("55P03", 500),
            ("57014", 500),
            ("57P01", 500),
            ("58000", 500),
            ("58030", 500),
            ("F0000", 500),
            ("HV000", 500),
            ("HV00N", 500),
            ("P0000", 500),
            ("P0001", 400),
            ("P0002", 500),
            ("P0004", 500),
            ("PT200", 200),
            ("PT402", 402),
            ("PT418", 418),
            ("PT599", 599),
            ("PT101", 500),
            ("PT000", 500),
            ("PTxyz", 500),
            ("XX000", 500),
            ("XX002", 500),
            ("ABCDE", 400),
            ("", 400),
            ("ÄÖ", 400),
        ] {
            check(sqlstate, "whatever", false, expected);
        }
    }

    #[test]
    fn some_depend_on_more_than_the_code() {
        check("42501", "permission denied for table users", true, 401);
        check("42501", "permission denied for table users", false, 403);
        check("21000", "UPDATE requires a WHERE clause", false, 400);
        check("21000", "more than one row returned by a subquery used as an expression", false, 500);
        check("22023", "role \"nobody\" does not exist", false, 401);
        check("22023", "unrecognized encoding: \"x\"", false, 400);
    }
}
