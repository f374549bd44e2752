//! Ports on loopback.

use std::net::{Ipv4Addr, TcpListener};

use crate::{Error, Result};

/// A port that nobody listens on now. The system hands out another one each time, so two callers get two ports.
///
/// # Errors
/// Where loopback can't be listened on at all.
pub fn free() -> Result<u16> {
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(Error::io("find a free port on 127.0.0.1"))?;
    let address = listener.local_addr().map_err(Error::io("read the free port's number"))?;
    Ok(address.port())
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
    fn a_port_in_use_gets_another_one() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        assert_ne!(prefer(port).unwrap(), port);
    }
}
