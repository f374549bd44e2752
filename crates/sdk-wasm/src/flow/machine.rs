//! (state, event) → (state, what to do).

use std::mem;

use kraiter_core::connection::Status;

use super::{Act, Answer, Ask, Event, Glance, Reaction, State, pause};
use crate::failure::Failure;

/// The flow. `P` is what the API answers, as it comes: JavaScript's values in the package, anything comparable in a test.
#[derive(Debug)]
pub struct Machine<P> {
    state: State<P>,
    /// What is being asked now.
    asked: Option<Ask>,
    /// What is asked when the pause is over.
    next: Ask,
    /// The last link and policies, and the region that they are for.
    details: Option<(String, P)>,
    /// A connection that waits for its stack, until its link is there to be shown with it.
    without_link: Option<P>,
    /// How often the same state has been looked at.
    round: u32,
    hidden: bool,
    /// Nothing is asked until the customer does something.
    at_rest: bool,
}

impl<P: Clone + PartialEq> Default for Machine<P> {
    fn default() -> Self {
        Self {
            state: State::Loading,
            asked: None,
            next: Ask::Binding,
            details: None,
            without_link: None,
            round: 0,
            hidden: false,
            at_rest: false,
        }
    }
}

impl<P: Clone + PartialEq> Machine<P> {
    /// What a page shows now.
    #[must_use]
    pub const fn state(&self) -> &State<P> {
        &self.state
    }

    /// Takes note of an event. One that means nothing now changes nothing.
    pub fn on(&mut self, event: Event<P>) -> Reaction {
        let before = self.state.clone();
        let act = self.take(event);
        Reaction { act, changed: self.state != before }
    }

    fn take(&mut self, event: Event<P>) -> Option<Act> {
        match event {
            Event::Opened { hidden } => {
                self.hidden = hidden;
                Some(self.ask(Ask::Binding))
            }
            Event::Start { region } => {
                self.round = 0;
                Some(self.ask(Ask::Connect { region, chosen: true }))
            }
            Event::Retry => {
                self.round = 0;
                let ask = match self.state {
                    State::NeedsAttention { .. } => Ask::Verify,
                    _ => self.next.clone(),
                };
                Some(self.ask(ask))
            }
            Event::Cancel => {
                self.state = State::Cancelled;
                self.asked = None;
                self.next = Ask::Binding;
                self.at_rest = true;
                Some(Act::Rest)
            }
            Event::Hidden => {
                self.hidden = true;
                let waits = self.asked.is_none() && !self.at_rest;
                if waits { pause::after(&self.state, self.round, true).map(Act::WakeIn) } else { None }
            }
            Event::Returned => {
                self.hidden = false;
                self.look_again()
            }
            Event::Online => self.look_again(),
            Event::Woken => Some(self.ask(self.next.clone())),
            Event::Answered(answer) => {
                let asked = self.asked.take()?;
                self.answered(asked, answer)
            }
        }
    }

    /// Asks at once what would have been asked later.
    fn look_again(&mut self) -> Option<Act> {
        if self.at_rest || self.asked.is_some() {
            return None;
        }
        self.round = 0;
        Some(self.ask(self.next.clone()))
    }

    fn ask(&mut self, ask: Ask) -> Act {
        self.at_rest = false;
        self.asked = Some(ask.clone());
        Act::Ask(ask)
    }

    fn answered(&mut self, asked: Ask, answer: Result<Answer<P>, Failure>) -> Option<Act> {
        match (asked, answer) {
            (_, Ok(Answer::Binding { glance, binding })) => self.seen(glance, binding),
            (Ask::Connect { region, chosen }, Ok(Answer::Details(details))) => {
                self.details = Some((region, details.clone()));
                match self.without_link.take() {
                    Some(binding) if !chosen => self.show(State::OpenLink { details, binding }),
                    _ => Some(self.ask(Ask::Binding)),
                }
            }
            // Nothing else asks for details.
            (_, Ok(Answer::Details(_))) => Some(self.ask(Ask::Binding)),
            (asked, Err(failure)) => self.failed(asked, failure),
        }
    }

    fn seen(&mut self, glance: Glance, binding: P) -> Option<Act> {
        self.next = Ask::Binding;
        self.show(match glance.status {
            Status::NotConnected | Status::Disconnected => State::ChooseRegion { binding },
            Status::AwaitingStack => match (&self.details, glance.stack_region) {
                (_, None) => State::ChooseRegion { binding },
                (Some((known, details)), Some(region)) if *known == region => {
                    State::OpenLink { details: details.clone(), binding }
                }
                // Asked for in another tab, before a reload, or for another region meanwhile.
                (_, Some(region)) => {
                    self.without_link = Some(binding);
                    return Some(self.ask(Ask::Connect { region, chosen: false }));
                }
            },
            Status::Verifying => State::Verifying { binding },
            Status::Connected => State::Connected { binding },
            Status::Degraded | Status::Insecure => State::NeedsAttention { binding },
        })
    }

    fn failed(&mut self, asked: Ask, failure: Failure) -> Option<Act> {
        if asked == Ask::Verify && failure.code == "not_connected" {
            // Disconnected meanwhile: no fault, but another state.
            return Some(self.ask(Ask::Binding));
        }
        let by_choice = matches!(asked, Ask::Connect { chosen: true, .. });
        let can_retry = failure.may_pass();
        self.next = if by_choice && can_retry { asked } else { Ask::Binding };
        if failure.is_unreachable() {
            let last = match &self.state {
                State::Offline { last } => last.clone(),
                State::Loading => None,
                shown => Some(Box::new(shown.clone())),
            };
            return self.show(State::Offline { last });
        }
        let act = self.show(State::Failed { failure, can_retry });
        // What the customer chose is not to be wiped off by a look at what was before.
        self.at_rest = by_choice;
        if by_choice { None } else { act }
    }

    /// Shows a state and waits.
    fn show(&mut self, state: State<P>) -> Option<Act> {
        self.round =
            if mem::discriminant(&self.state) == mem::discriminant(&state) { self.round + 1 } else { 0 };
        self.state = state;
        pause::after(&self.state, self.round, self.hidden).map(Act::WakeIn)
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;
