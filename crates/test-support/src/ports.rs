//! Ports on loopback.

use std::{
    collections::BTreeSet,
    net::{Ipv4Addr, TcpListener},
    ops::Range,
    sync::{Mutex, PoisonError},
};

use crate::{Error, Result};

/// Where ports are looked for. Those above are what systems take for connections to others: one that is free now may be such a connection's
/// own end a moment later.
const LISTENED_ON: Range<u16> = 10_240..32_768;

/// How often one is looked for.
const TRIES: u32 = 1000;

/// A port that nobody listens on now, and that this process was not given before.
///
/// # Errors
/// Where none is found.
pub fn free() -> Result<u16> {
    static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
    let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
    for _ in 0..TRIES {
        let port = fastrand::u16(LISTENED_ON);
        if !given.contains(&port) && TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            given.insert(port);
            return Ok(port);
        }
    }
    Err(Error::Unexpected("no port is free on 127.0.0.1".into()))
}

/// `wanted` where it is free, another port where it isn't.
///
/// # Errors
/// As [`free`].
pub fn prefer(wanted: u16) -> Result<u16> {
    if TcpListener::bind((Ipv4Addr::LOCALHOST, wanted)).is_ok() { Ok(wanted) } else { free() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_port_is_given_twice_or_taken_by_a_connection_of_somebody_elses() {
        let ports: BTreeSet<_> = (0..200).map(|_| free().unwrap()).collect();
        assert_eq!(ports.len(), 200);
        assert!(ports.iter().all(|port| LISTENED_ON.contains(port)));
    }

    #[test]
    fn a_port_in_use_gets_another_one() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        assert_ne!(prefer(port).unwrap(), port);
    }
}
