//! The generated part of `docs/performance.md`, and its chart.

use std::fs;

use test_support::{Error, Result, tools::Tools};

use super::{chart, report::Report};

const PAGE: &str = "docs/performance.md";
const CHART: &str = "docs/performance.svg";
const BEGIN: &str = "<!-- bench: begin -->\n";
const END: &str = "<!-- bench: end -->";

/// Writes the table and the chart of a report.
pub(super) fn write(tools: &Tools, report: &Report) -> Result<()> {
    let path = tools.root().join(PAGE);
    let page = fs::read_to_string(&path).map_err(Error::io(format!("read {PAGE}")))?;
    let page = with_table(&page, &report.markdown())
        .ok_or_else(|| Error::Unexpected(format!("{PAGE} has no markers for the table")))?;
    fs::write(&path, page).map_err(Error::io(format!("write {PAGE}")))?;
    fs::write(tools.root().join(CHART), chart::svg(&report.lines))
        .map_err(Error::io(format!("write {CHART}")))
}

/// Replaces what stands between the markers of `page`. Returns `None` if there are no markers.
fn with_table(page: &str, table: &str) -> Option<String> {
    let (before, rest) = page.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n{table}\n{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_table_between_the_markers_changes() {
        let page = format!("# Performance\n\n{BEGIN}old\n{END}\n\nMore.\n");
        let new = with_table(&page, "| a |\n").unwrap();
        assert_eq!(new, format!("# Performance\n\n{BEGIN}\n| a |\n\n{END}\n\nMore.\n"));
        assert_eq!(with_table("# Performance\n", "| a |\n"), None);
    }

    #[test]
    fn the_page_has_the_markers() {
        let page = fs::read_to_string(Tools::locate().unwrap().root().join(PAGE)).unwrap();
        assert!(with_table(&page, "").is_some());
    }
}
