//! The Worker in workerd against a local AWS: every case of `suites`, in one world that is started once.

mod connected;
mod contract;
mod forger;
mod own_worker;
mod post_office;
mod relay;
mod site;
mod stored;
mod suites;
mod trap;
mod wire;
mod wiretap;
mod world;

use std::{
    process::ExitCode,
    sync::{Arc, Weak},
};

use libtest_mimic::{Arguments, run};
use test_support::{Error, process};

use crate::world::World;

/// Cases wait more than they compute, so there are more threads than cores.
const THREADS: usize = 8;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(THREADS);
    if arguments.list {
        let nowhere = Weak::new();
        let all = [suites::trials(&nowhere), suites::measured(&nowhere), suites::last(&nowhere, false)]
            .into_iter()
            .flatten()
            .collect();
        return run(&arguments, all).exit_code();
    }
    match process::stop_on_signal().and_then(|()| World::start()) {
        Ok(world) => run_all(&arguments, world),
        Err(error) => {
            eprintln!("The end-to-end tests can't start: {error}");
            if matches!(error, Error::ToolMissing { .. }) {
                eprintln!(
                    "Run them by `cargo xtask test`, which installs what is missing and builds the Worker."
                );
            }
            ExitCode::FAILURE
        }
    }
}

fn run_all(arguments: &Arguments, world: World) -> ExitCode {
    let world = Arc::new(world);
    let first = run(arguments, suites::trials(&Arc::downgrade(&world)));
    let alone = Arguments { test_threads: Some(1), ..arguments.clone() };
    let measured = run(&alone, suites::measured(&Arc::downgrade(&world)));
    // What must not have leaked is looked for when all the others have ended.
    let is_whole = arguments.filter.is_none() && arguments.skip.is_empty();
    let last = run(arguments, suites::last(&Arc::downgrade(&world), is_whole));
    if first.has_failed() || measured.has_failed() || last.has_failed() {
        eprintln!("Logs are in {}", world.logs().display());
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}
