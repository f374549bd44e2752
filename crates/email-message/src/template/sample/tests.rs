use serde_json::{Value, json};

use crate::template::{Template, TemplateSource};

fn template(html: &str) -> Template {
    Template::try_from(TemplateSource { subject: "Hello".into(), html: Some(html.into()), text: None })
        .unwrap()
}

fn sample(html: &str) -> Value {
    serde_json::to_value(template(html).sample()).unwrap()
}

#[test]
fn a_sample_has_the_shape_that_the_template_uses() {
    for (html, expected) in [
        ("{{ name }}", json!({ "name": "name" })),
        ("{{ order.number }}", json!({ "order": { "number": "number" } })),
        (
            "{{ order['line-items'][2].name }}",
            json!({ "order": { "line-items": [{ "name": "name" }, { "name": "name" }, { "name": "name" }] } }),
        ),
        ("{% for item in items %}{{ item }}{% endfor %}", json!({ "items": ["item", "item"] })),
        (
            "{% for item in order.items if item.price > 2 %}{{ item.name | upper }}{% else %}-{% endfor %}",
            json!({ "order": { "items": [{ "name": "name", "price": 1 }, { "name": "name", "price": 1 }] } }),
        ),
        (
            "{% for a in b %}{% for c in a.d %}{{ c }}{% endfor %}{% endfor %}",
            json!({ "b": [{ "d": ["c", "c"] }, { "d": ["c", "c"] }] }),
        ),
        (
            "{% for key, value in pairs %}{{ key }}{{ value * 2 }}{% endfor %}",
            json!({ "pairs": [["key", 1], ["key", 1]] }),
        ),
        (
            "{% set first = items | first %}{{ first.name }}",
            json!({ "items": [{ "name": "name" }, { "name": "name" }] }),
        ),
        (
            "{{ items | join(', ', attribute='name') }}",
            json!({ "items": [{ "name": "name" }, { "name": "name" }] }),
        ),
        (
            "{{ '%s: %.2f, %d%%' | format(name, price, share) }}",
            json!({ "name": "name", "price": 1, "share": 1 }),
        ),
        (
            "{{ price * count }}{{ -debt }}{{ total | round(digits) }}",
            json!({ "price": 1, "count": 1, "debt": 1, "total": 1, "digits": 1 }),
        ),
        ("{% if vip and count > 2 %}a{% else %}b{% endif %}", json!({ "vip": true, "count": 1 })),
        (
            "{{ 'a' if lang in ['de', 'fr'] else 'b' }}{{ 'x' in tags }}",
            json!({ "lang": "lang", "tags": [] }),
        ),
        (
            "{{ greeting + ' ' ~ name }}{{ note | default(3) }}",
            json!({ "greeting": "greeting", "name": "name", "note": 1 }),
        ),
        ("{% if a %}{% set b = 1 %}{% endif %}{{ b }}", json!({ "a": true, "b": "b" })),
        ("{{ name }}{{ name | first }}{{ 'x' in name }}", json!({ "name": "name" })),
        ("no variables", json!({})),
    ] {
        assert_eq!(sample(html), expected, "{html}");
    }
}

#[test]
fn a_correct_template_is_rendered_with_its_sample() {
    for html in [
        "{{ name }}",
        "{{ order.customer.name }}{{ order['line-items'][3].price * 2 }}",
        "{% for item in order.items %}{{ loop.index }}. {{ item.name }} {{ '%.2f' | format(item.price) }}{% endfor %}",
        "{% for a, b in pairs %}{{ a }}{{ b }}{% endfor %}{{ (items | first).name }}{{ items | length }}",
        "{% set total = price * count %}{{ total | round(1) }}{{ n is divisibleby 3 }}{{ m | abs }}{{ 7 // k }}",
        "{% for key in order %}{{ key }}{% endfor %}{{ order.number }}",
        "{{ a ~ b }}{{ c + 1 }}{{ d + 'x' }}{{ e if f else g }}{{ h | default('x') }}{{ i is defined }}{{ j.k is none }}",
        "{{ l | upper | replace('E', '3') }}{{ o | urlencode }}{{ p | trim | title }}{{ q | join(', ') }}{{ 1 < r and r <= s }}",
        "{% if t in ['a'] %}{% elif 'x' in u %}{% else %}-{% endif %}{{ v[0][1] }}{{ w['a b'] }}",
        "{% if x %}{% set y = list %}{% else %}{% set y = other %}{% endif %}{% for z in y %}{{ z.name }}{% endfor %}",
    ] {
        let template = template(html);
        let rendered = template.render(&template.sample());
        assert!(rendered.is_ok(), "{html}: {rendered:?} with {:?}", sample(html));
    }
    let subject = Template::try_from(TemplateSource {
        subject: "{{ a['b\\nc'] }}".into(),
        html: None,
        text: Some("{{ a['b\\nc'] }}".into()),
    })
    .unwrap();
    assert!(subject.render(&subject.sample()).is_ok());
}

#[test]
fn a_sample_is_limited_however_the_template_nests_lists() {
    let template = template("{{ a[250][250][250].b }}");
    let json = serde_json::to_string(&template.sample()).unwrap();
    assert!(json.len() < 20_000, "{}", json.len());
}
