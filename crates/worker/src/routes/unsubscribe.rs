//! `/unsubscribe/{token}`: the one-click unsubscribe link of an email (RFC 8058).

use api_contract::ApiError;
use domain::suppression::{PAGE_CSP, Unsubscribe};

use super::{EdgeContext, HandlerResult};
use crate::{
    http::{ApiResponse, Error, request::OutgoingBody},
    log::RequestLog,
    organisation_object::{Command, OrganisationClient},
};

/// Returns the confirmation page. Changes nothing, because link scanners open every URL in an email.
pub(super) fn show(context: &EdgeContext<'_>, request_log: &mut RequestLog) -> HandlerResult {
    Ok(html_page(parse_token(context, request_log)?.page()))
}

/// Unsubscribes the recipient. The token identifies the recipient, so the body is ignored.
pub(super) async fn unsubscribe(context: &EdgeContext<'_>, request_log: &mut RequestLog) -> HandlerResult {
    let unsubscribe = parse_token(context, request_log)?;
    let client = OrganisationClient::new(context.env, unsubscribe.organisation)?;
    let command = Command::Unsubscribe { address: unsubscribe.address.clone(), email: unsubscribe.email };
    match client.command::<()>(context.request_id, command, &OutgoingBody::None).await {
        // The organisation was deleted: it sends no email any more.
        Err(Error::Problem(problem)) if problem.status == 401 => {}
        result => result?,
    }
    Ok(html_page(unsubscribe.confirmation_page()))
}

fn parse_token(context: &EdgeContext<'_>, request_log: &mut RequestLog) -> Result<Unsubscribe, Error> {
    let unsubscribe = Unsubscribe::from_path(context.parameter, &context.settings.signing_secret);
    let unsubscribe = unsubscribe.ok_or(ApiError::NotFound { what: "link" })?;
    request_log.set_organisation(&unsubscribe.organisation.to_string());
    Ok(unsubscribe)
}

fn html_page(html: String) -> ApiResponse {
    ApiResponse::html(html)
        .with_header("content-security-policy", PAGE_CSP)
        .with_header("referrer-policy", "no-referrer")
}
