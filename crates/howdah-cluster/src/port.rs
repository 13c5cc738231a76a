//! Loopback ports.

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;

use crate::error::{ClusterError, Result};
use crate::layout;

/// Below the range from which systems take ports for outgoing connections (Linux: 32768, others: 49152), so that a
/// stopped server's port is not given away by chance; above what well-known programs listen on.
const FIRST: u16 = 20_000;
const COUNT: u16 = 10_000;
const LAST: u16 = FIRST + COUNT - 1;

/// The port a project tries first: its path decides, so that two projects seldom want the same.
pub(crate) fn first_choice(root: &Path) -> u16 {
    let hash = u64::from_str_radix(&layout::short_hash(root), 16).unwrap_or(0);
    FIRST + u16::try_from(hash % u64::from(COUNT)).unwrap_or(0)
}

/// The first free port from `wanted` on.
pub(crate) fn free_from(wanted: u16) -> Result<u16> {
    if is_free(wanted) {
        return Ok(wanted);
    }
    let from = if (FIRST..=LAST).contains(&wanted) { wanted - FIRST } else { 0 };
    // A stride that shares no factor with the count meets every port once.
    let candidates =
        (1..=200_u32).map(|step| FIRST + u16::try_from((u32::from(from) + step * 37) % u32::from(COUNT)).unwrap_or(0));
    candidates.into_iter().find(|port| is_free(*port)).ok_or(ClusterError::NoFreePort { first: FIRST, last: LAST })
}

/// Whether a server could listen on it now.
pub(crate) fn is_free(port: u16) -> bool {
    // The standard library sets SO_REUSEADDR on Unix, as PostgreSQL does: a port in TIME_WAIT counts as free.
    port != 0 && TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_passed_over() {
        let wanted = first_choice(Path::new("/somewhere/.howdah"));
        assert!((FIRST..=LAST).contains(&wanted));
        assert_eq!(wanted, first_choice(Path::new("/somewhere/.howdah")), "the same every time");
        let free = free_from(wanted).unwrap();
        let _taken = TcpListener::bind((Ipv4Addr::LOCALHOST, free)).unwrap();
        assert!(!is_free(free));
        assert_ne!(free_from(free).unwrap(), free);
        assert_ne!(free_from(0).unwrap(), 0);
    }
}
