//! The order of queued emails, and due times.

use aws_sans_io::Region;
use domain::{EmailId, delivery::Phase};
use time::OffsetDateTime;

use super::{Emails, key, outgoing::number, read_id, unreadable};
use crate::{clock, http::Error, organisation_object::sql};

/// Positions of emails that were sent one by one. Emails of batches come after them: the first ones of each batch, then the second ones.
const BATCHES: i64 = 1 << 40;

/// Positions are below this one.
const LAST: i64 = i64::MAX >> 11;

/// The position of an email that was sent alone.
pub(crate) const SINGLE: i64 = 0;

const NEXT: &str =
    "SELECT id, recipients FROM emails WHERE region = ? AND queue IS NOT NULL ORDER BY queue, id LIMIT ?";
const HAS_QUEUE: &str = "SELECT 1 FROM emails WHERE region = ? AND queue < ? LIMIT 1";
const NEXT_REGION: &str = "SELECT min(region) FROM emails WHERE queue IS NOT NULL AND region > ?";
const FIRST_BATCH: &str = "SELECT min(queue) FROM emails WHERE region = ? AND queue >= ?";
const COUNT: &str = "SELECT count(*) FROM emails WHERE region = ? AND queue >= ? AND queue < ?";
// Emails that join the queue later.
const COUNT_REQUEUED: &str =
    "SELECT count(*) FROM emails WHERE phase = 2 AND queue IS NULL AND region = ? AND place IS NULL";
const COUNT_REQUEUED_OF_BATCHES: &str =
    "SELECT count(*) FROM emails WHERE phase = 2 AND queue IS NULL AND region = ? AND place >= 0";
const NEXT_REQUEUED_REGION: &str =
    "SELECT min(region) FROM emails WHERE phase = 2 AND queue IS NULL AND region > ?";
const COUNT_UNCONFIRMED: &str = "SELECT count(*) FROM emails WHERE phase = 4 AND region = ?";
const NEXT_UNCONFIRMED_REGION: &str = "SELECT min(region) FROM emails WHERE phase = 4 AND region > ?";
const DUE: &str = "SELECT id, phase, region, place FROM emails WHERE due_at <= ? ORDER BY due_at LIMIT ?";
const NEXT_DUE: &str = "SELECT min(due_at) FROM emails WHERE due_at IS NOT NULL";
const RELEASE: &str =
    "UPDATE emails SET phase = 2, queue = ?, due_at = NULL WHERE id = ? AND phase IN (1, 2) AND due_at <= ?";
const SET_DUE: &str = "UPDATE emails SET due_at = ? WHERE id = ? AND due_at IS NOT NULL";
const STARTED_IN_REQUEST: &str = "SELECT id FROM emails WHERE id >= ? AND phase = 3 AND due_at IS NULL";
const SET_DEADLINE: &str = "UPDATE emails SET due_at = ? WHERE id = ? AND phase = 3 AND due_at IS NULL";

/// A queued email.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Queued {
    pub(crate) id: EmailId,
    pub(crate) recipients: u32,
}

/// An email that is due.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Due {
    pub(crate) id: EmailId,
    pub(crate) phase: Phase,
    pub(crate) region: Region,
    /// The place in its batch.
    pub(crate) place: Option<u32>,
}

/// How many emails have not been sent, in a region.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Depth {
    /// Queued emails that were sent one by one.
    pub(crate) queued: u32,
    /// Queued emails of batches.
    pub(crate) queued_in_batches: u32,
    pub(crate) unconfirmed: u32,
}

impl Emails {
    /// Returns the first emails of a region's queue.
    pub(crate) fn next_queued(&self, region: Region, limit: u32) -> Result<Vec<Queued>, Error> {
        let rows = self.context.sql.rows(NEXT, [region.number().into(), limit.into()])?;
        rows.iter()
            .map(|row| Ok(Queued { id: read_id(row.array(0)?)?, recipients: row.integer(1)? }))
            .collect()
    }

    /// Returns whether the first email of a region's queue has a message in chunks.
    pub(crate) fn next_is_mime(&self, region: Region) -> Result<bool, Error> {
        match self.next_queued(region, 1)?.first() {
            Some(queued) => Ok(self.count_chunks(queued.id)? > 0),
            None => Ok(false),
        }
    }

    /// Returns whether an email that is accepted now must wait behind others: an email of a batch waits behind all, another one only behind
    /// those that were sent one by one.
    pub(crate) fn has_queue(&self, region: Region, in_batch: bool) -> Result<bool, Error> {
        let below = if in_batch { LAST } else { BATCHES };
        Ok(self.context.sql.row(HAS_QUEUE, [region.number().into(), number(below)])?.is_some())
    }

    /// Returns the regions that have a queue.
    pub(crate) fn queued_regions(&self) -> Result<Vec<Region>, Error> {
        self.regions(NEXT_REGION)
    }

    fn regions(&self, next: &str) -> Result<Vec<Region>, Error> {
        let (mut regions, mut last) = (Vec::new(), 0_u8);
        while let Some(number) =
            self.context.sql.row(next, [last.into()])?.map_or(Ok(None), |row| row.optional_integer(0))?
        {
            regions.push(Region::from_number(number).ok_or_else(|| unreadable("region"))?);
            last = number;
        }
        Ok(regions)
    }

    /// Returns the position of the first email of a new batch: beside the first ones of the batches that wait already.
    pub(crate) fn batch_position(&self, region: Region) -> Result<i64, Error> {
        let row = self.context.sql.row(FIRST_BATCH, [region.number().into(), number(BATCHES)])?;
        Ok(row.map_or(Ok(None), |row| row.optional_integer(0))?.unwrap_or(BATCHES))
    }

    /// Returns how many emails of a region can be sent now.
    pub(crate) fn queue_length(&self, region: Region) -> Result<u32, Error> {
        self.count_queue(region, 0, LAST)
    }

    fn count_queue(&self, region: Region, from: i64, to: i64) -> Result<u32, Error> {
        let values = [region.number().into(), number(from), number(to)];
        self.context.sql.count(COUNT, values)
    }

    fn depth(&self, region: Region) -> Result<Depth, Error> {
        let count =
            |statement| -> Result<u32, Error> { self.context.sql.count(statement, [region.number().into()]) };
        Ok(Depth {
            queued: self.count_queue(region, 0, BATCHES)? + count(COUNT_REQUEUED)?,
            queued_in_batches: self.count_queue(region, BATCHES, LAST)? + count(COUNT_REQUEUED_OF_BATCHES)?,
            unconfirmed: count(COUNT_UNCONFIRMED)?,
        })
    }

    /// Returns the depth of each region that has emails which have not been sent. Those that wait for their next attempt are queued.
    pub(crate) fn depths(&self) -> Result<Vec<(Region, Depth)>, Error> {
        let mut regions = self.queued_regions()?;
        regions.extend(self.regions(NEXT_REQUEUED_REGION)?);
        regions.extend(self.regions(NEXT_UNCONFIRMED_REGION)?);
        regions.sort_unstable_by_key(|region| region.number());
        regions.dedup();
        regions.into_iter().map(|region| Ok((region, self.depth(region)?))).collect()
    }

    /// Returns emails that are due.
    pub(crate) fn due(&self, now: OffsetDateTime, limit: u32) -> Result<Vec<Due>, Error> {
        let rows = self.context.sql.rows(DUE, [sql::time(now), limit.into()])?;
        let read = |row: &sql::Row| {
            Ok(Due {
                id: read_id(row.array(0)?)?,
                phase: Phase::from_number(row.integer(1)?).ok_or_else(|| unreadable("phase"))?,
                region: Region::from_number(row.integer(2)?).ok_or_else(|| unreadable("region"))?,
                place: row.optional_integer(3)?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// Returns when the next email is due. Queued emails aren't: they wait for their turn.
    pub(crate) fn next_due(&self) -> Result<Option<OffsetDateTime>, Error> {
        self.context.sql.row(NEXT_DUE, [])?.map_or(Ok(None), |row| row.optional_time(0))
    }

    /// Puts an email that is due into the queue.
    pub(crate) fn release(&self, id: EmailId, position: i64) -> Result<(), Error> {
        self.context.sql.run(RELEASE, [number(position), key(id), sql::time(clock::now())]).map(drop)
    }

    /// Changes when an email is due that is due at some time.
    pub(crate) fn set_due(&self, id: EmailId, due_at: OffsetDateTime) -> Result<(), Error> {
        self.context.sql.run(SET_DUE, [sql::time(due_at), key(id)]).map(drop)
    }

    /// Returns emails that a request accepted at `since` or later and was sending when the instance ended, or is sending now.
    pub(crate) fn started_in_requests(&self, since: OffsetDateTime) -> Result<Vec<EmailId>, Error> {
        let rows = self.context.sql.rows(STARTED_IN_REQUEST, [key(EmailId::new(since, 0))])?;
        rows.iter().map(|row| read_id(row.array(0)?)).collect()
    }

    /// Sets the deadline of an email that a request was sending when the instance ended.
    pub(crate) fn set_deadline(&self, id: EmailId, deadline: OffsetDateTime) -> Result<(), Error> {
        self.context.sql.run(SET_DEADLINE, [sql::time(deadline), key(id)]).map(drop)
    }
}
