//! Conversion of HTML to plain text.
//!
//! `html5gum` tokenises the HTML; this module handles each token in a single pass. It builds no tree, because libraries that do need
//! quadratic time or deep stacks for hostile HTML with thousands of nested tags.

use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};

/// Converts HTML to plain text. Links keep their addresses, images are replaced by their `alt` text, and hidden elements are omitted.
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
    let mut writer = TextWriter::default();
    for token in Tokenizer::new_with_emitter(html, emitter) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => writer.open(&tag),
            Token::EndTag(tag) => writer.close(&tag.name),
            Token::String(text) => writer.text(&String::from_utf8_lossy(&text)),
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
    }
    writer.finish()
}

/// The maximum indentation of nested lists, in levels.
const MAX_INDENT: usize = 4;

#[derive(Default)]
struct TextWriter {
    text: String,
    /// Line breaks to write before the next text.
    breaks: usize,
    /// Whether to write a space before the next text.
    space: bool,
    /// The number of open `<pre>` elements.
    preformatted: usize,
    /// The open lists; ordered lists have the number of their last item.
    lists: Vec<Option<u32>>,
    link: Option<Link>,
    hidden: Option<HiddenElement>,
}

struct Link {
    address: String,
    /// The byte offset of the link's text.
    start: usize,
}

/// An open element that is not rendered.
struct HiddenElement {
    name: Vec<u8>,
    /// The number of open elements with this name, including this one.
    depth: usize,
}

impl TextWriter {
    fn open(&mut self, tag: &StartTag<()>) {
        let name: &[u8] = &tag.name;
        if self.is_inside_hidden(name) {
            return;
        }
        if is_hidden(tag) {
            if !is_void(name) {
                self.hidden = Some(HiddenElement { name: name.to_vec(), depth: 1 });
            }
            return;
        }
        match name {
            b"br" => self.breaks = (self.breaks + 1).min(2),
            b"a" => self.open_link(&attribute(tag, b"href")),
            b"img" => self.text(&attribute(tag, b"alt")),
            b"hr" => {
                self.break_lines(1);
                self.put("---");
                self.break_lines(1);
            }
            b"td" | b"th" => self.space = true,
            b"li" => self.open_item(),
            b"ul" | b"ol" => {
                self.break_lines(if self.lists.is_empty() { 2 } else { 1 });
                self.lists.push((name == b"ol").then_some(0));
            }
            b"pre" => {
                self.break_lines(2);
                self.preformatted += 1;
            }
            _ => self.break_lines(breaks_around(name)),
        }
    }

    fn close(&mut self, name: &[u8]) {
        if let Some(hidden) = &mut self.hidden {
            if *hidden.name == *name {
                hidden.depth -= 1;
                if hidden.depth == 0 {
                    self.hidden = None;
                }
            }
            return;
        }
        match name {
            b"a" => self.close_link(),
            b"td" | b"th" => self.space = true,
            b"ul" | b"ol" => {
                self.lists.pop();
                self.break_lines(if self.lists.is_empty() { 2 } else { 1 });
            }
            b"pre" => {
                self.preformatted = self.preformatted.saturating_sub(1);
                self.break_lines(2);
            }
            _ => self.break_lines(breaks_around(name)),
        }
    }

    /// Returns whether a start tag is inside a hidden element. Closes the hidden element if the tag closes it implicitly.
    fn is_inside_hidden(&mut self, name: &[u8]) -> bool {
        let Some(hidden) = &mut self.hidden else { return false };
        let closes_hidden = match &*hidden.name {
            b"head" => name == b"body",
            b"p" | b"li" | b"td" | b"th" | b"tr" | b"dt" | b"dd" => *hidden.name == *name,
            _ => false,
        };
        if closes_hidden {
            self.hidden = None;
            return false;
        }
        hidden.depth += usize::from(*hidden.name == *name);
        true
    }

    fn text(&mut self, text: &str) {
        if self.hidden.is_some() {
            return;
        }
        if self.preformatted > 0 {
            self.put(text);
            return;
        }
        for part in text.split_inclusive(is_space) {
            let word = part.trim_end_matches(is_space);
            if !word.is_empty() {
                self.put(word);
            }
            self.space |= word.len() < part.len();
        }
    }

    /// Writes the pending line breaks or space, then `text`.
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

    fn break_lines(&mut self, breaks: usize) {
        self.breaks = self.breaks.max(breaks);
    }

    fn open_item(&mut self) {
        self.break_lines(1);
        let depth = self.lists.len().saturating_sub(1).min(MAX_INDENT);
        let marker = match self.lists.last_mut() {
            Some(Some(number)) => {
                *number = number.saturating_add(1);
                format!("{}{number}. ", "  ".repeat(depth))
            }
            _ => format!("{}- ", "  ".repeat(depth)),
        };
        self.put(&marker);
    }

    fn open_link(&mut self, address: &str) {
        self.close_link();
        let address: String = address.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
        let is_external = ["https://", "http://", "mailto:", "tel:"]
            .iter()
            .any(|start| address.get(..start.len()).is_some_and(|scheme| scheme.eq_ignore_ascii_case(start)));
        if is_external {
            self.link = Some(Link { address, start: self.text.len() });
        }
    }

    fn close_link(&mut self) {
        let Some(Link { address, start }) = self.link.take() else { return };
        let label = self.text.get(start..).unwrap_or_default().trim();
        if is_same_address(label, &address) {
            return;
        }
        if label.is_empty() {
            self.put(&address);
        } else {
            // Blocks inside a link must not separate its text from its address.
            let breaks = std::mem::take(&mut self.breaks);
            self.space = true;
            self.put(&format!("({address})"));
            self.breaks = breaks;
        }
    }

    fn finish(mut self) -> String {
        self.close_link();
        self.text.truncate(self.text.trim_end().len());
        self.text
    }
}

/// Returns whether a link's text is its address.
fn is_same_address(label: &str, address: &str) -> bool {
    let bare = |text: &str| {
        let text = ["https://", "http://", "mailto:", "tel:"]
            .iter()
            .find_map(|start| text.strip_prefix(start))
            .unwrap_or(text);
        text.trim_end_matches('/').to_owned()
    };
    !label.is_empty() && bare(label) == bare(address)
}

/// Returns whether `c` is HTML white space or a no-break space, which HTML emails often use for layout.
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

/// Returns whether an element has no content and no end tag.
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

/// Returns the number of line breaks before and after an element.
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
    fn unclosed_elements_do_not_hide_the_rest() {
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
        ];
        for fragment in fragments {
            let html = fragment.repeat(512 * 1024 / fragment.len());
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
}
