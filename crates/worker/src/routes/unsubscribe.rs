//! `/unsubscribe/{token}`: the one-click unsubscribe link of an email (RFC 8058).

use api_contract::ApiError;
use domain::suppression::{PAGE_CSP, Unsubscribe};

use super::{HandlerResult, RequestContext};
use crate::{
    clock,
    database::{self, suppressions},
    http::{ApiResponse, Error},
    log::RequestLog,
};

/// Returns the confirmation page. Changes nothing, because link scanners open every URL in an email.
pub(super) fn show(context: &RequestContext<'_>, request_log: &mut RequestLog) -> HandlerResult {
    Ok(html_page(parse_token(context, request_log)?.page()))
}

/// Unsubscribes the recipient. The token identifies the recipient, so the body is ignored.
pub(super) async fn unsubscribe(context: &RequestContext<'_>, request_log: &mut RequestLog) -> HandlerResult {
    let unsubscribe = parse_token(context, request_log)?;
    suppressions::unsubscribe(&database::open(context.env)?, &unsubscribe, clock::now()).await?;
    Ok(html_page(unsubscribe.confirmation_page()))
}

fn parse_token(context: &RequestContext<'_>, request_log: &mut RequestLog) -> Result<Unsubscribe, Error> {
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
