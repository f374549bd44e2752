//! From HTML to the plain text that says the same, for those who read or filter mail by its text.
//!
//! `html5gum` tells what is a tag and what its character references mean; what is done about each tag stands here. There is no tree: libraries
//! that build one from HTML take time or stack by the square, or without end, for HTML that is meant to harm (nested by the
//! ten thousand). This goes through the HTML once.

use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};

/// The plain text of a piece of HTML. Links keep their addresses, images say their `alt`, what is hidden is left out.
///
/// ```
/// use email_message::template::html_to_text;
///
/// let html = r#"<h1>Hello</h1><p>See <a href="https://example.com/a">your order</a>.</p><ul><li>Tea</ul>"#;
/// assert_eq!(html_to_text(html), "Hello\n\nSee your order (https://example.com/a).\n\n- Tea");
/// ```
#[must_use]
pub fn html_to_text(html: &str) -> String {
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    let mut page = Page::default();
    for token in Tokenizer::new_with_emitter(html, emitter) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => page.open(&tag),
            Token::EndTag(tag) => page.close(&tag.name),
            Token::String(text) => page.text(&String::from_utf8_lossy(&text)),
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
    }
    page.end()
}

/// How far lists inside each other are indented.
const DEEPEST_INDENT: usize = 4;

#[derive(Default)]
struct Page {
    text: String,
    /// Line breaks before what comes next.
    breaks: usize,
    /// Whether a space stands before what comes next on the line.
    space: bool,
    /// In how many `<pre>` it is.
    verbatim: usize,
    /// The open lists, and the number of the last item where they count.
    lists: Vec<Option<u32>>,
    link: Option<Link>,
    left_out: Option<LeftOut>,
}

struct Link {
    address: String,
    /// Where its text begins.
    start: usize,
}

/// An element that doesn't show.
struct LeftOut {
    name: Vec<u8>,
    /// How many elements of this name are open in it, with itself.
    depth: usize,
}

impl Page {
    fn open(&mut self, tag: &StartTag<()>) {
        let name: &[u8] = &tag.name;
        if self.is_left_out(name) {
            return;
        }
        if is_hidden(tag) {
            if !is_void(name) {
                self.left_out = Some(LeftOut { name: name.to_vec(), depth: 1 });
            }
            return;
        }
        match name {
            b"br" => self.breaks = (self.breaks + 1).min(2),
            b"a" => self.open_link(&attribute(tag, b"href")),
            b"img" => self.text(&attribute(tag, b"alt")),
            b"hr" => {
                self.separate(1);
                self.put("---");
                self.separate(1);
            }
            b"td" | b"th" => self.space = true,
            b"li" => self.item(),
            b"ul" | b"ol" => {
                self.separate(if self.lists.is_empty() { 2 } else { 1 });
                self.lists.push((name == b"ol").then_some(0));
            }
            b"pre" => {
                self.separate(2);
                self.verbatim += 1;
            }
            _ => self.separate(breaks_around(name)),
        }
    }

    fn close(&mut self, name: &[u8]) {
        if let Some(left_out) = &mut self.left_out {
            if *left_out.name == *name {
                left_out.depth -= 1;
                if left_out.depth == 0 {
                    self.left_out = None;
                }
            }
            return;
        }
        match name {
            b"a" => self.close_link(),
            b"td" | b"th" => self.space = true,
            b"ul" | b"ol" => {
                self.lists.pop();
                self.separate(if self.lists.is_empty() { 2 } else { 1 });
            }
            b"pre" => {
                self.verbatim = self.verbatim.saturating_sub(1);
                self.separate(2);
            }
            _ => self.separate(breaks_around(name)),
        }
    }

    /// Whether a tag is inside of what is left out. It ends there too where HTML ends an element without saying so.
    fn is_left_out(&mut self, name: &[u8]) -> bool {
        let Some(left_out) = &mut self.left_out else { return false };
        let ends_by_itself = match &*left_out.name {
            b"head" => name == b"body",
            b"p" | b"li" | b"td" | b"th" | b"tr" | b"dt" | b"dd" => *left_out.name == *name,
            _ => false,
        };
        if ends_by_itself {
            self.left_out = None;
            return false;
        }
        left_out.depth += usize::from(*left_out.name == *name);
        true
    }

    fn text(&mut self, text: &str) {
        if self.left_out.is_some() {
            return;
        }
        if self.verbatim > 0 {
            self.put(text);
            return;
        }
        for piece in text.split_inclusive(is_space) {
            let word = piece.trim_end_matches(is_space);
            if !word.is_empty() {
                self.put(word);
            }
            self.space |= word.len() < piece.len();
        }
    }

    /// Writes as it is, after the breaks or the space that are due.
    fn put(&mut self, text: &str) {
        if self.text.is_empty() {
        } else if self.breaks > 0 {
            self.text.push_str(&"\n\n"[..self.breaks]);
        } else if self.space && !self.text.ends_with([' ', '\n']) {
            self.text.push(' ');
        }
        self.breaks = 0;
        self.space = false;
        self.text.push_str(text);
    }

    fn separate(&mut self, breaks: usize) {
        self.breaks = self.breaks.max(breaks);
    }

    fn item(&mut self) {
        self.separate(1);
        let depth = self.lists.len().saturating_sub(1).min(DEEPEST_INDENT);
        let mark = match self.lists.last_mut() {
            Some(Some(number)) => {
                *number = number.saturating_add(1);
                format!("{}{number}. ", "  ".repeat(depth))
            }
            _ => format!("{}- ", "  ".repeat(depth)),
        };
        self.put(&mark);
    }

    fn open_link(&mut self, address: &str) {
        self.close_link();
        let address: String = address.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
        let leads_somewhere = ["https://", "http://", "mailto:", "tel:"]
            .iter()
            .any(|start| address.get(..start.len()).is_some_and(|scheme| scheme.eq_ignore_ascii_case(start)));
        if leads_somewhere {
            self.link = Some(Link { address, start: self.text.len() });
        }
    }

    fn close_link(&mut self) {
        let Some(Link { address, start }) = self.link.take() else { return };
        let shown = self.text.get(start..).unwrap_or_default().trim();
        if says(shown, &address) {
            return;
        }
        if shown.is_empty() {
            self.put(&address);
        } else {
            // A block inside of a link ends before its address.
            let breaks = std::mem::take(&mut self.breaks);
            self.space = true;
            self.put(&format!("({address})"));
            self.breaks = breaks;
        }
    }

    fn end(mut self) -> String {
        self.close_link();
        self.text.truncate(self.text.trim_end().len());
        self.text
    }
}

/// Whether a link's text is its address already.
fn says(shown: &str, address: &str) -> bool {
    let bare = |text: &str| {
        let text = ["https://", "http://", "mailto:", "tel:"]
            .iter()
            .find_map(|start| text.strip_prefix(start))
            .unwrap_or(text);
        text.trim_end_matches('/').to_owned()
    };
    !shown.is_empty() && bare(shown) == bare(address)
}

/// White space of HTML, and the space that doesn't break: mails are full of it, and in a text it only looks like any other.
fn is_space(c: char) -> bool {
    c.is_ascii_whitespace() || c == '\u{a0}'
}

fn attribute(tag: &StartTag<()>, name: &[u8]) -> String {
    tag.attributes.get(name).map(|value| String::from_utf8_lossy(value).into_owned()).unwrap_or_default()
}

fn is_hidden(tag: &StartTag<()>) -> bool {
    if matches!(
        &**tag.name,
        b"head" | b"script" | b"style" | b"title" | b"template" | b"svg" | b"textarea" | b"select"
    ) {
        return true;
    }
    let mut style = attribute(tag, b"style").to_ascii_lowercase();
    style.retain(|c| !c.is_whitespace());
    tag.attributes.contains_key(&b"hidden"[..]) || style.contains("display:none")
}

/// Whether an element has no content, and so no end.
fn is_void(name: &[u8]) -> bool {
    matches!(
        name,
        b"area"
            | b"base"
            | b"br"
            | b"col"
            | b"embed"
            | b"hr"
            | b"img"
            | b"input"
            | b"link"
            | b"meta"
            | b"source"
            | b"track"
            | b"wbr"
    )
}

/// The line breaks around an element.
fn breaks_around(name: &[u8]) -> usize {
    match name {
        b"p" | b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" | b"blockquote" | b"table" | b"dl"
        | b"figure" | b"fieldset" => 2,
        b"address" | b"article" | b"aside" | b"body" | b"caption" | b"center" | b"dd" | b"div" | b"dt"
        | b"figcaption" | b"footer" | b"form" | b"header" | b"li" | b"main" | b"nav" | b"section" | b"tr" => {
            1
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_mail_reads_as_it_looks() {
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
    fn what_is_not_closed_is_no_reason_to_leave_out_the_rest() {
        for (html, text) in [
            ("<head><title>T</title><body>text", "text"),
            ("<p hidden>a<p>b", "b"),
            ("<td style='display:none'>a<td>b", "b"),
            ("<div hidden>a<div>b</div>c</div>d", "d"),
            ("<img hidden alt=a>b", "b"),
            ("<a href=https://a.example>b", "b (https://a.example)"),
            ("<a href=https://a.example></a>", "https://a.example"),
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
    fn html_that_is_meant_to_harm_takes_no_longer_than_other_html() {
        let pieces = [
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
        ];
        for piece in pieces {
            let html = piece.repeat(512 * 1024 / piece.len());
            let text = html_to_text(&html);
            assert!(text.len() <= 4 * html.len(), "{piece}: {}", text.len());
        }
    }

    proptest! {
        #[test]
        fn no_html_panics_or_grows_without_bound(html in "(<[/!]?[a-z]{0,4}[ a-z=\"']{0,8}>?|&[a-z#0-9]{0,4};?|[ \\PC]{0,5}){0,40}") {
            let text = html_to_text(&html);
            prop_assert!(text.len() <= 16 + 4 * html.len());
            prop_assert!(!text.starts_with('\n') && !text.contains("\n\n\n"));
        }

        #[test]
        fn text_without_signs_of_html_stays_as_it_is(words in proptest::collection::vec("[a-zé世]{1,9}", 0..9)) {
            prop_assert_eq!(html_to_text(&words.join(" ")), words.join(" "));
        }
    }
}
