//! The tables of routes in `docs/api-reference.md`, generated from the route table.

use api_contract::{Access, ROUTES, Route, Tag, openapi::Audience};

const BEGIN: &str = "<!-- routes: begin -->\n";
const END: &str = "<!-- routes: end -->";

/// Replaces what stands between the markers of `page`. Returns `None` if there are no markers.
pub(crate) fn with_routes(page: &str) -> Option<String> {
    let (before, rest) = page.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}{}{END}{after}", tables()))
}

/// Returns one table per group of routes: customers' groups first.
fn tables() -> String {
    let mut text = String::new();
    for audience in Audience::ALL {
        for tag in audience.tags() {
            text += &table(*tag, audience == Audience::Operators);
        }
    }
    text
}

fn table(tag: Tag, is_for_operators: bool) -> String {
    let audience = if is_for_operators { " (operator)" } else { "" };
    let mut text = format!(
        "\n### {}{audience}\n\n{}\n\n| Route | What it does | SDK method | Key | [Limit](limits.md) |\n|---|---|---|---|---|\n",
        tag.name(),
        tag.description()
    );
    for route in ROUTES.iter().filter(|route| route.tag() == tag) {
        text += &row(route);
    }
    text
}

fn row(route: &Route) -> String {
    let sdk = route.sdk().map_or_else(|| "–".to_owned(), |sdk| format!("`{}.{}`", sdk.resource, sdk.method));
    let limit =
        route.rate_class().limit().map_or_else(|| "–".to_owned(), |limit| format!("`{}`", limit.name));
    format!(
        "| `{} {}` | {} | {sdk} | {} | {limit} |\n",
        route.method().name(),
        route.path(),
        route.summary,
        key(route)
    )
}

/// Returns the scope that an API key needs, besides `full`.
fn key(route: &Route) -> String {
    match route.access() {
        Access::Organisation => format!("`{}`", route.scope().name()),
        Access::Open | Access::Administrator | Access::Monitoring => "–".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_text_between_the_markers_changes() {
        let page = format!("# API\n\n{BEGIN}old\n{END}\n\nMore.\n");
        let new = with_routes(&page).unwrap();
        assert!(new.starts_with("# API\n\n") && new.ends_with("\n\nMore.\n"), "{new}");
        assert!(!new.contains("old"));
        assert_eq!(with_routes(&new).as_ref(), Some(&new));
        assert_eq!(with_routes("# API\n"), None);
    }

    #[test]
    fn the_page_about_idempotent_requests_names_each_route_that_accepts_a_key() {
        let page = include_str!("../../../docs/idempotency.md");
        let (_, routes) = page.split_once("## Routes that accept a key").unwrap();
        let (table, _) = routes.split_once("Other routes").unwrap();
        let mut listed: Vec<_> = table.split('`').filter_map(|text| text.strip_prefix("POST ")).collect();
        let mut expected: Vec<_> =
            ROUTES.iter().filter(|route| route.is_idempotent()).map(Route::path).collect();
        listed.sort_unstable();
        expected.sort_unstable();
        assert_eq!(listed, expected);
    }

    #[test]
    fn every_route_has_one_row() {
        let tables = tables();
        for route in ROUTES {
            assert_eq!(tables.matches(&row(route)).count(), 1, "{}", route.name);
        }
    }
}
