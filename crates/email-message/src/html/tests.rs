//! Comparison of parsed trees with those of html5lib.

use super::{
    parser::parse_with_names,
    tag::Names,
    tree::{Content, DOCUMENT, Namespace, NodeId, Tree},
    work::Work,
};

/// Writes a node as `name(children)`, like `tests/html/generate.py`.
fn dump(tree: &Tree, names: &Names, id: NodeId) -> String {
    let mut parts = Vec::new();
    let mut text = String::new();
    let mut child = tree.first_child(id);
    while child != DOCUMENT {
        match *tree.content(child) {
            Content::Text(start, end) => text.push_str(tree.text(start, end)),
            Content::Element { name, namespace, .. } => {
                parts.extend(quoted(&std::mem::take(&mut text)));
                let prefix = match namespace {
                    Namespace::Html => "",
                    Namespace::MathMl => "math:",
                    Namespace::Svg => "svg:",
                };
                parts.push(format!("{prefix}{}({})", names.text(name), dump(tree, names, child)));
            }
        }
        child = tree.next(child);
    }
    parts.extend(quoted(&text));
    parts.join(" ")
}

fn quoted(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| serde_json::to_string(text).unwrap())
}

#[test]
fn trees_equal_those_of_html5lib() {
    let trees = include_str!("../../tests/html/trees.jsonl");
    assert!(trees.lines().count() >= 400);
    for line in trees.lines() {
        let (html, expected): (String, String) = serde_json::from_str(line).unwrap();
        let (tree, names) = parse_with_names(&html, &mut Work::new(u64::MAX));
        assert_eq!(dump(&tree, &names, DOCUMENT), expected, "{html}");
    }
}

#[test]
fn formatting_that_every_block_opens_again_gives_a_tree_of_bounded_size() {
    let formatting = (0..100).fold("<p>".to_owned(), |html, n| html + &format!("<b x={n}>"));
    let html = formatting + &"<p>a".repeat(32 * 1024);
    let (tree, _) = parse_with_names(&html, &mut Work::new(u64::MAX));
    assert!(tree.len() > 250_000 && tree.len() < 400_000, "{}", tree.len());
}

#[test]
fn deep_nesting_makes_siblings_and_loses_no_text() {
    let text = super::html_to_text(&format!("{}a{}b", "<div>".repeat(20_000), "</div>".repeat(20_000)));
    assert_eq!(text, "a\nb");
    let cell = "<table><tr><td>a";
    let text = super::html_to_text(&cell.repeat(2000));
    assert_eq!(text.matches('a').count(), 2000);
}

#[test]
fn select_template_cdata_and_frames_follow_the_current_standard() {
    for (html, expected) in [
        ("<select><p>a<option>b</select>c", r#"select(p("a") option("b")) "c""#),
        ("<select><option>a<option>b<select>c", r#"select(option("a") option("b")) "c""#),
        ("<select><option>a<input>b", r#"select(option("a")) input() "b""#),
        (
            "<table><tr><td><select><option>a</td></table>b",
            r#"table(tbody(tr(td(select(option("a")))))) "b""#,
        ),
        (
            "<p><template><p>a<template>b</template><title></template></title></template>c",
            r#"p(template() "c")"#,
        ),
        ("<table><template><td>a</template><td>b</table>", r#"table(template() tbody(tr(td("b"))))"#),
        ("<svg><![CDATA[<p>]]></svg><![CDATA[a]]>b", r#"svg:svg("<p>") "b""#),
        ("<svg></p>a", r#"svg:svg() p() "a""#),
        ("a<frameset><frame></frameset>b", r#""ab""#),
        ("<ruby><rb>a<rtc><rt>b<rb>c</ruby>d", r#"ruby(rb("a") rtc(rt("b")) rb("c")) "d""#),
        ("<b><main>a</b>b", r#"b() main(b("a") "b")"#),
        ("<b><em><foo><foo><foo><aside></b>x", r#"b(em(foo(foo(foo())))) aside(b() "x")"#),
    ] {
        let (tree, names) = parse_with_names(html, &mut Work::new(u64::MAX));
        assert_eq!(dump(&tree, &names, DOCUMENT), format!("html(head() body({expected}))"), "{html}");
    }
    let (tree, names) = parse_with_names("<template>a</template><frameset><frame>", &mut Work::new(u64::MAX));
    assert_eq!(dump(&tree, &names, DOCUMENT), "html(head(template()) body())");
}
