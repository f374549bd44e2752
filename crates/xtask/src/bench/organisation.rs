//! Organisations of Kraiter that are connected to the fake AWS.

use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::{Value, json};
use test_support::{
    Error, Result,
    api::Api,
    console::QuickCreate,
    sns_signer::SnsMessage,
    test_env::ADMIN_TOKEN,
    wait::{self, Poll},
};

use super::fake_aws::FakeAws;

pub(super) const REGION: &str = "eu-west-1";
pub(super) const ROLE_ARN: &str = "arn:aws:iam::111122223333:role/KraiterSES";
pub(super) const CONFIGURATION_SET: &str = "kraiter-events";
pub(super) const TOPIC_ARN: &str = "arn:aws:sns:eu-west-1:111122223333:kraiter-events";

/// How long the checks of a new connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);

/// A connected organisation.
pub(super) struct Organisation {
    pub(super) api_key: String,
    api: Api,
    /// Path and query of its webhook.
    pub(super) webhook: String,
}

impl Organisation {
    /// Creates an organisation and connects it as a stack would: with a signed confirmation of its subscription.
    pub(super) fn connect(origin: &str, aws: &FakeAws) -> Result<Self> {
        let admin = Api::new(origin).with_key(ADMIN_TOKEN);
        let created = admin.post("/v1/organisations", &json!({ "name": "Benchmark" }))?;
        let created = created.expect_status(StatusCode::CREATED)?;
        let api_key = text(&created, "apiKey")?;
        let api = Api::new(origin).with_key(&api_key);
        let connect = api.post("/v1/aws-binding/connect", &json!({ "region": REGION }))?;
        let connect = connect.expect_status(StatusCode::OK)?;
        let link = QuickCreate::open(&text(&connect, "quickCreateUrl")?)?;
        aws.trust(text(&connect, "externalId")?);
        let webhook = link.parameter("WebhookUrl").unwrap_or_default();
        let path = webhook.find("/webhooks/").map(|start| &webhook[start..]);
        let path = path.ok_or_else(|| Error::Unexpected(format!("the link has no webhook: {link:?}")))?;
        let organisation = Self {
            api_key,
            api,
            webhook: format!("{path}?role_arn={ROLE_ARN}&configuration_set={CONFIGURATION_SET}"),
        };
        let confirmation = SnsMessage::new("SubscriptionConfirmation", TOPIC_ARN, &aws.origin());
        let body = ("text/plain; charset=UTF-8", confirmation.sign()?.to_string().into());
        let response = organisation.api.send(Method::POST, &organisation.webhook, Some(body), &[])?;
        response.expect_status(StatusCode::OK)?;
        organisation.wait_until_connected()?;
        Ok(organisation)
    }

    fn wait_until_connected(&self) -> Result<()> {
        wait::until("the connection", CONNECT_TIMEOUT, Duration::from_millis(50), || {
            let binding = self.api.get("/v1/aws-binding")?.expect_status(StatusCode::OK)?;
            let is_ready = binding["status"] == "connected" && binding["eventsActive"] == true;
            Ok(if is_ready { Poll::Ready(()) } else { Poll::Pending(binding.to_string()) })
        })
    }
}

fn text(body: &Value, field: &str) -> Result<String> {
    let text = body[field].as_str().map(str::to_owned);
    text.ok_or_else(|| Error::Unexpected(format!("the response has no \"{field}\": {body}")))
}
