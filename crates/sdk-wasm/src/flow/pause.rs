//! How long the flow waits before it looks again.

use super::State;

const SECOND: u32 = 1_000;
const MINUTE: u32 = 60 * SECOND;

/// The pause after the `round`th look (from 0) at the same state; `None` where only the customer changes something.
///
/// While a stack or a role is waited for, seconds matter; later it is enough to notice what another tab or AWS has changed. A
/// hidden page is looked after less often, since coming back to it asks at once.
pub(super) fn after<P>(state: &State<P>, round: u32, hidden: bool) -> Option<u32> {
    let (first, longest, while_hidden) = match state {
        State::Loading | State::OpenLink { .. } | State::Verifying { .. } => {
            (2 * SECOND, 15 * SECOND, 30 * SECOND)
        }
        State::Offline { .. } => (2 * SECOND, 30 * SECOND, MINUTE),
        State::NeedsAttention { .. } => (5 * SECOND, 30 * SECOND, 5 * MINUTE),
        State::ChooseRegion { .. } | State::Connected { .. } => (10 * SECOND, MINUTE, 5 * MINUTE),
        State::Failed { can_retry: true, .. } => (5 * SECOND, MINUTE, 5 * MINUTE),
        State::Failed { can_retry: false, .. } | State::Cancelled => return None,
    };
    if hidden {
        return Some(while_hidden);
    }
    // Half as long again each time.
    Some((0..round.min(16)).fold(first, |pause, _| (pause + pause / 2).min(longest)))
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;

    fn pauses(state: &State<()>, hidden: bool) -> Vec<u32> {
        (0..7).filter_map(|round| after(state, round, hidden)).collect()
    }

    #[test]
    fn pauses_grow_to_a_limit() {
        let verifying = State::Verifying { binding: () };
        assert_eq!(pauses(&verifying, false), [2_000, 3_000, 4_500, 6_750, 10_125, 15_000, 15_000]);
        assert_eq!(after(&verifying, u32::MAX, false), Some(15_000));
    }

    #[test]
    fn a_hidden_page_is_looked_after_less_often() {
        let states = [
            State::Offline { last: None },
            State::OpenLink { details: (), binding: () },
            State::Connected { binding: () },
        ];
        for state in states {
            let longest = (0..100).filter_map(|round| after(&state, round, false)).max();
            assert!(pauses(&state, true)[0] > longest.unwrap(), "{}", state.name());
        }
    }

    #[test]
    fn nothing_is_asked_where_only_the_customer_can_go_on() {
        assert_eq!(after(&State::<()>::Cancelled, 0, false), None);
    }
}
