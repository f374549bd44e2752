//! Webhooks: events of the feed, delivered to a customer's own servers.
//!
//! | file | contents |
//! |---|---|
//! | `url`, `address` | where a webhook may be delivered to |
//! | `secret` | secrets, and signatures as in Standard Webhooks |
//! | `endpoint` | an endpoint: what it wants, its secrets, its health |
//! | `schedule` | what a response means, and when a delivery is retried |
//! | `lineup` | which deliveries begin now, in order per email |

mod address;
mod endpoint;
mod lineup;
mod schedule;
mod secret;
mod url;

pub use address::{AddressError, check_addresses};
pub use endpoint::{DisabledReason, EndpointEvents, MAX_ENDPOINTS, WebhookEndpoint};
pub use lineup::{Lineup, Progress, Step, share};
pub use schedule::{DeliveryOutcome, RETRY_WINDOW, next_attempt, retry_after};
pub use secret::{WebhookSecret, sign};
pub use url::{WebhookUrl, WebhookUrlError};
