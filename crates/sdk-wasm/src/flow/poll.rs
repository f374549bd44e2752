//! How often the flow polls the API.

use super::State;

const SECOND: u32 = 1_000;
const MINUTE: u32 = 60 * SECOND;

/// Returns the milliseconds until the next poll, or `None` if only the customer can change the state. `polls` counts the polls of
/// this state so far.
///
/// Polls are seconds apart while a stack or a role is awaited, and rarer when they only have to notice a change from another tab
/// or in AWS. A hidden page polls least, because it polls at once when it becomes visible.
pub(super) fn interval<P>(state: &State<P>, polls: u32, hidden: bool) -> Option<u32> {
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
    // Each interval is half as long again as the one before.
    Some((0..polls.min(16)).fold(first, |interval, _| (interval + interval / 2).min(longest)))
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;

    fn intervals(state: &State<()>, hidden: bool) -> Vec<u32> {
        (0..7).filter_map(|polls| interval(state, polls, hidden)).collect()
    }

    #[test]
    fn intervals_grow_up_to_a_limit() {
        let verifying = State::Verifying { binding: () };
        assert_eq!(intervals(&verifying, false), [2_000, 3_000, 4_500, 6_750, 10_125, 15_000, 15_000]);
        assert_eq!(interval(&verifying, u32::MAX, false), Some(15_000));
    }

    #[test]
    fn a_hidden_page_polls_less_often_than_a_visible_one() {
        let states = [
            State::Offline { last: None },
            State::OpenLink { details: (), binding: () },
            State::Connected { binding: () },
        ];
        for state in states {
            let longest = (0..100).filter_map(|polls| interval(&state, polls, false)).max();
            assert!(intervals(&state, true)[0] > longest.unwrap(), "{}", state.name());
        }
    }

    #[test]
    fn a_state_that_only_the_customer_can_change_is_not_polled() {
        assert_eq!(interval(&State::<()>::Cancelled, 0, false), None);
    }
}
