//! Start-up: from starting workerd to the first response.

use std::{
    net::{SocketAddr, TcpStream},
    process::Command,
    thread,
    time::{Duration, Instant},
};

use test_support::{Error, Result, ports, process::ProcessGroup, tools::Tools};

use super::{
    Bench,
    contender::Contender,
    line::{Line, Unit},
    load::{self, Connection},
    rounds::milliseconds,
    server,
    stats::Summary,
};

/// How often a connection is tried until workerd listens.
const INTERVAL: Duration = Duration::from_micros(200);

/// A path whose response is the same work for every Worker. `/healthz` isn't: ours asks AWS for the account of its keys first.
const NO_ROUTE: &str = "/v1/none";

/// No Worker takes longer to start.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Start-up times in milliseconds, of each round.
#[derive(Default)]
struct Times {
    wall: Vec<f64>,
    cpu: Vec<f64>,
}

/// Starts every Worker in turn, with the configuration that `benches/launch.mjs` wrote for it, and measures until the first response.
pub(super) fn measure(bench: &Bench<'_>) -> Result<Vec<Line>> {
    let contenders = bench.contenders()?;
    let mut times: Vec<Times> = contenders.iter().map(|_| Times::default()).collect();
    // The first start reads the files from the disk.
    for _ in 0..=bench.effort().rounds.max(7) {
        for (contender, times) in contenders.iter().zip(&mut times) {
            let (wall, cpu) = start(bench.tools, contender)?;
            times.wall.push(milliseconds(wall));
            times.cpu.push(milliseconds(cpu));
        }
    }
    let mut lines = Vec::new();
    let mut rest = contenders.iter().zip(&times).skip(1);
    let Some(ours) = times.first() else { return Ok(lines) };
    for (contender, theirs) in &mut rest {
        let line = |name, unit, ours: &[f64], theirs: &[f64]| {
            Line::less_is_better(name, unit, &ours[1..], &contender.name, &theirs[1..])
        };
        lines.extend(line("start-up", Unit::Milliseconds, &ours.wall, &theirs.wall));
        lines.extend(line("start-up, CPU time", Unit::CpuMilliseconds, &ours.cpu, &theirs.cpu));
    }
    // The goal is about an otherwise idle machine, where the time is the CPU time.
    if let Some(median) = Summary::of(&ours.cpu[1..]).map(|summary| summary.median) {
        lines.push(
            Line::single("start-up, CPU time", Unit::CpuMilliseconds, median)
                .checked_as("startupMilliseconds"),
        );
    }
    Ok(lines)
}

/// Starts workerd with the Worker alone. Returns the time and the CPU time until the first response.
fn start(tools: &Tools, contender: &Contender) -> Result<(Duration, Duration)> {
    let port = ports::free()?;
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let mut command = Command::new(&contender.server.program);
    command
        .args(["serve", "--binary", &format!("--socket-addr=http={address}")])
        .arg(contender.server.state().join("start.bin"));
    let log = tools.target().join("logs").join("bench-startup.log");
    let begin = Instant::now();
    let mut process = ProcessGroup::spawn_logged("workerd", &mut command, &log)?;
    while TcpStream::connect(address).is_err() {
        if begin.elapsed() > TIMEOUT || process.try_wait()?.is_some() {
            let log = test_support::process::tail(&log, 10);
            let program = format!("workerd of {}", contender.name);
            return Err(Error::ProgramFailed { program, status: "not listening".into(), log });
        }
        thread::sleep(INTERVAL);
    }
    let request = load::request("GET", NO_ROUTE, &[], &[]);
    Connection::open(address)?.expect(404, &request)?;
    Ok((begin.elapsed(), server::cpu_time(process.child().id())?))
}
