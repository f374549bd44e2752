//! From a customer's words to a mail that SES took, and what is heard of it.

mod events;
mod faults;
mod list;
mod schedule;
mod send;

use std::sync::Weak;

use libtest_mimic::Trial;
use serde_json::Value;

use super::{TestResult, assert_equal, assert_that, trial};
use crate::harness::Harness;

pub(crate) fn trials(harness: &Weak<Harness>) -> Vec<Trial> {
    let case = |name: &str, case: fn(&Harness) -> TestResult| trial(format!("emails::{name}"), harness, case);
    vec![
        case("a mail that is taken is sent and ends delivered", send::delivered),
        case("a mail that comes back ends bounced", send::bounced),
        case("a mail that is called spam ends complained", send::complained),
        case("SES gets what the customer wrote", send::ses_request),
        case("an address may stand alone or in a list", send::address_or_list),
        case("another region is sent from without the stack's configuration set", send::another_region),
        case("twenty mails at once borrow the role once, to send only", send::shared_session),
        case("what SES refuses is answered with AWS's code and listed as failed", faults::rejected_by_ses),
        case("a throttled mail is queued and sent by itself, once", faults::throttled),
        case("a role that can't be reached is tried again with growing pauses", faults::unreachable_role),
        case("a lost answer is unconfirmed until the Send event settles it", faults::lost_response),
        case("a cut connection is unconfirmed until the Send event settles it", faults::dropped_connection),
        case("a mail that SES may not have taken is never sent again by itself", faults::no_automatic_retry),
        case("expired credentials are renewed once and the mail is sent", faults::expired_credentials),
        case("a role that is refused while sending degrades the connection by itself", faults::role_refused),
        case("pages are newest first, whole and without repetition", list::pages),
        case("another organisation's emails can't be seen", list::other_organisation),
        case("a mail goes at its time and not before", schedule::sent_at_scheduled_time),
        case("a mail that is taken back before its time is never sent", schedule::cancelled),
        case("of all who cancel a mail at its very time and SES one wins", schedule::cancel_race),
        case("a mail that SES was asked to take can't be taken back", schedule::cancel_after_attempt),
        case("what is scheduled outlives a kill", schedule::survives_kill),
        case("each mail of a batch has a time of its own", schedule::batch),
        case("who complains before a mail's time gets nothing of it", schedule::suppressed_before_send),
        case("events end the same in any order, however often they come", events::events_in_any_order),
        case("opens and clicks count, and a late delivery changes nothing", events::opens_and_clicks),
        case("a topic's owner can't tell of another organisation's mail", events::other_organisation),
        case("what isn't an event is taken and changes nothing", events::ignored_notifications),
    ]
}

/// The events of an email, by their types.
fn event_types(email: &Value) -> Vec<&str> {
    let events = email["events"].as_array().into_iter().flatten();
    events.filter_map(|event| event["type"].as_str()).collect()
}
