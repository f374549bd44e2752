//! A Worker that is set wrong says which setting it is, to whoever asks, and never what it was set to.
//!
//! Which values are wrong is core's matter, and shown there; here a few stand for all, since each needs a Worker of its own.

use std::{fs, sync::Weak};

use libtest_mimic::Trial;
use test_support::{Error, ports, temp_dir::TempDir};

use super::{Outcome, equal, hold, trial};
use crate::{own_worker::OwnWorker, world::World};

/// What is wrong, which setting, and its value; none leaves it out.
const CASES: [(&str, &str, Option<&str>); 6] = [
    ("an AWS that isn't on loopback", "AWS_ENDPOINT_URL", Some("https://wiretap-4711.example.com")),
    ("no key of Kraiter's", "AWS_SECRET_ACCESS_KEY", None),
    ("a short administrator's token", "ADMIN_TOKEN", Some("hunter-2-4711")),
    ("a short signing secret", "SIGNING_SECRET", Some("hunter-2-4711-0123456789")),
    ("a resolver without HTTPS", "DNS_RESOLVER_URL", Some("http://dns-4711.example.com/dns-query")),
    ("a template outside of S3", "TEMPLATE_URL", Some("https://bucket-4711.example.com/template.json")),
];

pub(crate) fn trials(world: &Weak<World>) -> Vec<Trial> {
    let case = |(name, setting, value): (&str, &'static str, Option<&'static str>)| {
        trial(format!("settings::{name} is named"), world, move |world| is_named(world, setting, value))
    };
    CASES.into_iter().map(case).collect()
}

fn is_named(world: &World, setting: &'static str, value: Option<&str>) -> Outcome {
    let mut settings = world.settings().to_vec();
    settings.retain(|(name, _)| *name != setting);
    settings.extend(value.map(|value| (setting, value.to_owned())));
    let (state, port) = (TempDir::new()?, ports::free()?);
    let logs = world.logs().join(setting);
    fs::create_dir_all(&logs).map_err(Error::io("make a folder for logs"))?;
    let worker = OwnWorker::start(&world.tools, port, &settings, state.path(), &logs)?;
    for path in ["/healthz", "/v1/aws-binding", "/v1/nothing"] {
        let answer = worker.get(path)?;
        equal(path, (answer.status.as_u16(), answer.code()), (500, Some("misconfigured")))?;
        let detail = answer.text("/detail");
        hold(detail.contains(setting), format!("the setting isn't named: {detail}"))?;
        let said = format!("{:?}{}{}", answer.headers, answer.body, worker.log());
        // wrangler shows where AWS would be, before any Worker runs: what counts is the Worker's own.
        hold(value.is_none_or(|value| !said.contains(value)), format!("the value is told: {said}"))?;
        for (name, secret) in
            settings.iter().filter(|(name, _)| name.contains("SECRET") || name.contains("TOKEN"))
        {
            hold(!said.contains(secret.as_str()), format!("{name} is told"))?;
        }
    }
    Ok(())
}
