//! The `Prefer` header.

use http::{HeaderMap, Method};

use crate::exposed::Exposed;
use crate::options::{ApiOptions, TxEnd};
use crate::sql::Resolution;
use howdah_http::ApiError;

/// What the client wants back from a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Return {
    Minimal,
    HeadersOnly,
    Representation,
}

/// How the total number of rows is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Count {
    /// By counting.
    Exact,
    /// As the planner guesses.
    Planned,
    /// By counting up to the most rows of an answer, as the planner guesses beyond.
    Estimated,
}

/// What becomes of the transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tx {
    Commit,
    Rollback,
}

/// The preferences of one request. Each was asked for or is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Prefer {
    pub(crate) returning: Option<Return>,
    pub(crate) count: Option<Count>,
    pub(crate) resolution: Option<Resolution>,
    /// `missing=default`, or `missing=null` for false.
    pub(crate) missing_default: Option<bool>,
    tx: Option<Tx>,
    strict: Option<bool>,
    pub(crate) time_zone: Option<String>,
    max_affected: Option<u64>,
    pub(crate) purge: bool,
}

/// Whether `max-affected` is about a write of this kind: it is about rows that are there, not about new ones.
fn limits(method: &Method) -> bool {
    matches!(*method, Method::PATCH | Method::DELETE)
}

/// Reads all `Prefer` headers.
///
/// Preferences are wishes: one that is unknown, or that the API does not allow, is passed over unless `handling=strict` is
/// among them.
pub(crate) fn prefer(headers: &HeaderMap, exposed: &Exposed, options: &ApiOptions) -> Result<Prefer, ApiError> {
    let mut prefer = Prefer::default();
    let mut unknown = Vec::new();
    for value in headers.get_all("prefer") {
        for wish in value.to_str().unwrap_or_default().split(',').map(str::trim).filter(|wish| !wish.is_empty()) {
            if !prefer.take(wish, exposed, options) {
                unknown.push(wish.to_owned());
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
    /// Whether the wish is known. Of several of one kind the first holds.
    fn take(&mut self, wish: &str, exposed: &Exposed, options: &ApiOptions) -> bool {
        fn put<T>(place: &mut Option<T>, value: T) -> bool {
            place.get_or_insert(value);
            true
        }
        match wish.split_once('=').map_or((wish, ""), |(name, value)| (name.trim(), value.trim())) {
            ("return", "minimal") => put(&mut self.returning, Return::Minimal),
            ("return", "headers-only") => put(&mut self.returning, Return::HeadersOnly),
            ("return", "representation") => put(&mut self.returning, Return::Representation),
            ("count", "exact") => put(&mut self.count, Count::Exact),
            ("count", "planned") => put(&mut self.count, Count::Planned),
            ("count", "estimated") => put(&mut self.count, Count::Estimated),
            ("resolution", "merge-duplicates") => put(&mut self.resolution, Resolution::Merge),
            ("resolution", "ignore-duplicates") => put(&mut self.resolution, Resolution::Ignore),
            ("missing", "default") => put(&mut self.missing_default, true),
            ("missing", "null") => put(&mut self.missing_default, false),
            ("handling", "strict") => put(&mut self.strict, true),
            ("handling", "lenient") => put(&mut self.strict, false),
            ("tx", tx @ ("commit" | "rollback")) => {
                let allowed = matches!(options.tx_end, TxEnd::CommitAllowOverride | TxEnd::RollbackAllowOverride);
                allowed && put(&mut self.tx, if tx == "commit" { Tx::Commit } else { Tx::Rollback })
            }
            ("timezone", zone) => {
                options.timezone && exposed.has_time_zone(zone) && put(&mut self.time_zone, zone.to_owned())
            }
            ("max-affected", most) => match most.parse() {
                Ok(most) => put(&mut self.max_affected, most),
                Err(_) => false,
            },
            ("purge", "") => {
                self.purge = true;
                true
            }
            _ => false,
        }
    }

    /// How the transaction ends.
    pub(crate) fn tx(&self, options: &ApiOptions) -> Tx {
        let usual = match options.tx_end {
            TxEnd::Commit | TxEnd::CommitAllowOverride => Tx::Commit,
            TxEnd::Rollback | TxEnd::RollbackAllowOverride => Tx::Rollback,
        };
        self.tx.unwrap_or(usual)
    }

    /// Whether the client says how the transaction ends.
    pub(crate) fn names_end(&self) -> bool {
        self.tx.is_some()
    }

    /// How many rows may change. The limit counts only where the client insists on its preferences.
    pub(crate) fn max_affected(&self) -> Option<u64> {
        self.max_affected.filter(|_| self.strict == Some(true))
    }

    /// How many rows a write of this kind may change.
    pub(crate) fn max_written(&self, method: &Method) -> Option<u64> {
        self.max_affected().filter(|_| limits(method))
    }

    /// `Preference-Applied` for a batch, whose only preferences are about its transaction.
    pub(crate) fn applied_to_batch(&self) -> Option<String> {
        Self { tx: self.tx, strict: self.strict, ..Self::default() }.applied_to_read()
    }

    /// `Preference-Applied` for a read.
    pub(crate) fn applied_to_read(&self) -> Option<String> {
        self.applied(false, false)
    }

    /// `Preference-Applied` for a call.
    pub(crate) fn applied_to_call(&self) -> Option<String> {
        self.applied(false, true)
    }

    /// `Preference-Applied` for a write. Whether it `resolves` conflicts, as it can where there is something to tell rows by.
    pub(crate) fn applied_to_write(&self, method: &Method, resolves: bool) -> Option<String> {
        let resolution = self.resolution.filter(|_| *method == Method::POST && resolves);
        let missing_default = self.missing_default.filter(|_| matches!(*method, Method::POST | Method::PATCH));
        Self { resolution, missing_default, ..self.clone() }.applied(true, limits(method))
    }

    fn applied(&self, write: bool, is_limited: bool) -> Option<String> {
        let mut applied: Vec<String> = Vec::new();
        let mut say = |text: Option<&str>| applied.extend(text.map(str::to_owned));
        if write {
            say(self.resolution.map(|resolution| match resolution {
                Resolution::Merge => "resolution=merge-duplicates",
                Resolution::Ignore => "resolution=ignore-duplicates",
            }));
            say(self.missing_default.map(|default| if default { "missing=default" } else { "missing=null" }));
            say(self.returning.map(|returning| match returning {
                Return::Minimal => "return=minimal",
                Return::HeadersOnly => "return=headers-only",
                Return::Representation => "return=representation",
            }));
        }
        say(self.count.map(|count| match count {
            Count::Exact => "count=exact",
            Count::Planned => "count=planned",
            Count::Estimated => "count=estimated",
        }));
        say(self.tx.map(|tx| if tx == Tx::Commit { "tx=commit" } else { "tx=rollback" }));
        say(self.strict.map(|strict| if strict { "handling=strict" } else { "handling=lenient" }));
        say(self.time_zone.as_ref().map(|zone| format!("timezone={zone}")).as_deref());
        say(self.max_affected().filter(|_| is_limited).map(|most| format!("max-affected={most}")).as_deref());
        say(self.purge.then_some("purge").filter(|_| write));
        (!applied.is_empty()).then(|| applied.join(", "))
    }
}
