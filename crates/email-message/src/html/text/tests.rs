//! The text of documents.

use insta::assert_snapshot;
use proptest::prelude::*;

use super::*;

#[test]
fn an_html_email_becomes_readable_text() {
    let html = r##"<!doctype html><html><head><title>T</title><style>p { color: red }</style></head><body>
          <div style="DISPLAY : none">Preheader &zwnj;</div>
          <table width="600" role="presentation"><tr><td><h1>Your order &amp; more</h1>
          <p>Hello <b>Ada</b>,<br>thank
             you!&nbsp; 1 &lt; 2 &#128512;</p>
          <table><tr><th>What</th><th>How many</th></tr><tr><td>Tea</td><td>2</td></tr><tr><td>Coffee</td><td>1</td></tr></table>
          <p><a href="https://shop.example/orders/1?a=1&amp;b=2">See your order</a>, or
          <a href="https://shop.example/">shop.example</a>, or <a href="mailto:help@shop.example">help@shop.example</a>,
          or <a href="#top">the top</a>.</p>
          <ul><li>one<ol><li>first</li><li>second</li></ol></li><li>two</li></ul>
          <p><a href="https://shop.example/logo"><img src="cid:1" alt="Logo"></a><img src="pixel.gif" width=1></p>
          <a href="https://shop.example/button"><div>A button</div></a>
          <hr><pre>  code
  is kept</pre><!--[if mso]>Outlook<![endif]--><script>alert("<p>no</p>")</script>
          <p>Grüße, 世界</p></td></tr></table></body></html>"##;
    assert_snapshot!(html_to_text(html));
}

#[test]
fn hidden_elements_end_where_browsers_end_them() {
    for (html, text) in [
        (
            "<p>Hello</p><svg width=1 height=1/><p>World <a href=https://a.example>x</a>",
            "Hello\n\nWorld x (https://a.example)",
        ),
        ("<!doctype html><head><title>t</title><p>Hello", "Hello"),
        ("<div><span style='display:none'>Pre</div><p>Hello</p>", "Hello"),
        ("<p style='display:none'>a<div>b</div>", "b"),
        ("<b style='display:none'>a<p>b</b>c</p>", "c"),
        ("<select><option>a</select>b", "b"),
        ("<template>a</template><iframe>b</iframe><datalist><option>c</datalist>d", "d"),
        ("<svg><text>a</text></svg><math><mi>x</mi></math>", "x"),
        ("<table hidden><tr><td>a</table>b", "b"),
        ("<table>a<tr hidden><td>b<tr><td>c</table>", "a\n\nc"),
    ] {
        assert_eq!(html_to_text(html), text, "{html}");
    }
}

#[test]
fn hidden_preheaders_and_spacers_are_left_out() {
    for (html, text) in [
        ("<div style='max-height:0;overflow:hidden'>a</div>b", "b"),
        ("<div style='visibility:hidden'>a<p style='visibility:visible'>b</p>c</div>d", "b\n\nd"),
        ("<div style='opacity:0'>a</div>b", "b"),
        ("<span style='font-size:0'>a <b>b</b></span>c", "c"),
        ("<td style='font-size:0px'><div style='font-size:13px'>a</div></td>", "a"),
        (
            "<td style='font-size:0'><div class=column>a</div> <a href=https://a.example><img alt=Logo></a>",
            "a\nLogo (https://a.example)",
        ),
        (
            "<div>Preheader &#847; &zwnj; &nbsp; &#8199; &shy;&#847;&zwnj;&nbsp;&#65279;</div>b",
            "Preheader\nb",
        ),
        ("<p>می&zwnj;خواهم 👨‍👩‍👧</p>", "می\u{200c}خواهم 👨\u{200d}👩\u{200d}👧"),
        ("<a style='visibility:hidden' href=https://a.example><img src=x></a>b", "b"),
    ] {
        assert_eq!(html_to_text(html), text, "{html}");
    }
}

#[test]
fn an_address_is_separated_from_the_text_around_it() {
    for (html, text) in [
        (
            "<a href=https://a.example/?e=1><img src=x alt=''></a>Respected",
            "https://a.example/?e=1 Respected",
        ),
        (
            "<a href=https://a.example/a><img></a><a href=https://a.example/b><img></a>",
            "https://a.example/a https://a.example/b",
        ),
        ("<a href=https://a.example/p>https://a.example/p</a>Next", "https://a.example/p Next"),
        (
            "<a href=https://a.example>here</a>Next, <a href=https://b.example>there</a>.",
            "here (https://a.example) Next, there (https://b.example).",
        ),
        ("Go to<a href=https://a.example><img></a>!", "Go to https://a.example!"),
        ("(<a href=https://a.example><img></a>)", "(https://a.example)"),
        ("<a href='https://a.example/?q=Ada Lovelace'>x</a>", "x (https://a.example/?q=Ada%20Lovelace)"),
        ("<ul><li><a href=https://a.example>x</a></li></ul>", "- x (https://a.example)"),
    ] {
        assert_eq!(html_to_text(html), text, "{html}");
    }
}

#[test]
fn the_address_of_a_link_that_is_split_is_written_once() {
    for (html, text) in [
        ("<a href=https://a.example/1>One<p>Two</a>Three", "One (https://a.example/1)\n\nTwoThree"),
        ("<div><a href=https://a.example>One</div> <div>Two</div>", "One (https://a.example)\nTwo"),
        ("<a href=https://a.example><p>One</a>Two", "One (https://a.example) Two"),
        ("<a href=https://a.example><p><img></a>", "https://a.example"),
        (
            "<a href=https://a.example>1<a href=https://b.example>2",
            "1 (https://a.example) 2 (https://b.example)",
        ),
    ] {
        assert_eq!(html_to_text(html), text, "{html}");
    }
}

#[test]
fn items_stay_on_the_line_of_their_marker() {
    for (html, text) in [
        ("<ul><li><p>One</p></li><li><p>Two</p></li></ul>", "- One\n- Two"),
        ("<ul><li><p>One</p><p>Uno</p></li><li><div>Two</div></li></ul>x", "- One\n\nUno\n- Two\n\nx"),
        ("a<ol><li><p>One</p><ul><li><p>x</p></li></ul></li><li>Two</ol>", "a\n\n1. One\n  - x\n2. Two"),
        ("<ol start=5><li>a<li>b<li value=9>c<li>d</ol>", "5. a\n6. b\n9. c\n10. d"),
        (
            "<ol start=x><li>a</ol><ol start=2147483647><li>b<li>c</ol>",
            "1. a\n\n2147483647. b\n2147483647. c",
        ),
        ("<ul><li><li>a<li><br>b</ul>", "- a\n- b"),
        ("<li>a<li>b", "- a\n- b"),
    ] {
        assert_eq!(html_to_text(html), text, "{html}");
    }
}

#[test]
fn unclosed_elements_do_not_hide_the_rest() {
    for (html, text) in [
        ("<head><title>T</title><body>text", "text"),
        ("<p hidden>a<p>b", "b"),
        ("<table><td style='display:none'>a<td>b", "b"),
        ("<div hidden>a<div>b</div>c</div>d", "d"),
        ("<img hidden alt=a>b", "b"),
        ("<a href=https://a.example>b", "b (https://a.example)"),
        ("<a href=https://a.example></a>", "https://a.example"),
        ("<pre>\na\n  b</pre>c", "a\n  b\n\nc"),
        ("<a href='javascript:x()'>b</a>", "b"),
        ("</ul></pre></p>a", "a"),
        ("1 < 2 & 3", "1 < 2 & 3"),
        ("a<br><br><br>b", "a\n\nb"),
        ("", ""),
    ] {
        assert_eq!(html_to_text(html), text, "{html}");
    }
}

#[test]
fn hostile_html_gives_text_of_bounded_length() {
    let fragments = [
        "<div>",
        "<b>",
        "<ul><li>",
        "<ol><li>",
        "<table><tr><td>",
        "<a href=https://a.example>b",
        "<a ",
        "<a b=\"",
        "<!--",
        "<pre>",
        "<title>",
        "<div hidden>",
        "</a>",
        "&",
        "&amp",
        "<",
        "<p>x",
        "<hr>",
        "x",
        "\u{301}",
        "<br>",
        "<p><b>",
        "<p><a href=https://a.example>b",
        "<i><div></i>",
        "<table><b>x",
        "<li><a>",
        "<option>",
        "<svg><g>",
        "<object><b>",
    ];
    for fragment in fragments {
        let html = fragment.repeat(128 * 1024 / fragment.len());
        let text = html_to_text(&html);
        assert!(text.len() <= 4 * html.len(), "{fragment}: {}", text.len());
    }
}

proptest! {
    #[test]
    fn any_html_is_converted_without_panic_and_within_a_length_limit(html in "(<[/!]?[a-z]{0,4}[ a-z=\"']{0,8}>?|&[a-z#0-9]{0,4};?|[ \\PC]{0,5}){0,40}") {
        let text = html_to_text(&html);
        prop_assert!(text.len() <= 16 + 4 * html.len());
        prop_assert!(!text.starts_with('\n') && !text.contains("\n\n\n"));
    }

    #[test]
    fn text_without_markup_stays_unchanged(words in proptest::collection::vec("[a-zé世]{1,9}", 0..9)) {
        prop_assert_eq!(html_to_text(&words.join(" ")), words.join(" "));
    }
}
