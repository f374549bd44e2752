//! Signing emails and verifying SNS's signatures, each in a loop inside workerd.

use std::{fs, path::Path, process::Command, time::Duration};

use serde_json::{Value, json};
use test_support::{Error, Result, tools::Tools};

use super::{
    Bench,
    contender::{bundle, package_version},
    line::{Line, Unit},
    load::{self, Connection},
    rounds::{self, milliseconds, with_cpu_time},
    server::Server,
};
use crate::{
    program,
    wasm::{TARGET, Toolchain},
};

/// Sizes of the signed bodies, in bytes. The last is SES's limit for a customer's email in this API.
const SIZES: [(u32, &str); 5] =
    [(300, "0.3 KB"), (2_000, "2 KB"), (64_000, "64 KB"), (1_000_000, "1 MB"), (10_000_000, "10 MB")];

const LARGEST: &str = "10 MB";

/// When the test vectors' messages are accepted: 2026-11-24 14:44:40 UTC.
const MESSAGE_TIME: i64 = 1_795_531_480;

const MESSAGE_TOPIC: &str = "arn:aws:sns:eu-west-1:123456789012:example-events";

/// Measures signatures of every size beside aws4fetch and the AWS SDK's signer.
pub(super) fn sign(bench: &Bench<'_>) -> Result<Vec<Line>> {
    let server = start(bench.tools)?;
    let aws4fetch = format!("aws4fetch {}", package_version(bench.tools, "aws4fetch")?);
    let smithy = format!("signature-v4 {}", package_version(bench.tools, "@smithy/signature-v4")?);
    let mut lines = Vec::new();
    for (bytes, size) in SIZES {
        let library = |library: &str| {
            let path = format!("/sign?with={library}&bytes={bytes}");
            Loop { server: &server, path, body: Vec::new() }
        };
        let loops = ["kraiter", "aws4fetch", "aws-sdk"].map(library);
        let [ours, first, second] = repeat(bench, &loops)?;
        let name = format!("sign {size}");
        let line = |other: &str, theirs: &[f64]| {
            Line::less_is_better(&name, Unit::CpuMicroseconds, &ours, other, theirs)
        };
        lines.extend(line(&aws4fetch, &first));
        lines.extend(line(&smithy, &second));
    }
    mark(&mut lines, &aws4fetch);
    Ok(lines)
}

/// Marks the lines that goals are about: the largest size, and the worst of the others.
fn mark(lines: &mut [Line], other: &str) {
    let mut compared: Vec<&mut Line> = lines
        .iter_mut()
        .filter(|line| line.other.as_ref().is_some_and(|compared| compared.name == other))
        .collect();
    compared.sort_by(|a, b| a.checked_value().total_cmp(&b.checked_value()));
    let (largest, others): (Vec<_>, Vec<_>) =
        compared.into_iter().partition(|line| line.name.ends_with(LARGEST));
    for line in largest {
        line.metric = Some("sign10MbRatio");
    }
    if let Some(worst) = others.into_iter().next() {
        worst.metric = Some("signRatio");
    }
}

/// Measures the verification of a message of SNS beside sns-validator.
pub(super) fn verify(bench: &Bench<'_>) -> Result<Vec<Line>> {
    let server = start(bench.tools)?;
    let vectors = bench.tools.root().join("crates/sns-verify/tests/vectors");
    let read = |path: &Path| fs::read_to_string(path).map_err(Error::io(format!("read {}", path.display())));
    let message = read(&vectors.join("messages/notification-v2.json"))?;
    let pem = read(&vectors.join("certificates/sns.pem"))?;
    let body = json!({ "message": message, "pem": pem, "topic": MESSAGE_TOPIC, "now": MESSAGE_TIME });
    let library = |library: &str| {
        let path = format!("/verify?with={library}");
        Loop { server: &server, path, body: body.to_string().into_bytes() }
    };
    let [ours, theirs] = repeat(bench, &["kraiter", "sns-validator"].map(library))?;
    let validator = format!("sns-validator {}", package_version(bench.tools, "sns-validator")?);
    let line = Line::less_is_better("verify SNS message", Unit::CpuMicroseconds, &ours, &validator, &theirs);
    Ok(line.map(|line| line.checked_as("snsVerifyRatio")).into_iter().collect())
}

/// One library's loop in the Worker.
struct Loop<'a> {
    server: &'a Server,
    path: String,
    body: Vec<u8>,
}

impl Loop<'_> {
    /// Runs the loop and returns its CPU time.
    fn run(&self, times: u32) -> Result<Duration> {
        let request = load::request("POST", &format!("{}&times={times}", self.path), &[], &self.body);
        let mut connection = Connection::open(self.server.address)?;
        let run = || connection.expect(200, &request);
        let (result, cpu) = with_cpu_time(self.server, run)?;
        if result.is_empty() {
            return Err(Error::Unexpected(format!("{} returned nothing", self.path)));
        }
        Ok(cpu)
    }

    /// Returns how often the loop must run to take about `duration`.
    fn calibrate(&self, duration: Duration) -> Result<u32> {
        let mut times = 1;
        loop {
            let cpu = self.run(times)?;
            if cpu * 4 > duration || times > 1_000_000 {
                let factor = duration.as_secs_f64() / cpu.as_secs_f64();
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below 10^8")]
                let times = (f64::from(times) * factor) as u32;
                return Ok(times.max(1));
            }
            times *= 4;
        }
    }
}

/// Runs every loop in turn, in alternating order, and returns the microseconds of one repetition in each round.
fn repeat<const N: usize>(bench: &Bench<'_>, loops: &[Loop<'_>; N]) -> Result<[Vec<f64>; N]> {
    let duration = Duration::from_millis(if bench.options.quick { 150 } else { 500 });
    let mut times = [0; N];
    for (times, run) in times.iter_mut().zip(loops) {
        *times = run.calibrate(duration)?;
    }
    let mut results = [const { Vec::new() }; N];
    for round in 0..bench.effort().rounds {
        for index in rounds::order(N, round) {
            let cpu = loops[index].run(times[index])?;
            results[index].push(milliseconds(cpu) * 1000.0 / f64::from(times[index]));
        }
    }
    Ok(results)
}

/// Builds and starts the Worker with the loops.
fn start(tools: &Tools) -> Result<Server> {
    let wasm = build(tools)?;
    let node = format!("{}", tools.root().join("benches/workers/node.mjs").display());
    let library = format!("{}", wasm.with_file_name("bench_wasm.js").display());
    let mut flags = vec!["--external:node:*".to_owned(), "--external:*.wasm".to_owned()];
    flags.push(format!("--alias:bench-wasm={library}"));
    flags.extend(["url", "https", "crypto"].map(|module| format!("--alias:{module}={node}")));
    let script = bundle(tools, "crypto", &flags)?;
    let config: Value = json!({ "modules": [script, wasm], "compatibilityFlags": ["nodejs_compat"] });
    Server::start(tools, "crypto", config)
}

/// Compiles `benches/wasm` like the Worker and returns the module's path, beside the bundled script.
fn build(tools: &Tools) -> Result<std::path::PathBuf> {
    let toolchain = Toolchain::find()
        .ok_or_else(|| Error::Unexpected("no toolchain has the target wasm32-unknown-unknown".into()))?;
    let log = |name: &str| tools.target().join("logs").join(format!("bench-{name}.log"));
    let mut cargo = program::cargo();
    cargo
        .args(["build", "--release", "--package", "bench-wasm", "--target", TARGET])
        .current_dir(tools.root());
    toolchain.select(&mut cargo);
    program::logged("cargo build", &mut cargo, &log("cargo"), |_| {})?;
    let compiled = tools.target().join(TARGET).join("release").join("bench_wasm.wasm");
    let output = tools.target().join("bench");
    let mut bind = Command::new(tools.wasm_bindgen()?);
    bind.args(["--target", "web", "--no-typescript", "--omit-default-module-path", "--out-dir"])
        .arg(&output)
        .arg(compiled);
    program::logged("wasm-bindgen", &mut bind, &log("wasm-bindgen"), |_| {})?;
    let module = output.join("bench_wasm_bg.wasm");
    let mut shrink = Command::new(tools.npm_program("wasm-opt")?);
    shrink.arg("-Os").arg(&module).arg("-o").arg(&module).env("PATH", tools.path_with_node()?);
    program::logged("wasm-opt", &mut shrink, &log("wasm-opt"), |_| {})?;
    Ok(module)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goals_are_about_the_largest_size_and_the_worst_of_the_others() {
        let line = |name: &str, ours: f64, other: &str| {
            Line::less_is_better(name, Unit::CpuMicroseconds, &[ours], other, &[10.0]).unwrap()
        };
        let mut lines = vec![
            line("sign 0.3 KB", 1.0, "aws4fetch"),
            line("sign 2 KB", 2.0, "aws4fetch"),
            line("sign 2 KB", 20.0, "signature-v4"),
            line("sign 10 MB", 40.0, "aws4fetch"),
        ];
        mark(&mut lines, "aws4fetch");
        let metrics: Vec<_> = lines.iter().map(|line| line.metric).collect();
        assert_eq!(metrics, [None, Some("signRatio"), None, Some("sign10MbRatio")]);
    }
}
