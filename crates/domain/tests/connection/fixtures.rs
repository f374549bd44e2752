//! States, roles and topics.

use aws_sans_io::{Region, TopicArn};
use domain::connection::{
    AccountDetails, AccountFacts, Binding, CheckResult, ConnectionEvent, ConnectionState, EventSource,
    Exposure, Quota, Reason, Subscription,
};
use time::{Duration, OffsetDateTime, macros::datetime};

pub(crate) const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);
pub(crate) const ROLE: &str = "arn:aws:iam::111111111111:role/one";
pub(crate) const SAME_ACCOUNT: &str = "arn:aws:iam::111111111111:role/two";
pub(crate) const OTHER_ACCOUNT: &str = "arn:aws:iam::222222222222:role/one";

pub(crate) fn region() -> Region {
    "eu-west-1".parse().unwrap()
}

pub(crate) fn binding(role: &str) -> Binding {
    let role_arn: aws_sans_io::RoleArn = role.parse().unwrap();
    let topic = format!("arn:aws:sns:eu-west-1:{}:events", role_arn.account()).parse().unwrap();
    let events = vec![EventSource {
        region: region(),
        topic: Some(topic),
        configuration_set: "set".into(),
        subscription: Subscription::Active,
        stack: None,
    }];
    Binding { role_arn, stack_region: region(), events }
}

pub(crate) fn manual(role: &str) -> Binding {
    Binding { events: vec![], ..binding(role) }
}

pub(crate) fn topic(role: &str) -> TopicArn {
    binding(role).events.remove(0).topic.unwrap()
}

pub(crate) fn frankfurt() -> Region {
    "eu-central-1".parse().unwrap()
}

/// Returns what a stack in another region reports.
pub(crate) fn other_region() -> Binding {
    let topic = "arn:aws:sns:eu-central-1:111111111111:other".parse().unwrap();
    let source = EventSource { region: frankfurt(), topic: Some(topic), ..binding(ROLE).events.remove(0) };
    Binding { stack_region: frankfurt(), events: vec![source], ..binding(ROLE) }
}

pub(crate) fn facts(sending_enabled: bool) -> AccountFacts {
    let quota = Quota { max_24_hour_send: 200.0, max_send_rate: 1.0, sent_last_24_hours: 0.0 };
    AccountFacts {
        production_access: false,
        sending_enabled,
        under_review: false,
        quota,
        details: AccountDetails::default(),
    }
}

pub(crate) fn connected() -> ConnectionState {
    ConnectionState::Connected {
        binding: binding(ROLE),
        account: facts(true),
        checked_at: NOW,
        unanswered: 0,
    }
}

/// Returns a connection with a second role of the same account, which isn't proven yet.
pub(crate) fn replacing(since: OffsetDateTime) -> ConnectionState {
    ConnectionState::Verifying {
        binding: manual(SAME_ACCOUNT),
        since,
        attempts: 1,
        reason: None,
        previous: Some(Box::new(connected())),
    }
}

pub(crate) fn insecure(checked_at: OffsetDateTime) -> ConnectionState {
    let exposure = Exposure::WithoutExternalId;
    ConnectionState::Insecure { binding: binding(ROLE), exposure, checked_at, failures: 1 }
}

pub(crate) fn states() -> Vec<(&'static str, ConnectionState)> {
    let known = binding(ROLE);
    let checked_at = NOW - Duration::hours(1);
    let verifying = |since, attempts| ConnectionState::Verifying {
        binding: known.clone(),
        since,
        attempts,
        reason: None,
        previous: None,
    };
    vec![
        ("not_connected", ConnectionState::NotConnected),
        (
            "awaiting_stack",
            ConnectionState::AwaitingStack {
                region: region(),
                since: NOW - Duration::minutes(1),
                reason: None,
            },
        ),
        ("verifying", verifying(NOW - Duration::seconds(5), 1)),
        ("verifying_long", verifying(NOW - Duration::minutes(3), 9)),
        ("replacing", replacing(NOW - Duration::seconds(5))),
        ("replacing_long", replacing(NOW - Duration::minutes(3))),
        ("connected", connected()),
        (
            "degraded",
            ConnectionState::Degraded {
                binding: known.clone(),
                reason: Reason::RoleRefused,
                account: Some(facts(true)),
                checked_at,
                failures: 1,
            },
        ),
        (
            "unproven",
            ConnectionState::Degraded {
                binding: known.clone(),
                reason: Reason::RoleRefused,
                account: None,
                checked_at,
                failures: 1,
            },
        ),
        ("insecure", insecure(checked_at)),
        ("disconnected", ConnectionState::Disconnected { since: checked_at }),
    ]
}

pub(crate) fn finished(result: CheckResult) -> ConnectionEvent {
    ConnectionEvent::CheckFinished { attempt: 1, result }
}
