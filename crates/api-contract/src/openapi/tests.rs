use std::collections::BTreeSet;

use super::*;
use crate::{Action, Routes};

fn operations() -> impl Iterator<Item = (String, Operation)> {
    action::all().map(|(pattern, method, action)| (format!("{method} {pattern}"), routes::describe(action)))
}

#[test]
fn every_route_is_in_the_document_and_nothing_else_is() {
    let document = document();
    let table: BTreeSet<_> = action::all()
        .map(|(pattern, method, _)| (pattern.to_owned(), method.as_str().to_ascii_lowercase()))
        .collect();
    let paths = document["paths"].as_object().unwrap();
    let written: BTreeSet<_> = paths
        .iter()
        .flat_map(|(path, methods)| {
            methods.as_object().unwrap().keys().map(|method| (path.clone(), method.clone()))
        })
        .collect();
    assert_eq!(written, table);
    let found: BTreeSet<_> = written
        .iter()
        .map(|(path, method)| {
            let path = path.replace(['{', '}'], "");
            let method = Method::from_bytes(method.to_ascii_uppercase().as_bytes()).unwrap();
            operation_id(Routes::default().find(&method, &path).unwrap().action)
        })
        .collect();
    assert_eq!(found.len(), table.len(), "two routes have one name");
}

#[test]
fn what_a_route_reads_is_what_the_table_says() {
    for (pattern, method, action) in action::all() {
        let operation = routes::describe(action);
        let reads = action.body() != BodyKind::None;
        assert_eq!(operation.body.is_some(), reads, "{method} {pattern}");
        assert_eq!(operation.path.is_some(), pattern.contains('{'), "{method} {pattern}");
        assert!(!operation.answers.is_empty(), "{method} {pattern}");
    }
}

#[test]
fn every_example_of_a_request_is_taken() {
    for (route, operation) in operations() {
        let Some(body) = operation.body else { continue };
        assert!(!body.examples.is_empty(), "{route} has no example");
        for (what, example) in &body.examples {
            assert_eq!((body.takes)(example), Ok(()), "{route}: {what}");
        }
    }
}

#[test]
fn every_example_of_an_answer_is_one() {
    for (route, operation) in operations() {
        for answer in operation.answers {
            if let Content::Json { example: Some(example), again, .. } = answer.content {
                assert_eq!(again(&example).map_err(|error| error.to_string()), Ok(example), "{route}");
            }
        }
    }
}

#[test]
fn every_problem_of_the_document_has_a_code_of_its_own_form() {
    for (route, mut operation) in operations() {
        operation.problems.add_common(Action::Health, &Method::GET);
        for (status, code) in operation.problems.iter() {
            assert!((400..600).contains(&status), "{route}: {status}");
            let is_code =
                !code.is_empty() && code.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
            assert!(is_code, "{route}: {code:?}");
        }
    }
}

#[test]
fn nothing_is_written_for_readers_of_the_source_only() {
    fn search(value: &Value) {
        match value {
            Value::Object(fields) => {
                let text = fields.get("description").and_then(Value::as_str).unwrap_or_default();
                assert!(!text.contains("[`") && !text.contains("::"), "{text}");
                fields.values().for_each(search);
            }
            Value::Array(list) => list.iter().for_each(search),
            _ => {}
        }
    }
    search(&document());
}

#[test]
fn every_reference_leads_somewhere_and_every_component_is_used() {
    fn references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
        match value {
            Value::Object(fields) => {
                found.extend(fields.get("$ref").and_then(Value::as_str));
                fields.values().for_each(|value| references(value, found));
            }
            Value::Array(list) => list.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    let document = document();
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    for reference in &found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
    for (kind, components) in document["components"].as_object().unwrap() {
        for name in components.as_object().unwrap().keys().filter(|_| kind != "securitySchemes") {
            let reference = format!("#/components/{kind}/{name}");
            assert!(found.contains(reference.as_str()), "{reference} isn't used");
        }
    }
}

#[test]
fn a_type_is_asked_and_answered_alike() {
    let Document { mut requests, mut answers, .. } = {
        let mut document = Document::default();
        for (pattern, method, action) in action::all() {
            document.operation(pattern, method, action);
        }
        document
    };
    let asked = requests.take_definitions(true);
    for (name, answered) in answers.take_definitions(true) {
        if let Some(asked) = asked.get(&name) {
            assert_eq!(*asked, answered, "{name}");
        }
    }
}

#[test]
fn the_document_that_is_served_is_the_one_of_this_source() {
    let served = include_str!("../../../../docs/openapi.json");
    assert!(served == text().unwrap(), "docs/openapi.json is older: run `cargo xtask openapi`");
}
