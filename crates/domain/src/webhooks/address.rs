//! Which IP addresses a webhook may be delivered to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use thiserror::Error;

/// Why a host can't be delivered to.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum AddressError {
    #[error("the host name can't be resolved")]
    Unresolved,
    #[error("the host name has no address")]
    None,
    #[error("the host name has an address that is not public")]
    NotPublic,
}

/// Checks the addresses that a host name has: the answers to the questions for IPv4 and IPv6, `None` without an answer. One address that
/// isn't public, or that may exist unseen, is enough to refuse: the runtime may choose any of them.
///
/// # Errors
/// [`AddressError`].
pub fn check_addresses(answers: &[Option<Vec<IpAddr>>]) -> Result<(), AddressError> {
    let mut has_address = false;
    for answer in answers {
        for address in answer.as_ref().ok_or(AddressError::Unresolved)? {
            has_address = true;
            if !is_public(*address) {
                return Err(AddressError::NotPublic);
            }
        }
    }
    if has_address { Ok(()) } else { Err(AddressError::None) }
}

/// Returns whether an address is reachable from everywhere.
///
/// <https://www.iana.org/assignments/iana-ipv4-special-registry>, <https://www.iana.org/assignments/iana-ipv6-special-registry>
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

const fn is_public_v4(address: Ipv4Addr) -> bool {
    !matches!(
        address.octets(),
        [0 | 10 | 127 | 224..=255, ..]
            | [100, 64..=127, ..]
            | [169, 254, ..]
            | [172, 16..=31, ..]
            | [192, 168, ..]
            | [192, 0, 0 | 2, _]
            | [192, 88, 99, _]
            | [198, 18 | 19, ..]
            | [198, 51, 100, _]
            | [203, 0, 113, _]
    )
}

/// Only global unicast addresses are, without documentation, protocol assignments (Teredo among them) and 6to4, which contain IPv4
/// addresses. Those that are mapped or translated from IPv4 are outside of global unicast.
const fn is_public_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        [0x2001, 0..=0x01ff | 0x0db8, ..] | [0x2002, ..] | [0x3fff, 0..=0x0fff, ..] => false,
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(addresses: &[&str]) -> Result<(), AddressError> {
        let addresses: Vec<IpAddr> = addresses.iter().map(|text| text.parse().unwrap()).collect();
        check_addresses(&[Some(addresses), Some(Vec::new())])
    }

    #[test]
    fn an_address_that_is_not_public_is_refused_whatever_the_others_are() {
        for address in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "64:ff9b::7f00:1",
            "64:ff9b::808:808",
            "64:ff9b:1::a00:1",
            "::7f00:1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "3fff::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert_eq!(check(&["8.8.8.8", address]), Err(AddressError::NotPublic), "{address}");
        }
    }

    #[test]
    fn a_host_needs_an_address_and_public_ones_are_allowed() {
        assert_eq!(check(&[]), Err(AddressError::None));
        for address in
            ["8.8.8.8", "100.63.0.1", "100.128.0.1", "172.15.0.1", "172.32.0.1", "192.0.1.1", "198.20.0.1"]
        {
            assert_eq!(check(&[address, "2606:4700::1111", "2001:4860:4860::8888"]), Ok(()), "{address}");
        }
    }

    #[test]
    fn a_host_is_refused_if_one_kind_of_address_is_unknown() {
        let public = Some(vec!["8.8.8.8".parse().unwrap()]);
        assert_eq!(check_addresses(&[public.clone(), None]), Err(AddressError::Unresolved));
        assert_eq!(check_addresses(&[None, public]), Err(AddressError::Unresolved));
    }

    proptest! {
        #[test]
        fn what_the_standard_library_calls_private_is_not_public(bits: u32, wide: u128) {
            let address = Ipv4Addr::from(bits);
            if address.is_private() || address.is_loopback() || address.is_link_local() || address.is_broadcast()
                || address.is_documentation() || address.is_unspecified() || address.is_multicast()
            {
                prop_assert!(!is_public(address.into()));
            }
            prop_assert!(!is_public(address.to_ipv6_mapped().into()));
            let address = Ipv6Addr::from(wide);
            if address.is_loopback() || address.is_unspecified() || address.is_multicast()
                || address.is_unique_local() || address.is_unicast_link_local()
            {
                prop_assert!(!is_public(address.into()));
            }
        }
    }
}
