//! Deploying to stand-ins of Cloudflare and AWS with the project's own command and wrangler. What is deployed runs in workerd.

use std::{
    env, fs,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use aws_sans_io::Credentials;
use http::Method;
use serde_json::{Value, json};
use test_support::{
    Error, Result,
    emulator::{Emulator, Fakecloud},
    operator::Api,
    ports,
    process::{ProcessGroup, tail},
    temp_dir::TempDir,
    test_env::KRAITER_ACCOUNT,
    wait::{self, Poll},
    workerd::IS_BUILT,
};
use walkdir::WalkDir;

use super::{Suite, tally::Tally};

const START_TIMEOUT: Duration = Duration::from_mins(1);

/// The stand-in of Cloudflare, relative to the root of the repository.
const CLOUDFLARE: &str = "tests/deployment/cloudflare.mjs";

/// What one check after the other deploys to.
struct StandIns<'a> {
    suite: &'a Suite<'a>,
    emulator: Fakecloud,
    operator: Credentials,
    /// Cloudflare's API.
    cloudflare: Api,
    /// The Worker's address.
    public_url: String,
    /// Files of the deployment, of wrangler and of the stand-in.
    dir: TempDir,
    /// Everything that was printed.
    output: String,
    _cloudflare: ProcessGroup,
}

type Check = fn(&mut StandIns<'_>) -> Result<()>;

/// Runs and counts the checks. Stops after the first that fails.
pub(super) fn run(suite: &Suite<'_>) -> Tally {
    let mut tally = Tally::default();
    let mut stand_ins = None;
    suite.check(&mut tally, "deployment: stand-ins of Cloudflare and AWS", |_| {
        stand_ins = Some(StandIns::start(suite)?);
        Ok(())
    });
    let Some(mut stand_ins) = stand_ins else { return tally };
    let checks: [(&str, Check); 6] = [
        ("a deployment that was interrupted twice is completed, and nothing is created twice", interrupted),
        ("its first API key works, and the organisation is the only one", first_key),
        ("deploying again changes nothing", again),
        ("an upgrade deploys what has changed, and a rollback returns to what was before", upgrade),
        ("secrets are neither printed nor logged nor left behind", secrets),
        ("a plan without accounts bundles the Worker", dry_run),
    ];
    for (name, check) in checks {
        suite.check(&mut tally, &format!("deployment: {name}"), |_| check(&mut stand_ins));
        if tally.failed > 0 {
            break;
        }
    }
    tally
}

impl<'a> StandIns<'a> {
    fn start(suite: &'a Suite<'a>) -> Result<Self> {
        let logs = suite.logs.join("deployment");
        fs::create_dir_all(&logs).map_err(Error::io(format!("create {}", logs.display())))?;
        let emulator = Fakecloud::start(suite.tools, &logs)?;
        let account = KRAITER_ACCOUNT.parse().map_err(|error| Error::Unexpected(format!("{error}")))?;
        let operator = emulator.create_account(&account)?;
        let dir = TempDir::new()?;
        let (port, worker_port) = (ports::free()?, ports::free()?);
        let state = dir.path().join("cloudflare");
        fs::create_dir(&state).map_err(Error::io(format!("create {}", state.display())))?;
        let mut command = Command::new(suite.tools.node()?);
        command
            .arg(suite.tools.root().join(CLOUDFLARE))
            .arg(&state)
            .args([port.to_string(), worker_port.to_string()])
            .env("PATH", suite.tools.path_with_node()?);
        let log = logs.join("cloudflare.log");
        let mut process = ProcessGroup::spawn_logged("the stand-in of Cloudflare", &mut command, &log)?;
        let cloudflare = Api::new(format!("http://127.0.0.1:{port}"), None);
        wait::until(
            "the stand-in of Cloudflare to respond",
            START_TIMEOUT,
            Duration::from_millis(100),
            || {
                if process.try_wait()?.is_some() {
                    return Err(Error::Unexpected(format!("it has exited:\n{}", tail(&log, 20))));
                }
                Ok(match cloudflare.send(Method::GET, "/stand-in/changes", None, None) {
                    Ok(_) => Poll::Ready(()),
                    Err(error) => Poll::Pending(error.to_string()),
                })
            },
        )?;
        Ok(Self {
            suite,
            emulator,
            operator,
            cloudflare,
            public_url: format!("http://127.0.0.1:{worker_port}"),
            dir,
            output: String::new(),
            _cloudflare: process,
        })
    }

    /// Runs a command of the project. Returns what it prints, and whether it succeeds.
    fn xtask(&mut self, arguments: &[&str], secrets: &[(&str, &str)]) -> Result<(String, bool)> {
        let program = env::current_exe().map_err(Error::io("find this program"))?;
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::null()).env(IS_BUILT, "1");
        command.env("XDG_CONFIG_HOME", self.dir.path().join("config")).envs(secrets.iter().copied());
        let output = command.output().map_err(Error::io("run this program"))?;
        let text =
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        self.output += &text;
        Ok((text, output.status.success()))
    }

    fn deploy(&mut self, arguments: &[&str]) -> Result<(String, bool)> {
        let dir = self.dir.path().join("deployment").display().to_string();
        let cloudflare = self.cloudflare.origin().to_owned();
        let aws = self.emulator.endpoint().loopback_origin().unwrap_or_default().to_owned();
        let operator = self.operator.clone();
        self.xtask(
            &[&["deploy", "--dir", &dir], arguments].concat(),
            &[
                ("CLOUDFLARE_API_BASE_URL", &cloudflare),
                ("CLOUDFLARE_API_TOKEN", "token"),
                ("AWS_ENDPOINT_URL", &aws),
                ("AWS_ACCESS_KEY_ID", operator.access_key_id()),
                ("AWS_SECRET_ACCESS_KEY", operator.secret_access_key()),
            ],
        )
    }

    /// Deploys, and fails unless that succeeds. Returns what is printed.
    fn deploy_completely(&mut self, arguments: &[&str]) -> Result<String> {
        let (text, succeeded) = self.deploy(arguments)?;
        if succeeded { Ok(text) } else { Err(Error::Unexpected(text)) }
    }

    /// Makes the next request to Cloudflare's API fail whose path contains a text.
    fn fail(&self, path: &str) -> Result<()> {
        self.cloudflare.call(Method::POST, &format!("/stand-in/fail?path={path}"), None).map(drop)
    }

    fn ask(&self, what: &str) -> Result<Value> {
        let mut response = self.cloudflare.call(Method::GET, &format!("/stand-in/{what}"), None)?;
        Ok(response["result"].take())
    }

    /// Returns the requests that have changed something at Cloudflare.
    fn changes(&self) -> Result<Vec<String>> {
        let changes = self.ask("changes")?;
        Ok(changes.as_array().into_iter().flatten().map(|change| text(change).to_owned()).collect())
    }

    /// Returns the API key that was printed.
    fn key(&self) -> Result<&str> {
        let mut lines = self.output.lines().filter_map(|line| line.split_once("shown only once: "));
        match (lines.next(), lines.next()) {
            (Some((_, key)), None) => Ok(key),
            _ => Err(Error::Unexpected("not exactly one API key was printed".into())),
        }
    }

    /// Fails unless the first organisation's API key works.
    fn use_key(&self) -> Result<()> {
        let api = Api::new(&self.public_url, Some(self.key()?.to_owned()));
        let session = api.call(Method::GET, "/v1/session", None)?;
        expect("organisation", &session["organisation"]["name"], &json!("Shop"))
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn expect(what: &str, found: &Value, expected: &Value) -> Result<()> {
    if found == expected {
        Ok(())
    } else {
        Err(Error::Unexpected(format!("{what}: {found} instead of {expected}")))
    }
}

fn expect_that(condition: bool, failure: impl Into<String>) -> Result<()> {
    if condition { Ok(()) } else { Err(Error::Unexpected(failure.into())) }
}

fn interrupted(stand_ins: &mut StandIns<'_>) -> Result<()> {
    let aws = stand_ins.emulator.endpoint().loopback_origin().unwrap_or_default().to_owned();
    let (url, aws) = (stand_ins.public_url.clone(), format!("AWS_ENDPOINT_URL={aws}"));
    let arguments = ["--public-url", &url, "--var", &aws, "--organisation", "Shop"];
    let (text, succeeded) = stand_ins.deploy(&arguments)?;
    expect_that(!succeeded && text.contains("--apply-aws"), format!("it didn't ask first: {text}"))?;
    // Before the secrets are set, and before the upload's triggers are.
    for path in ["/secrets-bulk", "/schedules"] {
        stand_ins.fail(path)?;
        let (text, succeeded) = stand_ins.deploy(&[&arguments[..], &["--apply-aws"]].concat())?;
        expect_that(
            !succeeded && text.contains("fails on purpose"),
            format!("it wasn't interrupted: {text}"),
        )?;
    }
    // What was chosen before is remembered.
    let text = stand_ins.deploy_completely(&["--organisation", "Shop"])?;
    expect_that(text.contains("ok      Check the deployment"), text)?;
    let count = |word: &str| stand_ins.output.matches(word).count();
    for step in ["Create the stack", "Create the D1 database", "Create an access key", "Set the secrets"] {
        expect(step, &json!(count(&format!("ok      {step}"))), &json!(1))?;
    }
    let databases = stand_ins.changes()?.iter().filter(|change| change.ends_with("/d1/database")).count();
    expect("databases", &json!(databases), &json!(1))
}

fn first_key(stand_ins: &mut StandIns<'_>) -> Result<()> {
    stand_ins.use_key()?;
    let (url, secrets) = (stand_ins.public_url.clone(), stand_ins.ask("secrets")?);
    let token = ("ADMIN_TOKEN", text(&secrets["ADMIN_TOKEN"]));
    let (list, succeeded) = stand_ins.xtask(&["admin", "--url", &url, "organisations", "list"], &[token])?;
    expect_that(succeeded && list.lines().count() == 1 && list.contains("Shop"), list)
}

fn again(stand_ins: &mut StandIns<'_>) -> Result<()> {
    let before = stand_ins.changes()?;
    let text = stand_ins.deploy_completely(&[])?;
    expect_that(text.contains("Plan:\n  Check the deployment\nok"), text)?;
    expect("changes", &json!(stand_ins.changes()?), &json!(before))
}

fn upgrade(stand_ins: &mut StandIns<'_>) -> Result<()> {
    let retention =
        |stand_ins: &StandIns<'_>| Ok::<_, Error>(stand_ins.ask("variables")?["RETENTION_DAYS"].take());
    expect("before", &retention(stand_ins)?, &Value::Null)?;
    let text = stand_ins.deploy_completely(&["--var", "RETENTION_DAYS=60"])?;
    expect_that(text.contains("Plan:\n  Deploy the Worker\n  Check the deployment\nok"), text)?;
    expect("after the upgrade", &retention(stand_ins)?, &json!("60"))?;
    stand_ins.use_key()?;

    let mut rollback = stand_ins.suite.tools.wrangler()?;
    rollback
        .args(["rollback", "--yes", "--message", "A test", "--config"])
        .arg(stand_ins.dir.path().join("deployment").join("wrangler.json"))
        .env("CLOUDFLARE_API_BASE_URL", stand_ins.cloudflare.origin())
        .env("CLOUDFLARE_API_TOKEN", "token");
    stand_ins.suite.run("rollback", &mut rollback)?;
    expect("after the rollback", &retention(stand_ins)?, &Value::Null)?;
    stand_ins.use_key()?;
    // The command deploys what is checked out and chosen, whatever runs.
    stand_ins.deploy_completely(&[])?;
    expect("after deploying again", &retention(stand_ins)?, &json!("60"))
}

fn secrets(stand_ins: &mut StandIns<'_>) -> Result<()> {
    let secrets = stand_ins.ask("secrets")?;
    let secrets: Vec<_> = secrets.as_object().into_iter().flatten().collect();
    expect("secrets", &json!(secrets.len()), &json!(6))?;
    for (name, secret) in secrets {
        let secret = text(secret);
        let is_public = name == "AWS_ACCESS_KEY_ID";
        expect_that(is_public || !stand_ins.output.contains(secret), format!("{name} was printed"))?;
        let files = files_with(stand_ins.dir.path(), secret)?;
        let kept: &[_] = if name.starts_with("AWS_") { &[] } else { &["secrets.json".to_owned()] };
        expect(&format!("files with {name}"), &json!(files), &json!(kept))?;
    }
    Ok(())
}

/// Returns the names of the files below a directory that contain a text, except the stand-in's own.
fn files_with(dir: &Path, text: &str) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in WalkDir::new(dir).into_iter().filter_entry(|entry| entry.file_name() != "cloudflare") {
        let entry = entry.map_err(|error| Error::Unexpected(format!("search {}: {error}", dir.display())))?;
        if fs::read(entry.path()).is_ok_and(|bytes| String::from_utf8_lossy(&bytes).contains(text)) {
            found.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    Ok(found)
}

fn dry_run(stand_ins: &mut StandIns<'_>) -> Result<()> {
    let dir = stand_ins.dir.path().join("nothing");
    let path = dir.display().to_string();
    let (text, succeeded) = stand_ins.xtask(&["deploy", "--dry-run", "--dir", &path], &[])?;
    let is_complete = text.contains("Create the first organisation") && text.contains("Total Upload");
    expect_that(succeeded && is_complete && !dir.exists(), text)
}
