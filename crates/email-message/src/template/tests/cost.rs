//! The time that a unit of fuel pays for, for everything that a template can do.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

use serde_json::{Value, json};

use super::super::{
    builtins::{FILTERS, TESTS},
    *,
};

/// The longest time that a unit of fuel may take, compared with a step of a plain loop. Without a charge by length it is thousands.
const MAX_FACTOR: u32 = 60;

/// Texts that are equal up to their last character, and other values that make an operation slow.
fn hostile_variables() -> Value {
    let long = "y".repeat(80_000);
    let name = "k".repeat(8_000);
    let nested = (0..20).fold(json!("end"), |inner, _| json!({ "a": inner }));
    json!({
        "s": format!("{long}1"),
        "t": format!("{long}2"),
        "xs": [format!("{}1", &long[..8_000]), format!("{}2", &long[..8_000])],
        "o": { format!("{name}1"): 1, format!("{name}2"): null, "a": 1, "b": null },
        "sigma": "Σ\u{ad}ǅ".repeat(2_000),
        "markup": "<\"&".repeat(2_000),
        "dots": "a.".repeat(2_000),
        "nested": nested,
        "pairs": [[1, 2]],
        "n": (0..20_000).collect::<Vec<u32>>(),
        "tiny": 5e-324,
        "huge": 1.7e308,
        "big": u64::MAX,
    })
}

/// Expressions, among them each operator, filter and test.
const EXPRESSIONS: &str = r"
s == t
s != t
s < t
s <= t
s > t
s >= t
xs == xs
xs < o
loop == o
loop < o
s in t
t in s ~ s
s in xs
s not in xs
s in o
'c' in o
5000 in n
'index' in loop
s ~ t
s + t
big + 1
big - 1
huge - tiny
big * 3
huge * tiny
big / 3
big // 3
big % 3
huge % 3.5
3 ** 80
huge ** 0.001
-big
-huge
not s
s and t or xs
s if t else xs
o.a
o['b']
xs[1]
s[250]
sigma[250]
loop.index
o.c is defined
nested.a.a.a.a.a.a.a.a
tiny | abs
big | abs
s | capitalize
sigma | capitalize
s | default(t)
o.b | default(s)
s | first
xs | first
o | first
'%s %s' | format(s, t)
'%.1s' | format(s)
s | format
'%.1000f' | format(tiny)
'%.1000f' | format(huge)
'%.1000e' | format(tiny)
'%.1000g' | format(1)
'%.2f' | format(huge)
'%.2f' | format(tiny)
'%1000d' | format(big)
'%s' | format(xs)
xs | join(s)
xs | join
s | join
o | join
n | join(',', attribute='a')
xs | join(attribute=dots)
n | join(attribute='a.a.a.a.a.a.a.a')
s | length
sigma | length
xs | length
s | lower
sigma | lower
s | replace('y', 'z')
s | replace(t, 'z')
'a' | replace(s, 'b')
t | replace('yyyyyyyy2', '')
sigma | replace('', '')
1.5 | round(300)
tiny | round(300)
huge | round(-5)
huge | round
huge | round(2)
huge | round(2, 'floor')
tiny | round(precision=300)
big | round(-5)
2.5 | round
s | title
sigma | title
markup | title
s | trim
s | trim('y')
s | trim(t)
s | trim(sigma)
s | upper
sigma | upper
s | urlencode
sigma | urlencode
huge | urlencode
s is boolean
s is defined
big is divisibleby 3
huge is divisibleby 3.5
big is even
o is mapping
o.b is none
s is number
huge is odd
xs is sequence
s is string
";

fn expressions() -> Vec<String> {
    let constant = "y".repeat(20_000);
    let long = format!("s in ['{constant}1', '{constant}2', '{constant}3']");
    EXPRESSIONS.lines().filter(|line| !line.is_empty()).map(str::to_owned).chain([long]).collect()
}

fn repeat(count: usize, fragment: impl Fn(usize) -> String) -> String {
    (0..count).map(fragment).collect::<Vec<_>>().concat()
}

/// Templates that repeat each operation until the fuel is used up.
fn templates() -> Vec<(String, Part, String)> {
    let text = |name: &str, source: String| (name.to_owned(), Part::Text, source);
    let mut templates: Vec<_> = expressions()
        .into_iter()
        .map(|expression| {
            let source = format!("x{{% for i in n %}}{{% set x = {expression} %}}{{% endfor %}}");
            text(&expression, source)
        })
        .collect();
    for expression in ["s", "sigma", "markup", "huge", "tiny", "big", "o.b", "true"] {
        let source = format!("x{{% for i in n %}}{{{{ {expression} }}}}{{% endfor %}}");
        templates.push((format!("html {expression}"), Part::Html, source.clone()));
        templates.push(text(&format!("emit {expression}"), source));
    }
    for inner in [
        "{% for c in s %}{% endfor %}",
        "{% for c in sigma %}{% endfor %}",
        "{% for c in s if false %}{% endfor %}",
        "{% for k in o %}{% endfor %}",
        "{% for x in xs %}{% endfor %}",
        "{% for x, y in pairs %}{% endfor %}",
        "{% for x in xs %}{% else %}{% endfor %}",
        "{% if s %}{% elif t %}{% endif %}",
    ] {
        templates.push(text(inner, format!("x{{% for i in n %}}{inner}{{% endfor %}}")));
    }
    let names = repeat(2_000, |n| format!("{{% set {}{n} = 1 %}}", "v".repeat(60)));
    let used = format!("{}1999", "v".repeat(60));
    templates
        .push(text("many names", format!("x{names}{{% for i in n %}}{{% set x = {used} %}}{{% endfor %}}")));
    let loops = |inner: &str| {
        let outer = repeat(7, |n| format!("{{% for {}{n} in pairs %}}", "v".repeat(60)));
        format!("x{outer}{{% for i in n %}}{inner}{{% endfor %}}{}", "{% endfor %}".repeat(7))
    };
    templates.push(text("nested loops", loops("{% set x = s %}{% set y = big %}{% set z = o.a %}")));
    for (name, fragment) in [
        ("parse values", "{{ o }}"),
        ("parse statements", "{% set x = o.a + 1 %}"),
        ("parse comments", "{# #}"),
        ("parse conditions", "{% if o %}{% endif %}"),
        ("parse strings", "{{ 'a\\n' ~ \"b\" }}"),
    ] {
        let tokens = fragment.split([' ', '.']).count() + 3;
        let repetitions = (25_000 / tokens).min(240_000 / fragment.len());
        templates.push(text(name, format!("x{{% if false %}}{}{{% endif %}}", fragment.repeat(repetitions))));
    }
    templates.push(text("parse text", "x<p>{ y".repeat(37_000)));
    templates
}

/// HTML that takes long to convert to plain text.
fn documents() -> Vec<(String, Part, String)> {
    let fragments = [
        "x ",
        "<div>",
        "<b>",
        "<b>x",
        "<p><b>x",
        "<b><p>",
        "<a href=https://a.example>b",
        "<a ",
        "<a b=\"",
        "<a a>",
        "<!--",
        "&",
        "&amp;",
        "<",
        "</p>",
        "</b>",
        "<li>",
        "<ul><li>",
        "<table><tr><td>",
        "<table>x",
        "<table><b>",
        "<td>x<b></table>",
        "<img alt=x>",
        "<svg>",
        "<math><mi>",
        "<svg><desc>",
        "<select><option>",
        "<i></b><p></i>",
        "<nobr>",
        "<button>",
        "<h1>",
        "<pre>\n",
        "<object><b>",
        "<x y=1 z=2>",
        "<p style='display:none'>",
    ];
    let mut documents: Vec<_> = fragments
        .iter()
        .map(|fragment| ((*fragment).to_owned(), fragment.repeat(250_000 / fragment.len())))
        .collect();
    let formatting = repeat(120, |n| format!("<b x={n}>"));
    documents.push(("reopened formatting".into(), format!("<p>{formatting}{}", "<p>a".repeat(60_000))));
    documents.push((
        "misnested".into(),
        format!("{formatting}{}{}", "<p>".repeat(130), "</b><b>x".repeat(30_000)),
    ));
    documents.push(("deep tags".into(), format!("{}{}", "<div>".repeat(255), "<i></i>".repeat(35_000))));
    documents.push(("deep ends".into(), format!("{}{}", "<span>".repeat(255), "</b>".repeat(60_000))));
    let address = "x".repeat(100_000);
    documents.push(("long address".into(), format!("<a href=https://{address}>{}", "<p>a".repeat(37_000))));
    documents.push(("foster parents".into(), format!("<table>{}", "<b>x<tr>".repeat(30_000))));
    documents.push(("long name".into(), format!("<{}>", "x".repeat(250_000))));
    documents.into_iter().map(|(name, html)| (format!("html of {name}"), Part::Html, html)).collect()
}

/// Returns the processor time of this thread, so that it hardly matters what else the machine does.
fn processor_time() -> Duration {
    clock_gettime(ClockId::ThreadCPUTime).try_into().unwrap()
}

/// Renders and returns the time for a thousand units of fuel.
fn measure(name: &str, part: Part, source: &str, given: &Value) -> Duration {
    let (html, text) = if part == Part::Html { (Some(source), None) } else { (None, Some(source)) };
    let template = Template::try_from(TemplateSource {
        subject: "s".into(),
        html: html.map(str::to_owned),
        text: text.map(str::to_owned),
    })
    .unwrap_or_else(|error| panic!("{name}: {error}"));
    let given: serde_json::Map<_, _> = given
        .as_object()
        .unwrap()
        .iter()
        .filter(|(name, _)| template.variables().iter().any(|variable| variable.name == **name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let variables = serde_json::from_value(given.into()).unwrap();
    let mut budget = Budget::for_batch();
    let before = budget.fuel();
    let started = processor_time();
    let result = template.render_within(&mut budget, &variables);
    let elapsed = processor_time().saturating_sub(started);
    let is_expected = matches!(
        result,
        Ok(_)
            | Err(TemplateError::TooCostly { .. }
                | TemplateError::TooLarge { .. }
                | TemplateError::Empty { .. })
    );
    assert!(is_expected, "{name}: {:?}", result.map(drop));
    let used = u32::try_from(before - budget.fuel()).unwrap();
    1_000 * elapsed / used.max(500)
}

#[test]
fn no_unit_of_fuel_pays_for_more_than_a_bounded_time() {
    let expressions = expressions().join("\n");
    for filter in FILTERS {
        assert!(expressions.contains(&format!("| {filter}")), "{filter}");
    }
    for test in TESTS {
        assert!(expressions.contains(&format!(" is {test}")), "{test}");
    }
    let given = hostile_variables();
    let plain = "x{% for i in n %}{% set x = i %}{% endfor %}";
    let step = (0..5).map(|_| measure("plain", Part::Text, plain, &given)).min().unwrap();
    let mut costly = Vec::new();
    for (name, part, source) in templates().into_iter().chain(documents()) {
        // The best of several attempts, because other programs use the processor's caches.
        let mut attempts = (0..5).map(|_| measure(&name, part, &source, &given));
        if !attempts.any(|time| time < MAX_FACTOR * step) {
            costly.push(format!("{name:.60}"));
        }
    }
    assert!(costly.is_empty(), "more than {MAX_FACTOR} times {step:?} for 1,000 units: {costly:#?}");
}
