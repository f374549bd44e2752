//! End-to-end tests: the Worker in workerd against a local AWS.
//!
//! All cases in `suites` share one [`Harness`], which is started once.

mod aws_proxy;
mod connected_organisation;
mod contract;
mod environment;
mod harness;
mod honeypot;
mod http_proxy;
mod parked_request;
mod polling;
mod sns_retries;
mod standalone_worker;
mod stored_rows;
mod suites;
mod test_email;
mod test_entry;
mod webhook_proxy;
mod wire;

use std::{
    process::ExitCode,
    sync::{Arc, Weak},
};

use libtest_mimic::{Arguments, run};
use test_support::{Error, process, sns_signer};

use crate::harness::Harness;

/// More threads than cores, because most of a case's time is spent waiting.
const THREADS: usize = 8;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(THREADS);
    if arguments.list {
        let no_harness = Weak::new();
        let all = [
            suites::trials(&no_harness),
            suites::sequential_trials(&no_harness),
            suites::final_trials(&no_harness, false),
        ]
        .into_iter()
        .flatten()
        .collect();
        return run(&arguments, all).exit_code();
    }
    match process::stop_on_signal().and_then(|()| Harness::start()) {
        Ok(harness) => run_all(&arguments, harness),
        Err(error) => {
            eprintln!("The end-to-end tests failed to start: {error}");
            if matches!(error, Error::ToolMissing { .. }) {
                eprintln!("Run \"cargo xtask test\" to install missing tools and build the Worker.");
            }
            ExitCode::FAILURE
        }
    }
}

fn run_all(arguments: &Arguments, harness: Harness) -> ExitCode {
    let harness = Arc::new(harness);
    let parallel = run(arguments, suites::trials(&Arc::downgrade(&harness)));
    let single_threaded = Arguments { test_threads: Some(1), ..arguments.clone() };
    let sequential = run(&single_threaded, suites::sequential_trials(&Arc::downgrade(&harness)));
    // These cases inspect the logs, responses and storage of all earlier cases.
    let is_complete_run = arguments.filter.is_none() && arguments.skip.is_empty();
    let final_run = run(arguments, suites::final_trials(&Arc::downgrade(&harness), is_complete_run));
    if parallel.has_failed() || sequential.has_failed() || final_run.has_failed() {
        eprintln!("The logs are in {}", harness.logs_dir().display());
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}
