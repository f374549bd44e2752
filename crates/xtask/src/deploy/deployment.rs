//! A deployment: what exists of it, and the steps that are missing.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use aws_sans_io::{Credentials, Region, sts::GetCallerIdentity};
use test_support::{
    Error, Result,
    customer::Customer,
    template::TemplateBucket,
    tools::Tools,
    wait::{self, Poll},
};

use super::{
    Options, administrator, choose_account, config, confirm, lost_secret, own_account,
    plan::{self, Observed, Stack, Step},
    record::Record,
    secrets::{self, Secrets},
    wrangler::Wrangler,
    write_config,
};

/// How long the stack may take. It usually takes less than a minute.
const STACK_TIMEOUT: Duration = Duration::from_mins(10);

/// How long IAM may take to know a new access key.
const KEY_TIMEOUT: Duration = Duration::from_mins(1);

/// A deployment that is being looked at or changed.
pub(super) struct Deployment<'a> {
    pub(super) tools: &'a Tools,
    pub(super) options: &'a Options,
    pub(super) record: Record,
    pub(super) secrets: Secrets,
    pub(super) wrangler: Wrangler<'a>,
    /// Kraiter's own AWS account.
    account: Customer,
    region: Region,
}

impl<'a> Deployment<'a> {
    /// Logs in to both accounts. Fails if one isn't the account of an earlier run.
    pub(super) fn open(
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

    pub(super) fn plan(&mut self) -> Result<Vec<Step>> {
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

    pub(super) fn perform(&mut self, step: Step) -> Result<String> {
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

    pub(super) fn bucket<'b>(&'b self, name: &'b str) -> TemplateBucket<'b> {
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
