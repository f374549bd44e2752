//! Questions by DNS over HTTPS.

use futures_util::{StreamExt, stream};
use kraiter_core::dns::{Answer, Answers, Question, ResolverUrl, Unseen, doh};

use crate::fetch;

/// How long a resolver may take, in milliseconds.
const PATIENCE: u32 = 5_000;

/// How many connections the runtime opens at a time for one request.
const AT_ONCE: usize = 6;

/// Asks all of these; none twice.
pub(crate) async fn ask(resolver: &ResolverUrl, mut questions: Vec<Question>) -> Answers {
    questions.sort_unstable();
    questions.dedup();
    let asked = stream::iter(questions).map(async |question| {
        let answer = ask_one(resolver, &question).await;
        (question, answer)
    });
    asked.buffer_unordered(AT_ONCE).collect().await
}

async fn ask_one(resolver: &ResolverUrl, question: &Question) -> Result<Answer, Unseen> {
    let request = resolver.request(question)?;
    let response = fetch::fetch(request, PATIENCE).await.map_err(|_| Unseen::Unreachable)?;
    doh::read(question, &response)
}
