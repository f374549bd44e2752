//! Sender identities.

mod delete;
mod dkim;
mod dns;
mod list;

use std::sync::Weak;

use domain::onboarding::SessionPurpose;
use http::StatusCode;
use libtest_mimic::Trial;
use serde_json::{Value, json};

use super::{TestResult, assert_equal, assert_error, assert_that, connect::assert_session_policy, trial};
use crate::{
    aws_proxy::{AwsProxy, CREATE_IDENTITY, Call, FaultGuard, fault},
    connected_organisation::ConnectedOrganisation,
    harness::{Harness, IRELAND, string_at},
    http_proxy::ProxyAction,
    test_email::{SUCCESS, email_to},
    wire::Message,
};

/// Private keys that the cases use.
pub(super) const KEYS: [&str; 2] = [dkim::KEY, dkim::OTHER_KEY];

pub(crate) fn trials(harness: &Weak<Harness>) -> Vec<Trial> {
    let case =
        |name: &str, case: fn(&Harness) -> TestResult| trial(format!("identities::{name}"), harness, case);
    vec![
        case("a domain lists its DNS records and can send after verification", domain),
        case("an address is verified without DNS records", address),
        case("a null in a response of SES counts as absent", null_members),
        case("creating the same identity in the same region again returns the first one", created_once),
        case("an identity that already exists at SES is adopted", existing_at_ses),
        case("another organisation's identities are not accessible", other_organisation),
        case("a failed creation returns the AWS error code and stores nothing", failed_creation),
        case("the session for identities is limited to identities", session_policy),
        case("a pending identity has a polling interval until it is verified", pending_verification),
        case("deleting an identity deletes it at SES and in Kraiter", delete::deletes_everywhere),
        case("an identity that was deleted at SES is treated as deleted", delete::deleted_at_ses),
        case("a deletion that AWS refuses deletes nothing", delete::refused_by_aws),
        case("identities are listed by region, and unknown ones get an id", list::two_regions),
        case("a failing region is reported and the others are listed", list::failing_region),
        case("only the requested regions are queried", list::requested_regions),
        case("all regions can be queried, and those not enabled are reported", list::all_regions),
        case("a refused role is reported once, not for each region", list::role_refused),
        case("all pages of SES are read and returned in pages", list::pages),
        case(
            "a region without the current list operation is queried with the older one",
            list::fallback_operation,
        ),
        case("a domain whose details can't be read is listed as partial", list::partial_details),
        case("the key length can be chosen and changed", dkim::key_length),
        case("a customer's own key is used and its record is listed", dkim::customer_key),
        case("a customer's private key appears only in the call to SES", dkim::private_key_not_leaked),
        case("creating an existing identity again doesn't change its key", dkim::existing_key_unchanged),
        case("an address has no DKIM key and no DNS records", dkim::address),
        case("DNS records are found, missing, mismatched or pending", dns::records),
        case("the record of a customer's own key is compared", dns::customer_key),
        case("SPF and DMARC advice keeps existing records", dns::advice),
        case("the zone file contains the records to publish", dns::zone),
    ]
}

fn create(
    connected: &ConnectedOrganisation,
    body: &Value,
    status: StatusCode,
) -> test_support::Result<Value> {
    connected.organisation.api.post("/v1/identities", body)?.expect_status(status)
}

fn list(connected: &ConnectedOrganisation) -> test_support::Result<Value> {
    Ok(connected.organisation.api.get("/v1/identities")?.expect_status(StatusCode::OK)?["data"].clone())
}

fn domain(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let created = create(&connected, &json!({ "identity": "mail.example" }), StatusCode::CREATED)?;
    for (field, value) in [
        ("identity", json!("mail.example")),
        ("type", json!("domain")),
        ("region", json!(IRELAND)),
        ("verified", json!(true)),
        ("verificationStatus", json!("success")),
        ("dkimStatus", json!("success")),
    ] {
        assert_equal(field, &created[field], &value)?;
    }
    let records = created["dnsRecords"].as_array().cloned().unwrap_or_default();
    assert_equal("records", records.len(), 3)?;
    for record in records {
        let (name, value) = (string_at(&record, "/name")?, string_at(&record, "/value")?);
        let token = name.strip_suffix("._domainkey.mail.example");
        assert_that(
            token.is_some_and(|token| value == format!("{token}.dkim.amazonses.com")),
            record.to_string(),
        )?;
        assert_equal("type", &record["type"], "CNAME")?;
    }
    let id = string_at(&created, "/id")?;
    let fetched =
        connected.organisation.api.get(&format!("/v1/identities/{id}"))?.expect_status(StatusCode::OK)?;
    assert_equal("identity from SES", &fetched, &created)?;
    assert_equal("list", list(&connected)?, json!([created]))?;

    let email = json!({
        "from": "Shop <shop@mail.example>",
        "to": "success@simulator.amazonses.com",
        "subject": "Hello",
        "text": "Hello!",
    });
    let id = connected.send(&email, "sent")?;
    connected.wait_for_delivery(&id)?;
    Ok(())
}

fn address(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let body = json!({ "identity": "me@mail.example", "region": "us-east-1" });
    let created = create(&connected, &body, StatusCode::CREATED)?;
    assert_equal("type", &created["type"], "email_address")?;
    assert_equal("region", &created["region"], "us-east-1")?;
    assert_equal("records", &created["dnsRecords"], &json!([]))?;
    assert_equal("DKIM", &created["dkimStatus"], &Value::Null)?;
    let calls = harness.aws_proxy.calls_by_role(&connected.role_arn, CREATE_IDENTITY);
    assert_equal(
        "SES regions",
        calls.iter().map(|call| call.region.as_str()).collect::<Vec<_>>(),
        ["us-east-1"],
    )
}

fn null_members(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let ses = |call: &Call| call.action.contains("/v2/email/");
    let role_arn = connected.role_arn.clone();
    let _nulls = harness.aws_proxy.inject_fault(move |call| {
        (call.role == role_arn && ses(call)).then_some(ProxyAction::ForwardThenEdit(add_nulls))
    });
    let created = create(&connected, &json!({ "identity": "me@mail.example" }), StatusCode::CREATED)?;
    assert_equal("type", &created["type"], "email_address")?;
    assert_equal("list", list(&connected)?, json!([created]))?;
    connected.verify()?;
    assert_equal("status", &connected.binding()?["status"], "connected")?;
    let id = connected.send(&email_to(SUCCESS), "sent")?;
    connected.wait_for_delivery(&id)?;
    Ok(())
}

/// Adds a null for each optional member of SES's responses that is missing.
fn add_nulls(response: &mut Message) {
    const OPTIONAL: [&str; 9] = [
        "ConfigurationSetName",
        "CurrentSigningKeyLength",
        "DkimAttributes",
        "EmailIdentities",
        "EnforcementStatus",
        "NextToken",
        "SigningHostedZone",
        "Tokens",
        "VerificationStatus",
    ];
    fn add(value: &mut Value) {
        match value {
            Value::Object(members) => {
                members.values_mut().for_each(add);
                for name in OPTIONAL {
                    members.entry(name).or_insert(Value::Null);
                }
            }
            Value::Array(items) => items.iter_mut().for_each(add),
            _ => {}
        }
    }
    if let Ok(mut body) = serde_json::from_slice::<Value>(&response.body) {
        add(&mut body);
        response.body = body.to_string().into_bytes();
    }
}

fn created_once(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let body = json!({ "identity": "mail.example", "region": IRELAND });
    let first = create(&connected, &body, StatusCode::CREATED)?;
    let second = create(&connected, &json!({ "identity": "mail.example" }), StatusCode::OK)?;
    assert_equal("identity", &second, &first)?;
    let other = json!({ "identity": "mail.example", "region": "eu-west-2" });
    let elsewhere = create(&connected, &other, StatusCode::CREATED)?;
    assert_that(elsewhere["id"] != first["id"], "two regions share an identity")?;
    assert_equal("list, newest first", list(&connected)?, json!([elsewhere, first]))
}

fn existing_at_ses(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let existing =
        aws_sans_io::ses::CreateEmailIdentity { email_identity: "mail.example".into(), signing: None };
    connected.customer.perform(&existing, connected.link.region)?;
    let created = create(&connected, &json!({ "identity": "mail.example" }), StatusCode::CREATED)?;
    assert_equal("verified", &created["verified"], true)
}

fn other_organisation(harness: &Harness) -> TestResult {
    let (owner, other) = (harness.connect_organisation()?, harness.connect_organisation()?);
    let created = create(&owner, &json!({ "identity": "mail.example" }), StatusCode::CREATED)?;
    let response = other.organisation.api.get(&format!("/v1/identities/{}", string_at(&created, "/id")?))?;
    assert_error("reading another organisation's identity", &response, 404, "not_found")?;
    assert_equal("the other organisation's list", list(&other)?, json!([]))?;

    // The same name in another account is a different identity.
    let theirs = create(&other, &json!({ "identity": "mail.example" }), StatusCode::CREATED)?;
    assert_that(theirs["id"] != created["id"], "two organisations share an identity")
}

fn failed_creation(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    for (status, code, expected) in [
        (400, "LimitExceededException", (400, Some("aws_refused"))),
        (403, "AccessDeniedException", (400, Some("aws_refused"))),
        (429, "TooManyRequestsException", (429, Some("aws_throttled"))),
        (503, "ServiceUnavailable", (502, Some("aws_unreachable"))),
    ] {
        let _fault =
            harness.aws_proxy.inject_fault_for_role(&connected.role_arn, CREATE_IDENTITY, move |_| {
                Some(fault::json_error(status, code, "Not allowed"))
            });
        let response =
            connected.organisation.api.post("/v1/identities", &json!({ "identity": "mail.example" }))?;
        assert_equal(code, (response.status.as_u16(), response.code()), expected)?;
        if status != 503 {
            assert_equal("awsCode", response.text("/awsCode"), code)?;
        }
        if expected.0 == 400 {
            assert_equal("awsRequestId", response.text("/awsRequestId"), fault::REQUEST_ID)?;
        }
    }
    assert_equal("list", list(&connected)?, json!([]))?;
    create(&connected, &json!({ "identity": "mail.example" }), StatusCode::CREATED)?;
    Ok(())
}

fn session_policy(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let before = harness.aws_proxy.calls_by_role(&connected.role_arn, "AssumeRole").len();
    let created = create(&connected, &json!({ "identity": "mail.example" }), StatusCode::CREATED)?;
    connected
        .organisation
        .api
        .get(&format!("/v1/identities/{}", string_at(&created, "/id")?))?
        .expect_status(StatusCode::OK)?;
    let calls = harness.aws_proxy.calls_by_role(&connected.role_arn, "AssumeRole").split_off(before);
    let [call] = &calls[..] else { return Err(format!("{} calls assume the role", calls.len()).into()) };
    assert_session_policy(SessionPurpose::Identities, call.parameter("Policy"))?;
    assert_equal(
        "external ID",
        call.parameter("ExternalId"),
        string_at(&connected.binding()?, "/externalId")?,
    )
}

/// Makes SES report the domain mail.example as not verified yet.
pub(super) fn report_pending(aws_proxy: &AwsProxy, connected: &ConnectedOrganisation) -> FaultGuard {
    let get = "GET /v2/email/identities/mail.example";
    aws_proxy.inject_fault_for_role(&connected.role_arn, get, |_| {
        let identity = json!({
            "IdentityType": "DOMAIN",
            "VerifiedForSendingStatus": false,
            "VerificationStatus": "PENDING",
            "DkimAttributes": {
                "SigningEnabled": true,
                "Status": "PENDING",
                "Tokens": ["one"],
                "SigningAttributesOrigin": "AWS_SES",
                "SigningHostedZone": "dkim.eu-west-1.amazonses.com",
            },
        });
        Some(ProxyAction::Respond(Message::response(200, &[], identity.to_string())))
    })
}

fn pending_verification(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let pending = report_pending(&harness.aws_proxy, &connected);
    let created = create(&connected, &json!({ "identity": "mail.example" }), StatusCode::CREATED)?;
    assert_equal("verified", &created["verified"], false)?;
    assert_equal("verificationStatus", &created["verificationStatus"], "pending")?;
    assert_equal("pollAfterSeconds", &created["pollAfterSeconds"], 10)?;
    assert_equal(
        "hosted zone of the region",
        &created["dkim"]["hostedZone"],
        "dkim.eu-west-1.amazonses.com",
    )?;
    assert_equal("DNS record", &created["dnsRecords"][0]["value"], "one.dkim.eu-west-1.amazonses.com")?;
    drop(pending);
    let fetched = fetch(&connected, &string_at(&created, "/id")?)?;
    assert_equal("verified", &fetched["verified"], true)?;
    assert_equal("pollAfterSeconds", &fetched["pollAfterSeconds"], &Value::Null)
}

fn fetch(connected: &ConnectedOrganisation, id: &str) -> test_support::Result<Value> {
    connected.organisation.api.get(&format!("/v1/identities/{id}"))?.expect_status(StatusCode::OK)
}
