//! The configuration that a deployment gives to wrangler: wrangler.toml with this deployment's values.

use std::{fs, path::Path};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use test_support::{Error, Result, tools::Tools};

use super::record::Record;

/// Returns wrangler.toml with the values of a deployment, for a file outside the repository's root.
pub(super) fn configuration(tools: &Tools, record: &Record) -> Result<Value> {
    let path = tools.root().join("wrangler.toml");
    let text = fs::read_to_string(&path).map_err(Error::io(format!("read {}", path.display())))?;
    complete(&text, tools.root(), record)
}

fn complete(toml: &str, root: &Path, record: &Record) -> Result<Value> {
    let mut config: Value =
        toml::from_str(toml).map_err(|error| Error::Unexpected(format!("wrangler.toml: {error}")))?;
    for pointer in ["/main", "/assets/directory", "/d1_databases/0/migrations_dir"] {
        let path = config.pointer_mut(pointer);
        let path =
            path.ok_or_else(|| Error::Unexpected(format!("wrangler.toml has nothing at {pointer}")))?;
        *path = json!(root.join(path.as_str().unwrap_or_default()));
    }
    if let Some(config) = config.as_object_mut() {
        // The Worker is built already.
        config.remove("build");
    }
    if let Some(id) = &record.database_id {
        config["d1_databases"][0]["database_id"] = json!(id);
    }
    if let Some(id) = &record.cloudflare_account_id {
        config["account_id"] = json!(id);
    }
    let own = [
        ("KRAITER_AWS_ACCOUNT_ID", &record.aws_account_id),
        ("PUBLIC_URL", &record.public_url),
        ("TEMPLATE_URL", &record.template_url),
    ];
    for (name, value) in own.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?))) {
        config["vars"][name] = json!(value);
    }
    for (name, value) in &record.variables {
        config["vars"][name] = json!(value);
    }
    let host = record.public_url.as_deref().and_then(|url| url.strip_prefix("https://"));
    let domain = host.filter(|host| !host.ends_with(".workers.dev"));
    config["workers_dev"] = json!(domain.is_none());
    config["preview_urls"] = json!(false);
    if let Some(domain) = domain {
        config["routes"] = json!([{ "pattern": domain, "custom_domain": true }]);
    }
    Ok(config)
}

/// Returns a tag that names what is deployed: the configuration, the Worker and the assets.
pub(super) fn tag(tools: &Tools, config: &Value) -> Result<String> {
    let mut digest = Sha256::new();
    digest.update(config.to_string().replace(&tools.root().display().to_string(), ""));
    for dir in ["crates/worker/build", "www/dist"] {
        add_files(&tools.root().join(dir), &mut digest)?;
    }
    // Cloudflare allows 25 characters.
    Ok(base16ct::lower::encode_string(&digest.finalize()[..8]))
}

fn add_files(dir: &Path, digest: &mut Sha256) -> Result<()> {
    let entries = fs::read_dir(dir).map_err(Error::io(format!("read {}", dir.display())))?;
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort_unstable();
    for path in paths {
        if path.is_dir() {
            add_files(&path, digest)?;
        } else {
            let bytes = fs::read(&path).map_err(Error::io(format!("read {}", path.display())))?;
            digest.update(path.file_name().unwrap_or_default().as_encoded_bytes());
            digest.update(bytes.len().to_le_bytes());
            digest.update(bytes);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn configuration_of(record: &Record) -> Value {
        let tools = Tools::locate().unwrap();
        configuration(&tools, record).unwrap()
    }

    #[test]
    fn the_values_of_a_deployment_complete_the_file_in_the_repository() {
        let record = Record {
            public_url: Some("https://kraiter.example.com".into()),
            cloudflare_account_id: Some("c1".into()),
            database_id: Some("d1".into()),
            aws_account_id: Some("123456789012".into()),
            template_url: Some("https://bucket.example/template.json".into()),
            variables: [("RETENTION_DAYS".to_owned(), "60".to_owned())].into(),
            ..Record::default()
        };
        let config = configuration_of(&record);
        assert_eq!(config["account_id"], "c1");
        assert_eq!(config["d1_databases"][0]["database_id"], "d1");
        assert_eq!(
            config["vars"],
            json!({
                "KRAITER_AWS_ACCOUNT_ID": "123456789012",
                "PUBLIC_URL": "https://kraiter.example.com",
                "TEMPLATE_URL": "https://bucket.example/template.json",
                "RETENTION_DAYS": "60",
            })
        );
        assert_eq!(config["routes"], json!([{ "pattern": "kraiter.example.com", "custom_domain": true }]));
        assert_eq!(config["workers_dev"], false);
        assert!(config.get("build").is_none());
        assert!(config["main"].as_str().unwrap().starts_with('/'));
        // What the repository says stays as it is.
        assert_eq!(config["observability"]["logs"]["invocation_logs"], false);
    }

    #[test]
    fn an_address_at_workers_dev_needs_no_domain() {
        let record =
            Record { public_url: Some("https://kraiter.example.workers.dev".into()), ..Record::default() };
        let config = configuration_of(&record);
        assert_eq!(config["workers_dev"], true);
        assert!(config.get("routes").is_none());
    }
}
