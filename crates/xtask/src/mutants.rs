//! `cargo xtask mutants`: changes decisions in the code, one at a time, and lists the changes that no native test notices.
//!
//! `.cargo/mutants.toml` says which files are changed. <https://mutants.rs/>

use std::{
    collections::BTreeMap,
    fs,
    num::NonZero,
    path::Path,
    process::{Command, ExitCode},
};

use clap::Args;
use sha2::{Digest, Sha256};
use test_support::{Error, Result, tools::Tools};

use crate::{
    program,
    setup::{self, Need},
};

/// Percentage of the changes that tests must notice.
const MIN_CAUGHT: usize = 90;

#[derive(Args)]
pub(crate) struct Options {
    /// Number of changes to try.
    #[arg(long, default_value = "120")]
    count: NonZero<usize>,
    /// Selects the changes: the same seed selects the same ones until the code changes.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Number of changes that are tried side by side, each in a copy of the repository.
    #[arg(long, default_value_t = 2)]
    jobs: usize,
}

/// Tries a sample and prints its result. The exit code is a failure if too many changes aren't noticed.
pub(crate) fn run(tools: &Tools, options: &Options) -> Result<ExitCode> {
    setup::ensure(tools, &[Need::Oracles, Need::Build, Need::Mutants])?;
    let all = program::output("cargo mutants", command(tools)?.args(["--list", "--colors", "never"]))?;
    let sample = sample(all.lines().collect(), options);
    println!("{} of {} possible changes", sample.len(), all.lines().count());
    let dir = tools.target().join("mutants");
    fs::create_dir_all(&dir).map_err(Error::io(format!("create {}", dir.display())))?;
    let mut command = command(tools)?;
    command
        .args(["--colors", "never", "--no-shuffle", "--jobs", &options.jobs.to_string()])
        .args([
            "--re",
            &format!("^({})$", sample.iter().map(|name| escape(name)).collect::<Vec<_>>().join("|")),
        ])
        .arg("--output")
        .arg(&dir)
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("KRAITER_PYTHON", tools.python()?)
        .env("KRAITER_NODE", tools.node()?)
        .env("INSTA_UPDATE", "no");
    let log = dir.join("mutants.log");
    let outcome = program::logged("cargo mutants", &mut command, &log, |_| {});
    let results = dir.join("mutants.out");
    let [caught, missed, timeout] = ["caught", "missed", "timeout"].map(|name| lines(&results, name));
    let (noticed, tried) = (caught.len() + timeout.len(), caught.len() + missed.len() + timeout.len());
    if tried == 0 {
        // Such as tests that fail without a change.
        return outcome.map(|()| ExitCode::FAILURE);
    }
    for name in &missed {
        println!("not noticed: {name}");
    }
    let percentage = noticed * 100 / tried;
    println!(
        "{noticed} of {tried} changes that compile are noticed: {percentage} %, at least {MIN_CAUGHT} % expected"
    );
    Ok(if percentage >= MIN_CAUGHT { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn command(tools: &Tools) -> Result<Command> {
    let mut command = Command::new(tools.cargo_mutants()?);
    command.arg("mutants").current_dir(tools.root());
    Ok(command)
}

/// Selects changes by the hash of the seed and the name.
fn sample<'a>(names: Vec<&'a str>, options: &Options) -> Vec<&'a str> {
    let hashed = names.into_iter().map(|name| (Sha256::digest(format!("{} {name}", options.seed)), name));
    hashed.collect::<BTreeMap<_, _>>().into_values().take(options.count.get()).collect()
}

/// Returns a regular expression that matches exactly `text`.
fn escape(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            let is_special = r"\.+*?()|[]{}^$#&-~".contains(c);
            is_special.then_some('\\').into_iter().chain([c])
        })
        .collect()
}

/// Returns the changes with one result.
fn lines(results: &Path, name: &str) -> Vec<String> {
    let text = fs::read_to_string(results.join(format!("{name}.txt"))).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_selects_the_same_changes_in_any_order() {
        let names: Vec<_> = "a b c d e f g h i j".split(' ').collect();
        let reversed = names.iter().rev().copied().collect();
        let options = |seed| Options { count: NonZero::new(4).unwrap(), seed, jobs: 1 };
        let first = sample(names.clone(), &options(1));
        assert_eq!(first.len(), 4);
        assert_eq!(first, sample(reversed, &options(1)));
        assert_ne!(first, sample(names, &options(2)));
    }

    #[test]
    fn names_are_matched_literally() {
        assert_eq!(
            escape("src/a.rs:1:2: replace f -> Option<T> with Some(x)"),
            r"src/a\.rs:1:2: replace f \-> Option<T> with Some\(x\)"
        );
    }
}
