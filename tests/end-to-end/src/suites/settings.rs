//! If a setting is missing or invalid, every response names it but never contains its value.
//!
//! The validation rules are tested in the core. Each case here starts its own Worker, so there are only a few.

use std::{fs, sync::Weak};

use libtest_mimic::Trial;
use test_support::{Error, ports, temp_dir::TempDir};

use super::{TestResult, assert_error, assert_that, trial};
use crate::{
    harness::Harness,
    standalone_worker::{Entry, StandaloneWorker},
};

/// Description, setting and value. `None` removes the setting.
const CASES: [(&str, &str, Option<&str>); 8] = [
    ("an AWS endpoint outside loopback", "AWS_ENDPOINT_URL", Some("https://aws-4711.example.com")),
    ("a missing secret access key", "AWS_SECRET_ACCESS_KEY", None),
    ("an AWS account without the access keys", "KRAITER_AWS_ACCOUNT_ID", Some("471147114711")),
    ("a short administrator token", "ADMIN_TOKEN", Some("hunter-2-4711")),
    ("a short signing secret", "SIGNING_SECRET", Some("hunter-2-4711-0123456789")),
    ("a short token tag key", "TOKEN_TAG_KEYS", Some("hunter-2-4711-0123456789")),
    ("a DNS resolver without HTTPS", "DNS_RESOLVER_URL", Some("http://dns-4711.example.com/dns-query")),
    ("a template URL outside S3", "TEMPLATE_URL", Some("https://bucket-4711.example.com/template.json")),
];

pub(crate) fn trials(harness: &Weak<Harness>) -> Vec<Trial> {
    let case = |(name, setting, value): (&str, &'static str, Option<&'static str>)| {
        trial(format!("settings::{name} is reported by name"), harness, move |harness| {
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
    fs::create_dir_all(&logs).map_err(Error::io("create the log directory"))?;
    let worker = StandaloneWorker::start(&harness.tools, Entry::Built, port, &settings, state.path(), &logs)?;
    for path in ["/healthz", "/v1/aws-binding", "/v1/nothing"] {
        let response = worker.get(path)?;
        assert_error(path, &response, 500, "misconfigured")?;
        let detail = response.text("/detail");
        assert_that(detail.contains(setting), format!("the response doesn't name the setting: {detail}"))?;
        let output = format!("{:?}{}{}", response.headers, response.body, worker.log());
        // The log must not contain the value either.
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
