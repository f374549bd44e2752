//! A stack that is being created, as the console shows it.

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

/// How a stack shall end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// As AWS lets it.
    AsItDoes,
    /// It fails at its first resource, since the customer may not make roles. Nothing is created.
    Refused,
}

/// What the page shows of a stack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct View {
    status: &'static str,
    reason: Option<String>,
    resources: Vec<ResourceView>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct ResourceView {
    #[serde(flatten)]
    resource: Resource,
    /// None while nothing has happened to it.
    status: Option<&'static str>,
    reason: Option<String>,
}

/// A stack.
#[derive(Debug)]
pub(super) struct Stack(Mutex<View>);

impl Stack {
    /// Begins to create it; what comes goes on by itself.
    ///
    /// The emulator is done in a moment. So that a person can watch, each resource is shown to take the time `step_delay`, and the last
    /// thing that happens in earnest, SNS's request for confirmation, happens when the last one is shown.
    ///
    /// # Errors
    /// Where CloudFormation refuses to begin.
    pub(super) fn begin(
        link: QuickCreate,
        customer: Customer,
        ending: Ending,
        step_delay: Duration,
    ) -> Result<Arc<Self>> {
        let resources = contents::resources_of(&link.template(&customer)?)?;
        if ending == Ending::AsItDoes {
            link.begin(&customer)?;
        }
        let resources = resources
            .into_iter()
            .map(|resource| ResourceView { resource, status: None, reason: None })
            .collect();
        let view = View { status: "CREATE_IN_PROGRESS", reason: None, resources };
        let stack = Arc::new(Self(Mutex::new(view)));
        let going_on = Arc::clone(&stack);
        thread::spawn(move || match ending {
            Ending::AsItDoes => going_on.complete(&link, &customer, step_delay),
            Ending::Refused => going_on.fail(0, &refusal(&customer), step_delay),
        });
        Ok(stack)
    }

    /// What the page shows now.
    pub(super) fn view(&self) -> View {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, View> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn complete(&self, link: &QuickCreate, customer: &Customer, step_delay: Duration) {
        if let Err(error) = link.wait(customer) {
            return self.fail(0, &error.to_string(), step_delay);
        }
        let last = self.lock().resources.len().saturating_sub(1);
        for index in 0..=last {
            self.show(index, "CREATE_IN_PROGRESS");
            thread::sleep(step_delay);
            if index == last
                && let Err(error) = link.let_sns_ask_for_confirmation(customer)
            {
                return self.fail(index, &error.to_string(), step_delay);
            }
            self.show(index, "CREATE_COMPLETE");
        }
        self.lock().status = "CREATE_COMPLETE";
    }

    fn fail(&self, index: usize, reason: &str, step_delay: Duration) {
        self.show(index, "CREATE_IN_PROGRESS");
        thread::sleep(step_delay);
        self.show(index, "CREATE_FAILED");
        let mut view = self.lock();
        view.status = "ROLLBACK_IN_PROGRESS";
        if let Some(resource) = view.resources.get_mut(index) {
            resource.reason = Some(reason.to_owned());
            let name = resource.resource.logical_id.clone();
            view.reason = Some(format!(
                "The following resource(s) failed to create: [{name}]. Rollback requested by user."
            ));
        }
        drop(view);
        thread::sleep(step_delay);
        self.lock().status = "ROLLBACK_COMPLETE";
    }

    fn show(&self, index: usize, status: &'static str) {
        if let Some(resource) = self.lock().resources.get_mut(index) {
            resource.status = Some(status);
        }
    }
}

/// AWS's words to a customer who may not make roles.
fn refusal(customer: &Customer) -> String {
    let account = customer.account();
    format!(
        "User: arn:aws:iam::{account}:user/admin is not authorized to perform: iam:CreateRole on resource: \
         arn:aws:iam::{account}:role/* because no identity-based policy allows the iam:CreateRole action"
    )
}
