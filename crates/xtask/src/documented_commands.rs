//! Checks the commands in the documentation.

use std::fs;

use clap::{CommandFactory, Parser, error::ErrorKind};
use test_support::tools::Tools;

use crate::Cli;

const COMMAND: &str = "cargo xtask";

/// Returns the arguments of each command in a text. A command ends with its line or its code.
fn commands(text: &str) -> Vec<String> {
    let text = text.replace("\\\n", " ");
    let ends = |rest: &str| rest.find(['`', '\n', '#', '<', '>']).unwrap_or(rest.len());
    text.split(COMMAND).skip(1).map(|rest| rest[..ends(rest)].trim().to_owned()).collect()
}

/// Returns the text of each page that people read.
fn pages() -> Vec<(String, String)> {
    let root = Tools::locate().unwrap().root().to_owned();
    let directories = [root.clone(), root.join("docs"), root.join("pkg")];
    let entries = directories.iter().flat_map(|directory| fs::read_dir(directory).unwrap().flatten());
    let pages =
        entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|end| end == "md"));
    pages.map(|path| (path.display().to_string(), fs::read_to_string(&path).unwrap())).collect()
}

#[test]
fn every_command_in_the_documentation_is_accepted() {
    let mut count = 0;
    for (page, text) in pages() {
        for command in commands(&text) {
            // An abbreviated ID.
            let command = command.replace("org_…", "org_019ab0c5d0007000800000000000000a");
            let words = command.split_whitespace().filter(|word| *word != "…");
            // A sentence may name a command without its arguments.
            if let Err(error) = Cli::try_parse_from([COMMAND].into_iter().chain(words))
                && !matches!(
                    error.kind(),
                    ErrorKind::MissingRequiredArgument | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
                )
            {
                panic!("{page}: \"{COMMAND} {command}\": {error}");
            }
            count += 1;
        }
    }
    assert!(count > 10, "{count} commands");
}

#[test]
fn a_command_ends_with_its_line_or_its_code() {
    let text =
        "Run `cargo xtask test --thorough` or\ncargo xtask publish-template \\\n  --bucket a   # prints it\n";
    assert_eq!(commands(text), ["test --thorough", "publish-template    --bucket a"]);
    Cli::command().debug_assert();
}
