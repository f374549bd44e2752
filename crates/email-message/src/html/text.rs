//! Rendering of a document as plain text.

use super::{
    attributes::Attributes,
    link,
    parser::parse,
    tag::Tag,
    tree::{Content, DOCUMENT, Namespace, NodeId, Tree},
    work::{self, Work},
};

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
    html_to_text_within(html, u64::MAX).0.unwrap_or_default()
}

/// Converts HTML to plain text like [`html_to_text`], with the fuel of a template. Returns the fuel that was used, too.
///
/// There is no text if the fuel isn't enough.
pub(crate) fn html_to_text_within(html: &str, fuel: u64) -> (Option<String>, u64) {
    let mut work = Work::new(fuel);
    let tree = parse(html, &mut work);
    let text = Renderer::new(&tree, &mut work).render();
    ((!work.is_exhausted()).then_some(text), work.fuel())
}

/// The maximum indentation of nested lists, in levels.
const MAX_INDENT: usize = 4;

struct Renderer<'a> {
    tree: &'a Tree,
    text: String,
    /// Line breaks to write before the next text.
    breaks: usize,
    /// Whether to write a space before the next text.
    space: bool,
    /// Whether the text ends with an address, which needs a space behind it.
    is_after_address: bool,
    /// The marker of a list item, to write before its first text.
    marker: Option<String>,
    /// The number of open `<pre>` elements.
    preformatted: usize,
    lists: Vec<List>,
    links: Vec<Link>,
    /// Links with an address that has been written. A link that blocks split is several elements.
    written: Vec<bool>,
    visibility: Visibility,
    /// Open elements that change the visibility, with the visibility around them.
    outer: Vec<(NodeId, Visibility)>,
    work: &'a mut Work,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Visibility {
    is_visible: bool,
    is_without_size: bool,
}

struct List {
    /// The number of the next item; `None` if the list is not ordered.
    number: Option<i32>,
    is_empty: bool,
}

struct Link {
    id: NodeId,
    attributes: u32,
    address: String,
    /// The byte offset of the link's text.
    start: Option<usize>,
    has_image: bool,
}

impl<'a> Renderer<'a> {
    fn new(tree: &'a Tree, work: &'a mut Work) -> Self {
        Self {
            tree,
            text: String::new(),
            breaks: 0,
            space: false,
            is_after_address: false,
            marker: None,
            preformatted: 0,
            lists: Vec::new(),
            links: Vec::new(),
            written: vec![false; tree.attributes_len()],
            visibility: Visibility { is_visible: true, is_without_size: false },
            outer: Vec::new(),
            work,
        }
    }

    fn render(mut self) -> String {
        let tree = self.tree;
        let mut node = tree.first_child(DOCUMENT);
        while node != DOCUMENT && !self.work.is_exhausted() {
            if self.enter(node) {
                let child = tree.first_child(node);
                if child != DOCUMENT {
                    node = child;
                    continue;
                }
                self.leave(node);
            }
            while tree.next(node) == DOCUMENT && node != DOCUMENT {
                node = tree.parent(node);
                self.leave(node);
            }
            node = tree.next(node);
        }
        self.finish()
    }

    /// Renders the beginning of a node. Returns whether its children are rendered.
    fn enter(&mut self, id: NodeId) -> bool {
        match *self.tree.content(id) {
            Content::Text(start, end) => {
                let is_visible = self.visibility.is_visible && !self.visibility.is_without_size;
                match self.tree.text(start, end) {
                    _ if !is_visible => {}
                    text if self.preformatted > 0 => self.put(text),
                    text => self.words(text),
                }
                false
            }
            Content::Element { name, namespace, attributes: index } => {
                let attributes = self.tree.attributes(index);
                if attributes.style.is_hidden || is_not_rendered(name.tag, namespace) {
                    return false;
                }
                let style = attributes.style;
                let visibility = Visibility {
                    is_visible: style.visible.unwrap_or(self.visibility.is_visible),
                    is_without_size: style.zero_size.unwrap_or(self.visibility.is_without_size),
                };
                if visibility != self.visibility {
                    self.outer.push((id, self.visibility));
                    self.visibility = visibility;
                }
                if namespace == Namespace::Html {
                    self.open(id, name.tag, index, attributes);
                }
                true
            }
        }
    }

    fn open(&mut self, id: NodeId, tag: Tag, index: u32, attributes: &Attributes) {
        match tag {
            Tag::Br if self.marker.is_none() => self.breaks = (self.breaks + 1).min(2),
            Tag::A if self.visibility.is_visible => {
                // Copies of an element share one address.
                self.work.spend(attributes.text.len());
                if let Some(address) = link::address(&attributes.text) {
                    self.links.push(Link { id, attributes: index, address, start: None, has_image: false });
                }
            }
            Tag::Img if self.visibility.is_visible => {
                self.words(&attributes.text);
                self.work.spend(self.links.len());
                self.links.iter_mut().for_each(|link| link.has_image = true);
            }
            Tag::Hr => {
                self.break_lines(1);
                self.put("---");
                self.break_lines(1);
            }
            Tag::Td | Tag::Th => self.space = true,
            Tag::Li => self.open_item(attributes.number),
            Tag::Ul | Tag::Ol | Tag::Menu | Tag::Dir => {
                self.break_around_list();
                let number = (tag == Tag::Ol).then(|| attributes.number.unwrap_or(1));
                self.lists.push(List { number, is_empty: true });
            }
            _ => {
                self.preformatted += usize::from(is_preformatted(tag));
                self.break_lines(breaks_around(tag));
            }
        }
    }

    /// Renders the end of an element after its children.
    fn leave(&mut self, id: NodeId) {
        let Content::Element { name, namespace: Namespace::Html, .. } = *self.tree.content(id) else {
            return;
        };
        match name.tag {
            Tag::A => {
                if let Some(link) = self.links.pop_if(|link| link.id == id) {
                    self.close_link(&link);
                }
            }
            Tag::Td | Tag::Th => self.space = true,
            Tag::Li => {
                self.marker = None;
                self.break_lines(1);
            }
            Tag::Ul | Tag::Ol | Tag::Menu | Tag::Dir => {
                self.lists.pop();
                self.break_around_list();
            }
            tag => {
                self.preformatted -= usize::from(is_preformatted(tag));
                self.break_lines(breaks_around(tag));
            }
        }
        if let Some((_, visibility)) = self.outer.pop_if(|(element, _)| *element == id) {
            self.visibility = visibility;
        }
    }

    /// Writes text with its white space collapsed.
    fn words(&mut self, text: &str) {
        for part in text.split_inclusive(is_space) {
            self.work.spend(work::WORD);
            let word = part.trim_end_matches(is_space);
            if word.chars().all(is_invisible) {
                self.space = true;
            } else {
                self.put(word);
                self.space |= word.len() < part.len();
            }
        }
    }

    /// Writes the pending line breaks, space and marker, then `text`.
    fn put(&mut self, text: &str) {
        let needs_space = self.space || self.is_after_address && !text.starts_with(is_closing);
        if self.text.is_empty() {
        } else if self.breaks > 0 {
            self.text.push_str(&"\n\n"[..self.breaks]);
        } else if needs_space && !self.text.ends_with([' ', '\n']) {
            self.text.push(' ');
        }
        if let Some(marker) = self.marker.take() {
            self.text.push_str(&marker);
        }
        self.breaks = 0;
        self.space = false;
        self.is_after_address = false;
        for link in self.links.iter_mut().rev().take_while(|link| link.start.is_none()) {
            link.start = Some(self.text.len());
        }
        self.text.push_str(text);
    }

    fn break_lines(&mut self, breaks: usize) {
        // A block that begins an item stays on the line of its marker.
        if self.marker.is_none() {
            self.breaks = self.breaks.max(breaks);
        }
    }

    fn break_around_list(&mut self) {
        if self.lists.is_empty() {
            self.break_lines(2);
        } else if self.marker.is_none() {
            self.breaks = 1;
        }
    }

    fn open_item(&mut self, value: Option<i32>) {
        let depth = self.lists.len().saturating_sub(1).min(MAX_INDENT);
        let mut marker = "- ".to_owned();
        let mut is_first = self.lists.is_empty();
        if let Some(list) = self.lists.last_mut() {
            is_first = std::mem::take(&mut list.is_empty);
            if let Some(next) = &mut list.number {
                let number = value.unwrap_or(*next);
                *next = number.saturating_add(1);
                marker = format!("{number}. ");
            }
        }
        self.breaks = if is_first { self.breaks.max(1) } else { 1 };
        self.marker = Some("  ".repeat(depth) + &marker);
    }

    fn close_link(&mut self, link: &Link) {
        self.work.spend(self.text.len() - link.start.unwrap_or(self.text.len()) + link.address.len());
        let label = link.start.and_then(|start| self.text.get(start..)).unwrap_or_default().trim();
        if link::is_same_address(label, &link.address) {
            self.written[link.attributes as usize] = true;
            self.is_after_address = true;
            return;
        }
        let is_empty = label.is_empty();
        if is_empty && !link.has_image && self.tree.attributes(link.attributes).is_copied {
            return;
        }
        if std::mem::replace(&mut self.written[link.attributes as usize], true) {
            return;
        }
        if is_empty {
            self.space |= !self.text.ends_with(['(', '[', '<', '"']);
            self.put(&link.address);
        } else {
            // Blocks inside a link must not separate its text from its address.
            let breaks = std::mem::take(&mut self.breaks);
            self.space = true;
            self.put(&format!("({})", link.address));
            self.breaks = breaks;
        }
        self.is_after_address = true;
    }

    fn finish(mut self) -> String {
        self.text.truncate(self.text.trim_end().len());
        self.text
    }
}

/// Returns whether `c` is HTML white space or a no-break space, which HTML emails often use for layout.
fn is_space(c: char) -> bool {
    c.is_ascii_whitespace() || c == '\u{a0}'
}

/// Returns whether `c` shows nothing. Emails use such characters as spacers after a preheader; inside of words they have a meaning.
fn is_invisible(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Returns whether `c` may follow an address without a space, because mail clients don't count it to the address.
fn is_closing(c: char) -> bool {
    matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | ')' | ']' | '>' | '"' | '»' | '”')
}

/// Returns whether browsers show nothing of an element, or a control instead of its text.
fn is_not_rendered(tag: Tag, namespace: Namespace) -> bool {
    match namespace {
        Namespace::Html => matches!(
            tag,
            Tag::Head
                | Tag::Script
                | Tag::Style
                | Tag::Title
                | Tag::Template
                | Tag::Textarea
                | Tag::Select
                | Tag::Datalist
                | Tag::Iframe
                | Tag::Noembed
                | Tag::Noframes
        ),
        Namespace::Svg => true,
        Namespace::MathMl => false,
    }
}

fn is_preformatted(tag: Tag) -> bool {
    matches!(tag, Tag::Pre | Tag::Listing | Tag::Plaintext | Tag::Xmp)
}

/// Returns the number of line breaks before and after an element.
fn breaks_around(tag: Tag) -> usize {
    match tag {
        Tag::P | Tag::Blockquote | Tag::Table | Tag::Dl | Tag::Figure | Tag::Fieldset => 2,
        tag if tag.is_heading() || is_preformatted(tag) => 2,
        Tag::Body | Tag::Caption | Tag::Dd | Tag::Dt | Tag::Form | Tag::Tr => 1,
        tag if tag.is_block() => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests;
