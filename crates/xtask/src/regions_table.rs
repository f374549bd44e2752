//! The table of regions in the documentation.

use aws_sans_io::Region;

const BEGIN: &str = "<!-- regions: begin -->\n";
const END: &str = "<!-- regions: end -->";

/// Replaces what stands between the markers of `page`. Returns `None` if there are no markers.
pub(crate) fn with_regions(page: &str) -> Option<String> {
    let (before, rest) = page.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}{}{END}{after}", table()))
}

fn table() -> String {
    let rows: String = Region::all().map(row).collect();
    format!("\n| Region | Location | Opt-in | Stack |\n|---|---|---|---|\n{rows}\n")
}

fn row(region: Region) -> String {
    let yes_or_no = |flag| if flag { "yes" } else { "no" };
    format!(
        "| `{region}` | {} | {} | {} |\n",
        region.location(),
        yes_or_no(region.is_opt_in()),
        yes_or_no(region.supports_cloudformation())
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_region_has_one_row() {
        let page = with_regions(&format!("# Regions\n\n{BEGIN}old\n{END}\n")).unwrap();
        for region in Region::all() {
            assert_eq!(page.matches(&format!("| `{region}` |")).count(), 1, "{region}");
        }
        assert!(page.contains("| `eu-west-1` | Europe (Ireland) | no | yes |"), "{page}");
        assert_eq!(with_regions(&page).as_ref(), Some(&page));
        assert_eq!(with_regions("# Regions\n"), None);
    }
}
