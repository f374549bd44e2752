//! A search with bounded work.

use std::collections::VecDeque;

use super::{Summary, Token};
use crate::EmailId;

/// The most emails that one request reads.
pub const SEARCHED_EMAILS: u32 = 5_000;

/// The most summaries that one request reads: those of a million emails.
pub const SEARCHED_BLOCKS: u32 = 2_000;

/// The most emails that are read at once, unless a page has more. A page is often full before the bound is reached.
const EMAILS_AT_ONCE: u32 = 256;

/// Summaries that are read at once: at most 2 MB.
const BLOCKS_AT_ONCE: u32 = 250;

/// Emails from `from` on, and before `before`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    pub from: Option<EmailId>,
    pub before: Option<EmailId>,
}

/// A block with its first and last email.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    pub first: EmailId,
    pub last: EmailId,
    pub summary: Summary,
}

/// An email that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Searched<T> {
    pub id: EmailId,
    /// What is returned of it, if it matches.
    pub found: Option<T>,
}

/// Where emails and blocks are read from.
pub trait SearchStore {
    type Found;
    type Error;

    /// Returns the newest emails of the range, newest first.
    ///
    /// # Errors
    /// Fails if the storage fails.
    fn emails(&self, range: Range, limit: u32) -> Result<Vec<Searched<Self::Found>>, Self::Error>;

    /// Returns the newest blocks that begin before an email, newest first.
    ///
    /// # Errors
    /// Fails if the storage fails.
    fn blocks(&self, before: Option<EmailId>, limit: u32) -> Result<Vec<Block>, Self::Error>;
}

/// The result of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found<T> {
    /// The matching emails, newest first.
    pub data: Vec<T>,
    /// The search continues with the emails before this one. `None` if there are no more.
    pub next_before: Option<EmailId>,
}

/// Finds up to `limit` emails of the range, newest first. It reads at most [`SEARCHED_EMAILS`] emails and [`SEARCHED_BLOCKS`] summaries, so it may
/// return fewer, or none, although there are more.
///
/// `tokens` are those of every email that matches. Without tokens, no summaries are read.
///
/// # Errors
/// The error of the store.
pub fn search<S: SearchStore>(
    store: &S,
    tokens: &[Token],
    range: Range,
    limit: u32,
) -> Result<Found<S::Found>, S::Error> {
    let mut search = Search {
        store,
        range,
        limit: usize::try_from(limit).unwrap_or(usize::MAX),
        found: Vec::new(),
        emails_at_once: 0,
        emails_left: SEARCHED_EMAILS,
        next_before: None,
    };
    if tokens.is_empty() {
        search.read(range.from)?;
    } else {
        search.read_blocks(tokens)?;
    }
    let Search { mut found, next_before, .. } = search;
    // One more than is returned shows that there are more.
    let last = found.len().checked_sub(1).filter(|last| *last == search.limit).and_then(|_| found.pop());
    let next_before = match (last, found.last()) {
        (Some(_), Some((id, _))) => Some(*id),
        _ => next_before,
    };
    Ok(Found { data: found.into_iter().map(|(_, found)| found).collect(), next_before })
}

struct Search<'a, S: SearchStore> {
    store: &'a S,
    /// What has not been read yet.
    range: Range,
    limit: usize,
    found: Vec<(EmailId, S::Found)>,
    /// How many emails are read at once, at least. If all match, a page needs no more than it returns. Otherwise it doubles, so that a
    /// search for few needs few statements.
    emails_at_once: u32,
    emails_left: u32,
    /// Set if the search ended early.
    next_before: Option<EmailId>,
}

impl<S: SearchStore> Search<'_, S> {
    /// Reads the emails from `from` on. Returns whether the search continues.
    fn read(&mut self, from: Option<EmailId>) -> Result<bool, S::Error> {
        // An empty range is frequent: between two blocks there is nothing.
        while from.is_none() || self.range.before.is_none() || from < self.range.before {
            let wanted = u32::try_from(self.limit + 1 - self.found.len()).unwrap_or(u32::MAX);
            let at_once = wanted.max(self.emails_at_once).min(self.emails_left);
            if at_once == 0 {
                self.next_before = self.range.before;
                return Ok(false);
            }
            self.emails_at_once = (2 * at_once).min(EMAILS_AT_ONCE);
            let emails = self.store.emails(Range { from, ..self.range }, at_once)?;
            let read = u32::try_from(emails.len()).unwrap_or(u32::MAX);
            self.emails_left = self.emails_left.saturating_sub(read);
            for Searched { id, found } in emails {
                self.range.before = Some(id);
                self.found.extend(found.map(|found| (id, found)));
                if self.found.len() > self.limit {
                    return Ok(false);
                }
            }
            if read < at_once {
                break;
            }
        }
        self.range.before = from.or(self.range.before);
        Ok(true)
    }

    /// Reads the emails of the blocks that may match, and those between blocks.
    fn read_blocks(&mut self, tokens: &[Token]) -> Result<(), S::Error> {
        let mut blocks_left = SEARCHED_BLOCKS;
        let mut blocks = VecDeque::new();
        loop {
            if blocks.is_empty() {
                if blocks_left == 0 {
                    self.next_before = self.range.before;
                    return Ok(());
                }
                let at_once = BLOCKS_AT_ONCE.min(blocks_left);
                blocks.extend(self.store.blocks(self.range.before, at_once)?);
                blocks_left -= at_once;
            }
            let Some(Block { first, last, summary }) = blocks.pop_front() else {
                // The oldest emails have no summary.
                return self.read(self.range.from).map(drop);
            };
            // Emails behind the block have no summary. If there is no next id, there is no such email either.
            let behind = last.next().or(self.range.before);
            if behind < self.range.before || self.range.before.is_none() {
                let from = behind.max(self.range.from);
                if !self.read(from)? {
                    return Ok(());
                }
            }
            if self.range.from.is_some_and(|from| from > last) {
                return Ok(());
            }
            if summary.may_match(tokens) && !self.read(Some(first).max(self.range.from))? {
                return Ok(());
            }
            self.range.before = Some(first);
            if self.range.from.is_some_and(|from| from >= first) {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use aws_sans_io::Region;
    use proptest::{collection::vec, prelude::*};
    use time::{Duration, OffsetDateTime, macros::datetime};

    use super::*;
    use crate::{
        delivery::{EmailHead, EmailStatus},
        search::{BLOCK_EMAILS, EmailFilter, tokens as each_token},
    };

    const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

    /// Emails with their recipients, in the order of their ids, and blocks over some of them.
    struct Store {
        emails: Vec<(EmailId, EmailHead)>,
        blocks: Vec<Block>,
        filter: EmailFilter,
        emails_read: Cell<u32>,
        blocks_read: Cell<u32>,
        /// How often emails were read.
        statements: Cell<u32>,
    }

    fn region() -> Region {
        "eu-west-1".parse().unwrap()
    }

    fn id(number: usize) -> EmailId {
        EmailId::new(NOW + Duration::milliseconds(i64::try_from(number / 3).unwrap()), number as u128)
    }

    fn head(recipient: u8) -> EmailHead {
        let json = serde_json::json!({ "f": "a@shop.example", "t": [format!("user-{recipient}@example.com")], "s": "x" });
        serde_json::from_value(json).unwrap()
    }

    impl Store {
        fn new(recipients: &[u8], wanted: u8) -> Self {
            let emails = recipients.iter().enumerate().map(|(number, to)| (id(number), head(*to))).collect();
            let to = format!("user-{wanted}@example.com").parse().unwrap();
            let filter = EmailFilter { to: Some(to), ..EmailFilter::default() };
            Self {
                emails,
                blocks: Vec::new(),
                filter,
                emails_read: Cell::default(),
                blocks_read: Cell::default(),
                statements: Cell::default(),
            }
        }

        /// Summarises these emails, as one block.
        fn summarise(&mut self, emails: std::ops::Range<usize>) {
            let Some(block @ [first, .., last]) = self.emails.get(emails) else { return };
            let mut summary = Summary::from_stored(vec![0; 64]);
            for (_, head) in block {
                summary.add_email(head, region());
            }
            self.blocks.push(Block { first: first.0, last: last.0, summary });
        }

        fn expected(&self, range: Range) -> Vec<EmailId> {
            let emails = self
                .in_range(range)
                .filter(|(_, head)| self.filter.matches(head, region(), EmailStatus::Sent));
            emails.map(|(id, _)| *id).collect()
        }

        fn in_range(&self, range: Range) -> impl Iterator<Item = &(EmailId, EmailHead)> {
            let is_in = move |id: EmailId| {
                range.from.is_none_or(|from| id >= from) && range.before.is_none_or(|before| id < before)
            };
            self.emails.iter().rev().filter(move |(id, _)| is_in(*id))
        }

        /// Follows the cursors to the end.
        fn search_all(&self, range: Range, limit: u32, tokens: &[Token]) -> Vec<EmailId> {
            let mut range = range;
            let mut all = Vec::new();
            for _ in 0..=self.emails.len() {
                let page = search(self, tokens, range, limit).unwrap();
                assert!(page.data.len() <= limit as usize);
                all.extend(page.data);
                match page.next_before {
                    Some(before) => range.before = Some(before),
                    None => return all,
                }
            }
            panic!("the search doesn't end");
        }
    }

    impl SearchStore for Store {
        type Found = EmailId;
        type Error = ();

        fn emails(&self, range: Range, limit: u32) -> Result<Vec<Searched<EmailId>>, ()> {
            let emails = self.in_range(range).take(limit as usize);
            let found: Vec<_> = emails
                .map(|(id, head)| {
                    let matches = self.filter.matches(head, region(), EmailStatus::Sent);
                    Searched { id: *id, found: matches.then_some(*id) }
                })
                .collect();
            self.statements.set(self.statements.get() + 1);
            self.emails_read.set(self.emails_read.get() + u32::try_from(found.len()).unwrap());
            Ok(found)
        }

        fn blocks(&self, before: Option<EmailId>, limit: u32) -> Result<Vec<Block>, ()> {
            let blocks =
                self.blocks.iter().rev().filter(|block| before.is_none_or(|before| block.first < before));
            let blocks: Vec<_> = blocks.take(limit as usize).cloned().collect();
            self.blocks_read.set(self.blocks_read.get() + u32::try_from(blocks.len()).unwrap());
            Ok(blocks)
        }
    }

    proptest! {
        /// Whatever is summarised, whatever is deleted, wherever pages end.
        #[test]
        fn a_search_over_summaries_returns_exactly_what_a_full_scan_returns(
            recipients in vec(0..6_u8, 0..120),
            sizes in vec((0..4_usize, 2..20_usize), 0..8),
            deleted in vec(0..120_usize, 0..10),
            bounds in (proptest::option::of(0..130_usize), proptest::option::of(0..130_usize)),
            limit in 1..5_u32,
        ) {
            let mut store = Store::new(&recipients, 3);
            let mut next = 0;
            for (gap, size) in sizes {
                store.summarise(next + gap..next + gap + size);
                next += gap + size;
            }
            store.emails.retain(|(email, _)| !deleted.iter().any(|number| id(*number) == *email));
            let range = Range { from: bounds.0.map(id), before: bounds.1.map(id) };
            let expected = store.expected(range);
            prop_assert_eq!(&store.search_all(range, limit, &store.filter.tokens()), &expected);
            prop_assert_eq!(store.search_all(range, limit, &[]), expected);
        }
    }

    #[test]
    fn a_rare_recipient_is_found_by_reading_one_block() {
        let emails = 40 * BLOCK_EMAILS as usize;
        let mut recipients = vec![1; emails];
        recipients[700] = 3;
        let mut store = Store::new(&recipients, 3);
        for first in (0..emails).step_by(BLOCK_EMAILS as usize) {
            store.summarise(first..first + BLOCK_EMAILS as usize);
        }
        let everything = Range { from: None, before: None };
        let page = search(&store, &store.filter.tokens(), everything, 20).unwrap();
        assert_eq!(page, Found { data: vec![id(700)], next_before: None });
        assert_eq!((store.emails_read.get(), store.blocks_read.get()), (BLOCK_EMAILS, 40));
    }

    #[test]
    fn a_page_of_which_all_emails_match_reads_one_email_more_than_it_returns() {
        let store = Store::new(&[3; 600], 3);
        let everything = Range { from: None, before: None };
        assert_eq!(search(&store, &[], everything, 20).unwrap().data.len(), 20);
        assert_eq!(store.emails_read.take(), 21);
        assert_eq!(search(&store, &[], everything, 500).unwrap().data.len(), 500);
        assert_eq!(store.emails_read.take(), 501);
    }

    #[test]
    fn a_search_that_finds_nothing_needs_few_statements() {
        let store = Store::new(&vec![1; SEARCHED_EMAILS as usize], 3);
        search(&store, &[], Range { from: None, before: None }, 20).unwrap();
        // 21, 42, 84 and 168 emails, then 256 at a time.
        assert_eq!(store.statements.get(), 23);
    }

    #[test]
    fn a_request_reads_a_limited_number_of_emails_and_returns_where_it_stopped() {
        let store = Store::new(&vec![1; SEARCHED_EMAILS as usize + 300], 3);
        let everything = Range { from: None, before: None };
        let page = search(&store, &[], everything, 20).unwrap();
        assert_eq!(page, Found { data: Vec::new(), next_before: Some(id(300)) });
        assert_eq!(store.emails_read.get(), SEARCHED_EMAILS);
        let rest = search(&store, &[], Range { before: page.next_before, ..everything }, 20).unwrap();
        assert_eq!(rest, Found { data: Vec::new(), next_before: None });
    }

    #[test]
    fn a_request_reads_a_limited_number_of_summaries_and_returns_where_it_stopped() {
        let blocks = SEARCHED_BLOCKS as usize + 10;
        let mut store = Store::new(&vec![1; 2 * blocks], 3);
        (0..blocks).for_each(|block| store.summarise(2 * block..2 * block + 2));
        let everything = Range { from: None, before: None };
        let page = search(&store, &store.filter.tokens(), everything, 20).unwrap();
        assert_eq!(page, Found { data: Vec::new(), next_before: Some(id(20)) });
        assert_eq!((store.emails_read.get(), store.blocks_read.get()), (0, SEARCHED_BLOCKS));
    }

    #[test]
    fn a_page_that_ends_with_the_last_match_is_the_last_one() {
        let mut store = Store::new(&[3, 3, 1, 3], 3);
        store.summarise(0..2);
        let everything = Range { from: None, before: None };
        let page = |limit| search(&store, &store.filter.tokens(), everything, limit).unwrap();
        assert_eq!(page(3).next_before, None);
        assert_eq!(page(2), Found { data: vec![id(3), id(1)], next_before: Some(id(1)) });
        let mut tokens = 0;
        each_token(&store.emails[0].1, region(), |_| tokens += 1);
        assert_eq!(tokens, 5);
    }
}
