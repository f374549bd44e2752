//! `/unsubscribe/{token}`: the one-click unsubscribe link of an email (RFC 8058).

use api_contract::{ApiError, RateClass};
use domain::suppression::{PAGE_CSP, Unsubscribe, invalid_link_page};

use super::{EdgeContext, HandlerResult};
use crate::{
    http::{ApiResponse, Error, request::OutgoingBody, request_limits},
    log::RequestLog,
    organisation_object::{Command, OrganisationClient},
};

/// Returns the confirmation page. Changes nothing, because link scanners open every URL in an email.
pub(super) fn show(context: &EdgeContext<'_>, request_log: &mut RequestLog) -> HandlerResult {
    match parse_token(context, request_log) {
        Some(unsubscribe) => Ok(html_page(200, unsubscribe.page())),
        None => invalid_link(context),
    }
}

/// Unsubscribes the recipient. The token identifies the recipient, so the body is ignored.
pub(super) async fn unsubscribe(context: &EdgeContext<'_>, request_log: &mut RequestLog) -> HandlerResult {
    let Some(unsubscribe) = parse_token(context, request_log) else { return invalid_link(context) };
    request_limits::count(context.env, RateClass::Unsubscribes, context.parameter).await?;
    let client = OrganisationClient::new(context.env, unsubscribe.organisation)?;
    let command = Command::Unsubscribe { address: unsubscribe.address.clone(), email: unsubscribe.email };
    match client.command::<()>(context.request_id, command, &OutgoingBody::None).await {
        // The organisation was deleted: it sends no email any more.
        Err(Error::Problem(problem)) if problem.status == 401 => {}
        result => result?,
    }
    Ok(html_page(200, unsubscribe.confirmation_page()))
}

fn parse_token(context: &EdgeContext<'_>, request_log: &mut RequestLog) -> Option<Unsubscribe> {
    let unsubscribe = Unsubscribe::from_path(context.parameter, &context.settings.signing_secret)?;
    request_log.set_organisation(&unsubscribe.organisation.to_string());
    Some(unsubscribe)
}

/// Returns a page to a person, whose mail client may have cut the link, and a problem to a program.
fn invalid_link(context: &EdgeContext<'_>) -> HandlerResult {
    if context.accepts_html {
        return Ok(html_page(404, invalid_link_page()));
    }
    Err(ApiError::NotFound { what: "link" }.into())
}

fn html_page(status: u16, html: String) -> ApiResponse {
    ApiResponse::html(status, html)
        .with_header("content-security-policy", PAGE_CSP)
        .with_header("referrer-policy", "no-referrer")
}
