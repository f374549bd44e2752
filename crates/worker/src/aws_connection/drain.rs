//! Sending what waits, by the alarm: as fast as the account may.

use std::{cell::Cell, rc::Rc};

use aws_sans_io::{Error as AwsError, Region};
use domain::{
    EmailId,
    connection::{CallTarget, ConnectionError},
    delivery::{self, DeliveryResult, Outcome},
    rate_limit::{Hold, SendReport},
};
use futures_util::{
    FutureExt, StreamExt,
    future::{LocalBoxFuture, join_all},
    stream::FuturesUnordered,
};
use time::{Duration, OffsetDateTime};

use super::{AwsConnection, left_out::Suppressed, outbox::Due, sending::Unusable};
use crate::{
    clock,
    database::{self, organisations::Organisation},
    http::Error,
    log,
};

/// How many mails one alarm looks at that are due by themselves, and how many are told to D1 at once.
const AT_ONCE: i64 = 50;

/// How many mails one alarm hands over: well below the 1,000 requests that it may make.
///
/// <https://developers.cloudflare.com/workers/platform/limits/#subrequests>
const MOST_A_RUN: usize = 400;

/// How long one alarm begins to hand mails over; then the next one goes on.
const LONGEST_RUN: Duration = Duration::seconds(30);

/// How long one alarm itself waits for room.
const PATIENCE: Duration = Duration::seconds(2);

/// When what failed for a reason of ours is tried again.
const AFTER_FAULT: Duration = Duration::seconds(30);

/// How many mails are asked about in one question: what fits into the second that is given out, at any rate that SES gives by itself.
const QUESTION: usize = 200;

impl AwsConnection {
    /// Notes what came of what an earlier instance had begun, and sends what waits.
    pub(super) async fn drain(&self, organisation: &Organisation) -> Result<(), Error> {
        self.see_to_the_due(organisation).await?;
        self.release()?;
        let regions = self.outbox()?.regions_in_turn(clock::now())?;
        let pumped = join_all(regions.into_iter().map(|region| self.pump(organisation, region))).await;
        pumped.into_iter().collect()
    }

    async fn see_to_the_due(&self, organisation: &Organisation) -> Result<(), Error> {
        self.tell_settled().await?;
        for due in self.outbox()?.due(clock::now(), AT_ONCE)? {
            match due {
                Due::Unshown(outgoing) | Due::Sending(outgoing) | Due::Unconfirmed(outgoing)
                    if self.is_in_flight(outgoing.id) => {}
                Due::Unshown(outgoing) => self.show_late(organisation, &outgoing).await?,
                Due::Sending(outgoing) => {
                    let stopped = AwsError::Unreachable("the call was interrupted".into());
                    self.keep(organisation, &outgoing, &Outcome::Unconfirmed(stopped)).await?;
                }
                Due::Unconfirmed(outgoing) => self.look_at_doubt(organisation, &outgoing).await?,
            }
        }
        self.tell_settled().await
    }

    /// Tells D1 of the mails that have come to their end, and lets them go.
    async fn tell_settled(&self) -> Result<(), Error> {
        loop {
            let settled = self.outbox()?.all_settled(clock::now(), AT_ONCE)?;
            if settled.is_empty() {
                return Ok(());
            }
            self.tell_all(&settled).await?;
        }
    }

    fn is_in_flight(&self, id: EmailId) -> bool {
        self.in_flight.borrow().contains(&id)
    }

    /// Hands over what waits in a region, each mail at its moment; a slow answer holds nobody up.
    async fn pump(&self, organisation: &Organisation, region: Region) -> Result<(), Error> {
        let (began, mut room) = (clock::now(), MOST_A_RUN);
        let gap = &Gap::default();
        let ask = async |pause: Duration, room: usize| {
            clock::sleep(pause).await;
            Done::Asked(self.next_in_turn(organisation, region, room).await)
        };
        let mut work: FuturesUnordered<LocalBoxFuture<'_, Done>> = FuturesUnordered::new();
        work.push(Box::pin(ask(Duration::ZERO, room)));
        let mut ended = Ok(());
        while let Some(done) = work.next().await {
            let next = match done {
                Done::Asked(Ok(Some(next))) => next,
                Done::Asked(Ok(None)) | Done::Handed | Done::Told(Ok(())) => continue,
                // What was begun is ended first.
                Done::Asked(Err(failure)) | Done::Told(Err(failure)) => {
                    ended = Err(failure);
                    continue;
                }
            };
            room = room.saturating_sub(next.mails.len());
            for (id, pause) in next.mails {
                let (suppressed, unusable) = (Rc::clone(&next.suppressed), next.unusable);
                let go = async move {
                    clock::sleep(pause).await;
                    gap.pass(next.gap).await;
                    self.go(organisation, id, &suppressed, unusable).await;
                    Done::Handed
                };
                work.push(Box::pin(go));
            }
            work.push(Box::pin(self.tell_settled().map(Done::Told)));
            let now = clock::now();
            if let Some(at) = next.ask_at.filter(|_| room > 0 && now - began < LONGEST_RUN) {
                work.push(Box::pin(ask(at - now, room)));
            }
        }
        self.tell_settled().await?;
        ended
    }

    /// The mails whose moment has come, and when to ask again; none where nothing waits or it waits for longer than an alarm.
    async fn next_in_turn(
        &self,
        organisation: &Organisation,
        region: Region,
        room: usize,
    ) -> Result<Option<Next>, Error> {
        let known = self.in_flight.borrow().len();
        let waiting = self.outbox()?.in_turn(region, clock::now(), QUESTION.min(room) + known)?;
        let mut waiting: Vec<_> = waiting.into_iter().filter(|(id, _)| !self.is_in_flight(*id)).collect();
        waiting.truncate(QUESTION.min(room));
        if waiting.is_empty() {
            return Ok(None);
        }
        let route = match CallTarget::new(&self.storage()?.state()?, Some(region)) {
            Ok(route) => route,
            Err(ConnectionError::Unusable(_)) => return self.hold(region, room).map(Some),
            Err(_) => return Ok(Some(self.without_a_route(&waiting))),
        };
        let recipients = waiting.iter().map(|(_, recipients)| *recipients).collect();
        let granted = self.moments(organisation, &route, recipients).await?;
        self.outbox()?.set_gate(region, granted.hold.as_ref())?;
        let granted_at = clock::now();
        let mut mails = self.in_flight_from_now(&waiting, granted.delays());
        let suppressed = match self.suppressed_among(organisation, &mails).await {
            Ok(suppressed) => suppressed,
            Err(failure) => {
                // Nobody knows who must not be written to: nothing goes, and the room is somebody else's.
                let returned = waiting.iter().take(mails.len()).map(|(_, recipients)| *recipients).sum();
                self.report(region, SendReport { unused: returned, ..SendReport::default() });
                let mut in_flight = self.in_flight.borrow_mut();
                for (id, _) in &mails {
                    in_flight.remove(id);
                }
                return Err(failure);
            }
        };
        let now = clock::now();
        for (_, pause) in &mut mails {
            *pause -= now - granted_at;
        }
        let gap =
            granted.limits.map_or(Duration::ZERO, |limits| Duration::seconds_f64(1.0 / limits.per_second));
        let ask_at = match granted.hold {
            None => Some(now),
            Some(hold) => (hold.retry_at - now <= PATIENCE).then_some(hold.retry_at),
        };
        let suppressed = Rc::new(suppressed);
        Ok(Some(Next { mails, suppressed, unusable: Unusable::Waits, ask_at, gap }))
    }

    /// Lets the mails of a region wait for a connection that doesn't work for now, but for those that have waited for a day.
    fn hold(&self, region: Region, room: usize) -> Result<Next, Error> {
        let now = clock::now();
        let waiting = self.outbox()?.in_turn(region, now - delivery::RETRY_WINDOW, room)?;
        if waiting.is_empty() {
            self.outbox()?.set_gate(region, Some(&Hold::for_connection(now)))?;
        }
        Ok(self.without_a_route(&waiting))
    }

    /// There is nothing to pace: each is told why it can't be sent.
    fn without_a_route(&self, waiting: &[(EmailId, u32)]) -> Next {
        let mails = self.in_flight_from_now(waiting, std::iter::repeat(Duration::ZERO));
        Next { mails, suppressed: Rc::default(), unusable: Unusable::Ends, ask_at: None, gap: Duration::ZERO }
    }

    /// Mails with how long each still waits: nobody else hands them over.
    fn in_flight_from_now(
        &self,
        waiting: &[(EmailId, u32)],
        pauses: impl Iterator<Item = Duration>,
    ) -> Vec<(EmailId, Duration)> {
        let mails: Vec<_> = waiting.iter().map(|(id, _)| *id).zip(pauses).collect();
        self.in_flight.borrow_mut().extend(mails.iter().map(|(id, _)| *id));
        mails
    }

    async fn go(
        &self,
        organisation: &Organisation,
        id: EmailId,
        suppressed: &Suppressed,
        unusable: Unusable,
    ) {
        let handed = self.go_now(organisation, id, suppressed, unusable).await;
        self.in_flight.borrow_mut().remove(&id);
        if let Err(failure) = handed {
            log::email_error("email_send_failed", id, &failure);
            let later = clock::now() + AFTER_FAULT;
            if let Err(failure) = self.outbox().and_then(|outbox| outbox.postpone(id, later)) {
                log::email_error("email_reschedule_failed", id, &failure);
            }
        }
    }

    async fn go_now(
        &self,
        organisation: &Organisation,
        id: EmailId,
        suppressed: &Suppressed,
        unusable: Unusable,
    ) -> Result<(), Error> {
        let Some(outgoing) = self.outbox()?.outgoing(id)? else { return Ok(()) };
        // It may be that the instance ended before the mail was shown, or that D1 was put back to a time before it.
        database::emails::insert(&self.database()?, &organisation.id, outgoing.accepted()).await?;
        match self.leave_out(organisation, outgoing, suppressed).await? {
            Some(outgoing) => self.hand_over(organisation, &outgoing, unusable).await.map(drop),
            None => Ok(()),
        }
    }

    /// Tells D1 of a mail that has come to its end, and lets it go. What fails here the alarm does later.
    pub(super) async fn tell(&self, id: EmailId) {
        let settled = self.outbox().and_then(|outbox| outbox.settlement(id));
        let told = match settled {
            Ok(Some(settlement)) => self.tell_all(&[(id, settlement)]).await,
            Ok(None) => Ok(()),
            Err(failure) => Err(failure),
        };
        if let Err(failure) = told {
            log::email_error("email_result_not_stored", id, &failure);
        }
    }

    /// Tells D1 what is known of a mail that goes on.
    pub(super) async fn tell_of(&self, id: EmailId, settlement: &DeliveryResult) {
        if let Err(failure) = self.settle(&[(id, settlement.clone())]).await {
            log::email_error("email_result_not_stored", id, &failure);
        }
    }

    async fn tell_all(&self, settled: &[(EmailId, DeliveryResult)]) -> Result<(), Error> {
        self.settle(settled).await?;
        let outbox = self.outbox()?;
        settled.iter().try_for_each(|(id, _)| outbox.delete(*id))
    }
}

/// What is handed over next.
struct Next {
    /// The mails, each with how long it waits for its moment.
    mails: Vec<(EmailId, Duration)>,
    /// Who of their recipients gets no mail any more.
    suppressed: Rc<Suppressed>,
    /// What becomes of them where the connection turns out not to work.
    unusable: Unusable,
    /// When to ask again; none where there is nothing to wait for.
    ask_at: Option<OffsetDateTime>,
    /// The least time between two of them.
    gap: Duration,
}

/// Keeps mails apart whose moments have passed while the instance was busy: they would go all at once, and SES would refuse some.
#[derive(Default)]
struct Gap(Cell<Option<OffsetDateTime>>);

impl Gap {
    async fn pass(&self, gap: Duration) {
        let now = clock::now();
        let at = self.0.get().map_or(now, |free| free.max(now));
        self.0.set(Some(at + gap));
        clock::sleep(at - now).await;
    }
}

/// What has ended.
enum Done {
    /// A question which mails may go.
    Asked(Result<Option<Next>, Error>),
    /// An attempt.
    Handed,
    /// D1 was told of those that have come to their end.
    Told(Result<(), Error>),
}
