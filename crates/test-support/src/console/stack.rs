//! The progress of a stack as the console shows it.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use serde::Serialize;

use super::{
    QuickCreate,
    contents::{self, Resource},
};
use crate::{Result, customer::Customer};

/// The outcome to simulate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scenario {
    /// The emulator decides.
    Normal,
    /// The first resource fails because the customer isn't allowed to create roles. Nothing is created.
    AccessDenied,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct StackState {
    status: &'static str,
    reason: Option<String>,
    resources: Vec<ResourceState>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct ResourceState {
    #[serde(flatten)]
    resource: Resource,
    /// `None` until its creation starts.
    status: Option<&'static str>,
    reason: Option<String>,
}

#[derive(Debug)]
pub(super) struct Stack(Mutex<StackState>);

impl Stack {
    /// Starts creating a stack in the background.
    ///
    /// The emulator finishes almost immediately, so each resource is shown as in progress for `step_delay`. SNS asks for the
    /// subscription's confirmation only when the last resource is shown.
    pub(super) fn start(
        link: QuickCreate,
        customer: Customer,
        scenario: Scenario,
        step_delay: Duration,
    ) -> Result<Arc<Self>> {
        let resources = contents::resources_of(&link.template(&customer)?)?;
        if scenario == Scenario::Normal {
            link.submit(&customer)?;
        }
        let resources = resources
            .into_iter()
            .map(|resource| ResourceState { resource, status: None, reason: None })
            .collect();
        let state = StackState { status: "CREATE_IN_PROGRESS", reason: None, resources };
        let stack = Arc::new(Self(Mutex::new(state)));
        let background = Arc::clone(&stack);
        thread::spawn(move || match scenario {
            Scenario::Normal => background.complete(&link, &customer, step_delay),
            Scenario::AccessDenied => background.fail(0, &access_denied(&customer), step_delay),
        });
        Ok(stack)
    }

    pub(super) fn state(&self) -> StackState {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, StackState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn complete(&self, link: &QuickCreate, customer: &Customer, step_delay: Duration) {
        if let Err(error) = link.wait(customer) {
            return self.fail(0, &error.to_string(), step_delay);
        }
        let last = self.lock().resources.len().saturating_sub(1);
        for index in 0..=last {
            self.set_status(index, "CREATE_IN_PROGRESS");
            thread::sleep(step_delay);
            if index == last
                && let Err(error) = link.recreate_subscriptions(customer)
            {
                return self.fail(index, &error.to_string(), step_delay);
            }
            self.set_status(index, "CREATE_COMPLETE");
        }
        self.lock().status = "CREATE_COMPLETE";
    }

    fn fail(&self, index: usize, reason: &str, step_delay: Duration) {
        self.set_status(index, "CREATE_IN_PROGRESS");
        thread::sleep(step_delay);
        self.set_status(index, "CREATE_FAILED");
        let mut state = self.lock();
        state.status = "ROLLBACK_IN_PROGRESS";
        if let Some(resource) = state.resources.get_mut(index) {
            resource.reason = Some(reason.to_owned());
            let name = resource.resource.logical_id.clone();
            state.reason = Some(format!(
                "The following resource(s) failed to create: [{name}]. Rollback requested by user."
            ));
        }
        drop(state);
        thread::sleep(step_delay);
        self.lock().status = "ROLLBACK_COMPLETE";
    }

    fn set_status(&self, index: usize, status: &'static str) {
        if let Some(resource) = self.lock().resources.get_mut(index) {
            resource.status = Some(status);
        }
    }
}

/// Returns AWS's error message for a customer who isn't allowed to create roles.
fn access_denied(customer: &Customer) -> String {
    let account = customer.account();
    format!(
        "User: arn:aws:iam::{account}:user/admin is not authorized to perform: iam:CreateRole on resource: \
         arn:aws:iam::{account}:role/* because no identity-based policy allows the iam:CreateRole action"
    )
}
