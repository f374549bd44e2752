//! `cargo xtask admin`: organisations, their API keys and backups, through the API of a deployed Worker.

use std::{
    env,
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand, ValueEnum};
use domain::{OrganisationId, delivery::UncertainEmailPolicy};
use http::Method;
use serde_json::{Value, json};
use test_support::{
    Error, Result,
    operator::{Api, backup},
    tools::Tools,
};

use crate::deploy::{DIR, record::Record};

/// Reads the administrator's token from `ADMIN_TOKEN`.
#[derive(Args)]
pub(crate) struct Options {
    /// The Worker's address. Defaults to that of the deployment in `.deployment`.
    #[arg(long, env = "KRAITER_URL", global = true)]
    url: Option<String>,
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Organisations.
    #[command(subcommand)]
    Organisations(Organisations),
    /// API keys of an organisation.
    #[command(subcommand)]
    Keys(Keys),
    /// Write a file per organisation. Complete files are kept, interrupted ones are continued.
    Backup {
        /// The directory of the files.
        dir: PathBuf,
        /// Only this organisation. May be repeated.
        #[arg(long = "organisation")]
        organisations: Vec<OrganisationId>,
    },
    /// Restore the files in a directory. It can be repeated.
    Restore {
        /// The directory of the files.
        dir: PathBuf,
        /// Only this organisation. May be repeated.
        #[arg(long = "organisation")]
        organisations: Vec<OrganisationId>,
        /// What happens to emails that may have been sent since the backup. See docs/operations.md before you choose `retry`.
        #[arg(long, value_enum, default_value_t)]
        policy: Policy,
    },
}

#[derive(Subcommand)]
enum Organisations {
    /// List the organisations, newest first.
    List,
    /// Create an organisation and print its first API key.
    Create {
        name: String,
        /// The AWS region that most emails will be sent from.
        #[arg(long)]
        region: Option<String>,
    },
    /// Let an organisation neither send nor change anything. Its events still arrive.
    Suspend { id: OrganisationId },
    /// End a suspension.
    Resume { id: OrganisationId },
    /// Delete an organisation with all of its data.
    Delete {
        id: OrganisationId,
        /// Confirm it. Only a backup brings the data back.
        #[arg(long, required = true)]
        yes: bool,
    },
}

#[derive(Subcommand)]
enum Keys {
    /// List the API keys of an organisation.
    List { organisation: OrganisationId },
    /// Create an API key and print it.
    Create { organisation: OrganisationId, name: String },
    /// Revoke an API key.
    Revoke { organisation: OrganisationId, key: String },
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Policy {
    #[default]
    GiveUp,
    Retry,
}

impl Policy {
    const fn name(self) -> &'static str {
        match self {
            Self::GiveUp => UncertainEmailPolicy::NAMES[0],
            Self::Retry => UncertainEmailPolicy::NAMES[1],
        }
    }
}

pub(crate) fn run(tools: &Tools, options: &Options) -> Result<()> {
    let url = match &options.url {
        Some(url) => url.trim_end_matches('/').to_owned(),
        None => Record::load(&tools.root().join(DIR))?.public_url.ok_or_else(|| {
            Error::Unexpected(
                "which Worker? Add --url https://kraiter.example.com, or set KRAITER_URL".into(),
            )
        })?,
    };
    let token = env::var("ADMIN_TOKEN")
        .map_err(|_| Error::Unexpected("set ADMIN_TOKEN in the environment to the Worker's secret".into()))?;
    let api = Api::new(url, Some(token));
    match &options.task {
        Task::Organisations(task) => organisations(&api, task),
        Task::Keys(task) => keys(&api, task),
        Task::Backup { dir, organisations } => backup(&api, dir, organisations),
        Task::Restore { dir, organisations, policy } => restore(&api, dir, organisations, policy.name()),
    }
}

fn organisations(api: &Api, task: &Organisations) -> Result<()> {
    match task {
        Organisations::List => {
            for one in list_organisations(api)? {
                let standing = if one["suspendedAt"].is_string() { "suspended" } else { "active" };
                println!(
                    "{}  {standing:9}  {}  {}",
                    text(&one, "id"),
                    text(&one, "createdAt"),
                    text(&one, "name")
                );
            }
        }
        Organisations::Create { name, region } => {
            let mut body = json!({ "name": name });
            if let Some(region) = region {
                body["region"] = json!(region);
            }
            let created = api.call(Method::POST, "/v1/organisations", Some(&body))?;
            println!("{}", text(&created, "id"));
            println!("API key, shown only once: {}", text(&created, "apiKey"));
        }
        Organisations::Suspend { id } => suspend(api, *id, true)?,
        Organisations::Resume { id } => suspend(api, *id, false)?,
        Organisations::Delete { id, yes: _ } => {
            api.call(Method::DELETE, &format!("/v1/organisations/{id}"), None)?;
            println!("{id} is deleted");
        }
    }
    Ok(())
}

fn suspend(api: &Api, id: OrganisationId, suspended: bool) -> Result<()> {
    let body = json!({ "suspended": suspended });
    api.call(Method::PUT, &format!("/v1/organisations/{id}"), Some(&body))?;
    println!("{id} is {}", if suspended { "suspended" } else { "active" });
    Ok(())
}

fn keys(api: &Api, task: &Keys) -> Result<()> {
    let path = |organisation: &OrganisationId| format!("/v1/organisations/{organisation}/api-keys");
    match task {
        Keys::List { organisation } => {
            let keys = api.call(Method::GET, &path(organisation), None)?;
            for key in keys["data"].as_array().into_iter().flatten() {
                let last_used = key["lastUsedAt"].as_str().unwrap_or("never used");
                println!(
                    "{}  …{}  {:7}  {last_used}  {}",
                    text(key, "id"),
                    text(key, "hint"),
                    text(key, "scope"),
                    text(key, "name")
                );
            }
        }
        Keys::Create { organisation, name } => {
            let created = api.call(Method::POST, &path(organisation), Some(&json!({ "name": name })))?;
            println!("{}", text(&created, "id"));
            println!("API key, shown only once: {}", text(&created, "apiKey"));
        }
        Keys::Revoke { organisation, key } => {
            let key_query: String = form_urlencoded::byte_serialize(key.as_bytes()).collect();
            api.call(Method::DELETE, &format!("{}?key={key_query}", path(organisation)), None)?;
            println!("{key} is revoked");
        }
    }
    Ok(())
}

fn backup(api: &Api, dir: &Path, chosen: &[OrganisationId]) -> Result<()> {
    let all = list_organisations(api)?;
    let ids = all.iter().map(|one| text(one, "id"));
    let ids = ids.filter(|id| chosen.is_empty() || chosen.iter().any(|chosen| chosen.to_string() == *id));
    backup::create_dir(dir)?;
    for id in ids {
        println!("{id}: {}", backup::save(api, dir, id)?);
    }
    Ok(())
}

fn restore(api: &Api, dir: &Path, chosen: &[OrganisationId], policy: &str) -> Result<()> {
    for (id, file) in backup::complete_files(dir)? {
        if chosen.is_empty() || chosen.contains(&id) {
            println!("{id}: {}", backup::restore(api, &file, &id.to_string(), policy)?);
        }
    }
    Ok(())
}

/// Returns all organisations, newest first.
fn list_organisations(api: &Api) -> Result<Vec<Value>> {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = api.call(Method::GET, &format!("/v1/organisations?limit=100{cursor}"), None)?;
        found.extend(page["data"].as_array().cloned().unwrap_or_default());
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(found),
        }
    }
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_default()
}
