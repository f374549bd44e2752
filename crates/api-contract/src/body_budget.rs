//! The memory that all request bodies of a Worker instance share.

use std::collections::HashMap;

use domain::OrganisationId;

use super::ApiError;
use crate::routes::MAX_EMAIL_BODY_BYTES;

/// The bytes that all bodies have together: an instance has 128 MB, of which JavaScript needs a part.
///
/// <https://developers.cloudflare.com/workers/platform/limits/#memory>
pub const MAX_HELD_BYTES: usize = 2 * MAX_EMAIL_BODY_BYTES;

/// The bytes that one owner may hold: half of all, which is an email of the largest size.
const MAX_HELD_BYTES_PER_OWNER: usize = MAX_HELD_BYTES / 2;

/// Who sends a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BodyOwner {
    /// Anyone: the caller isn't known before the body is read.
    Anyone,
    /// The administrator.
    Administrator,
    /// An organisation, by the tag of its token.
    Organisation(OrganisationId),
}

/// The bytes that bodies hold, by owner.
#[derive(Clone, Debug, Default)]
pub struct BodyBudget(HashMap<BodyOwner, usize>);

impl BodyBudget {
    /// Changes the bytes that one body of `owner` holds. Making it smaller always succeeds.
    ///
    /// # Errors
    /// [`ApiError::Busy`] if the owner would hold more than half of the budget, or all owners more than the budget; then nothing changes.
    pub fn resize(&mut self, owner: BodyOwner, from: usize, to: usize) -> Result<(), ApiError> {
        let held = self.0.get(&owner).copied().unwrap_or_default();
        let next = held.saturating_sub(from).saturating_add(to);
        if to > from {
            let others = self.0.iter().filter(|(other, _)| **other != owner).map(|(_, bytes)| *bytes);
            let (sum, largest) =
                others.fold((next, next), |(sum, largest), bytes| (sum + bytes, largest.max(bytes)));
            if next > MAX_HELD_BYTES_PER_OWNER || sum + decoded(largest) > MAX_HELD_BYTES {
                return Err(ApiError::Busy);
            }
        }
        if next == 0 {
            self.0.remove(&owner);
        } else {
            self.0.insert(owner, next);
        }
        Ok(())
    }
}

/// Returns the further memory that parsing a body needs: base64 that is decoded. Only one body is parsed at a time.
const fn decoded(bytes: usize) -> usize {
    bytes / 4 * 3
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: BodyOwner = BodyOwner::Anyone;
    const B: BodyOwner = BodyOwner::Administrator;
    const MB: usize = 1_000_000;

    #[test]
    fn an_email_of_the_largest_size_fits_and_an_owner_has_no_more_than_half() {
        let mut budget = BodyBudget::default();
        budget.resize(A, 0, MAX_EMAIL_BODY_BYTES).unwrap();
        assert_eq!(budget.resize(A, 0, 1), Err(ApiError::Busy));
        budget.resize(A, MAX_EMAIL_BODY_BYTES, 0).unwrap();
        budget.resize(A, 0, 1).unwrap();
    }

    #[test]
    fn an_owner_that_holds_half_leaves_memory_for_the_others() {
        let mut budget = BodyBudget::default();
        budget.resize(A, 0, MAX_HELD_BYTES_PER_OWNER).unwrap();
        for _ in 0..10 {
            budget.resize(B, 0, MB).unwrap();
        }
        assert_eq!(budget.resize(B, 0, MB), Err(ApiError::Busy));
    }

    #[test]
    fn a_refused_body_keeps_what_it_holds() {
        let mut budget = BodyBudget::default();
        budget.resize(A, 0, 40 * MB).unwrap();
        assert_eq!(budget.resize(A, 40 * MB, 50 * MB), Err(ApiError::Busy));
        budget.resize(A, 40 * MB, 41 * MB).unwrap();
        budget.resize(A, 41 * MB, 0).unwrap();
        assert_eq!(budget.0.len(), 0);
    }

    #[test]
    fn a_body_can_always_become_smaller() {
        let mut budget = BodyBudget(HashMap::from([(A, 42 * MB), (B, 42 * MB)]));
        budget.resize(B, 42 * MB, 41 * MB).unwrap();
    }
}
