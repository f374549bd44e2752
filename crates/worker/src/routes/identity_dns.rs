//! `/v1/identities/{id}/check-dns` and `/zone`: a domain's records, as they should be and as DNS has them.

use kraiter_core::{
    api::{DnsCheckView, KnownIdentity},
    dns::{Answers, Check, ZoneFile},
};
use serde_json::json;

use super::{Call, identities::find_domain};
use crate::{
    aws_connection::{Client, Command, IdentitySeen},
    clock,
    database::organisations::Organisation,
    dns,
    exchange::Reply,
    failure::Failure,
    log,
};

pub(super) async fn check(
    call: &Call<'_>,
    connection: &Client,
    organisation: &Organisation,
) -> Result<Reply, Failure> {
    let (identity, seen) = look(call, connection, organisation).await?;
    let check = Check {
        domain: identity.name.as_str(),
        published: &seen.published,
        since: identity.records_since,
        now: clock::now(),
    };
    let resolver = &call.settings.resolver;
    let mut answers = dns::ask(resolver, check.questions()).await;
    answers.extend(dns::ask(resolver, check.follow_ups(&answers)).await);
    note_silence(call, &answers);
    Reply::json(200, &DnsCheckView::new(&identity, check.conclude(&answers), clock::now()))
}

pub(super) async fn zone(
    call: &Call<'_>,
    connection: &Client,
    organisation: &Organisation,
) -> Result<Reply, Failure> {
    let (identity, seen) = look(call, connection, organisation).await?;
    let domain = identity.name.as_str();
    let check = Check { domain, published: &[], since: None, now: clock::now() };
    // What is there already must not be published a second time.
    let answers = dns::ask(&call.settings.resolver, check.questions()).await;
    note_silence(call, &answers);
    let file = ZoneFile {
        domain,
        region: identity.region,
        published: &seen.published,
        advice: &check.conclude(&answers).advice,
        now: clock::now(),
    };
    let disposition = format!("attachment; filename=\"{domain}.zone\"");
    Ok(Reply::text(200, file.write()).with_header("content-disposition", disposition))
}

async fn look(
    call: &Call<'_>,
    connection: &Client,
    organisation: &Organisation,
) -> Result<(KnownIdentity, IdentitySeen), Failure> {
    let identity = find_domain(call, organisation).await?;
    let seen = connection.ask(Command::SeeIdentity { identity: identity.clone() }).await?;
    Ok((identity, seen))
}

/// A resolver that answers nothing at all is a matter of whoever has set it.
fn note_silence(call: &Call<'_>, answers: &Answers) {
    if answers.values().all(Result::is_err) {
        log::note("dns_resolver_silent", json!({ "requestId": call.request_id }));
    }
}
