//! Deleting identities.

use aws_sans_io::ses::{DeleteEmailIdentity, GetEmailIdentity};
use http::StatusCode;
use serde_json::json;

use super::{assert_equal, assert_error, assert_that, create, fetch, list};
use crate::{
    aws_proxy::fault,
    connected_organisation::ConnectedOrganisation,
    harness::{Harness, string_at},
    suites::TestResult,
};

const DELETE: &str = "DELETE /v2/email/identities/mail.example";

fn delete(connected: &ConnectedOrganisation, id: &str) -> test_support::Result<(u16, Option<String>)> {
    let response = connected.organisation.api.delete(&format!("/v1/identities/{id}"))?;
    Ok((response.status.as_u16(), response.code().map(str::to_owned)))
}

fn create_domain(connected: &ConnectedOrganisation) -> test_support::Result<String> {
    string_at(&create(connected, &json!({ "identity": "mail.example" }), StatusCode::CREATED)?, "/id")
}

pub(super) fn deletes_everywhere(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let id = create_domain(&connected)?;
    assert_equal("response", delete(&connected, &id)?, (204, None))?;
    assert_equal("list", list(&connected)?, json!([]))?;
    let get = GetEmailIdentity { email_identity: "mail.example".into() };
    assert_that(
        connected.customer.perform(&get, connected.link.region).is_err(),
        "SES still has the identity",
    )?;
    let response = connected.organisation.api.get(&format!("/v1/identities/{id}"))?;
    assert_error("GET", &response, 404, "not_found")?;
    assert_equal("second deletion", delete(&connected, &id)?, (404, Some("not_found".into())))?;
    assert_that(create_domain(&connected)? != id, "the new identity has the old id")
}

pub(super) fn deleted_at_ses(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let id = create_domain(&connected)?;
    let operation = DeleteEmailIdentity { email_identity: "mail.example".into() };
    connected.customer.perform(&operation, connected.link.region)?;
    let response = connected.organisation.api.get(&format!("/v1/identities/{id}"))?;
    assert_error("GET", &response, 404, "not_found")?;
    assert_equal("list", list(&connected)?, json!([]))?;
    assert_equal("response", delete(&connected, &id)?, (204, None))?;
    assert_equal("second deletion", delete(&connected, &id)?, (404, Some("not_found".into())))
}

pub(super) fn refused_by_aws(harness: &Harness) -> TestResult {
    let connected = harness.connect_organisation()?;
    let id = create_domain(&connected)?;
    for (status, code, expected) in [
        (403, "AccessDeniedException", (400, "aws_refused")),
        (503, "ServiceUnavailable", (502, "aws_unreachable")),
    ] {
        let _fault = harness.aws_proxy.inject_fault_for_role(&connected.role_arn, DELETE, move |_| {
            Some(fault::json_error(status, code, "No"))
        });
        assert_equal(code, delete(&connected, &id)?, (expected.0, Some(expected.1.to_owned())))?;
    }
    assert_equal("identity", &fetch(&connected, &id)?["id"], id.as_str())
}
