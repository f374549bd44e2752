//! The organisations that send through an account, and the share of each.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

/// The time after the end of its lease during which a client keeps its share. A rule that counted the clients that asked within some
/// seconds would give a newcomer nothing: the one that holds a long lease asks too rarely to be counted.
const GRACE: Duration = Duration::seconds(1);

/// The length of a lease when several clients send, or shortly after SES throttled.
const SHARED: Duration = Duration::seconds(1);

/// The length of the only client's lease if it uses at least half of the rate.
const BUSY: Duration = Duration::seconds(2);

/// The length of the only client's lease otherwise.
const IDLE: Duration = Duration::seconds(5);

/// The part of a token that fills in a turn. The bucket's first token is the turn's only one.
const TURN_TOKEN: f64 = 0.99;

/// The age up to which stored leases may still run: they are stored once a minute.
const STORED_AGE: Duration = Duration::seconds(65);

/// The rates that leases have to stay within, in recipients per second.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rates {
    /// The sum of all leases.
    pub(super) leased: f64,
    /// The rate that SES allows, for newcomers that find everything leased.
    pub(super) allowed: f64,
}

/// The rate and the length of a lease.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Term {
    pub(super) rate: f64,
    pub(super) until: OffsetDateTime,
    pub(super) alone: bool,
}

/// The clients with a lease, and those that wait for one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Clients(BTreeMap<String, Client>);

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Client {
    /// Recipients per second; 0 while the client waits for a lease.
    rate: f64,
    /// The end of the lease, or the time at which the waiting client asks again.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    until: OffsetDateTime,
    alone: bool,
    /// Recipients per second that the client could use.
    demand: f64,
    /// Recipients reserved of the daily quota.
    reserved: u32,
    #[serde(with = "time::serde::timestamp::milliseconds::option")]
    waiting_since: Option<OffsetDateTime>,
}

impl Client {
    fn is_active(&self, now: OffsetDateTime) -> bool {
        self.until + GRACE > now
    }

    fn has_lease(&self, now: OffsetDateTime) -> bool {
        self.rate > 0.0 && self.until > now
    }
}

impl Clients {
    /// Forgets the clients that no longer send. A reservation outlives its lease, since its recipients may have been sent to.
    pub(super) fn advance_to(&mut self, now: OffsetDateTime) {
        self.0.retain(|_, client| client.is_active(now) || client.reserved > 0);
    }

    /// Assumes that the stored leases run for another second. Leases that were granted after the last write are unknown.
    pub(super) fn resume(&mut self, now: OffsetDateTime) {
        self.0.retain(|_, client| client.until + STORED_AGE > now);
        for client in self.0.values_mut() {
            client.until = client.until.max(now + GRACE);
        }
    }

    /// Returns the number of clients that share the rate, including `client`.
    pub(super) fn active(&self, client: &str, now: OffsetDateTime) -> u32 {
        count(self.others(client).filter(|other| other.is_active(now)).count()).saturating_add(1)
    }

    /// Returns the running lease of `client`.
    pub(super) fn running(&self, client: &str, now: OffsetDateTime) -> Option<(Term, u32)> {
        let client = self.0.get(client).filter(|client| client.has_lease(now))?;
        Some((Term { rate: client.rate, until: client.until, alone: client.alone }, client.reserved))
    }

    /// Ends the lease of `client`. Its reservation stays until it reports what it sent meanwhile.
    pub(super) fn end(&mut self, client: &str, now: OffsetDateTime) {
        if let Some(client) = self.0.get_mut(client) {
            client.rate = 0.0;
            client.until = client.until.min(now);
            client.waiting_since = None;
        }
    }

    /// Returns the recipients that the other clients have reserved of the daily quota.
    pub(super) fn reserved_by_others(&self, client: &str) -> u64 {
        self.others(client).map(|other| u64::from(other.reserved)).sum()
    }

    /// Returns the time at which the last of the other clients' leases ends.
    pub(super) fn last_end(&self, client: &str) -> Option<OffsetDateTime> {
        self.others(client).map(|other| other.until).max()
    }

    /// Sets the recipients that `client` has reserved of the daily quota.
    pub(super) fn reserve(&mut self, client: &str, recipients: u32) {
        if let Some(client) = self.0.get_mut(client) {
            client.reserved = recipients;
        }
    }

    /// Frees recipients that `client` reserved and reported as sent to.
    pub(super) fn spend(&mut self, client: &str, recipients: u32) {
        if let Some(client) = self.0.get_mut(client) {
            client.reserved = client.reserved.saturating_sub(recipients);
        }
    }

    /// Frees the reservations of leases that had ended when SES counted.
    pub(super) fn free_reservations(&mut self, counted_at: OffsetDateTime) {
        for client in self.0.values_mut().filter(|client| client.until + GRACE <= counted_at) {
            client.reserved = 0;
        }
    }

    /// Grants `client` its share.
    ///
    /// Every client gets its demand up to an equal share; what is left is divided in proportion to the demand. No client gets more than
    /// the running leases of the others leave, but at least one recipient per second as long as SES's rate allows it. If there are more
    /// clients than recipients per second, they take turns of one email each.
    ///
    /// # Errors
    /// The time at which to ask again.
    pub(super) fn grant(
        &mut self,
        name: &str,
        demand: u32,
        rates: Rates,
        was_throttled: bool,
        now: OffsetDateTime,
    ) -> Result<Term, OffsetDateTime> {
        let demand = f64::from(demand.max(1)).min(rates.leased);
        let own = self.0.get(name).copied();
        let others: Vec<Client> = self.others(name).filter(|other| other.is_active(now)).copied().collect();
        let running = || others.iter().filter(|other| other.has_lease(now));
        let waiting_since = own.and_then(|own| own.waiting_since).unwrap_or(now);
        let active = f64::from(count(others.len())) + 1.0;
        let seats = seats(rates);
        let takes_turns = active > seats;
        if takes_turns {
            let is_ahead = |other: &&Client| other.waiting_since.is_some_and(|since| since < waiting_since);
            let ahead = others.iter().filter(is_ahead).count();
            if f64::from(count(running().count() + ahead)) >= seats {
                if let Some((term, _)) = self.running(name, now) {
                    return Ok(term);
                }
                return Err(self.wait(name, demand, waiting_since, rates, now));
            }
        }
        let alone = others.is_empty();
        let is_busy = demand >= rates.leased / 2.0;
        let share = if !alone {
            share(demand, &others, rates.leased, active.min(seats))
        } else if is_busy {
            rates.leased
        } else {
            // A newcomer finds the other half free.
            rates.leased / 2.0
        };
        let taken: f64 = running().map(|other| other.rate).sum();
        let least = rates.leased.min(1.0).min(rates.allowed - taken);
        let mut rate = share.min(rates.leased - taken).max(least);
        if takes_turns {
            rate = rate.min(TURN_TOKEN / turn_length(rates).as_seconds_f64());
        }
        if rate <= 0.0 {
            return Err(self.wait(name, demand, waiting_since, rates, now));
        }
        let length = match () {
            () if takes_turns && !alone => turn_length(rates),
            () if !alone || was_throttled => SHARED,
            // At one email per second, the end has to be a whole second after the last email.
            () if is_busy => BUSY.max(turn_length(rates) * 2),
            () => IDLE,
        };
        let until = now + length;
        let reserved = own.map_or(0, |own| own.reserved);
        let client = Client { rate, until, alone, demand, reserved, waiting_since: None };
        self.0.insert(name.to_owned(), client);
        Ok(Term { rate, until, alone })
    }

    /// Lets `client` wait for a lease, and returns the time at which to ask again.
    fn wait(
        &mut self,
        name: &str,
        demand: f64,
        since: OffsetDateTime,
        rates: Rates,
        now: OffsetDateTime,
    ) -> OffsetDateTime {
        let first_end = self.others(name).filter(|other| other.has_lease(now)).map(|other| other.until).min();
        let until = first_end.unwrap_or(now + turn_length(rates));
        let waiting_since = Some(since);
        let reserved = self.0.get(name).map_or(0, |client| client.reserved);
        let client = Client { rate: 0.0, until, alone: false, demand, reserved, waiting_since };
        self.0.insert(name.to_owned(), client);
        until
    }

    fn others(&self, name: &str) -> impl Iterator<Item = &Client> {
        self.0.iter().filter(move |(other, _)| *other != name).map(|(_, client)| client)
    }
}

/// Returns the share of a client with this demand, if `parts` clients share the rate.
fn share(demand: f64, others: &[Client], rate: f64, parts: f64) -> f64 {
    let equal = rate / parts;
    let demands = || others.iter().map(|other| other.demand).chain([demand]);
    let rest = rate - demands().map(|demand| demand.min(equal)).sum::<f64>();
    let unmet = demand - demand.min(equal);
    if rest <= 0.0 || unmet <= 0.0 {
        return demand.min(equal);
    }
    let all_unmet: f64 = demands().map(|demand| (demand - equal).max(0.0)).sum();
    demand.min(equal + rest * unmet / all_unmet)
}

/// Returns the length of a turn, in which each of the clients that have a lease sends one email.
fn turn_length(rates: Rates) -> Duration {
    Duration::seconds_f64(seats(rates) / rates.leased)
}

/// Returns how many leases may run at a time. Each may send one email immediately, however low its rate is.
fn seats(rates: Rates) -> f64 {
    rates.leased.floor().max(1.0)
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
