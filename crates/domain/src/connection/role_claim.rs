//! Which role an organisation holds.
//!
//! Anyone can register the ARN of someone else's role. A role therefore belongs to an organisation only once a check has proven that it
//! demands that organisation's external ID. The check then claims it. If the role accepts the external IDs of two organisations, the
//! second is refused. But if the role no longer demands the holder's ID, the claim passes to the organisation that has proven it: a claim
//! decides between organisations that the role trusts, and never against the only one that it trusts.

use aws_sans_io::RoleArn;

use super::ConnectionState;

/// Returns the role that the organisation may hold: the one that is proven. All others are released.
#[must_use]
pub fn retained_claim(state: &ConnectionState) -> Option<&RoleArn> {
    state.verified_binding().map(|binding| &binding.role_arn)
}
