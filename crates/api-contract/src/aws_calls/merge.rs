//! Merging the calls of the ledger and those in the histories of emails into one page.

use domain::AwsCallId;

use super::AwsCall;

/// Rows in the order of their ids, newest first, with the calls of each that match the query.
#[derive(Debug)]
pub struct AwsCallRows {
    /// The rows.
    pub rows: Vec<(AwsCallId, Vec<AwsCall>)>,
    /// Whether older rows were not read.
    pub has_more: bool,
}

impl AwsCallRows {
    /// Returns the id of the oldest row that was read, if there are older ones.
    fn end(&self) -> Option<AwsCallId> {
        self.rows.last().filter(|_| self.has_more).map(|(id, _)| *id)
    }
}

/// Returns the calls of both lists until there are `limit`, and the place where the next page begins, or `None` if there are no more.
#[must_use]
pub fn merge_calls(
    ledger: AwsCallRows,
    emails: AwsCallRows,
    limit: usize,
) -> (Vec<AwsCall>, Option<AwsCallId>) {
    // Below this place, one of the lists is unknown.
    let floor = ledger.end().max(emails.end());
    let mut rows: Vec<_> = ledger.rows.into_iter().chain(emails.rows).collect();
    rows.sort_by_key(|(id, _)| std::cmp::Reverse(*id));
    let mut data = Vec::new();
    let mut rows = rows.into_iter().peekable();
    while let Some((id, calls)) = rows.next() {
        data.extend(calls);
        let is_known = floor.is_none_or(|floor| floor < id);
        if !is_known || (data.len() >= limit && rows.peek().is_some()) {
            return (data, Some(id));
        }
    }
    (data, None)
}

#[cfg(test)]
mod tests {
    use domain::{OrganisationId, aws_calls::AwsCallRecord};
    use proptest::prelude::*;
    use time::{Duration, macros::datetime};

    use super::*;

    /// Returns rows of some seconds. Rows of emails may have several calls, or none that match.
    fn rows(seconds: &[(u8, usize)], after: Option<AwsCallId>, read: usize) -> AwsCallRows {
        let now = datetime!(2026-11-28 12:00 UTC);
        let all = seconds.iter().map(|(second, calls)| {
            let at = now + Duration::seconds(i64::from(*second));
            let record = AwsCallRecord::lost(at, "GetAccount", "eu-west-1".parse().unwrap());
            let call = AwsCall::from_record(OrganisationId::new(now, 0), record);
            (AwsCallId::new(at, 0), vec![call; *calls])
        });
        let mut rows: Vec<_> = all.filter(|(id, _)| after.is_none_or(|after| *id < after)).collect();
        rows.sort_by_key(|(id, _)| std::cmp::Reverse(*id));
        let has_more = rows.len() > read;
        rows.truncate(read);
        AwsCallRows { rows, has_more }
    }

    proptest! {
        #[test]
        fn pages_have_every_call_once_in_order_whatever_is_read_at_once(
            kinds in prop::collection::vec((any::<bool>(), 0..4_usize), 0..40), limit in 1..9_usize, read in 1..9_usize,
        ) {
            let (mut ledger, mut emails) = (Vec::new(), Vec::new());
            for (second, (is_email, calls)) in (0..).zip(kinds) {
                if is_email { emails.push((second, calls)) } else { ledger.push((second, 1)) }
            }
            let everything = |list: &[(u8, usize)]| list.iter().map(|(_, calls)| *calls).sum::<usize>();
            let (mut found, mut after, mut pages) = (Vec::new(), None, 0);
            loop {
                let (data, next) = merge_calls(rows(&ledger, after, read), rows(&emails, after, read), limit);
                prop_assert!(data.len() < limit + 4);
                found.extend(data.into_iter().map(|call| call.at));
                pages += 1;
                prop_assert!(pages < 100);
                after = next;
                if after.is_none() { break }
            }
            prop_assert!(found.iter().rev().is_sorted());
            prop_assert_eq!(found.len(), everything(&ledger) + everything(&emails));
        }
    }
}
