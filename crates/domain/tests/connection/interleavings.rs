//! A connection under every order of requests, confirmations, checks and alarms.
//!
//! The model does what the Worker does: checks run for as long as they like, several at a time; claiming and releasing roles take turns, and
//! other events may happen during both.

use std::collections::HashSet;

use aws_sans_io::RoleArn;
use domain::connection::{
    AccountDetails, AccountFacts, Binding, BindingStatus, CheckAttempt, CheckResult, Connection,
    ConnectionEffect, ConnectionEvent, ConnectionState, EventSource, Exposure, Quota, Reason, Subscription,
    retained_claim,
};
use proptest::{collection::vec, prelude::*};
use time::{Duration, OffsetDateTime, macros::datetime};

const START: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

/// Roles of two accounts.
const ROLES: [&str; 3] = [
    "arn:aws:iam::111111111111:role/one",
    "arn:aws:iam::111111111111:role/two",
    "arn:aws:iam::222222222222:role/one",
];

#[derive(Clone, Debug)]
enum Step {
    Wait(i64),
    Register(usize),
    Connect,
    /// A stack reports this role.
    Confirm(usize),
    Verify,
    Disconnect,
    /// The alarm rings if something is due.
    Alarm,
    /// A check gets its responses from AWS: of those in progress, the one with this index.
    Respond(usize, Response),
    /// The directory has stored the claim of the check in turn.
    StoreClaim,
    /// The next call to release roles returns.
    Release,
}

#[derive(Clone, Copy, Debug)]
enum Response {
    Works,
    NotProtected,
    Refused,
    Unreachable,
}

fn response() -> impl Strategy<Value = Response> {
    use Response::{NotProtected, Refused, Unreachable, Works};
    prop_oneof![4 => Just(Works), 1 => Just(NotProtected), 1 => Just(Refused), 1 => Just(Unreachable)]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        1 => (1_i64..200).prop_map(Step::Wait),
        1 => (0..ROLES.len()).prop_map(Step::Register),
        1 => Just(Step::Connect),
        1 => (0..ROLES.len()).prop_map(Step::Confirm),
        1 => Just(Step::Verify),
        1 => Just(Step::Disconnect),
        2 => Just(Step::Alarm),
        4 => (0..4_usize, response()).prop_map(|(index, response)| Step::Respond(index, response)),
        3 => Just(Step::StoreClaim),
        2 => Just(Step::Release),
    ]
}

fn role(index: usize) -> RoleArn {
    ROLES[index].parse().unwrap()
}

fn binding(index: usize) -> Binding {
    Binding { role_arn: role(index), stack_region: "eu-west-1".parse().unwrap(), events: vec![] }
}

fn stack(index: usize) -> Binding {
    let binding = binding(index);
    let topic = format!("arn:aws:sns:eu-west-1:{}:events-{index}", binding.account());
    let source = EventSource {
        region: binding.stack_region,
        configuration_set: "set".into(),
        topic: Some(topic.parse().unwrap()),
        subscription: Subscription::Active,
        stack: None,
    };
    Binding { events: vec![source], ..binding }
}

fn facts() -> AccountFacts {
    let quota = Quota { max_24_hour_send: 200.0, max_send_rate: 1.0, sent_last_24_hours: 0.0 };
    AccountFacts {
        production_access: false,
        sending_enabled: true,
        under_review: false,
        quota,
        details: AccountDetails::default(),
    }
}

/// An organisation's object and the directory.
#[derive(Default)]
struct Model {
    connection: Connection,
    seconds: i64,
    /// Whether a check was requested since the last one started.
    is_requested: bool,
    /// Checks that wait for AWS.
    checks: Vec<CheckAttempt>,
    /// Checks that have proven their role and wait for their turn, or, the first, for the directory.
    claiming: Vec<CheckAttempt>,
    /// The roles that the object may hold.
    remembered: HashSet<RoleArn>,
    /// The roles that the directory has stored.
    held: HashSet<RoleArn>,
    /// Topics of roles that a check has proven since the connection began.
    proven: HashSet<RoleArn>,
}

impl Model {
    fn now(&self) -> OffsetDateTime {
        START + Duration::seconds(self.seconds)
    }

    fn apply(&mut self, event: ConnectionEvent) -> Vec<ConnectionEffect> {
        let now = self.now();
        let effects = self.connection.apply(event, now);
        self.is_requested &= !effects.contains(&ConnectionEffect::ClearTimer);
        self.is_requested |= effects.contains(&ConnectionEffect::CheckRole);
        effects
    }

    fn start_check(&mut self) {
        let now = self.now();
        self.is_requested = false;
        self.checks.extend(self.connection.start_check(now));
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Wait(seconds) => self.seconds += seconds,
            Step::Register(index) => {
                self.apply(ConnectionEvent::RoleRegistered { binding: binding(*index) });
            }
            Step::Connect => {
                self.apply(ConnectionEvent::ConnectRequested { region: "eu-west-1".parse().unwrap() });
            }
            Step::Confirm(index) => {
                self.apply(ConnectionEvent::StackReady { binding: stack(*index) });
            }
            Step::Verify => {
                self.apply(ConnectionEvent::CheckRequested);
                self.start_check();
            }
            Step::Disconnect => {
                self.apply(ConnectionEvent::DisconnectRequested);
                self.proven.clear();
            }
            Step::Alarm => {
                let now = self.now();
                if self.connection.due.take_timer(now) {
                    self.apply(ConnectionEvent::TimerFired);
                }
                if self.connection.due.is_check_due(now) {
                    self.start_check();
                }
            }
            Step::Respond(index, response) => self.respond(*index, *response),
            Step::StoreClaim => self.store_claim(),
            Step::Release => self.release(),
        }
    }

    fn respond(&mut self, index: usize, response: Response) {
        if index >= self.checks.len() {
            return;
        }
        let attempt = self.checks.remove(index);
        let result = match response {
            Response::Works => return self.claiming.push(attempt),
            Response::NotProtected => CheckResult::NotProtected(Exposure::WithOtherExternalId),
            Response::Refused => CheckResult::Failed(Reason::RoleRefused),
            Response::Unreachable => CheckResult::Failed(Reason::AwsUnreachable),
        };
        self.finish(&attempt, result);
    }

    /// The first check in turn: remembers the role, claims it, applies the result and releases others.
    fn store_claim(&mut self) {
        if self.claiming.is_empty() {
            return;
        }
        let attempt = self.claiming[0].clone();
        let role = attempt.binding.role_arn.clone();
        // Its turn began before it was stored: if it no longer counted then, nothing was claimed.
        self.remembered.insert(role.clone());
        self.held.insert(role);
        self.claiming.remove(0);
        self.finish(&attempt, CheckResult::Working(facts()));
        self.release();
    }

    fn finish(&mut self, attempt: &CheckAttempt, result: CheckResult) {
        let is_current = self.connection.due.is_current(attempt);
        let before = self.connection.clone();
        let works = matches!(result, CheckResult::Working(_));
        let effects = self.apply(ConnectionEvent::CheckFinished { attempt: attempt.number, result });
        if is_current {
            assert!(!self.connection.due.is_current(attempt), "a result counts twice");
            if works {
                self.proven.insert(attempt.binding.role_arn.clone());
            }
        } else {
            assert_eq!((&self.connection, effects), (&before, vec![]), "a result that doesn't count");
        }
    }

    fn release(&mut self) {
        let retained = retained_claim(&self.connection.state).cloned();
        if self.remembered.iter().any(|role| Some(role) != retained.as_ref()) {
            self.held.retain(|role| Some(role) == retained.as_ref());
            self.remembered = retained.into_iter().collect();
        }
    }

    /// Rules that hold at any time.
    fn check_rules(&self, before: &ConnectionState, step: &Step) {
        let Connection { state, due } = &self.connection;
        assert!(!self.is_requested || due.is_check_due(self.now()), "a request is forgotten");
        if state.binding().is_some() {
            let is_handled = due.next().is_some();
            assert!(is_handled, "nothing is due in {state:?}");
        } else {
            assert!(!due.is_check_due(self.now()), "a check is due without a role");
        }
        if let Some(verified) = state.verified_binding() {
            assert!(self.proven.contains(&verified.role_arn), "{} was never proven", verified.role_arn);
        }
        if state.is_verified() {
            assert_eq!(state.binding(), state.verified_binding());
        }
        // Only a check or a disconnect takes away what emails are sent with.
        if let Some(used) = before.sending_binding()
            && !matches!(step, Step::Respond(..) | Step::StoreClaim | Step::Disconnect)
        {
            let still = state.sending_binding().map(|binding| &binding.role_arn);
            assert_eq!(still, Some(&used.role_arn), "{step:?}");
            assert!(
                used.events
                    .iter()
                    .filter_map(|source| source.topic.as_ref())
                    .all(|topic| { state.trusts_topic(topic, true) })
            );
        }
        assert!(self.held.is_subset(&self.remembered), "a claim is forgotten");
    }
}

proptest! {
    #[test]
    fn no_order_of_events_breaks_a_connection_or_leaves_a_claim_behind(steps in vec(step(), 1..60)) {
        let mut model = Model::default();
        for step in &steps {
            let before = model.connection.state.clone();
            model.step(step);
            model.check_rules(&before, step);
        }
        // When all calls have returned, the organisation holds at most the role that is proven.
        while !model.checks.is_empty() {
            model.respond(0, Response::Works);
        }
        while !model.claiming.is_empty() {
            model.store_claim();
        }
        model.release();
        let retained = retained_claim(&model.connection.state);
        prop_assert!(model.held.iter().all(|role| Some(role) == retained));
        prop_assert!(!model.connection.state.is_verified() || model.held.iter().eq(retained));
    }

    #[test]
    fn a_role_that_works_is_connected_after_any_order_of_events(steps in vec(step(), 1..40)) {
        let mut model = Model::default();
        for step in &steps {
            model.step(step);
        }
        let bound = model.connection.state.binding().is_some();
        // The instance may have ended: only the alarm goes on.
        model.checks.clear();
        model.claiming.clear();
        for _ in 0..20 {
            let Some(due) = model.connection.due.next() else { break };
            if model.connection.state.status() == BindingStatus::Connected {
                break;
            }
            model.seconds = model.seconds.max((due - START).whole_seconds() + 1);
            model.step(&Step::Alarm);
            while !model.checks.is_empty() {
                model.respond(0, Response::Works);
            }
            while !model.claiming.is_empty() {
                model.store_claim();
            }
        }
        let status = model.connection.state.status();
        prop_assert!(!bound || status == BindingStatus::Connected, "{status:?}");
    }
}
