//! The transitions: (state, event) → (state, command).

use std::mem;

use api_contract::BindingStatus as Status;

use super::{ApiCall, BindingSummary, CallOutput, Command, Event, Reaction, State, poll};
use crate::error::Error;

/// The flow's state machine. `P` is the body of a response: a JavaScript value in the package, anything comparable in a test.
#[derive(Debug)]
pub struct Machine<P> {
    state: State<P>,
    in_flight: Option<ApiCall>,
    /// The call to make when the timer fires.
    next: ApiCall,
    /// The last link and policies, with the region they are for.
    details: Option<(String, P)>,
    /// A connection that awaits its stack, until its link has been fetched.
    without_link: Option<P>,
    /// How many times the current state has been polled.
    polls: u32,
    hidden: bool,
    /// Whether nothing happens until the customer acts.
    stopped: bool,
}

impl<P: Clone + PartialEq> Default for Machine<P> {
    fn default() -> Self {
        Self {
            state: State::Loading,
            in_flight: None,
            next: ApiCall::GetBinding,
            details: None,
            without_link: None,
            polls: 0,
            hidden: false,
            stopped: false,
        }
    }
}

impl<P: Clone + PartialEq> Machine<P> {
    /// Returns the current state.
    #[must_use]
    pub const fn state(&self) -> &State<P> {
        &self.state
    }

    /// Handles an event. One that doesn't apply to the current state is ignored.
    pub fn handle(&mut self, event: Event<P>) -> Reaction {
        let before = self.state.clone();
        let command = self.apply(event);
        Reaction { command, changed: self.state != before }
    }

    fn apply(&mut self, event: Event<P>) -> Option<Command> {
        match event {
            Event::Opened { hidden } => {
                self.hidden = hidden;
                Some(self.call(ApiCall::GetBinding))
            }
            Event::RegionChosen { region } => {
                self.polls = 0;
                Some(self.call(ApiCall::Connect { region, chosen: true }))
            }
            Event::RetryRequested => {
                self.polls = 0;
                let call = match self.state {
                    State::NeedsAttention { .. } => ApiCall::Verify,
                    _ => self.next.clone(),
                };
                Some(self.call(call))
            }
            Event::CancelRequested => {
                self.state = State::Cancelled;
                self.in_flight = None;
                self.next = ApiCall::GetBinding;
                self.stopped = true;
                Some(Command::Stop)
            }
            Event::PageHidden => {
                self.hidden = true;
                let is_polling = self.in_flight.is_none() && !self.stopped;
                if is_polling {
                    poll::interval(&self.state, self.polls, true).map(Command::StartTimer)
                } else {
                    None
                }
            }
            Event::PageVisible => {
                self.hidden = false;
                self.poll_now()
            }
            Event::Online => self.poll_now(),
            Event::TimerFired => Some(self.call(self.next.clone())),
            Event::CallFinished(result) => {
                let call = self.in_flight.take()?;
                self.on_result(call, result)
            }
        }
    }

    /// Makes the next call without waiting for the timer.
    fn poll_now(&mut self) -> Option<Command> {
        if self.stopped || self.in_flight.is_some() {
            return None;
        }
        self.polls = 0;
        Some(self.call(self.next.clone()))
    }

    fn call(&mut self, call: ApiCall) -> Command {
        self.stopped = false;
        self.in_flight = Some(call.clone());
        Command::Call(call)
    }

    fn on_result(&mut self, call: ApiCall, result: Result<CallOutput<P>, Error>) -> Option<Command> {
        match (call, result) {
            (_, Ok(CallOutput::Binding { summary, binding })) => self.on_binding(summary, binding),
            (ApiCall::Connect { region, chosen }, Ok(CallOutput::ConnectDetails(details))) => {
                self.details = Some((region, details.clone()));
                match self.without_link.take() {
                    Some(binding) if !chosen => self.enter(State::OpenLink { details, binding }),
                    _ => Some(self.call(ApiCall::GetBinding)),
                }
            }
            // No other call returns details.
            (_, Ok(CallOutput::ConnectDetails(_))) => Some(self.call(ApiCall::GetBinding)),
            (call, Err(error)) => self.on_error(call, error),
        }
    }

    fn on_binding(&mut self, summary: BindingSummary, binding: P) -> Option<Command> {
        self.next = ApiCall::GetBinding;
        self.enter(match summary.status {
            Status::NotConnected | Status::Disconnected => State::ChooseRegion { binding },
            Status::AwaitingStack => match (&self.details, summary.stack_region) {
                (_, None) => State::ChooseRegion { binding },
                (Some((known, details)), Some(region)) if *known == region => {
                    State::OpenLink { details: details.clone(), binding }
                }
                // The stack was requested in another tab, before a reload, or for another region.
                (_, Some(region)) => {
                    self.without_link = Some(binding);
                    return Some(self.call(ApiCall::Connect { region, chosen: false }));
                }
            },
            Status::Verifying => State::Verifying { binding },
            Status::Connected => State::Connected { binding },
            Status::Degraded | Status::Insecure => State::NeedsAttention { binding },
        })
    }

    fn on_error(&mut self, call: ApiCall, error: Error) -> Option<Command> {
        if call == ApiCall::Verify && error.code == "not_connected" {
            // The account has been disconnected meanwhile. That is a new state, not an error.
            return Some(self.call(ApiCall::GetBinding));
        }
        let by_choice = matches!(call, ApiCall::Connect { chosen: true, .. });
        let can_retry = error.is_temporary();
        self.next = if by_choice && can_retry { call } else { ApiCall::GetBinding };
        if error.is_unreachable() {
            let last = match &self.state {
                State::Offline { last } => last.clone(),
                State::Loading => None,
                state => Some(Box::new(state.clone())),
            };
            return self.enter(State::Offline { last });
        }
        let command = self.enter(State::Failed { error, can_retry });
        // Polling would replace the error of the customer's choice with the state before it.
        self.stopped = by_choice;
        if by_choice { None } else { command }
    }

    fn enter(&mut self, state: State<P>) -> Option<Command> {
        self.polls =
            if mem::discriminant(&self.state) == mem::discriminant(&state) { self.polls + 1 } else { 0 };
        self.state = state;
        poll::interval(&self.state, self.polls, self.hidden).map(Command::StartTimer)
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;
