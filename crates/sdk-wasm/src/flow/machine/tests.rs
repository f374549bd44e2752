use proptest::prelude::*;

use super::*;

type Flow = Machine<&'static str>;

fn binding(status: Status, region: Option<&str>, binding: &'static str) -> Event<&'static str> {
    let summary = BindingSummary { status, stack_region: region.map(str::to_owned) };
    Event::CallFinished(Ok(CallOutput::Binding { summary, binding }))
}

fn details(details: &'static str) -> Event<&'static str> {
    Event::CallFinished(Ok(CallOutput::ConnectDetails(details)))
}

fn problem(status: u16, code: &str) -> Event<&'static str> {
    let text = |name: &str| match name {
        "code" => Some(code.to_owned()),
        "detail" => Some("message".to_owned()),
        _ => None,
    };
    Event::CallFinished(Err(Error::from_problem(status, None, &text)))
}

fn unreachable() -> Event<&'static str> {
    Event::CallFinished(Err(Error::network()))
}

fn start(region: &str) -> Event<&'static str> {
    Event::RegionChosen { region: region.into() }
}

fn connect(region: &str, chosen: bool) -> Command {
    Command::Call(ApiCall::Connect { region: region.into(), chosen })
}

const POLL: Option<Command> = Some(Command::Call(ApiCall::GetBinding));
const VERIFY: Option<Command> = Some(Command::Call(ApiCall::Verify));

/// A flow after `events`.
fn after(events: impl IntoIterator<Item = Event<&'static str>>) -> Flow {
    let mut flow = Flow::default();
    flow.handle(Event::Opened { hidden: false });
    for event in events {
        flow.handle(event);
    }
    flow
}

fn at(status: Status) -> Flow {
    after([binding(status, Some("eu-west-1"), "binding")])
}

#[test]
fn an_opened_flow_fetches_the_binding() {
    let reaction = Flow::default().handle(Event::Opened { hidden: false });
    assert_eq!(reaction, Reaction { command: POLL, changed: false });
}

#[test]
fn every_status_has_a_state() {
    for (status, step) in [
        (Status::NotConnected, "choose_region"),
        (Status::Disconnected, "choose_region"),
        (Status::Verifying, "verifying"),
        (Status::Connected, "connected"),
        (Status::Degraded, "needs_attention"),
        (Status::Insecure, "needs_attention"),
    ] {
        assert_eq!(at(status).state().name(), step, "{status:?}");
    }
    // The link hasn't been fetched yet.
    assert_eq!(at(Status::AwaitingStack).state().name(), "loading");
}

#[test]
fn choosing_a_region_leads_to_connected() {
    let mut flow = after([binding(Status::NotConnected, None, "none")]);
    assert_eq!(flow.handle(start("eu-west-1")).command, Some(connect("eu-west-1", true)));
    assert_eq!(flow.state(), &State::ChooseRegion { binding: "none" });
    assert_eq!(flow.handle(details("link")).command, POLL);
    let reaction = flow.handle(binding(Status::AwaitingStack, Some("eu-west-1"), "awaiting"));
    assert_eq!(reaction, Reaction { command: Some(Command::StartTimer(2_000)), changed: true });
    assert_eq!(flow.state(), &State::OpenLink { details: "link", binding: "awaiting" });
    assert_eq!(flow.handle(Event::TimerFired).command, POLL);
    flow.handle(binding(Status::Verifying, Some("eu-west-1"), "verifying"));
    assert_eq!(flow.state(), &State::Verifying { binding: "verifying" });
    flow.handle(Event::TimerFired);
    flow.handle(binding(Status::Connected, Some("eu-west-1"), "connected"));
    assert_eq!(flow.state(), &State::Connected { binding: "connected" });
}

#[test]
fn a_stack_requested_in_another_tab_is_shown_with_its_link() {
    let mut flow = after([]);
    let awaiting = |region| binding(Status::AwaitingStack, Some(region), "awaiting");
    assert_eq!(
        flow.handle(awaiting("eu-west-1")),
        Reaction { command: Some(connect("eu-west-1", false)), changed: false }
    );
    assert!(flow.handle(details("link")).changed);
    assert_eq!(flow.state(), &State::OpenLink { details: "link", binding: "awaiting" });
    flow.handle(Event::TimerFired);
    assert_eq!(
        flow.handle(awaiting("eu-west-1")).command,
        Some(Command::StartTimer(3_000)),
        "the link is known"
    );
    flow.handle(Event::TimerFired);
    assert_eq!(
        flow.handle(awaiting("us-east-1")).command,
        Some(connect("us-east-1", false)),
        "another tab chose another region"
    );
}

#[test]
fn an_equal_response_does_not_change_the_state() {
    let mut flow = at(Status::Verifying);
    flow.handle(Event::TimerFired);
    assert!(!flow.handle(binding(Status::Verifying, Some("eu-west-1"), "binding")).changed);
    flow.handle(Event::TimerFired);
    assert!(flow.handle(binding(Status::Verifying, Some("eu-west-1"), "another attempt")).changed);
}

#[test]
fn polls_become_rarer_until_the_state_changes() {
    let mut flow = at(Status::Verifying);
    let mut poll = |status| {
        flow.handle(Event::TimerFired);
        flow.handle(binding(status, Some("eu-west-1"), "binding")).command
    };
    assert_eq!(poll(Status::Verifying), Some(Command::StartTimer(3_000)));
    assert_eq!(poll(Status::Verifying), Some(Command::StartTimer(4_500)));
    assert_eq!(poll(Status::Connected), Some(Command::StartTimer(10_000)));
    assert_eq!(poll(Status::Verifying), Some(Command::StartTimer(2_000)));
}

#[test]
fn a_hidden_page_polls_less_often_and_at_once_when_it_becomes_visible() {
    let mut flow = at(Status::Verifying);
    assert_eq!(flow.handle(Event::PageHidden).command, Some(Command::StartTimer(30_000)));
    assert_eq!(flow.handle(Event::TimerFired).command, POLL);
    assert_eq!(
        flow.handle(binding(Status::Verifying, Some("eu-west-1"), "binding")).command,
        Some(Command::StartTimer(30_000))
    );
    assert_eq!(flow.handle(Event::PageVisible).command, POLL);
    assert_eq!(flow.handle(Event::PageVisible).command, None, "a poll is in flight");
    assert_eq!(
        flow.handle(binding(Status::Verifying, Some("eu-west-1"), "binding")).command,
        Some(Command::StartTimer(3_000))
    );
}

#[test]
fn hiding_the_page_does_not_abort_a_call() {
    let mut flow = after([]);
    assert_eq!(flow.handle(Event::PageHidden).command, None);
    assert_eq!(
        flow.handle(binding(Status::Verifying, Some("eu-west-1"), "binding")).command,
        Some(Command::StartTimer(30_000))
    );
}

#[test]
fn offline_keeps_the_last_state_and_ends_without_the_customer() {
    let mut flow = at(Status::Connected);
    for interval in [2_000, 3_000, 4_500] {
        flow.handle(Event::TimerFired);
        assert_eq!(flow.handle(unreachable()).command, Some(Command::StartTimer(interval)));
        let last = Some(Box::new(State::Connected { binding: "binding" }));
        assert_eq!(flow.state(), &State::Offline { last });
    }
    assert_eq!(flow.handle(Event::Online).command, POLL);
    flow.handle(binding(Status::Connected, Some("eu-west-1"), "binding"));
    assert_eq!(flow.state().name(), "connected");
}

#[test]
fn offline_from_the_start_has_no_last_state() {
    let flow = after([Event::CallFinished(Err(Error::timeout(30)))]);
    assert_eq!(flow.state(), &State::Offline { last: None });
}

#[test]
fn a_region_chosen_offline_is_connected_when_kraiter_is_reachable() {
    let mut flow = after([binding(Status::NotConnected, None, "none"), start("eu-west-1"), unreachable()]);
    assert_eq!(flow.handle(Event::TimerFired).command, Some(connect("eu-west-1", true)));
    flow.handle(unreachable());
    assert_eq!(flow.handle(Event::RetryRequested).command, Some(connect("eu-west-1", true)));
    assert_eq!(flow.handle(details("link")).command, POLL);
}

#[test]
fn a_refused_region_stays_visible_until_the_customer_acts() {
    let mut flow = after([binding(Status::NotConnected, None, "none"), start("mars")]);
    assert_eq!(flow.handle(problem(422, "invalid_region")), Reaction { command: None, changed: true });
    assert!(matches!(flow.state(), State::Failed { can_retry: false, .. }));
    for event in [Event::PageVisible, Event::Online, Event::PageHidden, Event::PageVisible] {
        assert_eq!(flow.handle(event), Reaction { command: None, changed: false });
    }
    assert_eq!(flow.handle(start("eu-west-1")).command, Some(connect("eu-west-1", true)));
}

#[test]
fn a_region_that_failed_temporarily_is_connected_again_only_on_request() {
    let mut flow =
        after([binding(Status::NotConnected, None, "none"), start("eu-west-1"), problem(503, "busy")]);
    assert!(matches!(flow.state(), State::Failed { can_retry: true, .. }));
    assert_eq!(flow.handle(Event::PageVisible).command, None);
    assert_eq!(flow.handle(Event::RetryRequested).command, Some(connect("eu-west-1", true)));
}

#[test]
fn a_temporary_error_is_polled_and_a_permanent_one_is_not() {
    let mut flow = at(Status::Connected);
    flow.handle(Event::TimerFired);
    assert_eq!(flow.handle(problem(503, "internal_error")).command, Some(Command::StartTimer(5_000)));
    flow.handle(Event::TimerFired);
    assert_eq!(flow.handle(problem(401, "unauthorized")).command, None);
    // The customer may have signed in in another tab.
    assert_eq!(flow.handle(Event::PageVisible).command, POLL);
}

#[test]
fn retry_verifies_a_role_that_needs_attention_and_polls_otherwise() {
    assert_eq!(at(Status::Degraded).handle(Event::RetryRequested).command, VERIFY);
    assert_eq!(at(Status::Insecure).handle(Event::RetryRequested).command, VERIFY);
    for status in [Status::NotConnected, Status::Verifying, Status::Connected, Status::Disconnected] {
        assert_eq!(at(status).handle(Event::RetryRequested).command, POLL, "{status:?}");
    }
    let mut flow = at(Status::Insecure);
    flow.handle(Event::RetryRequested);
    flow.handle(binding(Status::Connected, Some("eu-west-1"), "fixed"));
    assert_eq!(flow.state(), &State::Connected { binding: "fixed" });
}

#[test]
fn a_connection_that_ended_before_it_was_verified_is_fetched() {
    let mut flow = at(Status::Degraded);
    flow.handle(Event::RetryRequested);
    assert_eq!(flow.handle(problem(409, "not_connected")), Reaction { command: POLL, changed: false });
}

#[test]
fn a_cancelled_flow_stops_and_can_be_continued() {
    let mut flow = after([
        binding(Status::NotConnected, None, "none"),
        start("eu-west-1"),
        details("link"),
        binding(Status::AwaitingStack, Some("eu-west-1"), "awaiting"),
    ]);
    assert_eq!(flow.handle(Event::CancelRequested), Reaction { command: Some(Command::Stop), changed: true });
    assert_eq!(
        flow.handle(Event::CancelRequested),
        Reaction { command: Some(Command::Stop), changed: false }
    );
    for event in
        [Event::PageVisible, Event::Online, Event::PageHidden, binding(Status::Connected, None, "late")]
    {
        assert_eq!(flow.handle(event), Reaction { command: None, changed: false });
    }
    assert_eq!(flow.handle(start("us-east-1")).command, Some(connect("us-east-1", true)));
    flow.handle(Event::CancelRequested);
    assert_eq!(flow.handle(Event::RetryRequested).command, POLL);
}

fn any_event() -> impl Strategy<Value = Event<&'static str>> {
    let status = prop::sample::select(vec![
        Status::NotConnected,
        Status::AwaitingStack,
        Status::Verifying,
        Status::Connected,
        Status::Degraded,
        Status::Insecure,
        Status::Disconnected,
    ]);
    let region = prop::option::of(prop::sample::select(vec!["eu-west-1", "us-east-1"]));
    prop_oneof![
        Just(start("eu-west-1")),
        Just(Event::RetryRequested),
        Just(Event::CancelRequested),
        Just(Event::PageHidden),
        Just(Event::PageVisible),
        Just(Event::Online),
        Just(Event::TimerFired),
        Just(details("link")),
        Just(unreachable()),
        prop::sample::select(vec![401, 409, 422, 503]).prop_map(|status| problem(status, "code")),
        Just(problem(409, "not_connected")),
        (status, region).prop_map(|(status, region)| binding(status, region, "binding")),
    ]
}

proptest! {
    #[test]
    fn a_flow_never_stalls_unless_the_customer_must_act(events in prop::collection::vec(any_event(), 0..40)) {
        let mut flow = Flow::default();
        let mut running = flow.handle(Event::Opened { hidden: false }).command;
        for event in events {
            // A call finishes once, and only if it was made. A timer fires once.
            let fits = match (&event, &running) {
                (Event::CallFinished(Ok(CallOutput::ConnectDetails(_))), Some(Command::Call(ApiCall::Connect { .. })))
                | (Event::CallFinished(Ok(CallOutput::Binding { .. })), Some(Command::Call(ApiCall::GetBinding | ApiCall::Verify)))
                | (Event::CallFinished(Err(_)), Some(Command::Call(_)))
                | (Event::TimerFired, Some(Command::StartTimer(_))) => true,
                (event, _) => !matches!(event, Event::CallFinished(_) | Event::TimerFired),
            };
            if !fits {
                continue;
            }
            let is_finished = matches!(event, Event::CallFinished(_) | Event::TimerFired);
            match flow.handle(event).command {
                None if is_finished => running = None,
                None => {}
                Some(Command::Stop) => running = None,
                command => running = command,
            }
            let is_stopped = matches!(flow.state(), State::Cancelled | State::Failed { .. });
            prop_assert!(running.is_some() || is_stopped, "stalled in {:?}", flow.state());
            if let State::Offline { last: Some(last) } = flow.state() {
                prop_assert!(last.name() != "offline" && last.name() != "loading");
            }
        }
    }
}
