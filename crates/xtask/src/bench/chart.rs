//! The chart of `docs/performance.md`: bars of requests per second, as SVG.

use std::fmt::Write;

use super::line::{Line, Unit};

const WIDTH: f64 = 720.0;
const LABEL_WIDTH: f64 = 190.0;
const BAR_WIDTH: f64 = 440.0;
const BAR_HEIGHT: f64 = 18.0;
const ROW_HEIGHT: f64 = 24.0;
const GROUP_GAP: f64 = 34.0;

struct Bar<'a> {
    label: &'a str,
    value: f64,
    is_ours: bool,
}

/// One group of bars, scaled to its longest.
struct Group<'a> {
    title: &'a str,
    bars: Vec<Bar<'a>>,
}

/// Returns the chart of all lines with requests per second.
pub(super) fn svg(lines: &[Line]) -> String {
    let groups = groups(lines);
    let mut y = 10.0;
    let mut content = String::new();
    for group in &groups {
        let longest = group.bars.iter().map(|bar| bar.value).fold(f64::MIN_POSITIVE, f64::max);
        y += GROUP_GAP - ROW_HEIGHT / 2.0;
        // Writing to a string can't fail.
        let _ = writeln!(content, r#"<text class="title" x="10" y="{y:.0}">{}</text>"#, escape(group.title));
        y += 10.0;
        for bar in &group.bars {
            let class = if bar.is_ours { "ours" } else { "other" };
            let width = bar.value / longest * BAR_WIDTH;
            let middle = y + BAR_HEIGHT * 0.72;
            let _ = writeln!(
                content,
                r#"<text x="10" y="{middle:.0}">{label}</text><rect class="{class}" x="{LABEL_WIDTH:.0}" y="{y:.0}" width="{width:.1}" height="{BAR_HEIGHT:.0}" rx="2"/><text x="{after:.1}" y="{middle:.0}">{value:.0}</text>"#,
                label = escape(bar.label),
                after = LABEL_WIDTH + width + 6.0,
                value = bar.value,
            );
            y += ROW_HEIGHT;
        }
    }
    let height = y + 10.0;
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0} {height:.0}" role="img" aria-label="Requests per second of Kraiter and of Workers written in JavaScript">
<style>text {{ font: 13px system-ui, sans-serif; fill: #57606a }} .title {{ font-weight: 600 }} .ours {{ fill: #2563eb }} .other {{ fill: #9ca3af }}</style>
{content}</svg>
"#
    )
}

/// Groups the lines by their name: Kraiter's bar first, then one bar for each of the others.
fn groups(lines: &[Line]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for line in lines.iter().filter(|line| line.unit == Unit::PerSecond) {
        let Some(other) = &line.other else { continue };
        let theirs = Bar { label: &other.name, value: other.value.median, is_ours: false };
        if let Some(group) = groups.iter_mut().find(|group| group.title == line.name) {
            group.bars.push(theirs);
        } else {
            let ours = Bar { label: "Kraiter", value: line.kraiter.median, is_ours: true };
            groups.push(Group { title: &line.name, bars: vec![ours, theirs] });
        }
    }
    groups
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(name: &str, ours: f64, other: &str, theirs: f64) -> Line {
        Line::more_is_better(name, Unit::PerSecond, &[ours], other, &[theirs]).unwrap()
    }

    #[test]
    fn lines_of_one_name_share_a_group_with_one_bar_of_kraiter() {
        let lines = [line("send", 300.0, "aws4fetch", 200.0), line("send", 300.0, "aws-sdk", 150.0)];
        let groups = groups(&lines);
        assert_eq!(groups.len(), 1);
        let labels: Vec<_> = groups[0].bars.iter().map(|bar| (bar.label, bar.is_ours)).collect();
        assert_eq!(labels, [("Kraiter", true), ("aws4fetch", false), ("aws-sdk", false)]);
    }

    #[test]
    fn the_longest_bar_has_the_full_width_and_the_others_their_share() {
        let svg = svg(&[line("send", 300.0, "a < b", 150.0)]);
        assert!(svg.contains(r#"class="ours" x="190" y="42" width="440.0""#), "{svg}");
        assert!(svg.contains(r#"width="220.0""#) && svg.contains("a &lt; b"), "{svg}");
    }

    #[test]
    fn other_units_and_single_numbers_are_not_drawn() {
        assert!(!svg(&[Line::single("send", Unit::PerSecond, 1.0)]).contains("<rect"));
    }
}
