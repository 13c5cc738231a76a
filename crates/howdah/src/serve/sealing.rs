//! How far the audit trail is sealed, for `/metrics`: the crate that counts and the one that seals know nothing of each other.

use howdah_http::{Sealing, Waiting};
use howdah_privacy::audit::{SealerState, SealerStatus};

/// What a sealer knows of itself, without asking the database. None where there is no trail.
pub(super) fn now(status: &SealerStatus) -> Option<Sealing> {
    let is_up = match status.state() {
        SealerState::NoTrail => return None,
        SealerState::Sealing | SealerState::Standby => true,
        SealerState::Starting | SealerState::Failing => false,
    };
    let waiting = status
        .standing()
        .zip(status.oldest_unsealed())
        .map(|(standing, oldest)| Waiting { events: u64::try_from(standing.unsealed).unwrap_or_default(), oldest });
    Some(Sealing { is_up, sealed: status.sealed(), waiting })
}
