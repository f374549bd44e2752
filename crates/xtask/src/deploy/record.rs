//! What is known about a deployment, in a file that isn't in git. It has no secrets.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use aws_sans_io::Region;
use domain::onboarding::PublicUrl;
use serde::{Deserialize, Serialize};
use test_support::{Error, Result};

/// The stack's and the bucket's region if none is chosen.
const DEFAULT_REGION: &str = "eu-west-1";

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(crate) struct Record {
    #[serde(skip)]
    pub(super) dir: PathBuf,
    /// The Worker's address.
    pub(crate) public_url: Option<String>,
    pub(super) cloudflare_account_id: Option<String>,
    pub(super) database_id: Option<String>,
    pub(super) aws_account_id: Option<String>,
    pub(super) aws_region: Option<String>,
    pub(super) template_url: Option<String>,
    /// More variables of the Worker.
    pub(super) variables: BTreeMap<String, String>,
    /// The tag of what was deployed last.
    pub(super) deployed: Option<String>,
    /// The first organisation.
    pub(super) organisation_id: Option<String>,
}

impl Record {
    /// Reads the record in a directory, if there is one.
    pub(crate) fn load(dir: &Path) -> Result<Self> {
        let path = dir.join("deployment.json");
        let record: Self = match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map_err(|error| Error::Unexpected(format!("{}: {error}", path.display())))?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Self::default(),
            Err(error) => return Err(Error::io(format!("read {}", path.display()))(error)),
        };
        Ok(Self { dir: dir.to_owned(), ..record })
    }

    pub(super) fn save(&self) -> Result<()> {
        let path = self.dir.join("deployment.json");
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        fs::write(&path, text + "\n").map_err(Error::io(format!("write {}", path.display())))
    }

    /// Sets variables from arguments such as `RETENTION_DAYS=60`.
    pub(super) fn set_variables(&mut self, arguments: &[String]) -> Result<()> {
        for argument in arguments {
            let (name, value) = argument
                .split_once('=')
                .ok_or_else(|| Error::Unexpected(format!("--var {argument}: write NAME=VALUE")))?;
            self.variables.insert(name.to_owned(), value.to_owned());
        }
        Ok(())
    }

    /// Returns the Worker's address.
    pub(super) fn public_url(&self) -> Result<PublicUrl> {
        let text = self.public_url.as_deref().ok_or_else(|| {
            Error::Unexpected(
                "the Worker's address is missing: add --public-url https://kraiter.example.com".into(),
            )
        })?;
        text.parse().map_err(|error| Error::Unexpected(format!("--public-url {text}: {error}")))
    }

    /// Returns the region of the stack and the bucket. CloudFormation in accounts without an opt-in region can't read from there.
    pub(super) fn region(&self) -> Result<Region> {
        let name = self.aws_region.as_deref().unwrap_or(DEFAULT_REGION);
        let region: Region =
            name.parse().map_err(|error| Error::Unexpected(format!("--aws-region {name}: {error}")))?;
        if region.is_opt_in() {
            return Err(Error::Unexpected(format!(
                "--aws-region {region}: an opt-in region, which your customers may not have enabled"
            )));
        }
        Ok(region)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_read_as_it_was_saved() {
        let dir = tempfile::tempdir().unwrap();
        let mut record = Record::load(dir.path()).unwrap();
        record.public_url = Some("https://kraiter.example.com".into());
        record.set_variables(&["RETENTION_DAYS=60".into()]).unwrap();
        record.save().unwrap();
        assert_eq!(Record::load(dir.path()).unwrap(), record);
    }

    #[test]
    fn the_address_is_needed_once_and_must_be_https() {
        let record = |url: Option<&str>| Record { public_url: url.map(str::to_owned), ..Record::default() };
        assert!(record(None).public_url().unwrap_err().to_string().contains("--public-url"));
        assert!(record(Some("http://kraiter.example.com")).public_url().is_err());
        assert!(record(Some("https://kraiter.example.com")).public_url().is_ok());
    }

    #[test]
    fn templates_are_not_published_in_an_opt_in_region() {
        let region = |name: &str| Record { aws_region: Some(name.into()), ..Record::default() }.region();
        assert!(region("eu-central-1").is_ok());
        assert!(region("af-south-1").is_err() && region("mars").is_err());
        assert_eq!(Record::default().region().unwrap().name(), DEFAULT_REGION);
    }
}
