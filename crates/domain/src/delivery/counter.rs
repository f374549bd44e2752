//! What is counted of mails on their way, for whoever runs Kraiter.

use std::fmt::Write;

use super::EmailStepKind;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Counter {
    /// A mail was accepted.
    Accepted,
    /// SES took one.
    Sent,
    /// SES asked for a lower rate.
    Throttled,
    /// It couldn't be handed over for now, for another reason.
    Requeued,
    /// SES's answer was lost.
    Unconfirmed,
    /// No event told of it: it is sent again.
    Retried,
    /// An event told that SES took it.
    Confirmed,
    /// Nothing tells whether SES took it: it is left so.
    GaveUp,
    /// SES refused it, or it could not be handed over.
    Failed,
    /// It was taken back.
    Cancelled,
}

impl Counter {
    /// Everything that is counted.
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

    /// The name, as it stands in storage and in the label `event`.
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

    /// What a step counts as; `throttled` is whether SES asked for a lower rate.
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

/// How often something happened to the mail of an organisation in a region, or how many of it are in a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// The organisation's id; none where all are counted together.
    pub organisation: Option<String>,
    /// The region's name.
    pub region: String,
    /// What happened, by [`Counter::name`], or the state.
    pub event: String,
    /// How often.
    pub value: u64,
}

/// The media type of [`exposition`].
pub const EXPOSITION_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Counts of events, and how many mails are on their way by state, in Prometheus's text format.
///
/// <https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format>
#[must_use]
pub fn exposition(counts: &[Series], depths: &[Series]) -> String {
    let mut text = String::new();
    let what = "What happened to emails on their way to Amazon SES.";
    expose(&mut text, ("kraiter_emails_total", "counter", "event"), what, counts);
    let what = "How many emails are on their way to Amazon SES.";
    expose(&mut text, ("kraiter_emails_depth", "gauge", "state"), what, depths);
    text
}

fn expose(text: &mut String, metric: (&str, &str, &str), what: &str, series: &[Series]) {
    let (name, kind, last_label) = metric;
    // Writing to a text doesn't fail.
    let _ = write!(text, "# HELP {name} {what}\n# TYPE {name} {kind}\n");
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
    fn every_step_is_counted_and_every_name_is_its_own() {
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
        let text = exposition(&[one, all], &[depth]);
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
