//! A customer's server for webhooks: a Node program that verifies them with the npm package `standardwebhooks`.

use std::{
    io::{self, BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use serde_json::{Value, json};
use test_support::{Error, Result, test_env::Organisation, tools::Tools};

use super::{first_email::text, steps::success};

const PROGRAM: &str = include_str!("receiver.mjs");

/// A running server. Stops when dropped.
pub(super) struct Receiver {
    program: Child,
    lines: BufReader<ChildStdout>,
    /// The program ends when it is closed.
    input: Option<ChildStdin>,
}

impl Receiver {
    /// Starts the server and creates its endpoint.
    pub(super) fn start(tools: &Tools, organisation: &Organisation) -> Result<(Self, String)> {
        let mut program = Command::new(tools.node()?)
            .args(["--input-type=module", "--eval", PROGRAM])
            .current_dir(tools.root())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        let (input, output) = (program.stdin.take(), program.stdout.take());
        let lines = output.map(BufReader::new).ok_or_else(|| Error::Unexpected("no output".into()))?;
        let mut receiver = Self { program, lines, input: None };
        let url = text(&receiver.line()?, "/url")?;
        let body = json!({ "url": url, "events": ["email.delivered"] });
        let created = success(organisation.api.post("/v1/webhooks", &body)?)?;
        let mut input = input.ok_or_else(|| Error::Unexpected("no input".into()))?;
        writeln!(input, "{}", text(&created, "/secret")?).map_err(failed)?;
        receiver.input = Some(input);
        Ok((receiver, url))
    }

    /// Waits for the next webhook, and checks that it is valid and of this type.
    pub(super) fn next(&mut self, kind: &str) -> Result<String> {
        let event = self.line()?;
        if event["type"] == kind {
            Ok(format!("{kind}, number {}", event["number"]))
        } else {
            Err(Error::Unexpected(format!("the receiver reported {event}")))
        }
    }

    fn line(&mut self) -> Result<Value> {
        let mut line = String::new();
        self.lines.read_line(&mut line).map_err(failed)?;
        serde_json::from_str(&line).map_err(|error| Error::Unexpected(format!("{line:?}: {error}")))
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        // If it has ended already, there is nothing to stop.
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn failed(error: io::Error) -> Error {
    Error::Unexpected(format!("the receiver failed: {error}"))
}
