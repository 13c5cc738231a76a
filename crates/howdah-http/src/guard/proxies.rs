//! Where a request comes from, when proxies stand in between.
//!
//! Anybody can write an `X-Forwarded-For`. It is believed only as far as those who wrote it are: the connection's other
//! end has to be a trusted proxy, then the list is read from its end, and the first address that is none is the client.

use std::net::IpAddr;
use std::str::FromStr;

use http::HeaderMap;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// Proxies whose `X-Forwarded-For` is believed. None by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies {
    networks: Vec<Network>,
    /// Whoever connects to the Unix socket.
    unix: bool,
}

/// The text is none of `address`, `address/prefix length` and `unix`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no proxy: give an address (192.0.2.1), a network (10.0.0.0/8) or unix, with commas in between")]
pub struct ProxyError(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Network {
    /// IPv4 as the IPv6 address that stands for it, so that the two are told apart by nothing but their bits.
    bits: u128,
    mask: u128,
}

impl FromStr for TrustedProxies {
    type Err = ProxyError;

    fn from_str(text: &str) -> Result<Self, ProxyError> {
        let mut proxies = Self::default();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            match part {
                "unix" => proxies.unix = true,
                _ => proxies.networks.push(part.parse()?),
            }
        }
        Ok(proxies)
    }
}

impl FromStr for Network {
    type Err = ProxyError;

    fn from_str(text: &str) -> Result<Self, ProxyError> {
        let malformed = || ProxyError(text.to_owned());
        let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let address: IpAddr = address.parse().map_err(|_| malformed())?;
        let width: u32 = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Ok(width), str::parse).ok().filter(|prefix| *prefix <= width);
        let host_bits = width - prefix.ok_or_else(malformed)?;
        let mask = u128::MAX.checked_shl(host_bits).unwrap_or(0);
        Ok(Self { bits: bits(address) & mask, mask })
    }
}

impl TrustedProxies {
    /// The client's address: `peer`, the other end of the connection (`None` for the Unix socket), or what trusted
    /// proxies say stands behind it.
    pub(super) fn client(&self, peer: Option<IpAddr>, headers: &HeaderMap) -> Option<IpAddr> {
        let is_trusted = peer.map_or(self.unix, |peer| self.trust(peer));
        if !is_trusted {
            return peer;
        }
        let mut client = peer;
        // Several fields are one list (RFC 9110, 5.3).
        for value in headers.get_all(FORWARDED_FOR).iter().rev() {
            let Ok(value) = value.to_str() else { return client };
            for hop in value.rsplit(',').map(str::trim) {
                // What is no address was not written by a proxy that can be trusted to write one.
                let Some(hop) = address(hop) else { return client };
                client = Some(hop);
                if !self.trust(hop) {
                    return client;
                }
            }
        }
        client
    }

    fn trust(&self, address: IpAddr) -> bool {
        let bits = bits(address);
        self.networks.iter().any(|network| bits & network.mask == network.bits)
    }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

/// Some proxies add the port: `192.0.2.1:4711`, `[2001:db8::1]:4711`.
fn address(hop: &str) -> Option<IpAddr> {
    let parsed = hop.parse().or_else(|_| hop.parse().map(|socket: std::net::SocketAddr| socket.ip()));
    parsed.ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(trusted: &str, peer: &str, forwarded: &[&str], expected: &str) {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(FORWARDED_FOR, value.parse().unwrap());
        }
        let trusted: TrustedProxies = trusted.parse().unwrap();
        let client = trusted.client(peer.parse().ok(), &headers);
        assert_eq!(client, expected.parse().ok(), "{trusted:?} {peer} {forwarded:?}");
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let proxies = "10.0.0.0/8, 2001:db8::/32, 192.0.2.7";
        check("", "198.51.100.1", &["203.0.113.9"], "198.51.100.1");
        check(proxies, "198.51.100.1", &["203.0.113.9"], "198.51.100.1");
        check(proxies, "10.1.2.3", &["203.0.113.9"], "203.0.113.9");
        check(proxies, "::ffff:10.1.2.3", &["203.0.113.9"], "203.0.113.9");
        check(proxies, "2001:db8::1", &["203.0.113.9"], "203.0.113.9");
        check(proxies, "192.0.2.7", &["203.0.113.9"], "203.0.113.9");
        check(proxies, "192.0.2.8", &["203.0.113.9"], "192.0.2.8");
        check("0.0.0.0/0", "198.51.100.1", &["2001:db8::9"], "2001:db8::9");
        check("0.0.0.0/0", "2001:db8::1", &["203.0.113.9"], "2001:db8::1");
        check("::/0", "198.51.100.1", &["2001:db8::9"], "2001:db8::9");
    }

    #[test]
    fn what_the_client_made_up_is_not_believed() {
        let proxies = "10.0.0.0/8";
        check(proxies, "10.0.0.1", &["6.6.6.6, 203.0.113.9"], "203.0.113.9");
        check(proxies, "10.0.0.1", &["6.6.6.6", "203.0.113.9, 10.0.0.2"], "203.0.113.9");
        check(proxies, "10.0.0.1", &["203.0.113.9, 10.0.0.3,10.0.0.2"], "203.0.113.9");
        check(proxies, "10.0.0.1", &["10.0.0.3, 10.0.0.2"], "10.0.0.3");
        check(proxies, "10.0.0.1", &["203.0.113.9, garbage"], "10.0.0.1");
        check(proxies, "10.0.0.1", &["203.0.113.9, unknown, 10.0.0.2"], "10.0.0.2");
        check(proxies, "10.0.0.1", &[""], "10.0.0.1");
        check(proxies, "10.0.0.1", &[], "10.0.0.1");
        check(proxies, "10.0.0.1", &["203.0.113.9:4711"], "203.0.113.9");
        check(proxies, "10.0.0.1", &["[2001:db8::9]:4711"], "2001:db8::9");
    }

    #[test]
    fn the_unix_socket_has_no_address() {
        check("10.0.0.0/8", "socket", &["203.0.113.9"], "none");
        check("unix", "socket", &["203.0.113.9"], "203.0.113.9");
        check("unix", "socket", &[], "none");
        check("unix", "10.0.0.1", &["203.0.113.9"], "10.0.0.1");
    }

    #[test]
    fn malformed_networks_are_refused() {
        for text in ["10.0.0.0/33", "10.0.0.0/x", "10.0.0", "2001:db8::/129", "proxy.example.com", "10.0.0.0/-1"] {
            assert_eq!(text.parse::<TrustedProxies>(), Err(ProxyError(text.into())));
        }
    }
}
