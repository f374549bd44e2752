//! DNS over HTTPS.

use email_dns::{Answer, LookupError, LookupResults, Question, ResolverUrl, doh};
use futures_util::{StreamExt, stream};

use crate::fetch;

/// Time limit of a query, in milliseconds.
const TIMEOUT_MS: u32 = 5_000;

/// Number of connections that the runtime opens at a time.
///
/// <https://developers.cloudflare.com/workers/platform/limits/#simultaneous-open-connections>
const MAX_CONNECTIONS: usize = 6;

/// Sends `questions`, without duplicates, to `resolver`.
pub(crate) async fn query_all(resolver: &ResolverUrl, mut questions: Vec<Question>) -> LookupResults {
    questions.sort_unstable();
    questions.dedup();
    let queries = stream::iter(questions).map(async |question| {
        let answer = query(resolver, &question).await;
        (question, answer)
    });
    queries.buffer_unordered(MAX_CONNECTIONS).collect().await
}

async fn query(resolver: &ResolverUrl, question: &Question) -> Result<Answer, LookupError> {
    let request = resolver.request(question)?;
    let response = fetch::fetch(request, TIMEOUT_MS).await.map_err(|_| LookupError::Unreachable)?;
    doh::parse_response(question, &response)
}
