//! After all the others: what must be known to few is found nowhere it doesn't belong.

mod index;

use std::{collections::BTreeSet, fs, path::Path, sync::Weak};

use libtest_mimic::{Failed, Trial};
use serde_json::Value;
use test_support::test_env::{ADMIN_TOKEN, SIGNING_SECRET};

use self::index::{Index, Secret};
use super::{Outcome, hold, identities, trial};
use crate::{relay::Exchange, world::World};

pub(crate) fn trials(world: &Weak<World>) -> Vec<Trial> {
    vec![
        trial("secrets::no secret is in the Worker's log", world, in_log),
        trial("secrets::no secret is in an answer but the one that hands it out", world, in_answers),
        trial("secrets::no secret is in the Worker's storage", world, in_storage),
    ]
}

/// Every secret of the run.
fn secrets(world: &World) -> Result<Index, Failed> {
    let mut secrets = vec![
        ("the administrator's token", ADMIN_TOKEN.to_owned()),
        ("the secret that is signed with", SIGNING_SECRET.to_owned()),
    ];
    for (name, value) in world.settings() {
        if *name == "AWS_SECRET_ACCESS_KEY" {
            secrets.push(("Kraiter's own secret key", value.clone()));
        }
    }
    secrets
        .extend(world.wiretap.session_secrets().into_iter().map(|secret| ("a role's credentials", secret)));
    for exchange in world.post_office.exchanges() {
        secrets.extend(handed_out(&exchange));
    }
    // As a PEM file it has line breaks, on its way to SES it has none: a line is in both. The first lines are the public half.
    let lines = identities::KEYS.iter().flat_map(|key| key.lines().skip(8)).filter(|line| line.len() == 64);
    secrets.extend(lines.map(|line| ("a customer's signing key", line.to_owned())));
    let kinds: BTreeSet<_> = secrets.iter().map(|(kind, _)| *kind).collect();
    // A run of few cases may have made none of some kind.
    hold(
        kinds.len() >= 3 && secrets.iter().all(|(_, secret)| secret.len() >= 16),
        format!("only {kinds:?}"),
    )?;
    Ok(Index::of(secrets))
}

/// The secret that an answer is there to hand out.
fn handed_out(exchange: &Exchange) -> Option<Secret> {
    let response = exchange.response.as_ref()?;
    if exchange.request.target() == "/v1/session" {
        let cookie = response.header("set-cookie")?.split(';').next()?.split_once('=')?.1;
        return (!cookie.is_empty()).then(|| ("a session's cookie", cookie.to_owned()));
    }
    let body: Value = serde_json::from_slice(&response.body).ok()?;
    match exchange.request.target() {
        "/v1/organisations" | "/v1/api-keys" => Some(("an API key", body["apiKey"].as_str()?.to_owned())),
        "/v1/aws-binding/connect" => {
            let (_, rest) = body["quickCreateUrl"].as_str()?.split_once("%2Fwebhooks%2Fsns%2F")?;
            Some(("a webhook's token", rest.chars().take(52).collect()))
        }
        "/v1/aws-binding/events" => Some((
            "a webhook's token",
            body["webhookUrl"].as_str()?.rsplit('/').next()?.get(..52)?.to_owned(),
        )),
        _ => None,
    }
}

fn is_free_of(place: &str, text: &[u8], secrets: &Index) -> Outcome {
    let found = secrets.find(text);
    hold(found.is_none(), format!("{place} holds {}", found.unwrap_or_default()))
}

fn in_log(world: &World) -> Outcome {
    let log = world.log();
    // wrangler's own lines name the paths that were asked for; they are no part of the product.
    let own: Vec<_> = log.lines().filter(|line| !line.starts_with("[wrangler")).collect();
    let own = own.join("\n");
    hold(own.contains("requestId"), "the Worker has logged nothing")?;
    is_free_of("the log", own.as_bytes(), &secrets(world)?)
}

fn in_answers(world: &World) -> Outcome {
    let secrets = secrets(world)?;
    for exchange in world.post_office.exchanges() {
        let Some(response) = &exchange.response else { continue };
        let mut text = format!("{:?} {}", response.headers, response.text());
        if let Some((_, own)) = handed_out(&exchange) {
            text = text.replacen(&own, "", 1);
        }
        is_free_of(&exchange.request.start, text.as_bytes(), &secrets)?;
    }
    Ok(())
}

fn in_storage(world: &World) -> Outcome {
    let mut files = Vec::new();
    collect(world.state(), &mut files)?;
    // The control: what is stored in the clear is found in the same way.
    for exchange in world.post_office.exchanges().iter().rev() {
        if let (Some((kind, _)), Some(response)) = (handed_out(exchange), &exchange.response)
            && kind == "an API key"
        {
            let body: Value = serde_json::from_slice(&response.body)?;
            let id = body["id"].as_str().unwrap_or_default().to_owned();
            let control = Index::of(vec![("an organisation", id)]);
            let is_found = files.iter().any(|(_, bytes)| control.find(bytes).is_some());
            hold(is_found, "no organisation is found: the storage is elsewhere")?;
            break;
        }
    }
    let secrets = secrets(world)?;
    files.iter().try_for_each(|(path, bytes)| is_free_of(path, bytes, &secrets))
}

/// Every file below a folder, but for what isn't the Worker's: the settings that the tests have written, and wrangler's own
/// traces of requests.
fn collect(folder: &Path, files: &mut Vec<(String, Vec<u8>)>) -> Outcome {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.ends_with("settings.env") || path.ends_with("observability") {
            continue;
        }
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push((path.display().to_string(), fs::read(&path)?));
        }
    }
    Ok(())
}
