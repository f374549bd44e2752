//! The demo's third part: a key that may only send from one domain, refused by Kraiter and by AWS.

use serde_json::json;
use test_support::{
    Error, Result,
    restricted_session::RestrictedSession,
    test_env::{Organisation, TestEnv},
    tools::Tools,
};

use super::{
    first_email::{DOMAIN, FIRST_RECIPIENT, FROM},
    step,
    steps::{expect, success},
};

/// A sender that the key doesn't permit.
const OTHER: &str = "hello@example.net";

pub(super) fn run(env: &TestEnv, organisation: &Organisation) -> Result<()> {
    let key = step("Create an API key that only sends from one domain", || {
        let key = json!({ "name": "Receipts", "scope": "sending", "restrictions": { "senders": [DOMAIN] } });
        let created = success(organisation.api.post("/v1/api-keys", &key)?)?;
        let token = created["apiKey"].as_str().unwrap_or_default().to_owned();
        Ok((token, format!("scope {}, senders {}", created["scope"], created["restrictions"]["senders"])))
    })?;
    let receipts = env.api().with_key(&key);
    step("Send an email with it", || {
        let email =
            json!({ "from": FROM, "to": FIRST_RECIPIENT, "subject": "Receipt", "text": "Thank you!" });
        let sent = success(receipts.post("/v1/emails", &email)?)?;
        Ok(((), format!("{} {}", sent["id"], sent["status"])))
    })?;
    step("Send from another domain: Kraiter refuses it", || {
        let email =
            json!({ "from": OTHER, "to": FIRST_RECIPIENT, "subject": "Receipt", "text": "Thank you!" });
        let refused = receipts.post("/v1/emails", &email)?;
        expect(&refused.body, "/code", &json!("sender_not_permitted"))?;
        Ok(((), format!("{} at \"from\"", refused.body["code"])))
    })?;
    step("Send it past Kraiter with the key's AWS session: AWS refuses it", || {
        let session = RestrictedSession::start(&Tools::locate()?, env.logs(), &[DOMAIN])?;
        if let Some(message) = session.denial(FROM, FIRST_RECIPIENT)? {
            return Err(Error::Unexpected(format!("AWS refuses what the key permits: {message}")));
        }
        let denied = session.denial(OTHER, FIRST_RECIPIENT)?;
        let message = denied.ok_or_else(|| Error::Unexpected("AWS accepts another sender".into()))?;
        Ok(((), message))
    })
}
