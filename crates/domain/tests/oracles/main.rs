//! Comparisons with independent implementations: botocore, aws4fetch, dnspython and Python's email package.
//!
//! [`model`] compares each operation with AWS's model of it, [`dns`] compares DNS messages, and [`mail`] compares MIME messages. The other
//! tests compare signatures: Kraiter and both oracles sign each case, in one process per oracle. If an oracle is known to differ from AWS's
//! rules, [`case::Only`] limits the case to the other one.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests")]

mod case;
mod dns;
mod generated;
mod mail;
mod model;
mod operations;
mod oracle;
mod random;

use aws_sans_io::{Region, sign};
use case::{Case, Only};
use oracle::Oracle;

/// The number of random cases, in addition to those of the typed operations.
const GENERATED: usize = 400;

fn compare(oracle: &Oracle, only: Only) {
    let mut cases = operations::cases();
    let typed = cases.len();
    assert!(typed >= 33 * 11, "every operation in every region: {typed}");
    cases.extend(generated::cases(GENERATED));
    cases.retain(|case| case.only.is_none_or(|it| it == only));
    assert!(cases.len() >= 500, "{} has only {} cases left", oracle.name, cases.len());

    let answers = oracle.sign(&cases);
    let differing: Vec<String> = cases
        .iter()
        .zip(&answers)
        .filter_map(|(case, theirs)| {
            let ours = case.authorization();
            (ours != theirs.authorization).then(|| {
                format!(
                    "{}\n  ours:   {ours}\n  theirs: {}\n  their canonical request:\n{}\n",
                    case.describe(),
                    theirs.authorization,
                    theirs.canonical_request
                )
            })
        })
        .collect();
    let shown = differing.iter().take(5).cloned().collect::<String>();
    assert!(
        differing.is_empty(),
        "{} of {} differ from {}:\n{shown}",
        differing.len(),
        cases.len(),
        oracle.name
    );
}

#[test]
fn signatures_equal_those_of_botocore() {
    compare(&oracle::botocore(), Only::Botocore);
}

#[test]
fn signatures_equal_those_of_aws4fetch() {
    compare(&oracle::aws4fetch(), Only::Aws4fetch);
}

#[test]
fn the_cases_cover_every_feature() {
    let cases: Vec<Case> = operations::cases().into_iter().chain(generated::cases(GENERATED)).collect();
    let any = |what: &str, test: &dyn Fn(&Case) -> bool| {
        assert!(cases.iter().any(test), "no case with {what}");
    };
    for region in Region::all() {
        any(region.name(), &|case| case.region == region);
    }
    for service in case::SERVICES {
        any(service.signing_name(), &|case| case.service == service);
    }
    any("a session token", &|case| case.credentials.session_token().is_some());
    any("no session token", &|case| case.credentials.session_token().is_none());
    any("an empty body", &|case| case.request.body().is_empty());
    any("a body of a megabyte", &|case| case.request.body().len() >= 1 << 20);
    any("dot segments", &|case| case.request.uri().path().contains("/../"));
    any("doubled slashes", &|case| case.request.uri().path().contains("//"));
    any("text beyond ASCII in a path", &|case| case.request.uri().path().contains("%C3"));
    any("a parameter without a value", &|case| case.request.uri().query().is_some_and(|q| q.ends_with('=')));
    any("spaces in a header", &|case| case.request.headers().values().any(|v| v.as_bytes().ends_with(b" ")));
    any("a repeated header", &|case| case.request.headers().keys_len() < case.request.headers().len());
}

#[test]
fn a_header_on_which_signers_disagree_is_rejected() {
    for odd in [&b"caf\xc3\xa9"[..], b"a \t b"] {
        let mut case = generated::cases(1).remove(0);
        case.request.headers_mut().insert("x-odd", http::HeaderValue::from_bytes(odd).unwrap());
        assert!(sign::sign(case.request, &case.credentials, case.service, case.region, case.now).is_err());
    }
}
