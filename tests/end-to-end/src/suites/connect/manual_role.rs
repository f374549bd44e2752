//! Roles that the customer creates without a stack.

use http::StatusCode;
use serde_json::{Value, json};

use super::{
    TestResult, assert_broken, assert_equal, assert_error, other_external_id, register_role, trust_policy,
    wait_for_reason,
};
use crate::{
    harness::{
        Harness, IRELAND, get_binding, open_quick_create, request_connection, string_at, verify_binding,
    },
    polling::{WAIT_TIMEOUT, wait_until},
    test_email::{SUCCESS, email_to},
};

const ROLE: &str = "KraiterSESRole";

pub(crate) fn detected_in_background(harness: &Harness) -> TestResult {
    let organisation = harness.create_organisation()?;
    let customer = harness.create_customer()?;
    let details = request_connection(&organisation, IRELAND)?;
    let role_arn = customer.create_role(ROLE, &details["trustPolicy"].to_string())?;
    customer.put_role_policy(ROLE, "KraiterSES", &details["permissionsPolicy"].to_string())?;
    let response = register_role(&organisation, &role_arn, &string_at(&details, "/externalId")?)?
        .expect_status(StatusCode::OK)?;
    assert_equal("status in the response", &response["status"], "verifying")?;

    let connected = organisation.wait_for_status("connected", WAIT_TIMEOUT)?;
    assert_equal("role", &connected["roleArn"], role_arn.as_str())?;
    assert_equal("account", &connected["awsAccountId"], customer.account().as_str())?;
    assert_equal("events", &connected["eventsActive"], false)?;
    assert_equal("configuration set", &connected["configurationSet"], &Value::Null)?;

    // Registering the same role again changes nothing.
    let repeated = register_role(&organisation, &role_arn, &string_at(&details, "/externalId")?)?
        .expect_status(StatusCode::OK)?;
    assert_equal("status in the second response", &repeated["status"], "connected")?;

    organisation
        .api
        .post("/v1/identities", &json!({ "identity": "mail.example" }))?
        .expect_status(StatusCode::CREATED)?;
    let mut email = email_to(SUCCESS);
    email["from"] = json!("me@mail.example");
    let sent = organisation.api.post("/v1/emails", &email)?.expect_status(StatusCode::ACCEPTED)?;
    assert_equal("status of the email", &sent["status"], "sent")
}

pub(crate) fn plus_sign(harness: &Harness) -> TestResult {
    const NAME: &str = "Kraiter+SES";
    let (organisation, customer) = (harness.create_organisation()?, harness.create_customer()?);
    let details = request_connection(&organisation, IRELAND)?;
    let role_arn = customer.create_role(NAME, &details["trustPolicy"].to_string())?;
    customer.put_role_policy(NAME, "KraiterSES", &details["permissionsPolicy"].to_string())?;
    register_role(&organisation, &role_arn, &string_at(&details, "/externalId")?)?
        .expect_status(StatusCode::OK)?;
    organisation.wait_for_status("connected", WAIT_TIMEOUT)?;

    let link = open_quick_create(&organisation, IRELAND)?;
    assert_equal("role in the link", link.parameter("ExistingRoleArn"), Some(role_arn.as_str()))?;
    link.create_stack(&customer)?;
    wait_until(
        "the stack's events to be active",
        || Ok(get_binding(&organisation)?["eventsActive"] == true),
    )?;
    assert_equal("role", &get_binding(&organisation)?["roleArn"], role_arn.as_str())
}

pub(crate) fn fixed_trust_policy(harness: &Harness) -> TestResult {
    let organisation = harness.create_organisation()?;
    let customer = harness.create_customer()?;
    let external_id = string_at(&get_binding(&organisation)?, "/externalId")?;
    let role_arn = customer.create_role(ROLE, &trust_policy(Some(&other_external_id())))?;
    register_role(&organisation, &role_arn, &external_id)?.expect_status(StatusCode::OK)?;
    let refused = wait_for_reason(&organisation)?;
    assert_broken(&refused, "verifying", "role_refused")?;

    customer.update_assume_role_policy(ROLE, &trust_policy(Some(&external_id)))?;
    // No call to verify is needed.
    let connected = organisation.wait_for_status("connected", WAIT_TIMEOUT)?;
    assert_equal("reason", &connected["reason"], &Value::Null)
}

pub(crate) fn no_external_id(harness: &Harness) -> TestResult {
    let organisation = harness.create_organisation()?;
    let customer = harness.create_customer()?;
    let external_id = string_at(&get_binding(&organisation)?, "/externalId")?;
    let role_arn = customer.create_role(ROLE, &trust_policy(None))?;
    register_role(&organisation, &role_arn, &external_id)?.expect_status(StatusCode::OK)?;
    let insecure = organisation.wait_for_status("insecure", WAIT_TIMEOUT)?;
    assert_broken(&insecure, "insecure", "external_id_not_enforced")?;
    let refused = organisation.api.post("/v1/emails", &email_to(SUCCESS))?;
    assert_error("sending an email", &refused, 409, "external_id_not_enforced")?;

    customer.update_assume_role_policy(ROLE, &trust_policy(Some(&external_id)))?;
    let recovered = verify_binding(&organisation)?;
    assert_equal("verified", &recovered["verified"], true)?;
    assert_equal("status", &recovered["status"], "connected")
}
