//! An organisation connected to an AWS account through the quick-create link.

use aws_sans_io::ses::GetAccount;
use http::StatusCode;
use serde_json::Value;
use test_support::{
    Error, Result, api::ApiResponse, console::QuickCreate, customer::Customer, test_env::Organisation,
    wait::Poll,
};

use crate::{
    harness::{self, open_quick_create, string_at},
    polling::{WAIT_TIMEOUT, wait_for},
    test_email::{SUCCESS, email_to},
};

/// An organisation with its AWS account and the stack that connects them.
pub(crate) struct ConnectedOrganisation {
    pub(crate) organisation: Organisation,
    /// Owner of the AWS account.
    pub(crate) customer: Customer,
    /// The quick-create link as the AWS console parsed it.
    pub(crate) link: QuickCreate,
    pub(crate) role_arn: String,
    pub(crate) topic_arn: String,
}

impl ConnectedOrganisation {
    /// Opens the quick-create link, creates the stack and waits until the organisation is connected.
    pub(crate) fn via_stack(organisation: Organisation, customer: Customer, region: &str) -> Result<Self> {
        let link = open_quick_create(&organisation, region)?;
        link.create_stack(&customer)?;
        let binding = organisation.wait_for_status("connected", WAIT_TIMEOUT)?;
        let topic_arn = topic_of_stack(&customer, &link)?;
        Ok(Self { organisation, customer, link, role_arn: string_at(&binding, "/roleArn")?, topic_arn })
    }

    pub(crate) fn role_name(&self) -> &str {
        self.role_arn.rsplit('/').next().unwrap_or_default()
    }

    /// Calls `GET /v1/aws-binding`.
    pub(crate) fn binding(&self) -> Result<Value> {
        harness::get_binding(&self.organisation)
    }

    /// Calls `POST /v1/aws-binding/verify`.
    pub(crate) fn verify(&self) -> Result<Value> {
        harness::verify_binding(&self.organisation)
    }

    /// Calls `POST /v1/emails` and returns the response, whatever its status.
    pub(crate) fn submit(&self, email: &Value) -> Result<ApiResponse> {
        self.organisation.api.post("/v1/emails", email)
    }

    /// Sends an email and returns its id. Fails unless it is accepted with `status`.
    pub(crate) fn send(&self, email: &Value, status: &str) -> Result<String> {
        let body = self.submit(email)?.expect_status(StatusCode::ACCEPTED)?;
        if body["status"] == status {
            string_at(&body, "/id")
        } else {
            Err(Error::Unexpected(format!("the email is not {status}: {body}")))
        }
    }

    /// Sends an email, so that later ones needn't wait for credentials. On a busy machine that can take longer than a response waits for
    /// the outcome of an email.
    pub(crate) fn send_first_email(&self) -> Result<()> {
        let response = self.submit(&email_to(SUCCESS))?.expect_status(StatusCode::ACCEPTED)?;
        self.wait_for_delivery(&string_at(&response, "/id")?).map(drop)
    }

    /// Calls `GET /v1/emails/{id}`.
    pub(crate) fn email(&self, id: &str) -> Result<Value> {
        self.organisation.api.get(&format!("/v1/emails/{id}"))?.expect_status(StatusCode::OK)
    }

    /// Waits until an email has `status` and returns it.
    pub(crate) fn wait_for_email(&self, id: &str, status: &str) -> Result<Value> {
        wait_for(&format!("the email {id} to be {status}"), || {
            let email = self.email(id)?;
            Ok(if email["status"] == status { Poll::Ready(email) } else { Poll::Pending(email.to_string()) })
        })
    }

    /// Waits for the Send and Delivery events of an email and returns it.
    pub(crate) fn wait_for_delivery(&self, id: &str) -> Result<Value> {
        self.organisation.wait_for_events(id, &["send", "delivery"], WAIT_TIMEOUT)?;
        // The API reads the status before the events, so both events can be listed with an older status.
        self.wait_for_email(id, "delivered")
    }

    /// Returns the number of emails sent in the last 24 hours, as counted by AWS.
    pub(crate) fn aws_sent_count(&self) -> Result<f64> {
        Ok(self.customer.perform(&GetAccount, self.link.region)?.send_quota.sent_last_24_hours)
    }

    /// Returns the `WebhookUrl` parameter of the stack, without the query that the stack appends.
    pub(crate) fn webhook_url(&self) -> &str {
        self.link.parameter("WebhookUrl").unwrap_or_default()
    }

    /// Returns the path and query of the topic's subscription.
    pub(crate) fn webhook_target(&self) -> Result<String> {
        let subscriptions = self.customer.subscriptions(self.link.region, &self.topic_arn)?;
        let endpoint = subscriptions.iter().map(|subscription| subscription.endpoint.as_str()).next();
        let path = endpoint.and_then(|endpoint| endpoint.find("/webhooks/").map(|start| &endpoint[start..]));
        path.map(str::to_owned)
            .ok_or_else(|| Error::Unexpected(format!("{} has no subscription", self.topic_arn)))
    }
}

/// Returns the last history step of an email, or null.
pub(crate) fn last_history_step(email: &Value) -> Value {
    email["history"].as_array().and_then(|steps| steps.last()).cloned().unwrap_or_default()
}

/// Returns the ARN of the SNS topic in a stack.
pub(crate) fn topic_of_stack(customer: &Customer, link: &QuickCreate) -> Result<String> {
    let topics = customer.stack_resources(link.region, &link.stack_name, "AWS::SNS::Topic")?;
    topics.into_iter().next().ok_or_else(|| Error::Unexpected("the stack has no topic".into()))
}
