//! `/v1/identities/{id}/check-dns` and `/zone`: a domain's expected records compared with DNS.

use api_contract::{DnsCheck, KnownIdentity};
use email_dns::{DomainCheck, LookupResults, ZoneFile};
use serde_json::json;

use super::{HandlerResult, RequestContext, identities::find_domain};
use crate::{
    clock, dns,
    http::{ApiResponse, Error},
    log,
    organisation_object::identities::IdentityDetails,
};

pub(super) async fn check(context: &RequestContext<'_>) -> HandlerResult {
    let (identity, details) = fetch_domain(context).await?;
    let check = DomainCheck {
        domain: identity.name.as_str(),
        records: &details.records,
        records_since: identity.records_since,
        now: clock::now(),
    };
    let resolver = &context.settings.resolver;
    let mut answers = dns::query_all(resolver, check.questions()).await;
    answers.extend(dns::query_all(resolver, check.follow_up_questions(&answers)).await);
    log_unreachable_resolver(context, &answers);
    ApiResponse::json(200, &DnsCheck::new(&identity, check.evaluate(&answers), clock::now()))
}

pub(super) async fn zone(context: &RequestContext<'_>) -> HandlerResult {
    let (identity, details) = fetch_domain(context).await?;
    let domain = identity.name.as_str();
    let check = DomainCheck { domain, records: &[], records_since: None, now: clock::now() };
    // The file must leave out records that are already published.
    let answers = dns::query_all(&context.settings.resolver, check.questions()).await;
    log_unreachable_resolver(context, &answers);
    let file = ZoneFile {
        domain,
        region: identity.region,
        records: &details.records,
        advice: &check.evaluate(&answers).advice,
        generator: "Kraiter",
        now: clock::now(),
    };
    let disposition = format!("attachment; filename=\"{domain}.zone\"");
    Ok(ApiResponse::text(200, file.render()).with_header("content-disposition", disposition))
}

/// Returns the domain with the id in the path, and what SES reports about it.
async fn fetch_domain(context: &RequestContext<'_>) -> Result<(KnownIdentity, IdentityDetails), Error> {
    let identity = find_domain(context)?;
    let details = context.object.identities.get(&identity).await?;
    Ok((identity, details))
}

/// Logs that the resolver answered no query, which only the operator can fix.
fn log_unreachable_resolver(context: &RequestContext<'_>, answers: &LookupResults) {
    if answers.values().all(Result::is_err) {
        log::info("dns_resolver_unreachable", json!({ "requestId": context.request_id }));
    }
}
