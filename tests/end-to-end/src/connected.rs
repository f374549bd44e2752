//! An organisation that is connected to an AWS account by the quick-create link.

use std::time::Duration;

use http::StatusCode;
use kraiter_core::ses::GetAccount;
use serde_json::{Value, json};
use test_support::{
    Error, Result,
    api::ApiResponse,
    console::QuickCreate,
    customer::Customer,
    test_env::Organisation,
    wait::{self, Poll},
};

use crate::world::{self, SOON, quick_create, text};

/// A sender that SES takes in every account, without its being verified.
pub(crate) const SENDER: &str = "sender@simulator.amazonses.com";

/// A mailbox that takes everything.
pub(crate) const SUCCESS: &str = "success@simulator.amazonses.com";

/// A mailbox that sends everything back.
pub(crate) const BOUNCE: &str = "bounce@simulator.amazonses.com";

/// A mailbox that takes everything and complains.
pub(crate) const COMPLAINT: &str = "complaint@simulator.amazonses.com";

/// How often something that is waited for is looked at.
const PAUSE: Duration = Duration::from_millis(100);

/// An organisation, its account, and what joins them.
pub(crate) struct Connected {
    /// The organisation.
    pub(crate) organisation: Organisation,
    /// The owner of the account.
    pub(crate) customer: Customer,
    /// The link as the console understood it.
    pub(crate) link: QuickCreate,
    /// The role's ARN.
    pub(crate) role_arn: String,
    /// The topic's ARN.
    pub(crate) topic: String,
}

impl Connected {
    /// Follows the link, creates the stack and waits for the connection.
    pub(crate) fn by_stack(organisation: Organisation, customer: Customer, region: &str) -> Result<Self> {
        let link = quick_create(&organisation, region)?;
        link.create_stack(&customer)?;
        let binding = organisation.wait_for_status("connected", SOON)?;
        let topic = topic_of(&customer, &link)?;
        Ok(Self { organisation, customer, link, role_arn: text(&binding, "/roleArn")?, topic })
    }

    /// The role's name.
    pub(crate) fn role_name(&self) -> &str {
        self.role_arn.rsplit('/').next().unwrap_or_default()
    }

    /// The connection as it shows itself.
    pub(crate) fn binding(&self) -> Result<Value> {
        world::binding(&self.organisation)
    }

    /// Checks the connection now.
    pub(crate) fn verify(&self) -> Result<Value> {
        world::verify(&self.organisation)
    }

    /// Sends an email; answers whatever is answered.
    pub(crate) fn post(&self, email: &Value) -> Result<ApiResponse> {
        self.organisation.api.post("/v1/emails", email)
    }

    /// Sends an email that is taken with this status; answers its id.
    pub(crate) fn send(&self, email: &Value, status: &str) -> Result<String> {
        let body = self.post(email)?.expect_status(StatusCode::ACCEPTED)?;
        if body["status"] == status {
            text(&body, "/id")
        } else {
            Err(Error::Unexpected(format!("the email is not {status}: {body}")))
        }
    }

    /// The email as it shows itself.
    pub(crate) fn email(&self, id: &str) -> Result<Value> {
        self.organisation.api.get(&format!("/v1/emails/{id}"))?.expect_status(StatusCode::OK)
    }

    /// Waits until an email has this status; answers it.
    pub(crate) fn wait_for_email(&self, id: &str, status: &str) -> Result<Value> {
        soon(&format!("the email {id} to be {status}"), || {
            let email = self.email(id)?;
            Ok(if email["status"] == status { Poll::Ready(email) } else { Poll::Pending(email.to_string()) })
        })
    }

    /// Waits until both events of a mail that arrives have come; answers it.
    pub(crate) fn wait_for_delivery(&self, id: &str) -> Result<Value> {
        self.organisation.wait_for_events(id, &["send", "delivery"], SOON)?;
        // The status is read before the events.
        self.wait_for_email(id, "delivered")
    }

    /// How many mails the account has sent, by AWS's own count.
    pub(crate) fn sent(&self) -> Result<f64> {
        Ok(self.customer.perform(&GetAccount, self.link.region)?.send_quota.sent_last_24_hours)
    }

    /// The address that the stack has subscribed, without what the stack says of itself.
    pub(crate) fn webhook(&self) -> &str {
        self.link.parameter("WebhookUrl").unwrap_or_default()
    }

    /// Path and query that the topic posts to.
    pub(crate) fn target(&self) -> Result<String> {
        let subscriptions = self.customer.subscriptions(self.link.region, &self.topic)?;
        let endpoint = subscriptions.iter().map(|subscription| subscription.endpoint.as_str()).next();
        let path = endpoint.and_then(|endpoint| endpoint.find("/webhooks/").map(|start| &endpoint[start..]));
        path.map(str::to_owned)
            .ok_or_else(|| Error::Unexpected(format!("{} has no subscription", self.topic)))
    }
}

/// The topic of a stack.
pub(crate) fn topic_of(customer: &Customer, link: &QuickCreate) -> Result<String> {
    let topics = customer.stack_resources(link.region, &link.stack_name, "AWS::SNS::Topic")?;
    topics.into_iter().next().ok_or_else(|| Error::Unexpected("the stack has no topic".into()))
}

/// An email to this address.
pub(crate) fn email_to(to: &str) -> Value {
    json!({ "from": SENDER, "to": to, "subject": "Hello", "text": "Hello!" })
}

/// Looks until it is there.
pub(crate) fn soon<T>(what: &str, look: impl FnMut() -> Result<Poll<T>>) -> Result<T> {
    wait::until(what, SOON, PAUSE, look)
}

/// Looks until it is so.
pub(crate) fn until(what: &str, mut look: impl FnMut() -> Result<bool>) -> Result<()> {
    soon(what, || Ok(if look()? { Poll::Ready(()) } else { Poll::Pending(String::new()) }))
}
