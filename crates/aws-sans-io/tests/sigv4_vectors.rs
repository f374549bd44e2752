//! The Signature Version 4 test suite of AWS.
//!
//! The vectors are part of the published source of the crate `aws-sigv4`, which Cargo fetches to build this test.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a helper fails the test")]

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use aws_sans_io::{
    Credentials,
    sign::{Rules, Scope, sign_in_scope},
};
use aws_sigv4::sign::v4::{calculate_signature, generate_signing_key};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request};
use serde_json::Value;
use sha2::{Digest, Sha256};
use time::{
    OffsetDateTime, PrimitiveDateTime, format_description::well_known::Rfc3339, macros::format_description,
};

/// Number of vectors that AWS publishes for version 4.
const VECTORS: usize = 40;

/// Vectors that don't apply, each with the reason.
const SKIPPED: [(&str, &str); 2] = [
    (
        "get-space-unnormalized",
        "its request line contains a space, which isn't valid HTTP and can't be an http::Uri",
    ),
    (
        "post-sts-header-after",
        "it adds the session token after signing, and this crate always signs the token",
    ),
];

/// Vectors that hash the path unchanged, like S3, although their context doesn't say so.
const ENCODED_ONCE: [&str; 1] = ["get-space-normalized"];

/// Vectors that consist of a request and a canonical request, without context or key.
const CANONICAL_ONLY: [&str; 2] = ["double-encode-path", "double-url-encode"];

#[test]
fn every_applicable_vector_has_the_published_signature() {
    let mut folders: Vec<PathBuf> =
        fs::read_dir(suite()).expect("the folder of the suite").map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    assert_eq!(folders.len(), VECTORS, "the suite has changed: check the added or removed vectors");
    let mut passed = 0;
    for folder in &folders {
        let name = folder.file_name().unwrap().to_str().unwrap();
        if SKIPPED.iter().any(|(skipped, _)| *skipped == name) {
            continue;
        }
        if CANONICAL_ONLY.contains(&name) {
            assert_canonical_request(folder, name);
        } else {
            assert_authorization(folder, name);
        }
        passed += 1;
    }
    assert_eq!(passed, VECTORS - SKIPPED.len());
}

fn assert_authorization(folder: &Path, name: &str) {
    let context: Value = serde_json::from_str(&read(folder, "context.json")).unwrap();
    let text = |value: &Value| value.as_str().map(str::to_owned).unwrap();
    let keys = &context["credentials"];
    let (id, secret) = (text(&keys["access_key_id"]), text(&keys["secret_access_key"]));
    let now = OffsetDateTime::parse(&text(&context["timestamp"]), &Rfc3339).unwrap();
    let credentials = match keys["token"].as_str() {
        Some(token) => Credentials::temporary(id, secret, token, now),
        None => Credentials::long_term(id, secret),
    };
    let rules = Rules {
        normalize_path: context["normalize"].as_bool().unwrap(),
        encode_path_twice: !ENCODED_ONCE.contains(&name),
        content_sha256: context["sign_body"].as_bool().unwrap(),
    };
    let (service, region) = (text(&context["service"]), text(&context["region"]));
    let scope = Scope { signing_name: &service, region: &region, rules };
    let signed = sign_in_scope(request(folder, name), &credentials, &scope, now).unwrap();

    let published = read(folder, "header-signed-request.txt");
    let authorization = published.lines().find_map(|line| line.strip_prefix("Authorization:")).unwrap();
    assert_eq!(
        signed.headers()["authorization"],
        authorization.trim(),
        "{name}: AWS signs this canonical request:\n{}",
        read(folder, "header-canonical-request.txt")
    );
    let token = signed.headers().get("x-amz-security-token").map(|value| value.to_str().unwrap());
    assert_eq!(token, keys["token"].as_str(), "{name}");
}

/// Asserts that the signature is the one of the published canonical request.
fn assert_canonical_request(folder: &Path, name: &str) {
    let canonical = read(folder, "header-canonical-request.txt");
    let date = canonical.lines().find_map(|line| line.strip_prefix("x-amz-date:")).unwrap();
    let format = format_description!("[year][month][day]T[hour][minute][second]Z");
    let now = PrimitiveDateTime::parse(date, format).unwrap().assume_utc();
    let digest = base16ct::lower::encode_string(&Sha256::digest(&canonical));
    let day = &date[..8];
    let string_to_sign = format!("AWS4-HMAC-SHA256\n{date}\n{day}/us-east-1/service/aws4_request\n{digest}");
    let key = generate_signing_key("secret", now.into(), "us-east-1", "service");
    let expected = calculate_signature(key, string_to_sign.as_bytes());

    let scope = Scope { signing_name: "service", region: "us-east-1", rules: Rules::COMMON };
    let keys = Credentials::long_term("AKIDEXAMPLE", "secret");
    let signed = sign_in_scope(request(folder, name), &keys, &scope, now).unwrap();
    let authorization = signed.headers()["authorization"].to_str().unwrap();
    assert!(authorization.ends_with(&format!("Signature={expected}")), "{name}: AWS signs\n{canonical}");
}

/// Parses a request in wire format. Unfolds header lines as RFC 9112 requires.
fn request(folder: &Path, name: &str) -> Request<Bytes> {
    let text = read(folder, "request.txt");
    let (head, body) = text.split_once("\n\n").unwrap_or((&text, ""));
    let head = head.trim_end().replace("\n ", " ");
    let mut lines = head.lines();
    let (method, rest) = lines.next().unwrap().split_once(' ').unwrap();
    let target = rest.strip_suffix(" HTTP/1.1").unwrap();
    let headers: Vec<(&str, &str)> = lines.map(|line| line.split_once(':').unwrap()).collect();
    let host = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("host")).unwrap().1;
    let mut request = Request::builder()
        .method(method)
        .uri(format!("https://{host}{target}"))
        .body(Bytes::from(body.to_owned()))
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    for (name, value) in headers {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        request.headers_mut().append(name, HeaderValue::from_str(value).unwrap());
    }
    request
}

fn read(folder: &Path, file: &str) -> String {
    let path = folder.join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Returns the folder of the test suite in the source of `aws-sigv4`.
fn suite() -> PathBuf {
    let run = |command: &mut Command| {
        let output = command.output().unwrap();
        assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    // Cargo only fetches the dependencies of this platform.
    let rustc = run(Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into())).arg("-vV"));
    let host = rustc.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let metadata = run(Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["metadata", "--format-version", "1", "--filter-platform", host])
        .current_dir(env!("CARGO_MANIFEST_DIR")));
    let metadata: Value = serde_json::from_str(&metadata).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let manifest = packages.iter().find(|package| package["name"] == "aws-sigv4").unwrap();
    let manifest = Path::new(manifest["manifest_path"].as_str().unwrap());
    manifest.parent().unwrap().join("aws-signing-test-suite/v4")
}
