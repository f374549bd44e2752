//! The metrics in Prometheus's text format.
//!
//! <https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format>

use std::fmt::{Display, Write};

use super::{Peak, Regions, UsagePeaks};
use crate::{OrganisationId, delivery::Counter};

/// The media type of [`prometheus_text`].
pub const PROMETHEUS_CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Returns the metrics as text. `totals` has an entry per organisation, or one without an organisation for the sum of all.
///
/// No label needs escaping: regions, events and ids consist of letters, digits, `-` and `_`.
#[must_use]
pub fn prometheus_text(totals: &[(Option<OrganisationId>, &Regions)], peaks: &UsagePeaks) -> String {
    let mut text = String::new();
    write_head(&mut text, "kraiter_emails_total", "counter", "Events of emails by type.");
    for (organisation, regions) in totals {
        let organisation = organisation_label(*organisation);
        for totals in *regions {
            for counter in Counter::ALL {
                let labels =
                    format_args!("{organisation}region=\"{}\",event=\"{}\"", totals.region, counter.name());
                write_sample(&mut text, "kraiter_emails_total", labels, totals.counts.get(counter));
            }
        }
    }
    write_head(&mut text, "kraiter_emails_depth", "gauge", "Emails that are queued or unconfirmed.");
    for (organisation, regions) in totals {
        let organisation = organisation_label(*organisation);
        for totals in *regions {
            let Some(depth) = totals.depth else { continue };
            for (state, value) in [("queued", depth.queued), ("unconfirmed", depth.unconfirmed)] {
                let labels = format_args!("{organisation}region=\"{}\",state=\"{state}\"", totals.region);
                write_sample(&mut text, "kraiter_emails_depth", labels, value);
            }
        }
    }
    write_peaks(&mut text, peaks);
    text
}

fn write_peaks(text: &mut String, peaks: &UsagePeaks) {
    let name = "kraiter_database_max_bytes";
    write_head(text, name, "gauge", "Size of the largest organisation's database, rounded up to MiB.");
    if let Some(Peak { organisation, value }) = peaks.largest_database {
        let bytes = u64::from(value) * 1024 * 1024;
        write_sample(text, name, format_args!("organisation=\"{organisation}\""), bytes);
    }
    let name = "kraiter_databases_above_7gb";
    write_head(text, name, "gauge", "Organisations whose database is larger than 7 GB. The limit is 10 GB.");
    write_plain(text, name, peaks.large_databases);

    let name = "kraiter_requests_per_second_max";
    let help = "Highest request rate of an organisation: its busiest minute since its previous report.";
    write_head(text, name, "gauge", help);
    if let Some(Peak { organisation, value }) = peaks.highest_request_rate {
        write_sample(text, name, format_args!("organisation=\"{organisation}\""), value);
    }
    let name = "kraiter_organisations_above_150_requests_per_second";
    write_head(text, name, "gauge", "Organisations with at least 150 requests per second.");
    write_plain(text, name, peaks.busy_organisations);
}

fn organisation_label(organisation: Option<OrganisationId>) -> String {
    organisation.map(|id| format!("organisation=\"{id}\",")).unwrap_or_default()
}

// Writing to a string can't fail.

fn write_head(text: &mut String, name: &str, kind: &str, help: &str) {
    let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
}

fn write_sample(text: &mut String, name: &str, labels: impl Display, value: impl Display) {
    let _ = writeln!(text, "{name}{{{labels}}} {value}");
}

fn write_plain(text: &mut String, name: &str, value: u64) {
    let _ = writeln!(text, "{name} {value}");
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::totals::Depth;

    fn lines(text: &str) -> Vec<&str> {
        text.lines().filter(|line| !line.starts_with('#')).collect()
    }

    #[test]
    fn a_series_is_a_line_with_its_labels() {
        let id = OrganisationId::new(datetime!(2026-11-28 12:00 UTC), 7);
        let mut regions = Regions::default();
        let ireland = "eu-west-1".parse().unwrap();
        regions.entry(ireland).counts.add(Counter::Sent, 7);
        regions.set_depths(&[(ireland, Depth { queued: 3, unconfirmed: 1 })]);
        let peaks = UsagePeaks {
            largest_database: Some(Peak { organisation: id, value: 2 }),
            large_databases: 0,
            highest_request_rate: Some(Peak { organisation: id, value: 160 }),
            busy_organisations: 1,
        };
        let text = prometheus_text(&[(Some(id), &regions), (None, &regions)], &peaks);
        let lines = lines(&text);
        assert_eq!(lines.len(), 2 * Counter::ALL.len() + 2 * 2 + 4);
        for expected in [
            format!(r#"kraiter_emails_total{{organisation="{id}",region="eu-west-1",event="sent"}} 7"#),
            format!(r#"kraiter_emails_total{{organisation="{id}",region="eu-west-1",event="failed"}} 0"#),
            r#"kraiter_emails_total{region="eu-west-1",event="sent"} 7"#.to_owned(),
            format!(r#"kraiter_emails_depth{{organisation="{id}",region="eu-west-1",state="queued"}} 3"#),
            r#"kraiter_emails_depth{region="eu-west-1",state="unconfirmed"} 1"#.to_owned(),
            format!(r#"kraiter_database_max_bytes{{organisation="{id}"}} 2097152"#),
            "kraiter_databases_above_7gb 0".to_owned(),
            format!(r#"kraiter_requests_per_second_max{{organisation="{id}"}} 160"#),
            "kraiter_organisations_above_150_requests_per_second 1".to_owned(),
        ] {
            assert!(lines.contains(&&*expected), "{expected}\n{text}");
        }
        assert!(text.ends_with('\n'));
    }

    #[test]
    fn without_organisations_there_are_only_the_numbers_of_limits_in_sight() {
        let text = prometheus_text(&[(None, &Regions::default())], &UsagePeaks::default());
        let expected =
            ["kraiter_databases_above_7gb 0", "kraiter_organisations_above_150_requests_per_second 0"];
        assert_eq!(lines(&text), expected);
    }
}
