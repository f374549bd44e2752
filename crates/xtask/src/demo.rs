//! `cargo xtask demo`: runs the customer's path from signing up to the first email on this machine and prints each step.

mod first_email;
mod restricted_key;
mod steps;
mod webhook;

use std::{
    thread,
    time::{Duration, Instant},
};

use clap::Args;
use test_support::{
    Result,
    test_env::{self, TestEnv},
    tools::Tools,
};

use crate::{build, progress::Elapsed, setup};

/// How long the mock console shows each of the stack's six resources as being created.
const STEP_DELAY: Duration = Duration::from_millis(700);

#[derive(Args)]
pub(crate) struct Options {
    /// Exit after the last step, instead of keeping the environment running.
    #[arg(long)]
    once: bool,
    /// The Worker's port. Another free port is used if it is taken.
    #[arg(long, default_value_t = 8787)]
    port: u16,
}

/// Runs the demo, then keeps the environment running until Ctrl-C, unless `--once` is set.
pub(crate) fn run(tools: &Tools, options: &Options) -> Result<()> {
    let start = Instant::now();
    setup::ensure(tools, &[setup::Need::Build, setup::Need::Run, setup::Need::Oracles])?;
    step("Build the Worker and the dashboard", || {
        let was_built = [build::worker(tools)?, build::site(tools)?].contains(&true);
        let how = if was_built { "built" } else { "unchanged" };
        Ok(((), how.to_owned()))
    })?;
    let env = step("Start the AWS emulator and the Worker", || {
        let env = TestEnv::start(&test_env::Options {
            name: "demo".into(),
            port: Some(options.port),
            step_delay: STEP_DELAY,
        })?;
        let emulator = format!("{} at {}", env.emulator().name(), endpoint(&env));
        let result = format!("{emulator}, the Worker at {}", env.worker().origin());
        Ok((env, result))
    })?;
    if env.worker().origin() != format!("http://127.0.0.1:{}", options.port) {
        println!("        port {} is in use, using another", options.port);
    }
    let organisation = match steps::run(tools, &env) {
        Ok(organisation) => organisation,
        Err(error) => {
            // The end of the log usually shows the reason.
            eprintln!("The end of the Worker's log:\n{}", last_lines(&env.worker().log(), 15));
            eprintln!("All logs are in {}", env.logs().display());
            return Err(error);
        }
    };
    println!("All steps succeeded in {}.", Elapsed(start.elapsed()));
    if options.once {
        return Ok(());
    }
    println!("{}", instructions(&env, &organisation, &env.organisation("Playground")?));
    loop {
        // Ctrl-C stops this process and the programs that it started.
        thread::park();
    }
}

/// Runs one step and prints a line with its name, its result and its duration.
fn step<T>(name: &str, run: impl FnOnce() -> Result<(T, String)>) -> Result<T> {
    let start = Instant::now();
    match run() {
        Ok((value, result)) => {
            println!("ok      {name}: {result} ({})", Elapsed(start.elapsed()));
            Ok(value)
        }
        Err(error) => {
            println!("FAILED  {name} ({})", Elapsed(start.elapsed()));
            Err(error)
        }
    }
}

fn endpoint(env: &TestEnv) -> &str {
    env.emulator().endpoint().loopback_origin().unwrap_or_default()
}

fn last_lines(text: &str, n: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(n)..].join("\n")
}

/// Returns what to try while the environment is running.
fn instructions(env: &TestEnv, demo: &test_env::Organisation, other: &test_env::Organisation) -> String {
    let (origin, aws, console) = (env.worker().origin(), endpoint(env), env.console().origin());
    let (key, other) = (&demo.api_key, &other.api_key);
    let logs = env.logs().display();
    format!(
        "
Open the dashboard at {origin} and sign in with an API key:
  organisation \"Demo\", connected to AWS:     {key}
  organisation \"Playground\", not connected:  {other}

AWS emulator:      {aws}
Sent emails:       {aws}/_fakecloud/ses/emails
Mock AWS console:  {console}/iam/home (creates a role; the dashboard links to the page that creates a stack)
Logs:              {logs}

Use the API:
  curl -s -H 'Authorization: Bearer {key}' {origin}/v1/aws-binding
  curl -s -H 'Authorization: Bearer {key}' -H 'Content-Type: application/json' {origin}/v1/emails \\
    -d '{{\"from\":\"{from}\",\"to\":\"bounce@simulator.amazonses.com\",\"subject\":\"Hello\",\"text\":\"Hello\"}}'
  curl -s -H 'Authorization: Bearer {key}' {origin}/v1/emails

Press Ctrl-C to stop everything.",
        from = first_email::FROM,
    )
}
