mod cost;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    builtins::{FILTERS, TESTS},
    *,
};
use crate::subject::MAX_SUBJECT_CHARS;

fn source_with_text(text: &str) -> TemplateSource {
    TemplateSource { subject: "s".into(), html: None, text: Some(text.into()) }
}

fn template(text: &str) -> Result<Template, TemplateError> {
    Template::try_from(source_with_text(text))
}

fn variables(json: Value) -> Variables {
    serde_json::from_value(json).unwrap()
}

fn text(source: &str, json: Value) -> Result<String, TemplateError> {
    template(source)?.render(&variables(json)).map(|rendered| rendered.text)
}

/// Returns the line and message of the error for unsupported syntax.
fn not_allowed(source: &str) -> (usize, String) {
    match template(source) {
        Err(TemplateError::NotAllowed { part: Part::Text, position, message }) => (position.line, message),
        other => panic!("{source}: {other:?}"),
    }
}

/// Returns the line and message of a syntax error.
fn syntax(source: &str) -> (usize, String) {
    match template(source) {
        Err(TemplateError::Syntax { part: Part::Text, position, message, .. }) => (position.line, message),
        other => panic!("{source}: {other:?}"),
    }
}

fn missing(path: &str) -> TemplateError {
    TemplateError::MissingVariable { path: path.into() }
}

fn unknown(name: &str, used: &[&str]) -> TemplateError {
    TemplateError::UnknownVariable {
        name: name.into(),
        used: used.iter().map(|name| (*name).to_owned()).collect(),
    }
}

#[test]
fn values_conditions_loops_and_filters_are_rendered() {
    let shop = json!({
        "name": "Ada", "vip": true, "nothing": null, "price": 4.5, "count": 3, "negative": -2,
        "order": { "number": "A-7", "line-items": [{ "name": "Tea", "price": 2 }, { "name": "Coffee", "price": 3.25 }] },
    });
    let all = "{{ vip }}{{ nothing }}{{ count }}{{ name }}{{ price }}{{ negative }}{{ order.number }}";
    for (source, expected) in [
        ("", ""),
        ("{{ order.number ~ '/' ~ count }}", "A-7/3"),
        ("{% if vip and count > 2 %}yes{% else %}no{% endif %}", "yes"),
        ("{% if name == 'Eve' %}a{% elif name in ['Ada', 'Bob'] %}b{% endif %}", "b"),
        ("{{ 'some' if nothing else 'none' }}", "none"),
        (
            "{% for item in order['line-items'] %}{{ loop.index }}. {{ item.name }} {{ '%.2f' | format(item.price) }};{% endfor %}",
            "1. Tea 2.00;2. Coffee 3.25;",
        ),
        ("{% for item in order['line-items'] if item.price > 2 %}{{ item.name }}{% endfor %}", "Coffee"),
        ("{% for item in order['line-items'] %}\n{{ item.name }}\n{% endfor %}\n", "Tea\nCoffee\n"),
        ("{{ order['line-items'] | join(', ', attribute='name') }}", "Tea, Coffee"),
        ("{{ order['line-items'] | length }}{{ (order['line-items'] | first).name }}", "2Tea"),
        ("{{ order['line-items'][1].name | upper | replace('E', '3') }}", "COFF33"),
        ("{% for key in order %}{{ key }},{% endfor %}", "line-items,number,"),
        ("{% set total = price * count %}{{ total | round(1) }}", "13.5"),
        ("{% if vip %}{% set who = 'v' %}{% else %}{% set who = 'n' %}{% endif %}{{ who }}", "v"),
        ("{{ nothing | default('there') }}{{ order.note | default('no note') }}", "thereno note"),
        ("{% if order.note is defined %}{{ order.note }}{% else %}-{% endif %}", "-"),
        (
            "{{ 'a b&c' | urlencode }}{{ -negative }}{{ negative | abs }}{{ 7 // 2 }}{{ 7 % 2 }}",
            "a%20b%26c2231",
        ),
        ("{% raw %}{{ name }}{% endraw %}{# {{ nothing }} #}", "{{ name }}"),
        ("{{ 'a' is string }}{{ count is odd }}{{ 9 is divisibleby 3 }}", "truetruetrue"),
    ] {
        assert_eq!(
            text(&format!("{all}|{source}"), shop.clone()).as_deref(),
            Ok(&*format!("true3Ada4.5-2A-7|{expected}")),
            "{source}"
        );
    }
}

#[test]
fn values_are_escaped_in_html_only() {
    let template = Template::try_from(TemplateSource {
        subject: "For {{ name }}".into(),
        html: Some("<a title='{{ name }}' href=\"{{ url }}\">{{ name }}</a>".into()),
        text: Some("{{ name }} {{ url }}".into()),
    })
    .unwrap();
    let rendered = template
        .render(&variables(json!({ "name": "<b>\"A\" & 'B'", "url": "https://a.example/?b=1&c=2" })))
        .unwrap();
    assert_eq!(rendered.subject, "For <b>\"A\" & 'B'");
    assert_eq!(
        rendered.html.unwrap(),
        "<a title='&lt;b&gt;&quot;A&quot; &amp; &#39;B&#39;' href=\"https://a.example/?b=1&amp;c=2\">&lt;b&gt;&quot;A&quot; &amp; &#39;B&#39;</a>"
    );
    assert_eq!(rendered.text, "<b>\"A\" & 'B' https://a.example/?b=1&c=2");
}

#[test]
fn a_missing_value_is_named_by_its_path() {
    let order = json!({ "order": { "items": [{ "price": 1 }, {}], "text": "abc" } });
    for (source, path) in [
        ("{{ name }}{{ order }}", "name"),
        ("{% if false %}{{ order }}{{ name }}{% endif %}", "name"),
        ("{{ order.number }}", "order.number"),
        ("{% if order.number %}{% endif %}", "order.number"),
        ("{% if order.number == 1 %}{% endif %}", "order.number"),
        ("{{ order.number or 1 }}", "order.number"),
        ("{{ order.customer.name }}", "order.customer"),
        ("{% for item in order.items %}{{ item.price }}{% endfor %}", "order.items[1].price"),
        ("{{ order.items[2].price }}", "order.items[2]"),
        ("{{ order.items.name }}", "order.items.name"),
        ("{{ order['a b'].c }}", "order.a b"),
        ("{{ order.number is defined }}{{ order.number }}", "order.number"),
        ("{{ order.a == 1 }}{{ order.b is defined }}{{ order.c }}", "order.a"),
    ] {
        assert_eq!(text(source, order.clone()), Err(missing(path)), "{source}");
    }
}

#[test]
fn a_variable_with_a_default_or_test_is_optional() {
    for source in [
        "{{ a | default('b') }}",
        "{% if a is defined %}{{ a }}{% else %}b{% endif %}",
        "{{ a if a is defined else 'b' }}",
    ] {
        let template = template(source).unwrap();
        assert_eq!(
            template.variables(),
            [TemplateVariable { name: "a".into(), required: false }],
            "{source}"
        );
        assert_eq!(text(source, json!({})).as_deref(), Ok("b"), "{source}");
        assert_eq!(text(source, json!({ "a": "c" })).as_deref(), Ok("c"), "{source}");
    }
    assert_eq!(text("{{ a | default('b') }}{{ a }}", json!({})), Err(missing("a")));
    assert_eq!(text("{% set b = 1 %}{{ a.x | default(b) }}", json!({})), Err(missing("a")));
}

#[test]
fn unknown_variables_are_rejected_by_name() {
    assert_eq!(text("{{ a }}{{ b.c }}", json!({ "a": 1, "b": { "c": 1, "d": 2 } })).as_deref(), Ok("11"));
    assert_eq!(
        text("{{ a }}{{ b.c }}", json!({ "a": 1, "b": { "c": 1 }, "d": 2 })),
        Err(unknown("d", &["a", "b"]))
    );
    assert_eq!(text("hello", json!({ "a": 1 })), Err(unknown("a", &[])));
    // Names that the template defines are not variables.
    assert_eq!(text("{% set a = 1 %}{{ a }}", json!({ "a": 1 })), Err(unknown("a", &[])));
    assert_eq!(
        text("{% for a in b %}{{ a }}{% endfor %}", json!({ "a": 1, "b": [] })),
        Err(unknown("a", &["b"]))
    );
}

#[test]
fn used_variables_are_listed_in_order_of_first_use() {
    let template = Template::try_from(TemplateSource {
        subject: "{{ title }}".into(),
        html: Some(
            "{% for a, b in pairs %}{{ a }}{{ loop.index }}{{ title }}{% else %}{{ a }}{% endfor %}\
             {% set c = c | default(d.e) %}{{ c }}{% if x in ['y'] %}{% set z = 1 %}{% endif %}{{ z }}{{ 'lit' ~ f[0]['g'] }}"
                .into(),
        ),
        text: Some("{{ h | join(i) }}{{ j is divisibleby(k) }}{{ -l if not m else n }}{{ o <= p }}".into()),
    })
    .unwrap();
    let names: Vec<_> = template.variables().iter().map(|variable| &*variable.name).collect();
    assert_eq!(names, "title pairs a c d x z f h i j k m l n o p".split(' ').collect::<Vec<_>>());
    let optional: Vec<_> = template.variables().iter().filter(|variable| !variable.required).collect();
    assert_eq!(optional, [&TemplateVariable { name: "c".into(), required: false }]);
}

#[test]
fn syntax_errors_name_the_line_and_what_was_expected() {
    for (source, line, message) in [
        ("a\n{{ name", 2, "unexpected end of input, expected end of variable block"),
        ("{{ name }\n}", 1, "unexpected \"}\", expected end of variable block"),
        ("{{ }}", 1, "unexpected end of variable block"),
        ("{{ a b }}", 1, "unexpected \"b\", expected end of variable block"),
        ("\n\n{% if a %}", 3, "unexpected end of input, expected end of block"),
        ("{% if %}{% endif %}", 1, "unexpected end of block"),
        ("{% for a b %}{% endfor %}", 1, "unexpected \"b\", expected in"),
        ("{# a", 1, "unexpected end of comment"),
        ("{{ 'a }}", 1, "unexpected end of string"),
    ] {
        let (found_line, found_message) = syntax(source);
        assert_eq!(found_line, line, "{source}: {found_message}");
        assert!(found_message.contains(message), "{source}: {found_message}");
    }
}

#[test]
fn unsupported_jinja_is_rejected_by_name() {
    for (source, expected) in [
        ("{% include 'a' %}", "\"include\""),
        ("{% import 'a' as b %}", "\"import\""),
        ("{% extends 'a' %}", "\"extends\""),
        ("{% block a %}{% endblock %}", "\"block\""),
        ("{% macro a() %}{% endmacro %}", "\"macro\""),
        ("{% call a() %}{% endcall %}", "\"call\""),
        ("{% with a = 1 %}{% endwith %}", "\"with\""),
        ("{% filter upper %}{% endfilter %}", "\"filter\""),
        ("{% autoescape false %}{% endautoescape %}", "\"autoescape\""),
        ("{% set a %}b{% endset %}", "\"endset\""),
        ("{% do a() %}", "\"do\""),
        ("{% for a in b recursive %}{% endfor %}", "recursive"),
        ("{% set a.b = 1 %}", "single name"),
        ("{% set a, b = 1, 2 %}", "single name"),
        ("{{ range(3) }}", "function calls"),
        ("{{ a.upper() }}", "function calls"),
        ("{% for a in b %}{{ loop.cycle(1) }}{% endfor %}", "function calls"),
        ("{{ a | safe }}", "always escaped"),
        ("{{ a | e }}", "always escaped"),
        ("{{ a | tojson }}", "unknown filter \"tojson\""),
        ("{{ a is sameas b }}", "unknown test \"sameas\""),
        ("{{ a[1:2] }}", "slices"),
        ("{{ a[b] }}", "brackets must"),
        ("{{ a[-1] }}", "brackets must"),
        ("{{ a[251] }}", "brackets must"),
        ("{{ [1, 2] }}", "after \"in\""),
        ("{{ 1 < a <= 2 }}", "two sides"),
        ("{{ 1 in [a] }}", "after \"in\""),
        ("{{ [1] * 9 == 1 }}", "after \"in\""),
        ("{{ {'a': 1} }}", "after \"in\""),
        ("{{ a | join(*b) }}", "unpacked"),
    ] {
        let (line, message) = not_allowed(source);
        assert!(message.contains(expected) && line == 1, "{source}: {line} {message}");
    }
}

#[test]
fn every_listed_filter_and_test_exists_in_the_engine() {
    let argument = |name: &str| match name {
        "divisibleby" => "(1)",
        "replace" => "('a', 'b')",
        _ => "",
    };
    for filter in FILTERS {
        let value = if matches!(filter, "abs" | "round") { "n" } else { "s" };
        let source = format!("x{{{{ {value} | {filter}{} }}}}", argument(filter));
        let given = if value == "n" { json!({ "n": 1 }) } else { json!({ "s": "a" }) };
        assert!(text(&source, given).is_ok(), "{source}");
    }
    for test in TESTS {
        let source = format!("{{{{ n is {test}{} }}}}", argument(test));
        assert!(text(&source, json!({ "n": 1 })).is_ok(), "{source}");
    }
}

#[test]
fn a_subject_stays_one_line() {
    let render = |subject: &str, json: Value| {
        let template = Template::try_from(TemplateSource {
            subject: subject.into(),
            ..source_with_text("x{{ a | default('') }}")
        });
        template?.render(&variables(json)).map(|rendered| rendered.subject)
    };
    let line_break = |path: &str| Err(TemplateError::LineBreak { path: path.into() });
    assert_eq!(render("Hi {{ a }}", json!({ "a": "Zoë" })).as_deref(), Ok("Hi Zoë"));
    for value in ["x\r\nBcc: y@example.com", "x\n", "\u{2028}", "\u{0}", "\u{85}"] {
        assert_eq!(render("Hi {{ a }}", json!({ "a": value })), line_break("a"), "{value:?}");
        assert_eq!(
            render("Hi {{ b.c[0] }}", json!({ "b": { "c": [value] } })),
            line_break("b.c[0]"),
            "{value:?}"
        );
    }
    for subject in ["a\nb", "", " ", "{% set a = 'b' %}\r\n{{ a }}"] {
        assert_eq!(render(subject, json!({})), Err(TemplateError::Subject), "{subject:?}");
    }
    // An escape sequence in a string of the template.
    assert_eq!(render("{{ 'a\\nb' }}", json!({})), Err(TemplateError::Subject));
    assert_eq!(render("{{ a }}", json!({ "a": "" })), Err(TemplateError::Subject));
    let long = "é".repeat(MAX_SUBJECT_CHARS);
    assert_eq!(render("{{ a }}", json!({ "a": long })), Ok(long.clone()));
    assert_eq!(render("{{ a }}!", json!({ "a": long })), Err(TemplateError::Subject));
}

#[test]
fn the_text_defaults_to_the_text_of_the_html() {
    let template = Template::try_from(TemplateSource {
        subject: "s".into(),
        html: Some("<p>Hello {{ name }}</p><a href='https://a.example/{{ name }}'>Look</a>".into()),
        text: None,
    })
    .unwrap();
    let rendered = template.render(&variables(json!({ "name": "<Ada>" }))).unwrap();
    assert_eq!(rendered.text, "Hello <Ada>\n\nLook (https://a.example/%3CAda%3E)");
}

#[test]
fn templates_without_content_and_oversized_templates_are_rejected() {
    let parts = |html: Option<&str>, text: Option<&str>| {
        Template::try_from(TemplateSource {
            subject: "s".into(),
            html: html.map(str::to_owned),
            text: text.map(str::to_owned),
        })
    };
    assert_eq!(parts(None, None), Err(TemplateError::NoContent));
    assert_eq!(parts(Some(""), Some("")), Err(TemplateError::NoContent));
    let long = "x".repeat(MAX_SOURCE_BYTES + 1);
    assert_eq!(parts(Some(&long), None), Err(TemplateError::TooLong { part: Part::Html }));
    assert_eq!(parts(None, Some(&long)), Err(TemplateError::TooLong { part: Part::Text }));
    assert_eq!(
        text("{% if false %}a{% endif %} ", json!({})),
        Err(TemplateError::Empty { part: Part::Text })
    );
    let too_long = json!({ "a": "x".repeat(MAX_VARIABLE_BYTES) });
    assert_eq!(text("{{ a }}", too_long), Err(TemplateError::VariablesTooLong));
    let large = json!({ "a": "x".repeat(200_000) });
    assert_eq!(text("{{ a }}{{ a }}", large.clone()).unwrap().len(), 400_000);
    assert_eq!(text("{{ a }}{{ a }}{{ a }}", large), Err(TemplateError::TooLarge { part: Part::Text }));
}

#[test]
fn values_of_the_wrong_type_fail_with_the_position() {
    for (source, json) in [
        ("\n{{ a }}", json!({ "a": [1] })),
        ("\n{{ a }}", json!({ "a": { "b": 1 } })),
        ("\n{{ a | abs }}", json!({ "a": "b" })),
        ("\n{{ a + 1 }}", json!({ "a": "b" })),
        ("\n{{ 1 / a }}", json!({ "a": 0 })),
        ("\n{% for b in a %}{% endfor %}", json!({ "a": 1 })),
        ("\n{{ '%d' | format(a) }}", json!({ "a": "b" })),
        ("\n{{ (a | first).x }}", json!({ "a": [] })),
    ] {
        match text(source, json) {
            Err(TemplateError::Failed { part: Part::Text, position, message }) => {
                assert!(
                    position.line == 2 && position.column > 3 && !message.is_empty(),
                    "{source}: {position}"
                );
            }
            other => panic!("{source}: {other:?}"),
        }
    }
}

#[test]
fn only_numbers_are_multiplied() {
    for (source, json, expected) in [
        ("{{ a * 2 }}", json!({ "a": 3 }), "6"),
        ("{{ a * -2 }}", json!({ "a": 4.5 }), "-9.0"),
        ("{{ 1 + a * b ** 2 - a }}", json!({ "a": 2, "b": 3 }), "17"),
        (
            "{% for x in a %}{% set b = x.n * x.p %}{{ b ~ x.n * 2 }},{% endfor %}",
            json!({ "a": [{ "n": 2, "p": 1.5 }] }),
            "3.04,",
        ),
    ] {
        assert_eq!(text(source, json).as_deref(), Ok(expected), "{source}");
    }
    for (source, json, expected) in [
        ("\n{{ a * 2 }}", json!({ "a": "4.50" }), "the text \"4.50\" cannot"),
        ("\n{{ 2 * a }}", json!({ "a": "4.50" }), "the text \"4.50\" cannot"),
        ("\n{{ 2 * a.b }}", json!({ "a": { "b": null } }), "a none cannot"),
        ("\n{{ 2 * a }}", json!({ "a": true }), "a bool cannot"),
        ("\n{{ 2 * a }}", json!({ "a": [1] }), "a sequence cannot"),
        ("\n{{ a * a * a * a }}", json!({ "a": u64::MAX }), "too large"),
    ] {
        match text(source, json) {
            Err(TemplateError::Failed {
                part: Part::Text,
                position: Position { line: 2, column: 4.. },
                message,
            }) => {
                assert!(message.contains(expected), "{source}: {message}");
            }
            other => panic!("{source}: {other:?}"),
        }
    }
}

#[test]
fn numbers_and_texts_are_added_but_not_lists() {
    for (source, json, expected) in [
        ("{{ a + 1 }}{{ a + 0.5 }}", json!({ "a": 2 }), "32.5"),
        ("{{ a + 'c' }}", json!({ "a": "b" }), "bc"),
    ] {
        assert_eq!(text(source, json).as_deref(), Ok(expected), "{source}");
    }
    for (source, json, expected) in [
        ("{{ a + 1 }}", json!({ "a": "b" }), "the text \"b\" cannot be added"),
        ("{{ 1 + a }}", json!({ "a": null }), "a none cannot be added"),
        // Each addition would double the length.
        (
            &format!("{{% set b = a + a %}}{}", "{% set b = b + b %}".repeat(40)),
            json!({ "a": [1] }),
            "a sequence cannot",
        ),
    ] {
        match text(source, json) {
            Err(TemplateError::Failed { message, .. }) => assert!(message.contains(expected), "{message}"),
            other => panic!("{source}: {other:?}"),
        }
    }
}

#[test]
fn values_are_found_in_texts_lists_and_objects() {
    let given = json!({ "s": "a1b", "l": ["x", 2, null, [3]], "o": { "k": null }, "n": 1 });
    let all = "{{ s | length }}{{ l | length }}{{ o.k }}{{ n }}|";
    for (source, is_found) in [
        ("'1b' in s", true),
        ("n in s", true),
        ("'c' in s", false),
        ("'x' in l", true),
        ("2 in l", true),
        ("none in l", true),
        ("n in l", false),
        ("l[3] in l", true),
        ("l in l", false),
        ("n not in l", true),
        ("'k' in o", true),
        // This is a test, not the use of a missing value.
        ("'m' in o", false),
        ("n in o", false),
        ("n in [1, 2]", true),
        ("'n' in ['m', 'l']", false),
        ("s == 'a1b' and s != 'a' and s > 'a' and s < 'b' and n <= 1 and n >= 1", true),
    ] {
        let expected = format!("341|{}", if is_found { "yes" } else { "no" });
        let rendered = text(&format!("{all}{{{{ 'yes' if {source} else 'no' }}}}"), given.clone());
        assert_eq!(rendered, Ok(expected), "{source}");
    }
    for source in ["{{ 1 in n }}", "{{ o.m in l }}", "{{ 1 in o.m }}", "{{ o.m == 1 }}"] {
        assert!(text(&format!("{all}{source}"), given.clone()).is_err(), "{source}");
    }
}

#[test]
fn long_names_and_many_tokens_are_rejected() {
    let name = "a".repeat(64);
    assert!(template(&format!("{{{{ {name}.{name}['{name}'] }}}}")).is_ok());
    for (source, expected) in [
        (format!("{{{{ {name}b }}}}"), "longer than 64 bytes"),
        (format!("{{{{ a.{name}b }}}}"), "longer than 64 bytes"),
        (format!("{{{{ a['{name}b'] }}}}"), "at most 64 bytes"),
        (format!("{}{}", "{% for a in b %}".repeat(9), "{% endfor %}".repeat(9)), "more than 8 levels"),
        ("{{ a }}".repeat(10_001), "more than 30000 tokens"),
    ] {
        let (_, message) = not_allowed(&source);
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn a_name_with_a_hyphen_is_not_taken_for_a_subtraction() {
    for (source, expected) in [
        ("{{ first-name }}", "object[\"first-name\"]"),
        ("{{ user.first-name }}", "user[\"first-name\"]"),
        ("{{ a.b.first -name }}", ""),
        ("{% if order.line-items %}{% endif %}", "order[\"line-items\"]"),
    ] {
        if expected.is_empty() {
            assert!(template(source).is_ok(), "{source}");
        } else {
            let (_, message) = not_allowed(source);
            assert!(message.contains(expected), "{source}: {message}");
        }
    }
    assert_eq!(
        text("{{ a - b }}{{ a -b }}{{ a-1 }}{{- a -}}", json!({ "a": 3, "b": 1 })).as_deref(),
        Ok("2223")
    );
}

#[test]
fn deep_nesting_is_rejected_before_parsing() {
    let many = 35_000;
    for source in [
        format!("{{{{ {}1 }}}}", "not ".repeat(many)),
        format!("{{{{ {}1 }}}}", "-".repeat(many)),
        format!("{{{{ {}1 }}}}", "(".repeat(many)),
        format!("{{{{ {}1 }}}}", "[".repeat(many)),
        format!("{{{{ {}1 }}}}", "{".repeat(many)),
        format!("{{{{ 1{} }}}}", "+1".repeat(many)),
        format!("{{{{ a{} }}}}", ".b".repeat(many)),
        format!("{{{{ a{} }}}}", "|trim".repeat(many)),
        format!("{{{{ a{} }}}}", "[0]".repeat(many)),
        format!("{{{{ a{} }}}}", " if a else a".repeat(many / 2)),
        format!("{{{{ a{} }}}}", " is odd".repeat(many)),
        format!("{{% set {}a = 1 %}}", "(".repeat(many)),
        format!("{{% for {}a in b %}}", "(".repeat(many)),
        format!("{{% if a %}}{}{{% endif %}}", "{% elif a %}".repeat(many / 2)),
        "{% if a %}".repeat(many / 2),
        "{% for a in b %}".repeat(many / 3),
        "{% if a %}{% else %}".repeat(many / 3),
        "{% set a %}".repeat(many / 3),
    ] {
        assert!(
            matches!(template(&source), Err(TemplateError::NotAllowed { .. } | TemplateError::Syntax { .. })),
            "{source:.60}"
        );
    }
}

#[test]
fn nesting_up_to_the_limits_is_rendered() {
    let deep = |before: &str, inner: &str, after: &str, times: usize| {
        format!("x{}{inner}{}", before.repeat(times), after.repeat(times))
    };
    for source in [
        deep("{% if a %}", "{{ a }}", "{% endif %}", 50),
        deep("{% for b in c %}", "{{ a }}", "{% endfor %}", 8),
        format!("{{% if not a %}}{}{{% endif %}}x", "{% elif not a %}".repeat(49)),
        format!("{{{{ {}a{} }}}}", "(".repeat(16), ")".repeat(16)),
        format!("{{{{ {}a }}}}", "not ".repeat(190)),
        format!("{{{{ 1{} }}}}{{{{ a }}}}", "+1".repeat(95)),
        format!("{{{{ a{} }}}}", "|trim".repeat(95)),
    ] {
        let given = if source.contains(" c ") { json!({ "a": "b", "c": [1] }) } else { json!({ "a": "b" }) };
        assert!(text(&source, given).is_ok(), "{source:.60}");
    }
}

#[test]
fn endless_work_is_stopped() {
    let items: Vec<u32> = (0..20_000).collect();
    let long = "y".repeat(100_000);
    let given = json!({
        "xs": items, "ys": [items], "zs": [items], "s": long, "t": format!("{long}"), "o": { "a": 1 },
    });
    let all = "{{ xs | length }}{{ ys | length }}{{ zs | length }}{{ s | length }}{{ t | length }}{{ o.a }}";
    for source in [
        "{% for a in xs %}{% for b in xs %}{% for c in xs %}{% endfor %}{% endfor %}{% endfor %}",
        "{% for a in s %}{% for b in s %}{% endfor %}{% endfor %}",
        "{% for a in xs * 1000000000 %}{% endfor %}",
        "{% for a in xs %}{% if ys == zs %}{% endif %}{% endfor %}",
        "{% for a in xs %}{% if ys < zs %}{% endif %}{% endfor %}",
        "{% for a in xs %}{% if s == t %}{% endif %}{% endfor %}",
        "{% for a in xs %}{% if s in t %}{% endif %}{% endfor %}",
        "{% for a in xs %}{% if loop == o %}{% endif %}{% if loop < o %}{% endif %}{% endfor %}",
        "{% for a in xs %}{% set b = s ~ t %}{% endfor %}",
        "{% for a in xs %}{% set b = s | upper %}{% endfor %}",
        "{% for a in xs %}{% set b = s | title | length %}{% endfor %}",
        "{% for a in xs %}{% set b = s | replace('y', s) %}{% endfor %}",
        "{% for a in xs %}{% set b = xs | join(s) %}{% endfor %}",
        "{% for a in xs %}{% set b = s | urlencode %}{% endfor %}",
        "{% for a in xs %}{% set b = 5000 in xs %}{% endfor %}",
        "{% for a in xs %}{% set b = xs + xs == xs + ys %}{% endfor %}",
        "{{ s * 1000000000 }}",
        "{{ 'a' * 1000000000 }}",
        "{{ s | replace('y', s) }}",
        "{{ '%1000000000d' | format(1) }}",
        "{{ '%.1000000000f' | format(1.5) }}",
        "{{ '%s' * 100000 | format(s) }}",
        "{{ (xs * 100000) == (xs * 100000) }}",
        "{{ -1 in xs * 100000 }}",
    ] {
        let result = text(&format!("{source}{all}"), given.clone());
        assert!(
            matches!(
                result,
                Err(TemplateError::TooCostly { .. }
                    | TemplateError::TooLarge { .. }
                    | TemplateError::Failed { .. })
            ),
            "{source}: {:?}",
            result.map(|text| text.len())
        );
    }
}

#[test]
fn a_long_email_is_rendered() {
    let items: Vec<Value> =
        (0..500).map(|n| json!({ "name": format!("Item {n}"), "price": n, "left": n % 2 == 0 })).collect();
    let row = "{% for item in items %}<tr><td>{{ item.name | title }}</td><td>{{ '%.2f' | format(item.price) }} €</td>\
               <td>{% if item.left %}in stock{% else %}gone{% endif %}</td></tr>{% endfor %}";
    let rendered = text(row, json!({ "items": items })).unwrap();
    assert_eq!(rendered.matches("<tr>").count(), 500);
}

/// Random combinations of template fragments. Most are invalid; none may cause a panic.
fn source() -> impl Strategy<Value = String> {
    let value = prop_oneof![
        Just("a".to_owned()),
        Just("b.c".to_owned()),
        Just("b.d[0]".to_owned()),
        Just("loop.index".to_owned()),
        Just("'x'".to_owned()),
        Just("3".to_owned()),
        Just("none".to_owned()),
        Just("1.5".to_owned()),
        proptest::sample::select(FILTERS.as_slice()).prop_map(|filter| format!("a | {filter}")),
        proptest::sample::select(TESTS.as_slice()).prop_map(|test| format!("b is {test}")),
    ];
    let operator = proptest::sample::select(
        [
            "+", "-", "*", "/", "//", "%", "**", "~", "==", "<", ">=", " in ", " and ", " or ", " if ", "|",
            ".", ",",
        ]
        .as_slice(),
    );
    let expression = proptest::collection::vec((value, operator), 1..5).prop_map(|parts| {
        parts.iter().flat_map(|(value, operator)| [value.as_str(), *operator]).collect::<String>() + "a"
    });
    let fragment = prop_oneof![
        expression.clone().prop_map(|value| format!("{{{{ {value} }}}}")),
        expression.clone().prop_map(|value| format!("{{% if {value} %}}x{{% endif %}}")),
        expression.clone().prop_map(|value| format!("{{% for a in {value} %}}{{{{ a }}}}{{% endfor %}}")),
        expression.prop_map(|value| format!("{{% set a = {value} %}}")),
        "\\PC{0,8}",
        "[{}%# a-z'\"|.()]{0,12}",
    ];
    proptest::collection::vec(fragment, 0..6).prop_map(|fragments| fragments.concat())
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[\\PC\r\n<>&'\"]{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map("[a-e]", inner, 0..4).prop_map(|map| map.into_iter().collect()),
        ]
    })
}

proptest! {
    #[test]
    fn no_template_or_variables_cause_a_panic(source in source(), a in any_value(), b in any_value()) {
        let html = Template::try_from(TemplateSource { subject: "{{ a }}".into(), html: Some(source), text: None });
        if let Ok(template) = html {
            let given = json!({ "a": a, "b": b });
            let uses = |name: &str| template.variables().iter().any(|variable| variable.name == name);
            let given: serde_json::Map<_, _> =
                given.as_object().unwrap().iter().filter(|(name, _)| uses(name)).map(|(k, v)| (k.clone(), v.clone())).collect();
            if let Ok(rendered) = template.render(&variables(given.into())) {
                prop_assert!(!rendered.subject.chars().any(char::is_control));
            }
        }
    }

    #[test]
    fn no_value_escapes_from_its_text_or_attribute(a in any_value(), b in "[\\PC<>&'\"/\r\n]{0,20}") {
        let template = Template::try_from(TemplateSource {
            subject: "s".into(),
            html: Some(
                "<p title=\"{{ b }}\" id='{{ b | upper }}'>{% for x in a %}{{ x.c | default(b) }}{% endfor %}{{ b }}{{ b ~ b }}\
                 {{ b | replace('a', b) }}{{ [b] | join }}{{ '%s' | format(b) }}{{ b | first | default(b) }}{{ b | title | trim }}</p>"
                    .replace("{{ [b] | join }}", "{{ b | join(b) }}"),
            ),
            text: None,
        })
        .unwrap();
        if let Ok(rendered) = template.render(&variables(json!({ "a": a, "b": b }))) {
            let html = rendered.html.unwrap();
            let tokens: Vec<_> = html5gum::Tokenizer::new(&html)
                .flatten()
                .filter(|token| !matches!(token, html5gum::Token::String(_) | html5gum::Token::Error(_)))
                .collect();
            match &tokens[..] {
                [html5gum::Token::StartTag(start), html5gum::Token::EndTag(_)] => {
                    let names: Vec<_> = start.attributes.keys().map(|name| name.to_vec()).collect();
                    prop_assert_eq!(names, [b"id".to_vec(), b"title".to_vec()]);
                }
                other => prop_assert!(false, "{other:?}"),
            }
        }
    }

    #[test]
    fn plain_text_values_are_rendered_unchanged(b in "[\\PC<>&'\"/]{1,20}") {
        prop_assume!(!b.trim().is_empty());
        let rendered = text("{{ b }}", json!({ "b": b }));
        prop_assert_eq!(rendered, Ok(b));
    }
}

#[test]
fn emails_of_a_batch_share_one_budget() {
    let costly = template("{% for a in list %}{% for b in list %}{{ b }}{% endfor %}{% endfor %}").unwrap();
    let given = variables(json!({ "list": vec![1; 130] }));
    assert!(costly.render(&given).is_ok());
    let mut budget = Budget::for_batch();
    let results: Vec<_> =
        (0..100).map(|_| costly.render_within(&mut budget, &given).map_err(|error| error.code())).collect();
    let rendered = results.iter().take_while(|result| result.is_ok()).count();
    // Each uses most of the fuel of an email.
    assert!((10..15).contains(&rendered), "{rendered}");
    assert!(results[rendered..].iter().all(|result| *result == Err("batch_too_much_work")));
    assert!(budget.is_pause_due() && !budget.is_pause_due());

    let long = template(&"a".repeat(MAX_SOURCE_BYTES)).unwrap();
    let mut budget = Budget::for_batch();
    let results = (0..100).map(|_| long.render_within(&mut budget, &Variables::default()));
    assert_eq!(results.take_while(Result::is_ok).count(), 15);
}

#[test]
fn an_email_that_fails_uses_little_of_the_budget_of_its_batch() {
    let failing = template("{{ a.b }}{{ 1 / a.c }}").unwrap();
    let given = variables(json!({ "a": { "b": 1, "c": 0 } }));
    let mut budget = Budget::for_batch();
    for _ in 0..99 {
        let failed = failing.render_within(&mut budget, &given).unwrap_err();
        assert_eq!(failed.code(), "template_failed");
    }
    assert!(template("{{ a }}").unwrap().render_within(&mut budget, &variables(json!({ "a": 1 }))).is_ok());
}
