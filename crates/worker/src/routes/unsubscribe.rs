//! `/unsubscribe/{token}`: the link of a mail that asks for one-click unsubscribe (RFC 8058).

use kraiter_core::{
    api::ApiError,
    mail::suppression::{PAGE_POLICY, Unsubscribe},
};

use super::Call;
use crate::{
    clock,
    database::{self, suppressions},
    exchange::Reply,
    failure::Failure,
    log::Entry,
};

/// Shows the page. It changes nothing: whoever scans mails opens every link.
pub(super) fn show(call: &Call<'_>, entry: &mut Entry) -> Result<Reply, Failure> {
    Ok(page(read(call, entry)?.page()))
}

/// Does it, whatever is posted: the token says all there is to know.
pub(super) async fn unsubscribe(call: &Call<'_>, entry: &mut Entry) -> Result<Reply, Failure> {
    let said = read(call, entry)?;
    suppressions::unsubscribe(&database::of(call.env)?, &said, clock::now()).await?;
    Ok(page(said.done_page()))
}

fn read(call: &Call<'_>, entry: &mut Entry) -> Result<Unsubscribe, Failure> {
    let read = Unsubscribe::from_path(call.parameter, &call.settings.signing_secret);
    let read = read.ok_or(ApiError::NotFound { what: "link" })?;
    entry.organisation(&read.organisation.to_string());
    Ok(read)
}

fn page(html: String) -> Reply {
    Reply::html(html)
        .with_header("content-security-policy", PAGE_POLICY)
        .with_header("referrer-policy", "no-referrer")
}
