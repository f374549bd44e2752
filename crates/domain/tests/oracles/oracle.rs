//! Oracles: programs that read all questions from standard input and write all answers to standard output.

use std::{
    env,
    ffi::OsString,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use time::macros::format_description;

use crate::case::Case;

const HOW_TO_RUN: &str = "run it with `cargo xtask test`";

pub(crate) struct Oracle {
    pub(crate) name: &'static str,
    program: OsString,
    script: &'static str,
}

#[derive(Deserialize)]
pub(crate) struct Signature {
    pub(crate) authorization: String,
    #[serde(rename = "canonicalRequest")]
    pub(crate) canonical_request: String,
}

pub(crate) fn botocore() -> Oracle {
    python("botocore's signer", "sign_botocore.py")
}

/// Encodes operations with botocore and AWS's models.
pub(crate) fn botocores_model() -> Oracle {
    python("botocore's model", "operations_botocore.py")
}

pub(crate) fn dnspython() -> Oracle {
    python("dnspython", "dns_dnspython.py")
}

pub(crate) fn python_email() -> Oracle {
    python("Python's email", "mail_python.py")
}

fn python(name: &'static str, script: &'static str) -> Oracle {
    let program = env::var_os("KRAITER_PYTHON");
    let program = program.unwrap_or_else(|| panic!("KRAITER_PYTHON is not set: {HOW_TO_RUN}"));
    Oracle { name, program, script }
}

pub(crate) fn aws4fetch() -> Oracle {
    assert!(root().join("node_modules/aws4fetch").is_dir(), "aws4fetch is not installed: {HOW_TO_RUN}");
    let program = env::var_os("KRAITER_NODE").unwrap_or_else(|| "node".into());
    Oracle { name: "aws4fetch", program, script: "sign_aws4fetch.mjs" }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

impl Oracle {
    pub(crate) fn sign(&self, cases: &[Case]) -> Vec<Signature> {
        self.ask(&cases.iter().map(question).collect::<Vec<_>>())
    }

    /// Starts one process for all questions and returns an answer for each.
    pub(crate) fn ask<T: DeserializeOwned>(&self, questions: &[Value]) -> Vec<T> {
        let input_bytes = serde_json::to_vec(questions).unwrap();
        let mut process = Command::new(&self.program)
            .arg(root().join("tests/oracles").join(self.script))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}: {HOW_TO_RUN}", self.program.display()));
        let mut input = process.stdin.take().unwrap();
        // If the process exits early, writing fails; its stderr says why.
        let writer = thread::spawn(move || input.write_all(&input_bytes));
        let output = process.wait_with_output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{} failed: {HOW_TO_RUN}\n{stderr}", self.name);
        writer.join().unwrap().unwrap();
        let answers: Vec<T> = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{}: {error}\n{stderr}", self.name));
        assert_eq!(answers.len(), questions.len(), "{} answers every question", self.name);
        answers
    }
}

fn question(case: &Case) -> Value {
    let headers: Vec<(&str, &str)> =
        case.request.headers().iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
    let time = case.now.format(format_description!("[year][month][day]T[hour][minute][second]Z")).unwrap();
    json!({
        "method": case.request.method().as_str(),
        "url": case.request.uri().to_string(),
        "headers": headers,
        "body": STANDARD.encode(case.request.body()),
        "accessKeyId": case.credentials.access_key_id(),
        "secretAccessKey": case.credentials.secret_access_key(),
        "sessionToken": case.credentials.session_token(),
        "service": case.service.signing_name(),
        "region": case.region.name(),
        "time": time,
    })
}
