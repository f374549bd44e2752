//! `cargo xtask doctor`: what is there and what isn't.

use std::process::ExitCode;

use test_support::{Result, tools::Tools};

use crate::setup;

/// Prints the table of tools; ends with an error where one is missing.
///
/// # Errors
/// Where Cargo.lock can't be read.
pub(crate) fn run(tools: &Tools) -> Result<ExitCode> {
    let mut missing = 0;
    for (_, tool) in setup::table(tools)?.into_iter().flatten() {
        if let Some(path) = tool.found(tools) {
            println!("there    {} ({}): {}", tool.name(), tool.purpose(), path.display());
        } else {
            missing += 1;
            println!("missing  {} ({})", tool.name(), tool.purpose());
            println!("         by hand: {}", tool.by_hand(tools));
        }
    }
    if missing == 0 {
        println!("All tools are there.");
        Ok(ExitCode::SUCCESS)
    } else {
        println!("{missing} missing; `cargo xtask setup` installs them.");
        Ok(ExitCode::FAILURE)
    }
}
