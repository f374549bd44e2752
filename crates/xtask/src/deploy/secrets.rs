//! The Worker's secrets, in a file that only its owner can read until they are set and stored elsewhere.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, fs,
    io::Write,
    path::{Path, PathBuf},
};

use serde_json::{Map, Value};
use test_support::{Error, Result};

/// The access key of the IAM user in Kraiter's account.
pub(super) const ACCESS_KEY: [&str; 2] = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];

/// Secrets that API keys, webhook URLs or links in emails depend on.
pub(super) const IRREPLACEABLE: [&str; 2] = ["SIGNING_SECRET", "TOKEN_TAG_KEYS"];

/// All secrets that a deployment sets.
pub(super) const ALL: [&str; 6] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "ADMIN_TOKEN",
    "METRICS_TOKEN",
    "SIGNING_SECRET",
    "TOKEN_TAG_KEYS",
];

/// Secrets that this machine knows.
pub(super) struct Secrets {
    path: PathBuf,
    values: BTreeMap<String, String>,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets").field("names", &self.values.keys()).finish_non_exhaustive()
    }
}

impl Secrets {
    /// Reads the secrets of an earlier run in the directory, if there are any.
    pub(super) fn load(dir: &Path) -> Result<Self> {
        let path = dir.join("secrets.json");
        let values = match fs::read(&path) {
            // Not the parser's message, which would quote the file.
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map_err(|_| Error::Unexpected(format!("{} isn't an object of texts", path.display())))?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(Error::io(format!("read {}", path.display()))(error)),
        };
        Ok(Self { path, values })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn names(&self) -> BTreeSet<String> {
        self.values.keys().cloned().collect()
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// Adds secrets and stores them, before they are used anywhere.
    pub(super) fn add(&mut self, secrets: impl IntoIterator<Item = (&'static str, String)>) -> Result<()> {
        self.values.extend(secrets.into_iter().map(|(name, value)| (name.to_owned(), value)));
        self.save()
    }

    /// Returns the named secrets as JSON for `wrangler secret bulk`. Generates those that are missing.
    pub(super) fn bulk(&mut self, names: &[&'static str]) -> Result<String> {
        let missing: Vec<_> = names.iter().filter(|name| !self.values.contains_key(**name)).collect();
        let generated: Vec<_> =
            missing.into_iter().map(|name| Ok((*name, generate()?))).collect::<Result<_>>()?;
        self.add(generated)?;
        let values = names.iter().filter_map(|name| Some((name.to_string(), self.get(name)?.into())));
        Ok(Value::Object(values.collect::<Map<_, _>>()).to_string())
    }

    /// Removes the access key, which nobody but the Worker needs.
    pub(super) fn forget_access_key(&mut self) -> Result<()> {
        self.values.retain(|name, _| !ACCESS_KEY.contains(&name.as_str()));
        self.save()
    }

    /// Replaces the file. It is created so that only its owner can read it.
    fn save(&self) -> Result<()> {
        let failed = || format!("write {}", self.path.display());
        let dir = self.path.parent().unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(dir).map_err(Error::io(failed()))?;
        let text = serde_json::to_string_pretty(&self.values).unwrap_or_default();
        file.write_all(text.as_bytes()).map_err(Error::io(failed()))?;
        file.persist(&self.path).map(drop).map_err(|error| Error::io(failed())(error.error))
    }
}

/// Returns 32 random bytes in hexadecimal.
fn generate() -> Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)
        .map_err(|error| Error::Unexpected(format!("the system has no random numbers: {error}")))?;
    Ok(base16ct::lower::encode_string(&bytes))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn generated_secrets_are_stored_for_the_owner_only_before_they_are_used() {
        let dir = tempfile::tempdir().unwrap();
        let mut secrets = Secrets::load(dir.path()).unwrap();
        let bulk: Value = serde_json::from_str(&secrets.bulk(&IRREPLACEABLE).unwrap()).unwrap();
        let again = Secrets::load(dir.path()).unwrap();
        for name in IRREPLACEABLE {
            assert_eq!(bulk[name].as_str(), again.get(name));
            assert_eq!(again.get(name).unwrap().len(), 64);
        }
        assert_ne!(bulk[IRREPLACEABLE[0]], bulk[IRREPLACEABLE[1]]);
        let mode = fs::metadata(again.path()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn an_interrupted_run_sets_the_same_secrets_again() {
        let dir = tempfile::tempdir().unwrap();
        let first = Secrets::load(dir.path()).unwrap().bulk(&ALL).unwrap();
        assert_eq!(Secrets::load(dir.path()).unwrap().bulk(&ALL).unwrap(), first);
    }

    #[test]
    fn the_access_key_is_forgotten_once_it_is_set() {
        let dir = tempfile::tempdir().unwrap();
        let mut secrets = Secrets::load(dir.path()).unwrap();
        secrets.bulk(&ALL).unwrap();
        secrets.forget_access_key().unwrap();
        let names: Vec<_> = Secrets::load(dir.path()).unwrap().names().into_iter().collect();
        assert_eq!(names, ["ADMIN_TOKEN", "METRICS_TOKEN", "SIGNING_SECRET", "TOKEN_TAG_KEYS"]);
    }

    #[test]
    fn secrets_are_not_printed() {
        let dir = tempfile::tempdir().unwrap();
        let mut secrets = Secrets::load(dir.path()).unwrap();
        secrets.add([("ADMIN_TOKEN", "canary-0123456789".to_owned())]).unwrap();
        assert!(!format!("{secrets:?}").contains("canary"));
        fs::write(secrets.path(), "canary").unwrap();
        assert!(!Secrets::load(dir.path()).unwrap_err().to_string().contains("canary"));
    }
}
