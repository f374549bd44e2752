//! Sending emails and processing their events.

mod content;
mod dry_run;
mod events;
mod faults;
mod list;
mod schedule;
mod search;
mod send;
pub(super) mod tracking;

use std::sync::Weak;

use libtest_mimic::Trial;
use serde_json::Value;

use super::{TestResult, assert_equal, assert_error, assert_that, trial};
use crate::harness::Harness;

pub(crate) fn trials(harness: &Weak<Harness>) -> Vec<Trial> {
    let case = |name: &str, case: fn(&Harness) -> TestResult| trial(format!("emails::{name}"), harness, case);
    vec![
        case("an accepted email is sent and delivered", send::delivered),
        case("a bounced email has the status bounced", send::bounced),
        case("an email with a complaint has the status complained", send::complained),
        case("SES receives all fields of the email", send::ses_request),
        case("recipients can be a string or a list", send::address_or_list),
        case("an email from another region doesn't use the stack's configuration set", send::another_region),
        case("twenty concurrent emails share one session that is limited to sending", send::shared_session),
        case(
            "an email that SES rejects returns the AWS error code and is listed as failed",
            faults::rejected_by_ses,
        ),
        case("a throttled email is queued and sent automatically, once", faults::throttled),
        case("an email is retried while STS is unreachable", faults::unreachable_role),
        case("an email whose response is lost is unconfirmed until its Send event", faults::lost_response),
        case(
            "an email whose connection is closed is unconfirmed until its Send event",
            faults::dropped_connection,
        ),
        case("an email with an ambiguous response is not retried immediately", faults::no_automatic_retry),
        case("expired credentials are renewed once and the email is sent", faults::expired_credentials),
        case("a session token of more than 4 KB signs every call", faults::long_session_token),
        case("a role that is refused while sending degrades the connection", faults::role_refused),
        case("a dry_run reports what would happen and sends nothing", dry_run::reported),
        case("a dry_run fails as sending would", dry_run::refused),
        case("a dry_run says that the email would be held, and why", dry_run::held),
        case("pages are ordered newest first, complete and without duplicates", list::pages),
        case("another organisation's emails are not accessible", list::other_organisation),
        case("an email's content is returned until it is finished", content::until_finished),
        case("emails are found by each filter and by all together", search::filters),
        case("a search skips summarised emails, and misses none that was inserted later", search::summaries),
        case("a scheduled email is sent at its time and not before", schedule::sent_at_scheduled_time),
        case("a cancelled email is never sent", schedule::cancelled),
        case("an email is either sent or cancelled when both happen at once", schedule::cancel_race),
        case("a scheduled email is sent at the time it was moved to", schedule::rescheduled),
        case(
            "an email is sent once, at its old or its new time, when it is moved at that moment",
            schedule::move_race,
        ),
        case("an email can't be cancelled after a send attempt", schedule::cancel_after_attempt),
        case("scheduled emails survive a killed Worker", schedule::survives_kill),
        case("each email of a batch has its own scheduled time", schedule::batch),
        case(
            "a recipient who is suppressed before the scheduled time is skipped",
            schedule::suppressed_before_send,
        ),
        case("duplicate events in any order lead to the same status", events::events_in_any_order),
        case("opens and clicks update the status, and later events don't lower it", events::opens_and_clicks),
        case("an email that doesn't ask for tracking says that it must not be tracked", tracking::untracked),
        case(
            "an email that asks for tracking uses the tracking set, which reports its events",
            tracking::tracked_email,
        ),
        case("an email that asks for tracking is refused while tracking is off", tracking::setting_off),
        case("SES without overrides gets emails without them, which is remembered", tracking::no_overrides),
        case("tracking stays off if AWS refuses the configuration set", tracking::refused_by_aws),
        case("a topic can't report events of another organisation's email", events::other_organisation),
        case(
            "a notification without a valid event is accepted and changes nothing",
            events::ignored_notifications,
        ),
    ]
}

/// Returns the types of an email's events.
fn event_types(email: &Value) -> Vec<&str> {
    let events = email["events"].as_array().into_iter().flatten();
    events.filter_map(|event| event["type"].as_str()).collect()
}
