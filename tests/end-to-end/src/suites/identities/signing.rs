//! The key that a domain's mail is signed with.

use http::{Method, StatusCode};
use serde_json::{Value, json};
use test_support::Result;

use super::{create, equal, hold, see};
use crate::{
    connected::Connected,
    suites::Outcome,
    wiretap::{CREATE_IDENTITY, Call, fault},
    world::{World, text},
};

/// A key that a customer brings, worth nothing anywhere.
pub(super) const KEY: &str = include_str!("../../../../vectors/dkim/rsa-2048.pkcs1.pem");

/// OpenSSL's word for its public half.
pub(super) const PUBLIC: &str = include_str!("../../../../vectors/dkim/rsa-2048.public");

/// Another key.
pub(super) const OTHER_KEY: &str = include_str!("../../../../vectors/dkim/rsa-1024.pkcs8.pem");

/// SES's operation that changes the key.
const PUT_DKIM: &str = "PUT /v2/email/identities/mail.example/dkim/signing";

/// What stands between the lines of a PEM file.
fn inside(pem: &str) -> String {
    pem.lines().filter(|line| !line.starts_with('-')).collect()
}

fn put(connected: &Connected, id: &str, body: &Value) -> Result<Value> {
    let path = format!("/v1/identities/{id}/dkim");
    connected.organisation.api.call(Method::PUT, &path, Some(body))?.expect_status(StatusCode::OK)
}

/// What SES was told by calls of one action.
fn told(world: &World, connected: &Connected, action: &str) -> Vec<Value> {
    world.wiretap.calls_by_role(&connected.role_arn, action).iter().map(|call| call.json()).collect()
}

pub(super) fn key_length(world: &World) -> Outcome {
    let connected = world.connected()?;
    let body = json!({ "identity": "mail.example", "dkim": { "keyLength": 1024 } });
    let made = create(&connected, &body, StatusCode::CREATED)?;
    equal("origin", &made["dkim"]["origin"], "easy_dkim")?;
    equal("length", &made["dkim"]["keyLength"], 1024)?;
    equal("records", made["dnsRecords"].as_array().map(Vec::len), Some(3))?;
    let asked = json!([{
        "EmailIdentity": "mail.example",
        "DkimSigningAttributes": { "NextSigningKeyLength": "RSA_1024_BIT" },
    }]);
    equal("SES was told", json!(told(world, &connected, CREATE_IDENTITY)), asked)?;

    let changed = put(&connected, &text(&made, "/id")?, &json!({ "keyLength": 2048 }))?;
    equal("the next length", &changed["dkim"]["nextKeyLength"], 2048)?;
    let asked = json!([{
        "SigningAttributesOrigin": "AWS_SES",
        "SigningAttributes": { "NextSigningKeyLength": "RSA_2048_BIT" },
    }]);
    equal("SES was told", json!(told(world, &connected, PUT_DKIM)), asked)
}

pub(super) fn own_key(world: &World) -> Outcome {
    let connected = world.connected()?;
    let body = json!({ "identity": "mail.example", "dkim": { "selector": "Sel1", "privateKey": KEY } });
    let made = create(&connected, &body, StatusCode::CREATED)?;
    let id = text(&made, "/id")?;
    equal("origin", &made["dkim"]["origin"], "byodkim")?;
    equal("selector", &made["dkim"]["selector"], "sel1")?;
    equal("public key", &made["dkim"]["publicKey"], PUBLIC)?;
    let record =
        json!({ "type": "TXT", "name": "sel1._domainkey.mail.example", "value": format!("p={PUBLIC}") });
    equal("records", &made["dnsRecords"], &json!([record]))?;
    let told = told(world, &connected, CREATE_IDENTITY);
    let attributes = json!({ "DomainSigningSelector": "sel1", "DomainSigningPrivateKey": inside(KEY) });
    equal("SES was told", &told[0]["DkimSigningAttributes"], &attributes)?;
    equal("the identity, seen again", &see(&connected, &id)?, &made)?;

    let easy = put(&connected, &id, &json!({ "keyLength": 2048 }))?;
    equal("origin", &easy["dkim"]["origin"], "easy_dkim")?;
    equal("public key", &easy["dkim"]["publicKey"], &Value::Null)?;
    equal("records", easy["dnsRecords"].as_array().map(Vec::len), Some(3))?;
    let own = put(&connected, &id, &json!({ "selector": "sel2", "privateKey": inside(OTHER_KEY) }))?;
    equal("selector", &own["dkim"]["selector"], "sel2")?;
    equal("record", &own["dnsRecords"][0]["name"], "sel2._domainkey.mail.example")?;
    equal("the identity, seen again", &see(&connected, &id)?, &own)
}

/// The case `secrets` looks through logs and storage when all is done; here it is what is answered, and what goes elsewhere.
pub(super) fn own_key_is_nowhere(world: &World) -> Outcome {
    let connected = world.connected()?;
    let api = &connected.organisation.api;
    // Behind the modulus, which is the public half too.
    let middle = &inside(KEY)[600..660];
    let mut said = Vec::new();
    for body in [
        json!({ "identity": "mail.example", "dkim": { "selector": "sel1", "privateKey": KEY } }),
        json!({ "identity": "mail.example", "dkim": { "selector": "sel2", "privateKey": KEY } }),
        json!({ "identity": "mail.example", "dkim": { "selector": "a.b", "privateKey": KEY } }),
        json!({ "identity": "mail.example", "dkim": { "privateKey": KEY } }),
        json!({ "identity": "mail.example", "dkim": { "selector": KEY, "privateKey": "x" } }),
        json!({ "identity": "mail.example", "dkim": { "selector": "s", "privateKey": [KEY] } }),
        json!({ "identity": "mail.example", "dkim": { "keyLength": KEY } }),
        json!({ "identity": "mail.example", "dkim": KEY }),
        json!({ "identity": KEY }),
        json!({ "identity": "mail.example", "region": KEY }),
        json!(KEY),
    ] {
        let answer = api.post("/v1/identities", &body)?;
        said.push(format!("{:?}{}", answer.headers, answer.body));
    }
    let listed = api.get("/v1/identities")?.body;
    said.push(listed.to_string());
    let quoting = |call: &Call| {
        let message = format!("Value '{}' failed to satisfy constraint", call.body);
        Some(fault::json_error(400, "BadRequestException", &message))
    };
    let _quoted = world.wiretap.fault_of_role(&connected.role_arn, CREATE_IDENTITY, quoting);
    let _too = world.wiretap.fault_of_role(&connected.role_arn, PUT_DKIM, quoting);
    let own = json!({ "selector": "sel3", "privateKey": KEY });
    let path = format!("/v1/identities/{}/dkim", text(&listed, "/data/0/id")?);
    for refused in [
        api.post("/v1/identities", &json!({ "identity": "other.example", "dkim": own }))?,
        api.call(Method::PUT, &path, Some(&own))?,
    ] {
        equal("what AWS refuses", (refused.status.as_u16(), refused.code()), (400, Some("aws_refused")))?;
        hold(refused.text("/detail").contains("[redacted]"), refused.body.to_string())?;
        said.push(refused.body.to_string());
    }
    hold(said.iter().all(|answer| !answer.contains(middle)), "an answer repeats the key")?;
    let holds_it = |call: &&std::sync::Arc<Call>| call.body.contains(middle);
    let calls = world.wiretap.calls_where(|call| call.role == connected.role_arn);
    let actions: Vec<&str> = calls.iter().filter(holds_it).map(|call| call.action.as_str()).collect();
    let to_ses = [CREATE_IDENTITY, CREATE_IDENTITY, CREATE_IDENTITY, PUT_DKIM];
    equal("calls that hold the key", actions, to_ses)
}

pub(super) fn exists(world: &World) -> Outcome {
    let connected = world.connected()?;
    let api = &connected.organisation.api;
    let own = |selector: &str, key: &str| json!({ "identity": "mail.example", "dkim": { "selector": selector, "privateKey": key } });
    let made = create(&connected, &own("sel1", KEY), StatusCode::CREATED)?;
    equal("once more", &create(&connected, &own("sel1", KEY), StatusCode::OK)?, &made)?;
    equal(
        "without a key",
        &create(&connected, &json!({ "identity": "mail.example" }), StatusCode::OK)?,
        &made,
    )?;
    for body in [
        own("sel2", KEY),
        own("sel1", OTHER_KEY),
        json!({ "identity": "mail.example", "dkim": {} }),
        json!({ "identity": "mail.example", "dkim": { "keyLength": 2048 } }),
    ] {
        let answer = api.post("/v1/identities", &body)?;
        equal("another key", (answer.status.as_u16(), answer.code()), (409, Some("identity_exists")))?;
    }
    equal("the identity", &see(&connected, &text(&made, "/id")?)?, &made)
}

pub(super) fn address(world: &World) -> Outcome {
    let connected = world.connected()?;
    let api = &connected.organisation.api;
    let made = create(&connected, &json!({ "identity": "me@mail.example" }), StatusCode::CREATED)?;
    equal("DKIM", &made["dkim"], &Value::Null)?;
    let path = format!("/v1/identities/{}", text(&made, "/id")?);
    let length = json!({ "keyLength": 1024 });
    for answer in [
        api.call(Method::PUT, &format!("{path}/dkim"), Some(&length))?,
        api.call(Method::POST, &format!("{path}/check-dns"), None)?,
        api.get(&format!("{path}/zone"))?,
    ] {
        equal("the answer", (answer.status.as_u16(), answer.code()), (409, Some("not_a_domain")))?;
    }
    Ok(())
}
