//! `cargo xtask bench`: measures the Worker beside what people would use instead, and counts what an email costs.

mod burst;
mod chart;
mod contender;
mod costs;
mod counts;
mod crypto;
mod email;
mod events;
mod fake_aws;
mod goals;
mod growth;
mod http1;
mod line;
mod list;
mod load;
mod metrics;
mod organisation;
mod page;
mod report;
mod rounds;
mod sends;
mod server;
mod sizes;
mod startup;
mod stats;
mod storage;

use std::{cell::OnceCell, path::PathBuf, process::ExitCode, time::Duration};

use clap::{Args, ValueEnum};
use test_support::{Result, tools::Tools};

use self::{
    contender::{Contender, Library, Variant, package_version},
    fake_aws::FakeAws,
    line::Line,
    report::Report,
    rounds::Effort,
};
use crate::{
    build,
    progress::Progress,
    setup::{self, Need},
};

#[derive(Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of the command line")]
pub(crate) struct Options {
    /// Measure fewer and shorter rounds, less than five minutes in all.
    #[arg(long)]
    quick: bool,
    /// Fail if a result is worse than its gate in benches/goals.json.
    #[arg(long)]
    check: bool,
    /// Write the table and the chart into docs/performance.md.
    #[arg(long, conflicts_with = "only")]
    write: bool,
    /// Organisations in the grown directory.
    #[arg(long, default_value_t = 100_000)]
    organisations: u64,
    /// Emails of the grown organisation. Defaults to 1,000,000, and to 20,000 with --quick.
    #[arg(long)]
    emails: Option<u64>,
    /// Another checkout of this repository with a built Worker, to compare with in the same run.
    #[arg(long)]
    baseline: Option<PathBuf>,
    /// Measure the Worker and the package as they are built.
    #[arg(long)]
    no_build: bool,
    /// Measure only these parts.
    #[arg(long, value_enum, num_args = 1..)]
    only: Vec<Part>,
}

/// A part of the benchmark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Emails without an idempotency key.
    Send,
    /// Emails with an idempotency key.
    KeyedSend,
    /// Signed messages of SNS with SES's events.
    Events,
    /// The newest emails.
    List,
    /// Signatures of 0.3 KB to 10 MB.
    Sign,
    /// Signatures of SNS.
    SnsVerify,
    /// Calls, rows, bytes and dollars per email.
    Counts,
    /// One organisation at its account's full rate.
    Burst,
    /// `/metrics` with many organisations.
    Organisations,
    /// An organisation with many emails.
    Emails,
    /// An organisation's metrics when it has many emails.
    Metrics,
    /// From starting workerd to the first response.
    StartUp,
    /// The Worker and the browser package, compressed.
    Sizes,
}

impl Part {
    fn measure(self, bench: &Bench<'_>) -> Result<Vec<Line>> {
        match self {
            Self::Send => sends::unkeyed(bench),
            Self::KeyedSend => sends::keyed(bench),
            Self::Events => events::measure(bench),
            Self::List => list::measure(bench),
            Self::Sign => crypto::sign(bench),
            Self::SnsVerify => crypto::verify(bench),
            Self::Counts => bench.counts(),
            Self::Burst => burst::measure(bench),
            Self::Organisations => growth::organisations(bench),
            Self::Emails => growth::emails(bench),
            Self::Metrics => metrics::measure(bench),
            Self::StartUp => startup::measure(bench),
            Self::Sizes => sizes::measure(bench),
        }
    }
}

/// What every part needs.
struct Bench<'a> {
    tools: &'a Tools,
    aws: FakeAws,
    options: &'a Options,
    contenders: OnceCell<Vec<Contender>>,
}

/// Runs the benchmark.
pub(crate) fn run(tools: &Tools, options: &Options) -> Result<ExitCode> {
    setup::ensure(tools, &[Need::Build])?;
    if !options.no_build {
        build::worker(tools)?;
        build::package(tools)?;
    }
    let bench = Bench { tools, aws: FakeAws::start()?, options, contenders: OnceCell::new() };
    let progress = Progress::new("bench");
    let mut lines = Vec::new();
    for part in Part::value_variants() {
        if options.only.is_empty() || options.only.contains(part) {
            progress.print(format!("{part:?}"));
            lines.extend(part.measure(&bench)?);
        }
    }
    let report = Report {
        versions: bench.versions()?,
        rounds: bench.effort().rounds,
        quick: options.quick,
        lines,
        goals: goals::read(tools)?,
    };
    println!("{}", report.table());
    println!("JSON: {}", report.write_json(tools)?.display());
    if options.write {
        page::write(tools, &report)?;
    }
    let failures = if options.check { goals::failures(&report.goals, &report.lines) } else { Vec::new() };
    for failure in &failures {
        println!("FAILED  {failure}");
    }
    Ok(if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl Bench<'_> {
    /// Returns the Workers that are compared, Kraiter's first. They are started once.
    fn contenders(&self) -> Result<&[Contender]> {
        if let Some(contenders) = self.contenders.get() {
            return Ok(contenders);
        }
        let mut contenders = vec![
            Contender::kraiter(self.tools, &self.aws, Variant::Deployed)?,
            Contender::javascript(self.tools, &self.aws, Library::Aws4fetch)?,
            Contender::javascript(self.tools, &self.aws, Library::AwsSdk)?,
        ];
        if let Some(root) = &self.options.baseline {
            contenders.push(Contender::baseline(self.tools, &self.aws, root)?);
        }
        Ok(self.contenders.get_or_init(|| contenders))
    }

    fn effort(&self) -> Effort {
        let (rounds, milliseconds) = if self.options.quick { (3, 1500) } else { (7, 4000) };
        // V8 optimises WebAssembly only after some seconds.
        Effort { rounds, duration: Duration::from_millis(milliseconds), warm_up: Duration::from_secs(3) }
    }

    fn emails(&self) -> u64 {
        self.options.emails.unwrap_or(if self.options.quick { 20_000 } else { 1_000_000 })
    }

    fn events_per_round(&self) -> u64 {
        if self.options.quick { 600 } else { 1500 }
    }

    fn counts(&self) -> Result<Vec<Line>> {
        let scale = if self.options.quick {
            counts::Scale { lone: 3, busy: Duration::from_secs(5), with_events: 40 }
        } else {
            counts::Scale { lone: 10, busy: Duration::from_mins(5), with_events: 200 }
        };
        let counts = counts::measure(self, &scale)?;
        let usage = storage::measure(self, if self.options.quick { 300 } else { 2000 })?;
        let prices = costs::Prices::read(self.tools)?;
        let mut lines = costs::of_counts(&counts);
        lines.extend(costs::of_usage(&usage));
        lines.push(costs::of_prices(&prices, &counts, &usage));
        Ok(lines)
    }

    /// Returns the names and versions of everything that the measurements depend on.
    fn versions(&self) -> Result<Vec<(String, String)>> {
        [
            "workerd",
            "miniflare",
            "aws4fetch",
            "@aws-sdk/client-sesv2",
            "@smithy/signature-v4",
            "sns-validator",
        ]
        .into_iter()
        .map(|package| Ok((package.to_owned(), package_version(self.tools, package)?)))
        .collect()
    }
}
