//! `cargo xtask deploy`: deploys to Cloudflare and to Kraiter's own AWS account. It looks at what exists, plans the steps that are missing,
//! and performs them. An interrupted run is continued by the next one.

mod config;
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
    time::{Duration, Instant},
};

use aws_sans_io::{Credentials, Region, sts::GetCallerIdentity};
use clap::Args;
use test_support::{
    Error, Result,
    customer::Customer,
    template::TemplateBucket,
    tools::Tools,
    wait::{self, Poll},
    workerd::IS_BUILT,
};

use self::{
    plan::{LostSecret, Observed, Stack, Step},
    record::Record,
    secrets::Secrets,
    wrangler::Wrangler,
};
use crate::{build, progress::Elapsed, publish, setup, suite};

/// The directory of the record, the secrets and wrangler's configuration. It isn't in git.
pub(crate) const DIR: &str = ".deployment";

/// How long the stack may take. It usually takes less than a minute.
const STACK_TIMEOUT: Duration = Duration::from_mins(10);

/// How long IAM may take to know a new access key.
const KEY_TIMEOUT: Duration = Duration::from_mins(1);

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

/// A deployment that is being looked at or changed.
struct Deployment<'a> {
    tools: &'a Tools,
    options: &'a Options,
    record: Record,
    secrets: Secrets,
    wrangler: Wrangler<'a>,
    /// Kraiter's own AWS account.
    account: Customer,
    region: Region,
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

impl<'a> Deployment<'a> {
    /// Logs in to both accounts. Fails if one isn't the account of an earlier run.
    fn open(
        tools: &'a Tools,
        options: &'a Options,
        dir: &Path,
        mut record: Record,
        config: PathBuf,
    ) -> Result<Self> {
        let region = record.region()?;
        let secrets = Secrets::load(dir)?;
        write_config(tools, &record, &config)?;
        let wrangler = Wrangler { tools, config };
        record.cloudflare_account_id =
            Some(choose_account(record.cloudflare_account_id.take(), &wrangler.accounts()?)?);
        let account = administrator(options, region)?;
        let id = account.account().as_str();
        match &record.aws_account_id {
            Some(recorded) if recorded != id => {
                return Err(Error::Unexpected(format!(
                    "these are credentials of the AWS account {id}, but Kraiter's is {recorded}"
                )));
            }
            _ => record.aws_account_id = Some(id.to_owned()),
        }
        Ok(Self { tools, options, record, secrets, wrangler, account, region })
    }

    fn plan(&mut self) -> Result<Vec<Step>> {
        let observed = self.observe()?;
        let dir = self.secrets.path().parent().unwrap_or(Path::new(".")).to_owned();
        plan::plan(&observed, &self.secrets.names()).map_err(|lost| lost_secret(lost, &dir))
    }

    /// Looks at what exists. Changes nothing outside this machine.
    fn observe(&mut self) -> Result<Observed> {
        let config = config::configuration(self.tools, &self.record)?;
        let name = config["d1_databases"][0]["database_name"].as_str().unwrap_or_default();
        let database = self.wrangler.database(name)?;
        if self.record.database_id.is_some() && self.record.database_id != database {
            return Err(Error::Unexpected(format!(
                "the database {name} of this deployment doesn't exist in the Cloudflare account"
            )));
        }
        self.record.database_id = database;
        let outputs = self.stack_outputs()?;
        let stack = match &outputs {
            None => Stack::Missing,
            Some(outputs) if output(outputs, own_account::DIGEST) == own_account::template().1 => {
                Stack::Current
            }
            Some(_) => Stack::Outdated,
        };
        let template_is_published = outputs.is_some_and(|outputs| {
            let bucket = output(&outputs, own_account::BUCKET);
            let (bucket, url) = (self.bucket(&bucket), self.bucket(&bucket).url());
            self.record.template_url.as_ref() == Some(&url) && bucket.check_is_public(&url).is_ok()
        });
        let tag = write_config(self.tools, &self.record, &self.wrangler.config)?;
        let has_database = self.record.database_id.is_some();
        Ok(Observed {
            stack,
            template_is_published,
            has_database,
            has_pending_migrations: has_database && self.wrangler.has_pending_migrations()?,
            secrets: self.wrangler.secrets()?,
            // A deployment that was interrupted may lack its domain.
            is_deployed: self.record.deployed.as_ref() == Some(&tag)
                && self.wrangler.deployed_tag()? == Some(tag),
            has_organisation: self.record.organisation_id.is_some(),
        })
    }

    fn perform(&mut self, step: Step) -> Result<String> {
        let result = match step {
            Step::CreateStack | Step::UpdateStack => self.apply_stack(&step)?,
            Step::PublishTemplate => {
                let bucket = output(&self.outputs()?, own_account::BUCKET);
                let bucket = self.bucket(&bucket);
                let url = bucket.publish()?;
                bucket.check_is_public(&url)?;
                self.record.template_url.insert(url).clone()
            }
            Step::CreateDatabase => {
                let config = config::configuration(self.tools, &self.record)?;
                let name = config["d1_databases"][0]["database_name"].as_str().unwrap_or_default();
                self.wrangler.run(&["d1", "create", name])?;
                let id = self.wrangler.database(name)?;
                let id = id.ok_or_else(|| Error::Unexpected("the new database isn't listed".into()))?;
                self.record.database_id.insert(id).clone()
            }
            Step::ApplyMigrations => {
                self.wrangler.run(&["d1", "migrations", "apply", "DB", "--remote"])?;
                "applied".to_owned()
            }
            Step::CreateAccessKey => {
                let user = output(&self.outputs()?, own_account::USER);
                let key = self.account.create_access_key(&user)?;
                let [id, secret] = secrets::ACCESS_KEY;
                self.secrets.add([
                    (id, key.access_key_id().to_owned()),
                    (secret, key.secret_access_key().to_owned()),
                ])?;
                key.access_key_id().to_owned()
            }
            Step::SetSecrets(names) => {
                if names.iter().any(|name| secrets::ACCESS_KEY.contains(name)) {
                    self.check_access_key()?;
                }
                let bulk = self.secrets.bulk(&names)?;
                self.wrangler.run_with(&["secret", "bulk"], Some(&bulk))?;
                self.secrets.forget_access_key()?;
                "set".to_owned()
            }
            Step::Deploy => {
                let tag = write_config(self.tools, &self.record, &self.wrangler.config)?;
                self.wrangler.run(&["deploy", "--tag", &tag])?;
                format!("version {}", self.record.deployed.insert(tag))
            }
            Step::Check => self.check()?,
            Step::CreateOrganisation => self.create_organisation(&self.options.organisation)?,
        };
        self.record.save()?;
        write_config(self.tools, &self.record, &self.wrangler.config)?;
        Ok(result)
    }

    /// Creates or updates the stack in Kraiter's own AWS account, if the operator wants that.
    fn apply_stack(&self, step: &Step) -> Result<String> {
        let (template, _) = own_account::template();
        let file = self.wrangler.config.with_file_name("own-account.json");
        fs::write(&file, format!("{template:#}\n"))
            .map_err(Error::io(format!("write {}", file.display())))?;
        if !self.options.apply_aws && !confirm(&format!("{step}, as in {}?", file.display()))? {
            let command = own_account::command(&file.display().to_string(), self.region.name());
            return Err(Error::Unexpected(format!(
                "add --apply-aws, or do it yourself and run this command again:\n{command}"
            )));
        }
        let text = template.to_string();
        if *step == Step::CreateStack {
            self.account.create_stack(self.region, own_account::STACK, &text, &[])?;
        } else {
            self.account.update_stack(self.region, own_account::STACK, &text)?;
        }
        Ok(self.account.wait_for_stack(self.region, own_account::STACK, STACK_TIMEOUT)?.status)
    }

    /// Waits until AWS accepts the new access key, which takes some seconds.
    fn check_access_key(&self) -> Result<()> {
        let [id, secret] = secrets::ACCESS_KEY.map(|name| self.secrets.get(name).unwrap_or_default());
        let user = Customer::new(
            self.account.account().clone(),
            Credentials::long_term(id.to_owned(), secret.to_owned()),
            self.account.endpoint().clone(),
        );
        wait::until("AWS to accept the new access key", KEY_TIMEOUT, Duration::from_secs(1), || {
            match user.perform(&GetCallerIdentity, self.region) {
                Ok(caller) if caller.account == *user.account() => Ok(Poll::Ready(())),
                Ok(caller) => Err(Error::Unexpected(format!("the key belongs to {}", caller.account))),
                Err(error) => Ok(Poll::Pending(error.to_string())),
            }
        })
    }

    fn stack_outputs(&self) -> Result<Option<Vec<(String, String)>>> {
        let stack = self.account.describe_stack(self.region, own_account::STACK)?;
        Ok(stack.filter(|stack| stack.status != "DELETE_COMPLETE").map(|stack| stack.outputs))
    }

    fn outputs(&self) -> Result<Vec<(String, String)>> {
        let missing = || Error::Unexpected(format!("the stack {} doesn't exist", own_account::STACK));
        self.stack_outputs()?.ok_or_else(missing)
    }

    fn bucket<'b>(&'b self, name: &'b str) -> TemplateBucket<'b> {
        TemplateBucket {
            credentials: self.account.credentials(),
            endpoint: self.account.endpoint(),
            region: self.region,
            name,
        }
    }
}

/// Returns an output of the stack, or an empty text.
fn output(outputs: &[(String, String)], key: &str) -> String {
    outputs.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone()).unwrap_or_default()
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
