//! `cargo xtask deploy`: deploys to Cloudflare and to Kraiter's own AWS account. It looks at what exists, plans the steps that are missing,
//! and performs them. An interrupted run is continued by the next one.

mod config;
mod deployment;
mod own_account;
mod plan;
pub(crate) mod record;
mod secrets;
mod verify;
mod wrangler;

use std::{
    collections::BTreeSet,
    env,
    fs::{self, DirBuilder},
    io::{self, BufRead, IsTerminal},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    time::Instant,
};

use aws_sans_io::{Region, sts::GetCallerIdentity};
use clap::Args;
use test_support::{Error, Result, customer::Customer, tools::Tools, workerd::IS_BUILT};

use self::{
    deployment::Deployment,
    plan::{LostSecret, Observed, Step},
    record::Record,
    wrangler::Wrangler,
};
use crate::{build, progress::Elapsed, publish, setup, suite};

/// The directory of the record, the secrets and wrangler's configuration. It isn't in git.
pub(crate) const DIR: &str = ".deployment";

/// Reads Cloudflare's login from `CLOUDFLARE_API_TOKEN` or `wrangler login`, and credentials of an administrator of Kraiter's AWS account
/// from `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`, or from the AWS CLI.
#[derive(Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command")]
pub(crate) struct Options {
    /// Print the plan and bundle the Worker, but change nothing. The first time, it needs no account.
    #[arg(long)]
    dry_run: bool,
    /// Deploy to stand-ins of Cloudflare and AWS on this machine, upgrade, roll back, and stop.
    #[arg(long)]
    rehearse: bool,
    /// Print the CloudFormation template of Kraiter's own AWS account.
    #[arg(long)]
    print_aws_template: bool,
    /// The Worker's address, such as `https://kraiter.example.com`. Needed once.
    #[arg(long)]
    public_url: Option<String>,
    /// The Cloudflare account, if the login has several. Needed once.
    #[arg(long, env = "CLOUDFLARE_ACCOUNT_ID")]
    cloudflare_account: Option<String>,
    /// The region of the stack in Kraiter's AWS account, eu-west-1 by default.
    #[arg(long)]
    aws_region: Option<String>,
    /// Create or update the stack in Kraiter's AWS account without asking.
    #[arg(long)]
    apply_aws: bool,
    /// The name of the first organisation.
    #[arg(long, default_value = "First organisation")]
    organisation: String,
    /// Set a variable of the Worker, such as `RETENTION_DAYS=60`. It is remembered.
    #[arg(long = "var", value_name = "NAME=VALUE")]
    variables: Vec<String>,
    /// The directory with what is known about this deployment, relative to the repository's root.
    #[arg(long, default_value = DIR)]
    dir: PathBuf,
    /// The endpoint of an AWS emulator on loopback.
    #[arg(long, env = "AWS_ENDPOINT_URL")]
    endpoint_url: Option<String>,
}

pub(crate) fn run(tools: &Tools, options: &Options) -> Result<()> {
    if options.print_aws_template {
        println!("{:#}", own_account::template().0);
        return Ok(());
    }
    setup::ensure(tools, &[setup::Need::Build])?;
    if options.rehearse {
        setup::ensure(tools, &[setup::Need::Run])?;
        build(tools)?;
        return suite::rehearse_deployment(tools);
    }
    let dir = tools.root().join(&options.dir);
    let mut record = Record::load(&dir)?;
    let is_first = record.public_url.is_none();
    record.change(options)?;
    build(tools)?;
    if options.dry_run {
        return dry_run(tools, options, &dir, record, is_first);
    }
    record.public_url()?;
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&dir)
        .map_err(Error::io(format!("create {}", dir.display())))?;
    let mut deployment = Deployment::open(tools, options, &dir, record, dir.join("wrangler.json"))?;
    let steps = deployment.plan()?;
    print_plan(&steps);
    for one in steps {
        let name = one.to_string();
        step(&name, || deployment.perform(one))?;
    }
    println!("Deployed. What is known about it is in {}.", dir.display());
    if !deployment.secrets.names().is_empty() {
        println!(
            "Move the secrets in {} to your password manager and delete the file.",
            deployment.secrets.path().display()
        );
    }
    Ok(())
}

/// Builds what is deployed, unless the environment says that it is built.
fn build(tools: &Tools) -> Result<()> {
    if env::var_os(IS_BUILT).is_some() {
        return Ok(());
    }
    step("Build the Worker and the dashboard", || {
        let was_built = [build::worker(tools)?, build::dashboard(tools)?].contains(&true);
        Ok(if was_built { "built" } else { "unchanged" }.to_owned())
    })
}

/// Prints the plan, and bundles the Worker as a deployment would.
fn dry_run(tools: &Tools, options: &Options, dir: &Path, record: Record, is_first: bool) -> Result<()> {
    let output = tools.target().join("deployment");
    fs::create_dir_all(&output).map_err(Error::io(format!("create {}", output.display())))?;
    let config = output.join("wrangler.json");
    let steps = if is_first {
        println!("There is no deployment in {}: this is the plan of the first one.", dir.display());
        write_config(tools, &record, &config)?;
        plan::plan(&Observed::nothing(), &BTreeSet::new()).map_err(|lost| lost_secret(lost, dir))?
    } else {
        Deployment::open(tools, options, dir, record, config.clone())?.plan()?
    };
    print_plan(&steps);
    step("Bundle the Worker without uploading it", || {
        let outdir = output.join("worker").display().to_string();
        let wrangler = Wrangler { tools, config };
        let text = wrangler.run(&["deploy", "--dry-run", "--outdir", &outdir])?;
        let size = text.lines().find(|line| line.starts_with("Total Upload")).unwrap_or_default();
        Ok(size.to_owned())
    })
}

fn print_plan(steps: &[Step]) {
    println!("Plan:");
    for step in steps {
        println!("  {step}");
    }
}

/// Runs one step and prints its result and duration.
fn step(name: &str, run: impl FnOnce() -> Result<String>) -> Result<()> {
    let start = Instant::now();
    match run() {
        Ok(result) => {
            println!("ok      {name}: {result} ({})", Elapsed(start.elapsed()));
            Ok(())
        }
        Err(error) => {
            println!("FAILED  {name} ({})", Elapsed(start.elapsed()));
            Err(error)
        }
    }
}

fn write_config(tools: &Tools, record: &Record, path: &Path) -> Result<String> {
    let config = config::configuration(tools, record)?;
    fs::write(path, format!("{config:#}\n")).map_err(Error::io(format!("write {}", path.display())))?;
    config::tag(tools, &config)
}

fn lost_secret(LostSecret(name): LostSecret, dir: &Path) -> Error {
    Error::Unexpected(format!(
        "the Worker has no {name}, but organisations whose keys or links depend on it. Put it into {} as {{\"{name}\":\"…\"}}",
        dir.join("secrets.json").display()
    ))
}

impl Record {
    /// Takes over what the operator has chosen.
    fn change(&mut self, options: &Options) -> Result<()> {
        let choices = [
            (&mut self.public_url, &options.public_url),
            (&mut self.cloudflare_account_id, &options.cloudflare_account),
            (&mut self.aws_region, &options.aws_region),
        ];
        for (value, chosen) in choices {
            if chosen.is_some() {
                value.clone_from(chosen);
            }
        }
        self.set_variables(&options.variables)
    }
}

/// Returns the Cloudflare account to deploy to.
fn choose_account(chosen: Option<String>, accounts: &[(String, String)]) -> Result<String> {
    match (chosen, accounts) {
        (_, []) => Err(Error::Unexpected(
            "not logged in to Cloudflare: run \"npx wrangler login\", or set CLOUDFLARE_API_TOKEN".into(),
        )),
        (Some(chosen), _) if accounts.iter().any(|(id, _)| *id == chosen) => Ok(chosen),
        (None, [(id, _)]) => Ok(id.clone()),
        _ => {
            let list: Vec<_> = accounts.iter().map(|(id, name)| format!("  {id}  {name}")).collect();
            Err(Error::Unexpected(format!(
                "choose an account with --cloudflare-account:\n{}",
                list.join("\n")
            )))
        }
    }
}

/// Returns the administrator of Kraiter's AWS account.
fn administrator(options: &Options, region: Region) -> Result<Customer> {
    let endpoint = publish::endpoint(options.endpoint_url.as_deref())?;
    let credentials = publish::credentials()?;
    let unknown = "000000000000".parse().map_err(|error| Error::Unexpected(format!("{error}")))?;
    let caller = Customer::new(unknown, credentials.clone(), endpoint.clone());
    let account = caller.perform(&GetCallerIdentity, region)?.account;
    Ok(Customer::new(account, credentials, endpoint))
}

/// Asks a question if somebody can answer it.
fn confirm(question: &str) -> Result<bool> {
    if !io::stdin().is_terminal() {
        return Ok(false);
    }
    eprint!("{question} [y/N] ");
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).map_err(Error::io("read the answer"))?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_account_is_chosen_and_several_are_listed() {
        let one = [("a1".to_owned(), "Kraiter".to_owned())];
        let two = [one[0].clone(), ("b2".to_owned(), "Other".to_owned())];
        assert_eq!(choose_account(None, &one).unwrap(), "a1");
        assert_eq!(choose_account(Some("b2".into()), &two).unwrap(), "b2");
        let error = choose_account(None, &two).unwrap_err().to_string();
        assert!(error.contains("--cloudflare-account") && error.contains("b2  Other"), "{error}");
        assert!(choose_account(Some("c3".into()), &one).is_err());
        assert!(choose_account(None, &[]).unwrap_err().to_string().contains("wrangler login"));
    }
}
