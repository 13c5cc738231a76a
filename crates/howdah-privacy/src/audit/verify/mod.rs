//! Walks the chain and the events side by side, and names what does not fit.
//!
//! Both are in the same order, transaction then id, so one pass over each is enough, a page at a time. Where something is
//! wrong, the walk goes on from what is written, so that one change is one finding and not the rest of the trail.
//!
//! It trusts nothing that the database computes by functions of its own: digests are made here. Each page is a snapshot of its own,
//! since one for hours would hold back VACUUM; the end of the chain is read first, and what comes later is not looked at.

mod dropped;
mod finding;
mod pages;
mod walk;

use tokio_postgres::Client;

use super::digest::{Message, hex};
use super::seal::{HEAD, Head};
use super::{AuditError, Expected, TrustedKeys, standing};
pub(super) use dropped::Statement;
pub use finding::{Finding, Problem, Report};
pub(super) use pages::PAGE;
use walk::Walk;

/// When people's events were redacted.
pub(super) const REDACTIONS: &str = include_str!("../sql/redactions.sql");
/// The chain digest of a place.
pub(super) const CHAIN_AT: &str =
    "select s.chain_sha256::bytea from audit.seals s where s.sequence_number = $1::bigint";

/// How to verify.
#[derive(Debug, Clone)]
pub struct VerifyOptions {
    /// Whose signatures count; `None` leaves signatures unchecked.
    pub trusted: Option<TrustedKeys>,
    /// What somebody outside remembers of the chain.
    pub expected: Vec<Expected>,
    /// So many findings are kept, all are counted.
    pub limit: usize,
}

/// Hears how far it is.
pub trait Progress: Sync {
    /// There are so many seals.
    fn begin(&self, _seals: u64) {}
    /// So many more have been looked at.
    fn advance(&self, _seals: u64) {}
}

impl Progress for () {}

/// Verifies the trail that the client reads (see [`super::connect`]).
///
/// # Errors
/// Those of PostgreSQL. What is wrong with the trail is in the report.
pub async fn verify(client: &Client, options: &VerifyOptions, progress: &dyn Progress) -> Result<Report, AuditError> {
    let end = Head::read(client.query_opt(HEAD, &[]).await?.as_ref());
    progress.begin(u64::try_from(end.sequence_number).unwrap_or_default());
    let mut walk = Walk::begin(client, options, end.clone()).await?;
    let mut after = 0;
    loop {
        let page = pages::seals(client, after, end.sequence_number).await?;
        let Some(last) = page.last() else { break };
        let until = last.sequence_number;
        walk.page(&page, after, until).await?;
        progress.advance(u64::try_from(until - after).unwrap_or_default());
        after = until;
    }
    let mut report = walk.end(after).await?;
    expected(client, options, &mut report).await?;
    if end.sequence_number > 0 {
        report.chain_sha256 = Some(hex(&end.chain_sha256));
    }
    report.sequence_number = end.sequence_number;
    report.unsealed = u64::try_from(standing(client).await?.unsealed).unwrap_or_default();
    Ok(report)
}

/// Holds the chain against what somebody outside remembers.
async fn expected(client: &Client, options: &VerifyOptions, report: &mut Report) -> Result<(), AuditError> {
    for known in &options.expected {
        let number = known.sequence_number;
        let row = client.query_opt(CHAIN_AT, &[&number]).await?;
        let found = row.map(|row| row.get::<_, Vec<u8>>(0));
        let (problem, message) = match found {
            Some(chain) if chain == known.chain_sha256 => continue,
            Some(chain) => {
                let (chain, known) = (hex(&chain), hex(&known.chain_sha256));
                (
                    Problem::ChainReplaced,
                    format!("seal {number} has the chain digest {chain}, and {known} was expected"),
                )
            }
            None => {
                (Problem::TailMissing, format!("the chain is known to have reached seal {number}, which is not there"))
            }
        };
        report.found += 1;
        // What is known outside weighs most: it is named first.
        report.findings.insert(0, Finding { problem, sequence_number: number, event_id: None, message });
        report.findings.truncate(options.limit.max(1));
    }
    Ok(())
}

/// What is wrong with a signature, if anything.
fn signature(
    trusted: Option<&TrustedKeys>,
    key_name: &str,
    message: &Message,
    signature: &[u8],
) -> Option<(bool, String)> {
    let trusted = trusted?;
    match trusted.find(key_name) {
        None => Some((true, format!("is signed by `{key_name}`, which is not trusted"))),
        Some(key) if key.verifies(message, signature) => None,
        Some(_) => Some((false, "is not what was signed".to_owned())),
    }
}
