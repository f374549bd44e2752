//! `cargo xtask demo`: the main job on real parts, played as a customer, one line a step.

mod first_email;
mod steps;

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

/// How long each of a stack's six resources is shown to take, so that a person can watch.
const STEP_DELAY: Duration = Duration::from_millis(700);

/// How the demo is run.
#[derive(Args)]
pub(crate) struct Options {
    /// End when everything was seen, instead of staying up.
    #[arg(long)]
    once: bool,
    /// The Worker's port; another free one where it is in use.
    #[arg(long, default_value_t = 8787)]
    port: u16,
}

/// Plays the demo; stays up until Ctrl-C unless `--once`.
///
/// # Errors
/// What was not seen, and why.
pub(crate) fn run(tools: &Tools, options: &Options) -> Result<()> {
    let start = Instant::now();
    setup::ensure(tools, &[setup::Need::Build, setup::Need::Run])?;
    step("the Worker and the dashboard are built", || {
        let is_new = [build::worker(tools)?, build::dashboard(tools)?].contains(&true);
        let how = if is_new { "by worker-build and Vite" } else { "nothing has changed" };
        Ok(((), how.to_owned()))
    })?;
    let env = step("a local AWS and the Worker in workerd are up", || {
        let env = TestEnv::start(&test_env::Options {
            name: "demo".into(),
            port: Some(options.port),
            step_delay: STEP_DELAY,
        })?;
        let places = format!("{} at {}", env.emulator().name(), endpoint(&env));
        let said = format!("{places}, the Worker at {}", env.worker().origin());
        Ok((env, said))
    })?;
    if env.worker().origin() != format!("http://127.0.0.1:{}", options.port) {
        println!("        port {} is in use, so the Worker took another", options.port);
    }
    let organisation = match steps::play(&env) {
        Ok(organisation) => organisation,
        Err(error) => {
            // What the two said last is most of the reason; all of it stays in their logs.
            eprintln!("the end of the Worker's log:\n{}", last_lines(&env.worker().log(), 15));
            eprintln!("the logs are in {}", env.logs().display());
            return Err(error);
        }
    };
    println!("Everything was seen, {} in all.", Elapsed(start.elapsed()));
    if options.once {
        return Ok(());
    }
    println!("{}", invitation(&env, &organisation, &env.organisation("Try it yourself")?));
    loop {
        // Ctrl-C ends the process, and with it what it has started.
        thread::park();
    }
}

/// Does one step and prints its line: what, how long, and what was seen.
fn step<T>(what: &str, act: impl FnOnce() -> Result<(T, String)>) -> Result<T> {
    let start = Instant::now();
    match act() {
        Ok((value, seen)) => {
            println!("ok      {what}: {seen} ({})", Elapsed(start.elapsed()));
            Ok(value)
        }
        Err(error) => {
            println!("FAILED  {what} ({})", Elapsed(start.elapsed()));
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

/// What to try while the demo stays up.
fn invitation(env: &TestEnv, demo: &test_env::Organisation, other: &test_env::Organisation) -> String {
    let (origin, aws, console) = (env.worker().origin(), endpoint(env), env.console().origin());
    let (key, other) = (&demo.api_key, &other.api_key);
    let logs = env.logs().display();
    format!(
        "
Open the dashboard:  {origin}
and sign in with an API key:
  Demo, which is connected:                     {key}
  Try it yourself, which you connect by clicks: {other}

AWS console's stand-in:  {console}/iam/home (a role made by hand; the dashboard's link opens the page for the stack)
Local AWS:               {aws}
Mailbox:                 {aws}/_fakecloud/ses/emails
Logs:                    {logs}

By the API:
  curl -s -H 'Authorization: Bearer {key}' {origin}/v1/aws-binding
  curl -s -H 'Authorization: Bearer {key}' -H 'Content-Type: application/json' {origin}/v1/emails \\
    -d '{{\"from\":\"{from}\",\"to\":\"bounce@simulator.amazonses.com\",\"subject\":\"Hello\",\"text\":\"Hello\"}}'
  curl -s -H 'Authorization: Bearer {key}' {origin}/v1/emails

Ctrl-C ends everything.",
        from = first_email::FROM,
    )
}
