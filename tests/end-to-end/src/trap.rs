//! An address on loopback that nobody may ask anything: it answers, and remembers who did.

use std::{
    io,
    sync::{Mutex, PoisonError},
};

use crate::{
    relay::{Exchange, Reaction, Relay, Station},
    wire::Message,
};

/// A listening trap.
pub(crate) struct Trap(Relay<Asked>);

#[derive(Default)]
struct Asked(Mutex<Vec<String>>);

impl Trap {
    /// Sets one.
    pub(crate) fn set() -> io::Result<Self> {
        Ok(Self(Relay::start(None, Asked::default())?))
    }

    /// Where it is.
    pub(crate) fn origin(&self) -> String {
        self.0.origin()
    }

    /// The first lines of what it was asked.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.0.station().0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Station for Asked {
    fn react(&self, _: &mut Message) -> Reaction {
        Reaction::Answer(Message::response(200, &[("content-type", "text/plain")], "Welcome"))
    }

    fn note(&self, exchange: Exchange) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(exchange.request.start);
    }
}
