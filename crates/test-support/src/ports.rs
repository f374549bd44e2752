//! Free ports on loopback.

use std::{
    collections::BTreeSet,
    net::{Ipv4Addr, TcpListener},
    ops::Range,
    sync::{Mutex, PoisonError},
};

use crate::{Error, Result};

/// The range that ports are chosen from. It ends below the ephemeral ports, which the system may assign to an outgoing
/// connection at any moment.
const CANDIDATES: Range<u16> = 10_240..32_768;

const ATTEMPTS: u32 = 1000;

/// Returns a port that is free and that this function hasn't returned before in this process.
pub fn free() -> Result<u16> {
    static ASSIGNED: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
    let mut assigned = ASSIGNED.lock().unwrap_or_else(PoisonError::into_inner);
    for _ in 0..ATTEMPTS {
        let port = fastrand::u16(CANDIDATES);
        if !assigned.contains(&port) && TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            assigned.insert(port);
            return Ok(port);
        }
    }
    Err(Error::Unexpected("found no free port on 127.0.0.1".into()))
}

/// Returns `wanted` if it is free, otherwise another free port.
pub fn prefer(wanted: u16) -> Result<u16> {
    if TcpListener::bind((Ipv4Addr::LOCALHOST, wanted)).is_ok() { Ok(wanted) } else { free() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_unique_and_below_the_ephemeral_range() {
        let ports: BTreeSet<_> = (0..200).map(|_| free().unwrap()).collect();
        assert_eq!(ports.len(), 200);
        assert!(ports.iter().all(|port| CANDIDATES.contains(port)));
    }

    #[test]
    fn a_port_in_use_is_replaced_by_another() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        assert_ne!(prefer(port).unwrap(), port);
    }
}
