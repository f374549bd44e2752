//! Progress messages of long-running work.

use std::{
    fmt,
    sync::Mutex,
    time::{Duration, Instant},
};

/// Minimum time between two messages.
const INTERVAL: Duration = Duration::from_secs(15);

/// The progress of one of several concurrent tasks.
pub(crate) struct Progress {
    name: String,
    start: Instant,
    last_message: Mutex<Instant>,
}

impl Progress {
    pub(crate) fn new(name: impl Into<String>) -> Self {
        let start = Instant::now();
        Self { name: name.into(), start, last_message: Mutex::new(start) }
    }

    /// Prints a message.
    pub(crate) fn print(&self, text: impl fmt::Display) {
        eprintln!("  {}: {text}, {}", self.name, Elapsed(self.start.elapsed()));
    }

    /// Prints a message if [`INTERVAL`] has passed since the last one.
    pub(crate) fn print_occasionally(&self, text: impl FnOnce() -> String) {
        if let Ok(mut last_message) = self.last_message.lock()
            && last_message.elapsed() >= INTERVAL
        {
            *last_message = Instant::now();
            self.print(text());
        }
    }
}

/// Displays a duration as `0.4s`, `12s` or `4m10s`.
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
    fn durations_are_displayed_compactly() {
        let display = |millis| Elapsed(Duration::from_millis(millis)).to_string();
        assert_eq!([display(420), display(12_900), display(250_000)], ["0.4s", "12s", "4m10s"]);
    }
}
