//! The project's commands. Each installs the tools it needs first.

mod admin;
mod api_reference;
mod apt;
mod bench;
mod build;
mod dashboard;
mod demo;
mod deploy;
mod doctor;
#[cfg(test)]
mod documented_commands;
mod errors_page;
mod generate;
mod mutants;
mod packages;
mod program;
mod progress;
mod publish;
mod regions_table;
mod sbom;
mod setup;
mod suite;
mod typescript;
mod wasm;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use test_support::{Result, process, tools::Tools};

/// Commands for building, testing and running Kraiter AWS Setup.
#[derive(Parser)]
#[command(bin_name = "cargo xtask", disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// List the tools, and how to install the missing ones.
    Doctor,
    /// Install every tool that is missing.
    Setup,
    /// Build the Worker, the npm package, the dashboard and the documentation site, and print their sizes.
    Build,
    /// Run all checks and tests.
    Test(suite::Options),
    /// Measure the Worker beside Workers written in JavaScript, and count what an email costs.
    Bench(bench::Options),
    /// Run a demo on this machine, with the Worker in workerd and an AWS emulator.
    Demo(demo::Options),
    /// Run the dashboard's tests in a browser, or take the README's screenshots (`--project screenshots`).
    Dashboard(dashboard::Options),
    /// Change decisions in the code, one at a time, and list the changes that no test notices.
    Mutants(mutants::Options),
    /// Write lists of the Worker's crates and of the npm packages, in `CycloneDX` format, to target/sbom.
    Sbom,
    /// Write the generated files that are committed, such as docs/openapi.json.
    Generate(generate::Options),
    /// Deploy Kraiter to Cloudflare and to its own AWS account, or upgrade it.
    Deploy(deploy::Options),
    /// Manage the organisations of a deployed Worker, their API keys and backups.
    Admin(admin::Options),
    /// Upload the CloudFormation template to an S3 bucket and print its URL, the Worker's `TEMPLATE_URL`.
    PublishTemplate(publish::Options),
}

fn main() -> ExitCode {
    match run(&Cli::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            if let Some(help) = error.help() {
                eprintln!("help: {help}");
            }
            ExitCode::FAILURE
        }
    }
}

fn run(task: &Task) -> Result<ExitCode> {
    process::stop_on_signal()?;
    let tools = Tools::locate()?;
    match task {
        Task::Doctor => return doctor::run(&tools),
        Task::Setup => setup::ensure(&tools, setup::EVERYTHING)?,
        Task::Build => build::run(&tools)?,
        Task::Test(options) => return suite::run(&tools, options),
        Task::Dashboard(options) if !dashboard::run(&tools, options)? => return Ok(ExitCode::FAILURE),
        Task::Dashboard(_) => {}
        Task::Demo(options) => demo::run(&tools, options)?,
        Task::Generate(options) => generate::run(&tools, options)?,
        Task::Mutants(options) => return mutants::run(&tools, options),
        Task::Sbom => sbom::run(&tools)?,
        Task::Bench(options) => return bench::run(&tools, options),
        Task::Admin(options) => admin::run(&tools, options)?,
        Task::Deploy(options) => deploy::run(&tools, options)?,
        Task::PublishTemplate(options) => publish::run(options)?,
    }
    Ok(ExitCode::SUCCESS)
}
