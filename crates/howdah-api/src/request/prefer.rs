//! The `Prefer` header.

use http::HeaderMap;

use super::not_yet;
use howdah_http::ApiError;

/// What the client wants back from a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Return {
    Minimal,
    HeadersOnly,
    Representation,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Prefer {
    pub(crate) returning: Option<Return>,
    pub(crate) count: bool,
    pub(crate) purge: bool,
    strict: Option<bool>,
}

/// Reads all `Prefer` headers.
///
/// Preferences are wishes: an unknown one is passed over unless `handling=strict` is among them. Those that would
/// change what is written (`resolution`, `missing`) are refused while they are not supported.
pub(crate) fn prefer(headers: &HeaderMap) -> Result<Prefer, ApiError> {
    let mut prefer = Prefer::default();
    let mut unknown = Vec::new();
    for value in headers.get_all("prefer") {
        for wish in value.to_str().unwrap_or_default().split(',').map(str::trim).filter(|wish| !wish.is_empty()) {
            match wish {
                "return=minimal" => prefer.returning = Some(Return::Minimal),
                "return=headers-only" => prefer.returning = Some(Return::HeadersOnly),
                "return=representation" => prefer.returning = Some(Return::Representation),
                // An exact count is a good answer to all three questions; Preference-Applied says which it was.
                "count=exact" | "count=planned" | "count=estimated" => prefer.count = true,
                "handling=strict" => prefer.strict = Some(true),
                "handling=lenient" => prefer.strict = Some(false),
                "purge" => prefer.purge = true,
                _ if wish.starts_with("resolution=") || wish.starts_with("missing=") => {
                    return Err(not_yet(&format!("Prefer: {wish}")));
                }
                _ => unknown.push(wish.to_owned()),
            }
        }
    }
    if prefer.strict == Some(true) && !unknown.is_empty() {
        return Err(ApiError::bad_request("PGRST122", "Invalid preferences given with handling=strict")
            .with_details(format!("Invalid preferences: {}", unknown.join(", "))));
    }
    Ok(prefer)
}

impl Prefer {
    /// `Preference-Applied` for a read.
    pub(crate) fn applied_to_read(&self) -> Option<String> {
        self.applied(false)
    }

    /// `Preference-Applied` for a write.
    pub(crate) fn applied_to_write(&self) -> Option<String> {
        self.applied(true)
    }

    fn applied(&self, write: bool) -> Option<String> {
        let mut applied = Vec::new();
        if write {
            applied.extend(self.returning.map(|returning| match returning {
                Return::Minimal => "return=minimal",
                Return::HeadersOnly => "return=headers-only",
                Return::Representation => "return=representation",
            }));
            applied.extend(self.purge.then_some("purge"));
        }
        applied.extend(self.count.then_some("count=exact"));
        applied.extend(self.strict.map(|strict| if strict { "handling=strict" } else { "handling=lenient" }));
        (!applied.is_empty()).then(|| applied.join(", "))
    }
}
