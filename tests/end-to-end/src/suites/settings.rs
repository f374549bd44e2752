//! A Worker that is set wrong says which setting it is, to whoever asks, and never what it was set to.
//!
//! Which values are wrong is core's matter, and shown there; here a few stand for all, since each needs a Worker of its own.

use std::{fs, sync::Weak};

use libtest_mimic::Trial;
use test_support::{Error, ports, temp_dir::TempDir};

use super::{TestResult, assert_equal, assert_that, trial};
use crate::{harness::Harness, standalone_worker::StandaloneWorker};

/// What is wrong, which setting, and its value; none leaves it out.
const CASES: [(&str, &str, Option<&str>); 6] = [
    ("an AWS that isn't on loopback", "AWS_ENDPOINT_URL", Some("https://aws-4711.example.com")),
    ("no key of Kraiter's", "AWS_SECRET_ACCESS_KEY", None),
    ("a short administrator's token", "ADMIN_TOKEN", Some("hunter-2-4711")),
    ("a short signing secret", "SIGNING_SECRET", Some("hunter-2-4711-0123456789")),
    ("a resolver without HTTPS", "DNS_RESOLVER_URL", Some("http://dns-4711.example.com/dns-query")),
    ("a template outside of S3", "TEMPLATE_URL", Some("https://bucket-4711.example.com/template.json")),
];

pub(crate) fn trials(harness: &Weak<Harness>) -> Vec<Trial> {
    let case = |(name, setting, value): (&str, &'static str, Option<&'static str>)| {
        trial(format!("settings::{name} is named"), harness, move |harness| {
            setting_is_named(harness, setting, value)
        })
    };
    CASES.into_iter().map(case).collect()
}

fn setting_is_named(harness: &Harness, setting: &'static str, value: Option<&str>) -> TestResult {
    let mut settings = harness.settings().to_vec();
    settings.retain(|(name, _)| *name != setting);
    settings.extend(value.map(|value| (setting, value.to_owned())));
    let (state, port) = (TempDir::new()?, ports::free()?);
    let logs = harness.logs_dir().join(setting);
    fs::create_dir_all(&logs).map_err(Error::io("make a folder for logs"))?;
    let worker = StandaloneWorker::start(&harness.tools, port, &settings, state.path(), &logs)?;
    for path in ["/healthz", "/v1/aws-binding", "/v1/nothing"] {
        let response = worker.get(path)?;
        assert_equal(path, (response.status.as_u16(), response.code()), (500, Some("misconfigured")))?;
        let detail = response.text("/detail");
        assert_that(detail.contains(setting), format!("the response doesn't name the setting: {detail}"))?;
        let output = format!("{:?}{}{}", response.headers, response.body, worker.log());
        // wrangler shows where AWS would be, before any Worker runs: what counts is the Worker's own.
        assert_that(
            value.is_none_or(|value| !output.contains(value)),
            format!("the value is exposed: {output}"),
        )?;
        for (name, secret) in
            settings.iter().filter(|(name, _)| name.contains("SECRET") || name.contains("TOKEN"))
        {
            assert_that(!output.contains(secret.as_str()), format!("{name} is exposed"))?;
        }
    }
    Ok(())
}
