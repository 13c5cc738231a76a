//! From the URL and the headers to the query tree. Nothing here knows SQL.

pub(crate) mod filter;
mod lexer;
pub(crate) mod media;
pub(crate) mod order;
pub(crate) mod parameters;
pub(crate) mod params;
pub(crate) mod prefer;
pub(crate) mod range;
pub(crate) mod select;

#[cfg(test)]
mod tests;

use howdah_http::ApiError;

/// What could not be read: of which part of the request, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ParseError {
    pub(crate) part: String,
    pub(crate) reason: String,
    pub(crate) hint: Option<String>,
    /// It was read, and asks for rows that cannot be.
    is_out_of_range: bool,
}

impl ParseError {
    fn new(part: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { part: part.into(), reason: reason.into(), hint: None, is_out_of_range: false }
    }

    fn out_of_range(key: &str, value: &str) -> Self {
        let reason = format!("{} should be greater than or equal to zero.", capitalised(key));
        Self { is_out_of_range: true, ..Self::new(format!("{key}={value}"), reason) }
    }

    fn with_hint(mut self, hint: Option<String>) -> Self {
        self.hint = hint;
        self
    }
}

impl From<ParseError> for ApiError {
    fn from(error: ParseError) -> Self {
        if error.is_out_of_range {
            return range::unsatisfiable(&error.reason, None);
        }
        Self::bad_request("PGRST100", format!("Failed to parse \"{}\"", error.part))
            .with_details(error.reason)
            .with_hint_if(error.hint)
    }
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
