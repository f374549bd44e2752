//! From a customer's words to a mail that SES took, and what is heard of it.

mod events;
mod faults;
mod list;
mod schedule;
mod send;

use std::sync::Weak;

use libtest_mimic::Trial;
use serde_json::Value;

use super::{Outcome, equal, hold, trial};
use crate::world::World;

pub(crate) fn trials(world: &Weak<World>) -> Vec<Trial> {
    let case = |name: &str, case: fn(&World) -> Outcome| trial(format!("emails::{name}"), world, case);
    vec![
        case("a mail that is taken is sent and ends delivered", send::delivered),
        case("a mail that comes back ends bounced", send::bounced),
        case("a mail that is called spam ends complained", send::complained),
        case("SES gets what the customer wrote", send::what_ses_gets),
        case("an address may stand alone or in a list", send::string_or_list),
        case("another region is sent from without the stack's configuration set", send::another_region),
        case("twenty mails at once borrow the role once, to send only", send::one_session),
        case("what SES refuses is answered with AWS's code and listed as failed", faults::refused),
        case("a throttled mail is queued and sent by itself, once", faults::throttled),
        case("a role that can't be reached is tried again with growing pauses", faults::role_out_of_reach),
        case("a lost answer is unconfirmed until the Send event settles it", faults::answer_lost),
        case("a cut connection is unconfirmed until the Send event settles it", faults::connection_cut),
        case("a mail that SES may not have taken is never sent again by itself", faults::never_again),
        case("expired credentials are renewed once and the mail is sent", faults::expired),
        case("a role that is refused while sending degrades the connection by itself", faults::role_refused),
        case("pages are newest first, whole and without repetition", list::pages),
        case("another organisation's emails can't be seen", list::of_another),
        case("a mail goes at its time and not before", schedule::at_its_time),
        case("a mail that is taken back before its time is never sent", schedule::taken_back),
        case("of all who cancel a mail at its very time and SES one wins", schedule::race),
        case("a mail that SES was asked to take can't be taken back", schedule::tried),
        case("what is scheduled outlives a kill", schedule::killed),
        case("each mail of a batch has a time of its own", schedule::batch),
        case("who complains before a mail's time gets nothing of it", schedule::suppressed),
        case("events end the same in any order, however often they come", events::any_order),
        case("opens and clicks count, and a late delivery changes nothing", events::opens_and_clicks),
        case("a topic's owner can't tell of another organisation's mail", events::of_another),
        case("what isn't an event is taken and changes nothing", events::not_an_event),
    ]
}

/// The events of an email, by their types.
fn kinds(email: &Value) -> Vec<&str> {
    let events = email["events"].as_array().into_iter().flatten();
    events.filter_map(|event| event["type"].as_str()).collect()
}
