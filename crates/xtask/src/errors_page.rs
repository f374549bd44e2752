//! The list of error codes in `docs/errors.md`: what each means and how to fix it. The `type` of a problem document links to its code.

use std::collections::{BTreeMap, BTreeSet};

use api_contract::openapi::{self, Audience};
use serde_json::Value;

const BEGIN: &str = "<!-- codes: begin -->\n";
const END: &str = "<!-- codes: end -->";

/// Lines such as `code | what happened | how to fix it`, below the title of their group.
const CODES: &str = include_str!("errors_page/codes.txt");

/// Replaces what stands between the markers of `page`. Returns `None` if there are no markers.
pub(crate) fn with_codes(page: &str) -> Option<String> {
    let (before, rest) = page.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}{}{END}{after}", list()))
}

fn list() -> String {
    let statuses = statuses();
    CODES.lines().map(|line| section(line, &statuses)).collect::<String>() + "\n"
}

fn section(line: &str, statuses: &BTreeMap<String, BTreeSet<String>>) -> String {
    if let Some(group) = line.strip_prefix("# ") {
        return format!("\n## {group}\n");
    }
    let Some((code, what, fix)) = parse(line) else { return String::new() };
    let statuses: Vec<_> = statuses.get(code).into_iter().flatten().map(String::as_str).collect();
    let place = if statuses.is_empty() { "in a response".to_owned() } else { statuses.join(", ") };
    format!("\n### {code}\n\n**{what}** ({place})\n\n{fix}\n")
}

fn parse(line: &str) -> Option<(&str, &str, &str)> {
    let (code, rest) = line.split_once(" | ")?;
    let (what, fix) = rest.split_once(" | ")?;
    Some((code, what, fix))
}

/// Returns the HTTP statuses of each code, from the OpenAPI documents.
fn statuses() -> BTreeMap<String, BTreeSet<String>> {
    let mut statuses = BTreeMap::<_, BTreeSet<_>>::new();
    for audience in Audience::ALL {
        let document = openapi::document(audience);
        let operations = document["paths"].as_object().into_iter().flatten();
        for operation in operations.flat_map(|(_, methods)| methods.as_object().into_iter().flatten()) {
            for (status, response) in operation.1["responses"].as_object().into_iter().flatten() {
                let shared =
                    response["$ref"].as_str().and_then(|path| document.pointer(path.trim_start_matches('#')));
                for code in codes(shared.unwrap_or(response)) {
                    statuses.entry(code).or_default().insert(status.clone());
                }
            }
        }
    }
    statuses
}

/// Returns the codes of a response.
fn codes(response: &Value) -> impl Iterator<Item = String> {
    let codes = response.pointer("/content/application~1problem+json/schema/allOf/1/properties/code/enum");
    codes.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_the_api_is_explained_once_and_no_other() {
        let mut known = BTreeSet::new();
        for audience in Audience::ALL {
            let document = openapi::document(audience);
            let codes = &document["components"]["schemas"]["ApiErrorCode"]["enum"];
            known.extend(codes.as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned()));
        }
        let lines: Vec<_> = CODES.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
        let explained: BTreeSet<_> = lines.iter().map(|line| parse(line).unwrap().0.to_owned()).collect();
        assert_eq!(explained, known);
        assert_eq!(explained.len(), lines.len());
    }

    #[test]
    fn a_code_has_a_heading_its_status_and_advice() {
        let page = with_codes(&format!("# Errors\n\n{BEGIN}replaced\n{END}\n")).unwrap();
        assert!(page.contains("\n### not_found\n\n**The route or the resource doesn't exist"), "{page}");
        assert!(page.contains("(404)\n\nCheck the path"), "{page}");
        assert!(page.contains("(in a response)"), "{page}");
        assert!(!page.contains("replaced"));
        assert_eq!(with_codes(&page).as_ref(), Some(&page));
        assert_eq!(with_codes("# Errors\n"), None);
    }
}
