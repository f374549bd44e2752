//! DKIM keys of domains.

use std::sync::Arc;

use http::{Method, StatusCode};
use serde_json::{Value, json};
use test_support::Result;

use super::{assert_equal, assert_error, assert_that, create, fetch};
use crate::{
    aws_proxy::{CREATE_IDENTITY, Call, fault},
    connected_organisation::ConnectedOrganisation,
    harness::{Harness, string_at},
    suites::TestResult,
};

/// A private key for the tests only.
pub(super) const KEY: &str = include_str!("../../../../vectors/dkim/rsa-2048.pkcs1.pem");

/// Public key of [`KEY`], computed by OpenSSL.
pub(super) const PUBLIC_KEY: &str = include_str!("../../../../vectors/dkim/rsa-2048.public");

/// A second private key.
pub(super) const OTHER_KEY: &str = include_str!("../../../../vectors/dkim/rsa-1024.pkcs8.pem");

/// `Call::action` of `PutEmailIdentityDkimSigningAttributes`.
const PUT_DKIM: &str = "PUT /v2/email/identities/mail.example/dkim/signing";

/// Returns the base64 content of a PEM file.
fn pem_content(pem: &str) -> String {
    pem.lines().filter(|line| !line.starts_with('-')).collect()
}

fn put(connected: &ConnectedOrganisation, id: &str, body: &Value) -> Result<Value> {
    let path = format!("/v1/identities/{id}/dkim");
    connected.organisation.api.call(Method::PUT, &path, Some(body))?.expect_status(StatusCode::OK)
}

/// Returns the request bodies of all calls of one action.
fn request_bodies(harness: &Harness, connected: &ConnectedOrganisation, action: &str) -> Vec<Value> {
    harness.aws_proxy.calls_by_role(&connected.role_arn, action).iter().map(|call| call.json()).collect()
}

pub(super) fn key_length(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let body = json!({ "identity": "mail.example", "dkim": { "keyLength": 1024 } });
    let created = create(&connected, &body, StatusCode::CREATED)?;
    assert_equal("origin", &created["dkim"]["origin"], "easy_dkim")?;
    assert_equal("key length", &created["dkim"]["keyLength"], 1024)?;
    assert_equal("records", created["dnsRecords"].as_array().map(Vec::len), Some(3))?;
    let expected_request = json!([{
        "EmailIdentity": "mail.example",
        "DkimSigningAttributes": { "NextSigningKeyLength": "RSA_1024_BIT" },
    }]);
    assert_equal(
        "request to SES",
        json!(request_bodies(harness, &connected, CREATE_IDENTITY)),
        expected_request,
    )?;

    let changed = put(&connected, &string_at(&created, "/id")?, &json!({ "keyLength": 2048 }))?;
    assert_equal("next key length", &changed["dkim"]["nextKeyLength"], 2048)?;
    let expected_request = json!([{
        "SigningAttributesOrigin": "AWS_SES",
        "SigningAttributes": { "NextSigningKeyLength": "RSA_2048_BIT" },
    }]);
    assert_equal("request to SES", json!(request_bodies(harness, &connected, PUT_DKIM)), expected_request)
}

pub(super) fn customer_key(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let body = json!({ "identity": "mail.example", "dkim": { "selector": "Sel1", "privateKey": KEY } });
    let created = create(&connected, &body, StatusCode::CREATED)?;
    let id = string_at(&created, "/id")?;
    assert_equal("origin", &created["dkim"]["origin"], "byodkim")?;
    assert_equal("selector", &created["dkim"]["selector"], "sel1")?;
    assert_equal("public key", &created["dkim"]["publicKey"], PUBLIC_KEY)?;
    let record =
        json!({ "type": "TXT", "name": "sel1._domainkey.mail.example", "value": format!("p={PUBLIC_KEY}") });
    assert_equal("records", &created["dnsRecords"], &json!([record]))?;
    let requests = request_bodies(harness, &connected, CREATE_IDENTITY);
    let attributes = json!({ "DomainSigningSelector": "sel1", "DomainSigningPrivateKey": pem_content(KEY) });
    assert_equal("request to SES", &requests[0]["DkimSigningAttributes"], &attributes)?;
    assert_equal("fetched identity", &fetch(&connected, &id)?, &created)?;

    let easy = put(&connected, &id, &json!({ "keyLength": 2048 }))?;
    assert_equal("origin", &easy["dkim"]["origin"], "easy_dkim")?;
    assert_equal("public key", &easy["dkim"]["publicKey"], &Value::Null)?;
    assert_equal("records", easy["dnsRecords"].as_array().map(Vec::len), Some(3))?;
    let own = put(&connected, &id, &json!({ "selector": "sel2", "privateKey": pem_content(OTHER_KEY) }))?;
    assert_equal("selector", &own["dkim"]["selector"], "sel2")?;
    assert_equal("record", &own["dnsRecords"][0]["name"], "sel2._domainkey.mail.example")?;
    assert_equal("fetched identity", &fetch(&connected, &id)?, &own)
}

/// Checks responses and AWS calls. The `secrets` suite checks logs and storage.
pub(super) fn private_key_not_leaked(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let api = &connected.organisation.api;
    // A part after the modulus, which is public.
    let secret_part = &pem_content(KEY)[600..660];
    let mut responses = Vec::new();
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
        let response = api.post("/v1/identities", &body)?;
        responses.push(format!("{:?}{}", response.headers, response.body));
    }
    let listed = api.get("/v1/identities")?.body;
    responses.push(listed.to_string());
    let echo_request = |call: &Call| {
        let message = format!("Value '{}' failed to satisfy constraint", call.body);
        Some(fault::json_error(400, "BadRequestException", &message))
    };
    let _echo_create =
        harness.aws_proxy.inject_fault_for_role(&connected.role_arn, CREATE_IDENTITY, echo_request);
    let _echo_put = harness.aws_proxy.inject_fault_for_role(&connected.role_arn, PUT_DKIM, echo_request);
    let own = json!({ "selector": "sel3", "privateKey": KEY });
    let path = format!("/v1/identities/{}/dkim", string_at(&listed, "/data/0/id")?);
    for rejected in [
        api.post("/v1/identities", &json!({ "identity": "other.example", "dkim": own }))?,
        api.call(Method::PUT, &path, Some(&own))?,
    ] {
        assert_error("response to a call that AWS refuses", &rejected, 400, "aws_refused")?;
        assert_that(rejected.text("/detail").contains("[redacted]"), rejected.body.to_string())?;
        responses.push(rejected.body.to_string());
    }
    assert_that(
        responses.iter().all(|response| !response.contains(secret_part)),
        "a response contains the private key",
    )?;
    let contains_key = |call: &&Arc<Call>| call.body.contains(secret_part);
    let calls = harness.aws_proxy.calls_matching(|call| call.role == connected.role_arn);
    let actions: Vec<&str> = calls.iter().filter(contains_key).map(|call| call.action.as_str()).collect();
    let expected = [CREATE_IDENTITY, CREATE_IDENTITY, CREATE_IDENTITY, PUT_DKIM];
    assert_equal("calls that contain the private key", actions, expected)
}

pub(super) fn existing_key_unchanged(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let api = &connected.organisation.api;
    let own = |selector: &str, key: &str| json!({ "identity": "mail.example", "dkim": { "selector": selector, "privateKey": key } });
    let created = create(&connected, &own("sel1", KEY), StatusCode::CREATED)?;
    assert_equal(
        "created again with the same key",
        &create(&connected, &own("sel1", KEY), StatusCode::OK)?,
        &created,
    )?;
    assert_equal(
        "created again without a key",
        &create(&connected, &json!({ "identity": "mail.example" }), StatusCode::OK)?,
        &created,
    )?;
    for body in [
        own("sel2", KEY),
        own("sel1", OTHER_KEY),
        json!({ "identity": "mail.example", "dkim": {} }),
        json!({ "identity": "mail.example", "dkim": { "keyLength": 2048 } }),
    ] {
        let response = api.post("/v1/identities", &body)?;
        assert_error("created again with another key", &response, 409, "identity_exists")?;
    }
    assert_equal("identity", &fetch(&connected, &string_at(&created, "/id")?)?, &created)
}

pub(super) fn address(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let api = &connected.organisation.api;
    let created = create(&connected, &json!({ "identity": "me@mail.example" }), StatusCode::CREATED)?;
    assert_equal("DKIM", &created["dkim"], &Value::Null)?;
    let path = format!("/v1/identities/{}", string_at(&created, "/id")?);
    let length = json!({ "keyLength": 1024 });
    for response in [
        api.call(Method::PUT, &format!("{path}/dkim"), Some(&length))?,
        api.call(Method::POST, &format!("{path}/check-dns"), None)?,
        api.get(&format!("{path}/zone"))?,
    ] {
        assert_error("response", &response, 409, "not_a_domain")?;
    }
    Ok(())
}
