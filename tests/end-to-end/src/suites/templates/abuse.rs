//! Templates designed to overload or crash the Worker.

use std::{
    thread,
    time::{Duration, Instant},
};

use http::StatusCode;
use serde_json::{Value, json};

use super::{TestResult, assert_that, create, id_of};
use crate::{
    harness::Harness,
    test_email::{SENDER, SUCCESS, email_to},
};

/// Maximum time of a response. Generous, because other programs may use the machine.
const MAX_RESPONSE_TIME: Duration = Duration::from_secs(10);

/// Previews each template with its variables. Fails unless every response is expected and quick, and the Worker still
/// runs.
fn assert_previews(
    harness: &Harness,
    templates: impl IntoIterator<Item = (String, Value)>,
    is_expected: impl Fn(u16, &str) -> bool,
) -> TestResult {
    let organisation = harness.create_organisation()?;
    for (source, variables) in templates {
        let started = Instant::now();
        let body = json!({ "subject": "s", "html": source, "variables": variables });
        let response = organisation.api.post("/v1/templates/preview", &body)?;
        let (status, code, elapsed) =
            (response.status.as_u16(), response.code().unwrap_or_default(), started.elapsed());
        assert_that(
            is_expected(status, code),
            format!("{source:.60}: response {status} {code} after {elapsed:?}"),
        )?;
        assert_that(elapsed < MAX_RESPONSE_TIME, format!("{source:.60}: response after {elapsed:?}"))?;
    }
    harness.api().get("/healthz")?.expect_status(StatusCode::OK)?;
    Ok(())
}

pub(crate) fn abusive_templates(harness: &Harness) -> TestResult {
    let items: Vec<u32> = (0..20_000).collect();
    let long = "y".repeat(100_000);
    let costly = [
        "{% for a in xs %}{% for b in xs %}{% for c in xs %}{% endfor %}{% endfor %}{% endfor %}",
        "{% for a in s %}{% for b in s %}{% endfor %}{% endfor %}",
        "{% for a in xs * 1000000000 %}{% endfor %}",
        "{% for a in xs %}{% if ys == zs %}{% endif %}{% endfor %}",
        "{% for a in xs %}{% if s == t %}{% endif %}{% endfor %}",
        "{% for a in xs %}{% set b = s ~ t %}{% endfor %}",
        "{% for a in xs %}{% set b = s | replace('y', s) %}{% endfor %}",
        "{% for a in xs %}{% set b = xs | join(s) %}{% endfor %}",
        "{{ 'a' * 1000000000 }}",
        "{{ s | replace('y', s) }}",
        "{{ '%1000000000d' | format(1) }}",
        "{{ '%.1000000000f' | format(1.5) }}",
        "{{ s ~ s ~ s ~ s ~ s ~ s }}",
    ];
    let use_all_variables =
        "{{ xs | length }}{{ ys | length }}{{ zs | length }}{{ s | length }}{{ t | length }}";
    let variables = json!({ "xs": items, "ys": [items], "zs": [items], "s": long, "t": long });
    let costly = costly.map(|source| (format!("{source}{use_all_variables}"), variables.clone()));
    assert_previews(harness, costly, |status, code| {
        let codes = ["template_too_much_work", "template_rendered_too_long", "template_failed"];
        status == 422 && codes.contains(&code)
    })?;

    let repetitions = 30_000;
    let nested = [
        format!("{{{{ {}1 }}}}", "not ".repeat(repetitions)),
        format!("{{{{ {}1 }}}}", "-".repeat(repetitions)),
        format!("{{{{ {}1 }}}}", "(".repeat(repetitions)),
        format!("{{{{ {}1 }}}}", "[".repeat(repetitions)),
        format!("{{{{ 1{} }}}}", "+1".repeat(repetitions)),
        format!("{{{{ a{} }}}}", ".b".repeat(repetitions)),
        format!("{{{{ a{} }}}}", "|trim".repeat(repetitions)),
        format!("{{% for {}a in b %}}", "(".repeat(repetitions)),
        format!("{{% if a %}}{}{{% endif %}}", "{% elif a %}".repeat(repetitions / 2)),
        "{% if a %}".repeat(repetitions / 2),
        "{{ [1] * 1000000000 == [1] * 1000000000 }}".to_owned(),
        "{{ 1 in [1] * 1000000000 }}".to_owned(),
        "{% for a in range(1000000000) %}{% endfor %}".to_owned(),
        "{% include 'a' %}{% macro a() %}{{ a() }}{% endmacro %}".to_owned(),
    ];
    assert_previews(harness, nested.map(|source| (source, json!({}))), |status, code| {
        status == 422 && code == "template_not_allowed"
    })
}

pub(crate) fn deep_nesting(harness: &Harness) -> TestResult {
    let around = |before: &str, inner: &str, after: &str, times: usize| {
        format!("x{}{inner}{}", before.repeat(times), after.repeat(times))
    };
    let brackets = |value: &str| format!("{}{value}{}", "(".repeat(16), ")".repeat(16));
    let sources = [
        around("{% if a %}", "{{ a }}", "{% endif %}", 50),
        around("{% for b in a %}", "{{ a }}", "{% endfor %}", 8),
        format!("{{% if not a %}}{}{{% endif %}}x", "{% elif not a %}".repeat(49)),
        around(
            &format!("{{% if {} %}}", brackets("a")),
            &format!("{{{{ {} }}}}", brackets("a")),
            "{% endif %}",
            50,
        ),
        format!("{{{{ {}a }}}}", "not ".repeat(190)),
        format!("{{{{ 1{} }}}}{{{{ a }}}}", "+1".repeat(95)),
        format!("{{{{ a{} }}}}", "|trim".repeat(95)),
    ];
    assert_previews(harness, sources.map(|source| (source, json!({ "a": "b" }))), |status, _| status == 200)?;

    // The plain text is generated from any HTML, unless that takes too long.
    let fragments = [
        "<div>",
        "<b>",
        "<ul><li>",
        "<table><tr><td>",
        "<a href=https://a.example>b",
        "<a ",
        "<a b=\"",
        "<!--",
        "&",
        "<",
    ];
    let html =
        fragments.map(|fragment| (format!("x{}", fragment.repeat(250_000 / fragment.len())), json!({})));
    assert_previews(harness, html, |status, code| status == 200 || code == "template_too_much_work")?;

    // Variables can be nested as deep as an expression can reach.
    let nested = (0..95).fold(json!("end"), |inner, _| json!({ "a": inner }));
    let path = vec!["a"; 96].join(".");
    assert_previews(harness, [(format!("{{{{ {path} }}}}"), json!({ "a": nested }))], |status, _| {
        status == 200
    })
}

/// The longest time of a batch that uses up its budget of 500 ms, and of another organisation's send meanwhile. Generous, because other
/// programs may use the machine.
const MAX_BATCH_TIME: Duration = Duration::from_secs(4);
const MAX_SEND_TIME: Duration = Duration::from_secs(2);

pub(crate) fn costly_batch(harness: &Harness) -> TestResult {
    let (costly, other) = (harness.connect_organisation()?, harness.connect_organisation()?);
    let comparisons = ["s == t"; 45].join(" or ");
    let text = format!("{{% for a in l %}}{{% if {comparisons} %}}{{% endif %}}{{% endfor %}}x");
    let template = create(&costly.organisation, &json!({ "name": "Costly", "subject": "s", "text": text }))?;
    let long = "y".repeat(118_000);
    let variables = json!({ "s": format!("{long}1"), "t": format!("{long}2"), "l": vec![0; 200] });
    let template = json!({ "id": id_of(&template)?, "variables": variables });
    let emails = vec![json!({ "from": SENDER, "to": SUCCESS, "template": template }); 17];
    other.send(&email_to(SUCCESS), "sent")?;

    let (batch_time, send_time) = thread::scope(|scope| {
        let batch = scope.spawn(|| {
            let started = Instant::now();
            let response = costly.organisation.api.post("/v1/emails/batch", &json!({ "emails": emails }))?;
            response.expect_status(StatusCode::ACCEPTED)?;
            test_support::Result::Ok(started.elapsed())
        });
        let mut slowest = Duration::ZERO;
        while !batch.is_finished() {
            let started = Instant::now();
            other.submit(&email_to(SUCCESS))?.expect_status(StatusCode::ACCEPTED)?;
            slowest = slowest.max(started.elapsed());
        }
        let elapsed = batch.join().map_err(|_| "the batch's thread panicked")??;
        Result::<_, libtest_mimic::Failed>::Ok((elapsed, slowest))
    })?;
    println!("costly batch {batch_time:?}, another organisation's slowest send {send_time:?}");
    assert_that(batch_time < MAX_BATCH_TIME, format!("the batch took {batch_time:?}"))?;
    assert_that(send_time < MAX_SEND_TIME, format!("another organisation's send took {send_time:?}"))
}
