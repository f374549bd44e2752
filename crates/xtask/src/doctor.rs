//! `cargo xtask doctor`: lists the tools.

use std::process::ExitCode;

use test_support::{Result, tools::Tools};

use crate::setup;

/// Prints every tool. Returns a failure if one is missing.
pub(crate) fn run(tools: &Tools) -> Result<ExitCode> {
    let mut missing = 0;
    for (_, tool) in setup::table(tools)?.into_iter().flatten() {
        if let Some(path) = tool.find(tools) {
            println!("installed  {} ({}): {}", tool.name(), tool.purpose(), path.display());
        } else {
            missing += 1;
            println!("missing    {} ({})", tool.name(), tool.purpose());
            println!("           install manually: {}", tool.manual_steps(tools));
        }
    }
    if missing == 0 {
        println!("All tools are installed.");
        Ok(ExitCode::SUCCESS)
    } else {
        println!("{missing} missing. Run \"cargo xtask setup\" to install them.");
        Ok(ExitCode::FAILURE)
    }
}
