//! `cargo xtask bench`: measures the Worker beside what people would use instead, and counts what one email costs.

mod contender;
mod counts;
mod email;
mod fake_aws;
mod http1;
mod load;
mod organisation;
mod rounds;
mod server;
mod stats;

use std::time::Duration;

use test_support::{Result, tools::Tools};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Measure fewer and shorter rounds: less than five minutes in all.
    #[arg(long)]
    quick: bool,
}

pub(crate) fn run(tools: &Tools, options: &Options) -> Result<()> {
    use contender::*;
    let aws = fake_aws::FakeAws::start()?;
    let counts = counts::measure(
        || Contender::kraiter(tools, &aws, Some(counts::WRAPPER)),
        &aws,
        &counts::Scale { lone: 5, busy: Duration::from_secs(5), with_events: 20 },
    )?;
    println!("{}", serde_json::to_string_pretty(&counts).unwrap());
    let contenders = [
        Contender::kraiter(tools, &aws, None)?,
        Contender::javascript(tools, &aws, Library::Aws4fetch)?,
        Contender::javascript(tools, &aws, Library::AwsSdk)?,
    ];
    let effort = rounds::Effort {
        rounds: if options.quick { 3 } else { 7 },
        duration: Duration::from_secs(if options.quick { 2 } else { 4 }),
        warm_up: Duration::from_secs(3),
    };
    for keyed in [false, true] {
        let work = rounds::Work {
            connections: 20,
            status: 202,
            request: &|contender, n| {
                if keyed { email::keyed(contender, &format!("key-{n}")) } else { email::unkeyed(contender) }
            },
        };
        let before = aws.sent();
        let all = rounds::run(&contenders, &work, effort)?;
        println!("sent {}", aws.sent() - before);
        for (c, r) in contenders.iter().zip(&all) {
            let s = |v: &[f64]| {
                stats::Summary::of(v)
                    .map(|s| format!("{:.2} [{:.2}-{:.2}]", s.median, s.min, s.max))
                    .unwrap_or_default()
            };
            println!(
                "{keyed} {:<40} {} p50 {} p99 {} cpu {} ratio {:?}",
                c.name,
                s(&r.per_second),
                s(&r.p50),
                s(&r.p99),
                s(&r.cpu),
                all[0].ratio_to(r)
            );
        }
    }
    Ok(())
}
