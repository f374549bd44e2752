//! Counters of emails for operators, in Prometheus's text format.

use std::fmt::Write;

use super::EmailStepKind;

/// A counted event of an email.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Counter {
    /// Kraiter accepted the email.
    Accepted,
    /// SES accepted the email.
    Sent,
    /// SES throttled, and the email was requeued.
    Throttled,
    /// The email could not be sent for now, for another reason.
    Requeued,
    /// The response of SES was lost.
    Unconfirmed,
    /// No event confirmed the email, so it was sent again.
    Retried,
    /// An event confirmed that SES had accepted the email.
    Confirmed,
    /// Kraiter stopped trying. Whether SES accepted the email is unknown.
    GaveUp,
    /// SES refused the email, or it could not be sent.
    Failed,
    Cancelled,
}

impl Counter {
    pub const ALL: [Self; 10] = [
        Self::Accepted,
        Self::Sent,
        Self::Throttled,
        Self::Requeued,
        Self::Unconfirmed,
        Self::Retried,
        Self::Confirmed,
        Self::GaveUp,
        Self::Failed,
        Self::Cancelled,
    ];

    /// Returns the name in storage and in the label `event`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Sent => "sent",
            Self::Throttled => "throttled",
            Self::Requeued => "requeued",
            Self::Unconfirmed => "unconfirmed",
            Self::Retried => "retried",
            Self::Confirmed => "confirmed",
            Self::GaveUp => "gave_up",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Returns the counter of a step. `throttled` is whether SES throttled.
    #[must_use]
    pub const fn of_step(step: EmailStepKind, throttled: bool) -> Self {
        match step {
            EmailStepKind::Queued if throttled => Self::Throttled,
            EmailStepKind::Queued => Self::Requeued,
            EmailStepKind::Sent => Self::Sent,
            EmailStepKind::Failed => Self::Failed,
            EmailStepKind::Unconfirmed => Self::Unconfirmed,
            EmailStepKind::Retried => Self::Retried,
            EmailStepKind::Confirmed => Self::Confirmed,
            EmailStepKind::Cancelled => Self::Cancelled,
            EmailStepKind::GaveUp => Self::GaveUp,
        }
    }
}

/// A time series: a counter of events, or the number of emails in a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// The organisation's ID; `None` for the sum of all organisations.
    pub organisation: Option<String>,
    pub region: String,
    /// The [name](Counter::name) of the counter, or the state.
    pub event: String,
    pub value: u64,
}

/// The media type of [`prometheus_text`].
pub const PROMETHEUS_CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Returns counters of events and gauges of emails by state in Prometheus's text format.
///
/// <https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format>
#[must_use]
pub fn prometheus_text(counters: &[Series], gauges: &[Series]) -> String {
    let mut text = String::new();
    let help = "Events of emails by type.";
    write_metric(&mut text, ("kraiter_emails_total", "counter", "event"), help, counters);
    let help = "Emails that are queued or unconfirmed.";
    write_metric(&mut text, ("kraiter_emails_depth", "gauge", "state"), help, gauges);
    text
}

fn write_metric(text: &mut String, metric: (&str, &str, &str), help: &str, series: &[Series]) {
    let (name, kind, last_label) = metric;
    // Writing to a string can't fail.
    let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
    for Series { organisation, region, event, value } in series {
        let organisation =
            organisation.as_ref().map(|id| format!("organisation=\"{}\",", label(id))).unwrap_or_default();
        let (region, event) = (label(region), label(event));
        let _ =
            writeln!(text, "{name}{{{organisation}region=\"{region}\",{last_label}=\"{event}\"}} {value}");
    }
}

fn label(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_counter_has_its_own_name() {
        let names: BTreeSet<_> = Counter::ALL.iter().map(|counter| counter.name()).collect();
        assert_eq!(names.len(), Counter::ALL.len());
        assert_eq!(Counter::of_step(EmailStepKind::Queued, true), Counter::Throttled);
        assert_eq!(Counter::of_step(EmailStepKind::Queued, false), Counter::Requeued);
        assert_eq!(Counter::of_step(EmailStepKind::Confirmed, false), Counter::Confirmed);
    }

    #[test]
    fn a_series_is_a_line_with_its_labels() {
        let one = Series {
            organisation: Some("org_1".into()),
            region: "eu-west-1".into(),
            event: "sent".into(),
            value: 7,
        };
        let all = Series { organisation: None, region: "a\"\\\n".into(), ..one.clone() };
        let depth = Series { event: "queued".into(), ..one.clone() };
        let text = prometheus_text(&[one, all], &[depth]);
        let lines: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(
            lines,
            [
                r#"kraiter_emails_total{organisation="org_1",region="eu-west-1",event="sent"} 7"#,
                r#"kraiter_emails_total{region="a\"\\\n",event="sent"} 7"#,
                r#"kraiter_emails_depth{organisation="org_1",region="eu-west-1",state="queued"} 7"#,
            ]
        );
        assert!(text.ends_with('\n'));
    }
}
