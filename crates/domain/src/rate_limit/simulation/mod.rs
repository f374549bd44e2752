//! Organisations that send through one account, with SES's own limits as the judge.
//!
//! Time passes in milliseconds. A request to the limiter takes 4 to 30 ms, an email reaches SES after 5 to 15 ms and SES responds after 250 ms.

mod ses;
mod tests;

use std::collections::VecDeque;

use time::{Duration, OffsetDateTime, macros::datetime};

use self::ses::{Ses, Verdict};
use super::{LeaseGrant, LeaseRequest, Pacer, QuotaSnapshot, RateLimiter, SendReport, Take};

const START: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

/// The time that SES takes to respond, in milliseconds.
const RESPONSE: i64 = 250;

/// A small generator, so that each run is the same.
#[derive(Clone, Copy)]
struct Random(u64);

impl Random {
    fn between(&mut self, low: i64, high: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        low + i64::try_from(self.0 >> 33).unwrap() % (high - low + 1)
    }
}

fn at(milliseconds: i64) -> OffsetDateTime {
    START + Duration::milliseconds(milliseconds)
}

/// Returns a time in milliseconds since the start, rounded up.
fn milliseconds(time: OffsetDateTime) -> i64 {
    i64::try_from(((time - START) + Duration::nanoseconds(999_999)).whole_milliseconds()).unwrap()
}

/// A request to the limiter that is in progress.
struct Asking {
    request: LeaseRequest,
    received_at: i64,
    grant: Option<LeaseGrant>,
    responded_at: i64,
}

/// One organisation.
struct Organisation {
    name: String,
    pacer: Pacer,
    /// The times at which emails are queued, in ascending order; one recipient each.
    queue: VecDeque<i64>,
    asking: Option<Asking>,
    /// The time at which the next email is tried again.
    next_try: i64,
    asked: u32,
    /// When each email was first sent to SES, and how long it had been queued.
    sent: Vec<(i64, i64)>,
}

impl Organisation {
    fn new(name: &str, queue: impl IntoIterator<Item = i64>) -> Self {
        Self {
            name: name.into(),
            pacer: Pacer::default(),
            queue: queue.into_iter().collect(),
            asking: None,
            next_try: 0,
            asked: 0,
            sent: Vec::new(),
        }
    }

    /// An organisation with more queued emails than it can send.
    fn full(name: &str, from: i64) -> Self {
        Self::new(name, std::iter::repeat_n(from, 40_000))
    }

    fn queued(&self, now: i64) -> u32 {
        u32::try_from(self.queue.partition_point(|queued_at| *queued_at <= now)).unwrap()
    }

    fn sent_between(&self, from: i64, to: i64) -> usize {
        self.sent.iter().filter(|(sent_at, _)| (from..to).contains(sent_at)).count()
    }
}

struct Simulation {
    now: i64,
    limiter: RateLimiter,
    ses: Ses,
    organisations: Vec<Organisation>,
    random: Random,
    /// Emails on their way to SES: the time of arrival, the organisation and when the email was queued.
    arriving: Vec<(i64, usize, i64)>,
    /// Responses on their way back.
    responding: VecDeque<(i64, usize, i64, Verdict)>,
}

impl Simulation {
    fn new(ses: Ses, organisations: Vec<Organisation>) -> Self {
        Self {
            now: 0,
            limiter: RateLimiter::default(),
            ses,
            organisations,
            random: Random(7),
            arriving: Vec::new(),
            responding: VecDeque::new(),
        }
    }

    fn run_until(&mut self, end: i64) {
        while self.now < end {
            self.deliver();
            for index in 0..self.organisations.len() {
                self.send(index);
                self.ask(index);
            }
            self.now += 1;
        }
    }

    /// Lets SES receive emails, and the organisations SES's responses.
    fn deliver(&mut self) {
        let now = self.now;
        for (_, index, queued_at) in self.arriving.extract_if(.., |(arrives_at, ..)| *arrives_at <= now) {
            let verdict = self.ses.receive(now);
            self.responding.push_back((now + RESPONSE, index, queued_at, verdict));
        }
        while let Some((_, index, queued_at, verdict)) = self.responding.pop_front_if(|(due, ..)| *due <= now)
        {
            let organisation = &mut self.organisations[index];
            let report = match verdict {
                Verdict::Accepted => SendReport { accepted: 1, ..SendReport::default() },
                Verdict::Throttled => SendReport { throttled: true, unused: 1, ..SendReport::default() },
                Verdict::QuotaExceeded => {
                    SendReport { daily_quota_exceeded: true, unused: 1, ..SendReport::default() }
                }
            };
            organisation.pacer.record(report, at(now));
            if verdict != Verdict::Accepted {
                organisation.queue.push_front(queued_at);
            }
        }
    }

    /// Carries a request to the limiter and the response back, or starts a request.
    fn ask(&mut self, index: usize) {
        let (now, time) = (self.now, at(self.now));
        let organisation = &mut self.organisations[index];
        let Some(asking) = &mut organisation.asking else {
            if organisation.pacer.should_ask(organisation.queued(now), time) {
                self.start_asking(index);
            }
            return;
        };
        if now == asking.received_at {
            asking.grant = Some(self.limiter.ask(&asking.request, time));
        }
        if now == asking.responded_at
            && let Some(grant) = organisation.asking.take().and_then(|asking| asking.grant)
        {
            if grant.refresh_quota {
                organisation.pacer.record_account(self.ses.snapshot(now), true);
            }
            organisation.pacer.apply(&grant, time);
            organisation.next_try = now;
        }
    }

    fn start_asking(&mut self, index: usize) {
        let received_at = self.now + self.random.between(2, 15);
        let responded_at = received_at + self.random.between(2, 15);
        let organisation = &mut self.organisations[index];
        let queued = organisation.queued(self.now);
        let request = organisation.pacer.request(&organisation.name, queued, queued.min(1), 0, at(self.now));
        organisation.asked += 1;
        organisation.asking = Some(Asking { request, received_at, grant: None, responded_at });
    }

    /// Sends queued emails as far as the pacer allows.
    fn send(&mut self, index: usize) {
        let now = self.now;
        loop {
            let organisation = &mut self.organisations[index];
            let Some(queued_at) = organisation.queue.front().copied().filter(|queued_at| *queued_at <= now)
            else {
                return;
            };
            if now < organisation.next_try {
                return;
            }
            match organisation.pacer.try_take(1, Duration::ZERO, at(now)) {
                Take::At(_) => {
                    organisation.queue.pop_front();
                    organisation.sent.push((now, now - queued_at));
                    self.arriving.push((now + self.random.between(5, 15), index, queued_at));
                }
                Take::Later(time) => organisation.next_try = milliseconds(time),
                Take::Hold(hold) => organisation.next_try = milliseconds(hold.retry_at),
                Take::AskFirst => {
                    if organisation.asking.is_none() {
                        self.start_asking(index);
                    }
                    return;
                }
            }
        }
    }
}
