use proptest::prelude::*;
use serde_json::json;

use super::*;

fn html(source: &str) -> Result<Template, TemplateProblem> {
    Template::parse("s", Some(source), None)
}

fn render(source: &str, variables: &Json) -> Result<String, TemplateProblem> {
    Ok(html(source)?.render(variables.as_object().unwrap())?.html.unwrap())
}

#[test]
fn variables_choices_and_loops_are_rendered() {
    let source = "{% for item in items %}{% if item.price > 10 %}<b>{{ item.name|upper }}</b>{% else %}{{ item.name }}{% endif %}\
                  {% if not loop.last %}, {% endif %}{% endfor %}{{ note|default('-') }}";
    let variables =
        json!({ "items": [{ "name": "tea", "price": 5 }, { "name": "pot", "price": 20 }], "note": null });
    assert_eq!(render(source, &variables).unwrap(), "tea, <b>POT</b>-");
}

#[test]
fn html_is_escaped_and_subject_and_text_are_not() {
    let template = Template::parse("{{ name }}", Some("{{ name }}"), Some("{{ name }}")).unwrap();
    let rendered = template.render(json!({ "name": "<Tom & Co>" }).as_object().unwrap()).unwrap();
    assert_eq!(rendered.html.as_deref(), Some("&lt;Tom &amp; Co&gt;"));
    assert_eq!((&*rendered.subject, rendered.text.as_deref()), ("<Tom & Co>", Some("<Tom & Co>")));
}

#[test]
fn a_variable_can_not_break_the_subjects_line() {
    let template = Template::parse("Hi {{ name }}", None, Some("t")).unwrap();
    let rendered =
        template.render(json!({ "name": "a\r\nBcc: x@y.z\u{2028}b" }).as_object().unwrap()).unwrap();
    assert_eq!(rendered.subject, "Hi a  Bcc: x@y.z b");
}

#[test]
fn each_missing_and_each_unknown_variable_is_named() {
    let template = html("{{ name }} {{ order.id }} {% for row in rows %}{{ row.n }}{% endfor %}").unwrap();
    assert_eq!(template.variables(), ["name", "order.id", "rows"]);
    let field = |variables: Json| template.render(variables.as_object().unwrap()).unwrap_err().field();
    assert_eq!(field(json!({ "order": { "id": 1 }, "rows": [] })), "variables.name");
    assert_eq!(field(json!({ "name": "a", "order": {}, "rows": [] })), "variables.order.id");
    assert_eq!(
        field(json!({ "name": "a", "order": { "id": 1 }, "rows": [], "nmae": "b" })),
        "variables.nmae"
    );
    let within =
        template.render(json!({ "name": "a", "order": { "id": 1 }, "rows": [{}] }).as_object().unwrap());
    assert_eq!(within.unwrap_err().code(), "undefined_variable");
}

#[test]
fn what_can_not_be_read_names_part_and_line() {
    let error = html("<p>\n{{ name }\n</p>").unwrap_err();
    assert_eq!((error.code(), error.field().as_str()), ("template_syntax", "html"));
    assert!(error.to_string().starts_with("line 2 of `html`: "), "{error}");
    assert_eq!(Template::parse("", None, Some("t")).unwrap_err().field(), "subject");
    assert_eq!(Template::parse("s", None, Some("")).unwrap_err().field(), "html");
}

#[test]
fn nothing_that_grows_or_reaches_elsewhere_is_taken() {
    for source in [
        "{% set x = 'a' %}{{ x }}",
        "{{ a ~ a }}",
        "{{ a + a }}",
        "{{ 'a' * 1000000 }}",
        "{{ 10 ** 10 }}",
        "{% for i in range(1000000) %}{% endfor %}",
        "{% with x = a %}{% endwith %}",
        "{% autoescape false %}{{ a }}{% endautoescape %}",
        "{{ a|safe }}",
        "{{ a|join(a) }}",
        "{{ a|replace('a', a) }}",
        "{{ a.b() }}",
        "{{ debug() }}",
        "{{ a[0:1] }}",
        "{% for x in a recursive %}{{ loop(x) }}{% endfor %}",
        "{{ {'a': 1} }}",
        "{% filter upper %}a{% endfilter %}",
        "{{ a is defined }}",
    ] {
        assert_eq!(html(source).unwrap_err().code(), "template_not_allowed", "{source}");
    }
    for source in
        ["{% include 'x' %}", "{% import 'x' as y %}", "{% extends 'x' %}", "{% macro m() %}{% endmacro %}"]
    {
        assert_eq!(html(source).unwrap_err().code(), "template_syntax", "{source}");
    }
}

#[test]
fn loops_in_loops_end_before_they_cost_much() {
    let rows: Vec<u32> = (0..1000).collect();
    let variables = json!({ "a": rows });
    let work = "{% for x in a %}{% for y in a %}{% for z in a %}{% endfor %}{% endfor %}{% endfor %}";
    assert_eq!(render(work, &variables).unwrap_err().code(), "template_too_much_work");
    let long = json!({ "a": (0..1000).collect::<Vec<u32>>(), "b": "x".repeat(10_000) });
    let output = "{% for x in a %}{{ b }}{% endfor %}";
    assert_eq!(render(output, &long).unwrap_err().code(), "template_rendered_too_long");
    let many = json!({ "b": "x".repeat(MAX_VARIABLES_BYTES) });
    assert_eq!(render("{{ b }}", &many).unwrap_err().code(), "variables_too_long");
    assert_eq!(html(&"x".repeat(MAX_SOURCE_BYTES + 1)).unwrap_err().code(), "template_too_long");
    let deep = format!("{{{{ {}1{} }}}}", "(".repeat(10_000), ")".repeat(10_000));
    assert_eq!(html(&deep).unwrap_err().code(), "template_syntax");
}

#[test]
fn a_text_part_is_made_of_the_html_with_its_links() {
    let template =
        html("<h1>Hello</h1><p>See <a href=\"https://example.com/x\">your order</a>.</p><style>p{}</style>")
            .unwrap();
    let text = template.render(&Map::new()).unwrap().text.unwrap();
    assert!(
        text.contains("Hello") && text.contains("your order") && text.contains("https://example.com/x"),
        "{text}"
    );
    assert!(!text.contains('<') && !text.contains("p{}"), "{text}");
}

proptest! {
    #[test]
    fn no_value_becomes_markup(value in "\\PC{0,40}|[<>&\"'/]{0,10}") {
        let rendered = render("<p title=\"{{ v }}\">{{ v }}</p>", &json!({ "v": value })).unwrap();
        let inner = rendered.strip_prefix("<p title=\"").unwrap().strip_suffix("</p>").unwrap();
        let (attribute, element) = inner.split_once("\">").unwrap();
        for text in [attribute, element] {
            prop_assert!(!text.contains(['<', '>', '"', '\'']), "{}", rendered);
        }
    }

    #[test]
    fn no_source_panics(source in "(\\{\\{|\\}\\}|\\{%|%\\}|[ a-z.|()\\[\\]~+*'\"0-9]|for |in |if |endif|endfor|\\PC){0,40}") {
        if let Ok(template) = html(&source) {
            let _ = template.render(&Map::new());
        }
    }
}
