use proptest::prelude::*;

use super::*;

type Flow = Machine<&'static str>;

fn seen(status: Status, region: Option<&str>, binding: &'static str) -> Event<&'static str> {
    let glance = Glance { status, stack_region: region.map(str::to_owned) };
    Event::Answered(Ok(Answer::Binding { glance, binding }))
}

fn linked(details: &'static str) -> Event<&'static str> {
    Event::Answered(Ok(Answer::Details(details)))
}

fn refused(status: u16, code: &str) -> Event<&'static str> {
    let text = |name: &str| match name {
        "code" => Some(code.to_owned()),
        "detail" => Some("what happened".to_owned()),
        _ => None,
    };
    Event::Answered(Err(Failure::answered(status, None, &text)))
}

fn unreachable() -> Event<&'static str> {
    Event::Answered(Err(Failure::network()))
}

fn start(region: &str) -> Event<&'static str> {
    Event::Start { region: region.into() }
}

fn connect(region: &str, chosen: bool) -> Act {
    Act::Ask(Ask::Connect { region: region.into(), chosen })
}

const LOOK: Option<Act> = Some(Act::Ask(Ask::Binding));
const VERIFY: Option<Act> = Some(Act::Ask(Ask::Verify));

/// A flow after these events.
fn after(events: impl IntoIterator<Item = Event<&'static str>>) -> Flow {
    let mut flow = Flow::default();
    flow.on(Event::Opened { hidden: false });
    for event in events {
        flow.on(event);
    }
    flow
}

fn at(status: Status) -> Flow {
    after([seen(status, Some("eu-west-1"), "binding")])
}

#[test]
fn a_flow_begins_with_a_look() {
    let reaction = Flow::default().on(Event::Opened { hidden: false });
    assert_eq!(reaction, Reaction { act: LOOK, changed: false });
}

#[test]
fn every_status_has_its_step() {
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
    // The link is not there yet.
    assert_eq!(at(Status::AwaitingStack).state().name(), "loading");
}

#[test]
fn a_customer_comes_from_nothing_to_connected() {
    let mut flow = after([seen(Status::NotConnected, None, "none")]);
    assert_eq!(flow.on(start("eu-west-1")).act, Some(connect("eu-west-1", true)));
    assert_eq!(flow.state(), &State::ChooseRegion { binding: "none" });
    assert_eq!(flow.on(linked("link")).act, LOOK);
    let reaction = flow.on(seen(Status::AwaitingStack, Some("eu-west-1"), "awaiting"));
    assert_eq!(reaction, Reaction { act: Some(Act::WakeIn(2_000)), changed: true });
    assert_eq!(flow.state(), &State::OpenLink { details: "link", binding: "awaiting" });
    assert_eq!(flow.on(Event::Woken).act, LOOK);
    flow.on(seen(Status::Verifying, Some("eu-west-1"), "verifying"));
    assert_eq!(flow.state(), &State::Verifying { binding: "verifying" });
    flow.on(Event::Woken);
    flow.on(seen(Status::Connected, Some("eu-west-1"), "connected"));
    assert_eq!(flow.state(), &State::Connected { binding: "connected" });
}

#[test]
fn a_stack_that_was_asked_for_elsewhere_is_shown_with_its_link() {
    let mut flow = after([]);
    let awaiting = |region| seen(Status::AwaitingStack, Some(region), "awaiting");
    assert_eq!(
        flow.on(awaiting("eu-west-1")),
        Reaction { act: Some(connect("eu-west-1", false)), changed: false }
    );
    assert!(flow.on(linked("link")).changed);
    assert_eq!(flow.state(), &State::OpenLink { details: "link", binding: "awaiting" });
    flow.on(Event::Woken);
    assert_eq!(flow.on(awaiting("eu-west-1")).act, Some(Act::WakeIn(3_000)), "the link is there already");
    flow.on(Event::Woken);
    assert_eq!(
        flow.on(awaiting("us-east-1")).act,
        Some(connect("us-east-1", false)),
        "another tab chose another"
    );
}

#[test]
fn the_same_answer_is_no_change() {
    let mut flow = at(Status::Verifying);
    flow.on(Event::Woken);
    assert!(!flow.on(seen(Status::Verifying, Some("eu-west-1"), "binding")).changed);
    flow.on(Event::Woken);
    assert!(flow.on(seen(Status::Verifying, Some("eu-west-1"), "another attempt")).changed);
}

#[test]
fn looks_become_rarer_until_something_changes() {
    let mut flow = at(Status::Verifying);
    let mut look = |status| {
        flow.on(Event::Woken);
        flow.on(seen(status, Some("eu-west-1"), "binding")).act
    };
    assert_eq!(look(Status::Verifying), Some(Act::WakeIn(3_000)));
    assert_eq!(look(Status::Verifying), Some(Act::WakeIn(4_500)));
    assert_eq!(look(Status::Connected), Some(Act::WakeIn(10_000)));
    assert_eq!(look(Status::Verifying), Some(Act::WakeIn(2_000)));
}

#[test]
fn a_hidden_page_waits_longer_and_looks_at_once_when_the_customer_returns() {
    let mut flow = at(Status::Verifying);
    assert_eq!(flow.on(Event::Hidden).act, Some(Act::WakeIn(30_000)));
    assert_eq!(flow.on(Event::Woken).act, LOOK);
    assert_eq!(flow.on(seen(Status::Verifying, Some("eu-west-1"), "binding")).act, Some(Act::WakeIn(30_000)));
    assert_eq!(flow.on(Event::Returned).act, LOOK);
    assert_eq!(flow.on(Event::Returned).act, None, "it is being looked at");
    assert_eq!(flow.on(seen(Status::Verifying, Some("eu-west-1"), "binding")).act, Some(Act::WakeIn(3_000)));
}

#[test]
fn a_page_hidden_while_something_is_asked_lets_it_be_answered() {
    let mut flow = after([]);
    assert_eq!(flow.on(Event::Hidden).act, None);
    assert_eq!(flow.on(seen(Status::Verifying, Some("eu-west-1"), "binding")).act, Some(Act::WakeIn(30_000)));
}

#[test]
fn offline_keeps_what_was_shown_and_ends_by_itself() {
    let mut flow = at(Status::Connected);
    for pause in [2_000, 3_000, 4_500] {
        flow.on(Event::Woken);
        assert_eq!(flow.on(unreachable()).act, Some(Act::WakeIn(pause)));
        let last = Some(Box::new(State::Connected { binding: "binding" }));
        assert_eq!(flow.state(), &State::Offline { last });
    }
    assert_eq!(flow.on(Event::Online).act, LOOK);
    flow.on(seen(Status::Connected, Some("eu-west-1"), "binding"));
    assert_eq!(flow.state().name(), "connected");
}

#[test]
fn offline_from_the_first_look_on_shows_nothing() {
    let flow = after([Event::Answered(Err(Failure::timeout(30)))]);
    assert_eq!(flow.state(), &State::Offline { last: None });
}

#[test]
fn a_choice_made_offline_is_carried_out_when_kraiter_is_reached() {
    let mut flow = after([seen(Status::NotConnected, None, "none"), start("eu-west-1"), unreachable()]);
    assert_eq!(flow.on(Event::Woken).act, Some(connect("eu-west-1", true)));
    flow.on(unreachable());
    assert_eq!(flow.on(Event::Retry).act, Some(connect("eu-west-1", true)));
    assert_eq!(flow.on(linked("link")).act, LOOK);
}

#[test]
fn a_refused_choice_stays_in_sight_until_the_customer_goes_on() {
    let mut flow = after([seen(Status::NotConnected, None, "none"), start("mars")]);
    assert_eq!(flow.on(refused(422, "invalid_region")), Reaction { act: None, changed: true });
    assert!(matches!(flow.state(), State::Failed { can_retry: false, .. }));
    for event in [Event::Returned, Event::Online, Event::Hidden, Event::Returned] {
        assert_eq!(flow.on(event), Reaction { act: None, changed: false });
    }
    assert_eq!(flow.on(start("eu-west-1")).act, Some(connect("eu-west-1", true)));
}

#[test]
fn a_choice_that_failed_for_a_while_is_repeated_by_retry_only() {
    let mut flow =
        after([seen(Status::NotConnected, None, "none"), start("eu-west-1"), refused(503, "busy")]);
    assert!(matches!(flow.state(), State::Failed { can_retry: true, .. }));
    assert_eq!(flow.on(Event::Returned).act, None);
    assert_eq!(flow.on(Event::Retry).act, Some(connect("eu-west-1", true)));
}

#[test]
fn a_fault_that_may_pass_is_looked_at_again_and_one_that_stays_is_not() {
    let mut flow = at(Status::Connected);
    flow.on(Event::Woken);
    assert_eq!(flow.on(refused(503, "internal_error")).act, Some(Act::WakeIn(5_000)));
    flow.on(Event::Woken);
    assert_eq!(flow.on(refused(401, "unauthorized")).act, None);
    // The customer may have signed in elsewhere meanwhile.
    assert_eq!(flow.on(Event::Returned).act, LOOK);
}

#[test]
fn retry_verifies_a_role_that_needs_attention_and_looks_otherwise() {
    assert_eq!(at(Status::Degraded).on(Event::Retry).act, VERIFY);
    assert_eq!(at(Status::Insecure).on(Event::Retry).act, VERIFY);
    for status in [Status::NotConnected, Status::Verifying, Status::Connected, Status::Disconnected] {
        assert_eq!(at(status).on(Event::Retry).act, LOOK, "{status:?}");
    }
    let mut flow = at(Status::Insecure);
    flow.on(Event::Retry);
    flow.on(seen(Status::Connected, Some("eu-west-1"), "mended"));
    assert_eq!(flow.state(), &State::Connected { binding: "mended" });
}

#[test]
fn a_connection_that_ended_before_it_was_verified_is_looked_at() {
    let mut flow = at(Status::Degraded);
    flow.on(Event::Retry);
    assert_eq!(flow.on(refused(409, "not_connected")), Reaction { act: LOOK, changed: false });
}

#[test]
fn what_is_called_off_rests_and_can_begin_again() {
    let mut flow = after([
        seen(Status::NotConnected, None, "none"),
        start("eu-west-1"),
        linked("link"),
        seen(Status::AwaitingStack, Some("eu-west-1"), "awaiting"),
    ]);
    assert_eq!(flow.on(Event::Cancel), Reaction { act: Some(Act::Rest), changed: true });
    assert_eq!(flow.on(Event::Cancel), Reaction { act: Some(Act::Rest), changed: false });
    for event in [Event::Returned, Event::Online, Event::Hidden, seen(Status::Connected, None, "late")] {
        assert_eq!(flow.on(event), Reaction { act: None, changed: false });
    }
    assert_eq!(flow.on(start("us-east-1")).act, Some(connect("us-east-1", true)));
    flow.on(Event::Cancel);
    assert_eq!(flow.on(Event::Retry).act, LOOK);
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
        Just(Event::Retry),
        Just(Event::Cancel),
        Just(Event::Hidden),
        Just(Event::Returned),
        Just(Event::Online),
        Just(Event::Woken),
        Just(linked("link")),
        Just(unreachable()),
        prop::sample::select(vec![401, 409, 422, 503]).prop_map(|status| refused(status, "code")),
        Just(refused(409, "not_connected")),
        (status, region).prop_map(|(status, region)| seen(status, region, "binding")),
    ]
}

proptest! {
    /// The one thing that a page must never do: stand still although nobody has to do anything.
    #[test]
    fn a_flow_never_stands_still_by_itself(events in prop::collection::vec(any_event(), 0..40)) {
        let mut flow = Flow::default();
        let mut doing = flow.on(Event::Opened { hidden: false }).act;
        for event in events {
            // A request is answered once, and only one that was made; a timer wakes once.
            let fits = match (&event, &doing) {
                (Event::Answered(Ok(Answer::Details(_))), Some(Act::Ask(Ask::Connect { .. })))
                | (Event::Answered(Ok(Answer::Binding { .. })), Some(Act::Ask(Ask::Binding | Ask::Verify)))
                | (Event::Answered(Err(_)), Some(Act::Ask(_)))
                | (Event::Woken, Some(Act::WakeIn(_))) => true,
                (event, _) => !matches!(event, Event::Answered(_) | Event::Woken),
            };
            if !fits {
                continue;
            }
            let is_over = matches!(event, Event::Answered(_) | Event::Woken);
            match flow.on(event).act {
                None if is_over => doing = None,
                None => {}
                Some(Act::Rest) => doing = None,
                act => doing = act,
            }
            let rests = matches!(flow.state(), State::Cancelled | State::Failed { .. });
            prop_assert!(doing.is_some() || rests, "nothing goes on in {:?}", flow.state());
            if let State::Offline { last: Some(last) } = flow.state() {
                prop_assert!(last.name() != "offline" && last.name() != "loading");
            }
        }
    }
}
