//! Rounds: every contender gets the same load in turn, in alternating order, so that a slow moment of the machine meets all of them.

use std::time::Duration;

use test_support::Result;

use super::{
    contender::Contender,
    load::{self, End, Load},
    server::Server,
};

/// How often and how long is measured.
#[derive(Clone, Copy, Debug)]
pub(super) struct Effort {
    pub(super) rounds: usize,
    /// Duration of a contender's load in each round.
    pub(super) duration: Duration,
    /// Duration of the load before the first round, in which the code is compiled.
    pub(super) warm_up: Duration,
}

/// One contender's rounds.
#[derive(Default)]
pub(super) struct Rounds {
    pub(super) per_second: Vec<f64>,
    pub(super) p50: Vec<f64>,
    pub(super) p99: Vec<f64>,
    /// CPU time of workerd per request, in milliseconds.
    pub(super) cpu: Vec<f64>,
}

impl Rounds {
    pub(super) fn add(&mut self, outcome: &load::Outcome, cpu: Duration) {
        self.per_second.push(outcome.per_second());
        self.p50.push(milliseconds(outcome.percentile(50)));
        self.p99.push(milliseconds(outcome.percentile(99)));
        self.cpu.push(milliseconds(cpu) / outcome.requests());
    }
}

/// A contender's load: how many connections, and what is requested.
pub(super) struct Work<'a> {
    pub(super) connections: usize,
    pub(super) status: u16,
    /// Returns the request with this number of this contender. Numbers never repeat, in any round.
    pub(super) request: &'a (dyn Fn(&Contender, u64) -> Vec<u8> + Sync),
}

/// Runs all rounds and returns them in the order of the contenders.
pub(super) fn run(contenders: &[Contender], work: &Work<'_>, effort: Effort) -> Result<Vec<Rounds>> {
    let mut next = vec![0; contenders.len()];
    for (contender, next) in contenders.iter().zip(&mut next) {
        measure(contender, work, effort.warm_up, next)?;
    }
    let mut results: Vec<Rounds> = contenders.iter().map(|_| Rounds::default()).collect();
    for round in 0..effort.rounds {
        for index in order(contenders.len(), round) {
            let (outcome, cpu) = measure(&contenders[index], work, effort.duration, &mut next[index])?;
            results[index].add(&outcome, cpu);
        }
    }
    Ok(results)
}

/// Returns the indices of `count` contenders in the order of a round: every other round is reversed.
pub(super) fn order(count: usize, round: usize) -> impl Iterator<Item = usize> {
    (0..count).map(move |index| if round.is_multiple_of(2) { index } else { count - 1 - index })
}

fn measure(
    contender: &Contender,
    work: &Work<'_>,
    duration: Duration,
    next: &mut u64,
) -> Result<(load::Outcome, Duration)> {
    let first = *next;
    let load = Load {
        address: contender.server.address,
        connections: work.connections,
        end: End::After(duration),
        request: &|number| (work.request)(contender, first + number),
        status: work.status,
    };
    let (outcome, cpu) = with_cpu_time(&contender.server, || load::run(&load))?;
    // Every connection takes a number for the request that it doesn't send.
    *next += (outcome.latencies.len() + work.connections) as u64;
    Ok((outcome, cpu))
}

/// Returns the CPU time that a server used while `run` ran, too.
pub(super) fn with_cpu_time<T>(server: &Server, run: impl FnOnce() -> Result<T>) -> Result<(T, Duration)> {
    let before = server.cpu_time()?;
    let value = run()?;
    Ok((value, server.cpu_time()?.saturating_sub(before)))
}

pub(super) fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_other_round_is_reversed() {
        assert!(order(3, 0).eq([0, 1, 2]));
        assert!(order(3, 1).eq([2, 1, 0]));
        assert!(order(3, 2).eq([0, 1, 2]));
    }
}
