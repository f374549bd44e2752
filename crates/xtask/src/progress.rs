//! Lines that a person can follow while something takes long.

use std::{
    fmt,
    sync::Mutex,
    time::{Duration, Instant},
};

/// How often something that goes on says so.
const EVERY: Duration = Duration::from_secs(15);

/// The progress of one thing among several that go on side by side.
pub(crate) struct Progress {
    name: String,
    start: Instant,
    said: Mutex<Instant>,
}

impl Progress {
    /// Begins; `name` opens each line.
    pub(crate) fn new(name: impl Into<String>) -> Self {
        let start = Instant::now();
        Self { name: name.into(), start, said: Mutex::new(start) }
    }

    /// Says something now.
    pub(crate) fn say(&self, text: impl fmt::Display) {
        eprintln!("  {}: {text}, {}", self.name, Elapsed(self.start.elapsed()));
    }

    /// Says something if nothing was said for a while.
    pub(crate) fn at_times(&self, text: impl FnOnce() -> String) {
        if let Ok(mut said) = self.said.lock()
            && said.elapsed() >= EVERY
        {
            *said = Instant::now();
            self.say(text());
        }
    }
}

/// A duration as people write it: `0.4s`, `12s`, `4m10s`.
pub(crate) struct Elapsed(pub(crate) Duration);

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        match seconds {
            0..10 => write!(f, "{:.1}s", self.0.as_secs_f64()),
            10..60 => write!(f, "{seconds}s"),
            _ => write!(f, "{}m{:02}s", seconds / 60, seconds % 60),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_well() {
        let written = |millis| Elapsed(Duration::from_millis(millis)).to_string();
        assert_eq!([written(420), written(12_900), written(250_000)], ["0.4s", "12s", "4m10s"]);
    }
}
