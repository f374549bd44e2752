//! The stack of open elements, and the list of active formatting elements.

use super::{
    tag::{Name, Tag},
    tree::{Namespace, NodeId},
};

/// The maximum number of open elements, which bounds the work for each tag. Deeper elements become siblings, as in browsers, which have
/// limits from 200 to 512.
const MAX_DEPTH: usize = 256;

/// The maximum number of active formatting elements and markers.
const MAX_FORMATTING: usize = 128;

/// An open element.
#[derive(Clone, Copy, Debug)]
pub(super) struct Open {
    pub(super) id: NodeId,
    pub(super) name: Name,
    pub(super) namespace: Namespace,
    /// Whether HTML is allowed inside this element of SVG or `MathML`.
    pub(super) integration: Integration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Integration {
    None,
    /// <https://html.spec.whatwg.org/multipage/parsing.html#mathml-text-integration-point>
    MathMlText,
    /// <https://html.spec.whatwg.org/multipage/parsing.html#html-integration-point>
    Html,
    /// `annotation-xml` without HTML, which may contain `svg`.
    AnnotationXml,
}

impl Open {
    /// Returns whether this is an HTML element with this tag.
    pub(super) fn is(&self, tag: Tag) -> bool {
        self.tag() == tag && tag != Tag::Other
    }

    /// Returns the tag of an HTML element, and [`Tag::Other`] for other elements.
    pub(super) fn tag(&self) -> Tag {
        if self.namespace == Namespace::Html { self.name.tag } else { Tag::Other }
    }

    fn is_special(&self) -> bool {
        self.tag().is_special() || self.integration != Integration::None
    }
}

/// Where a search for an open element ends.
///
/// <https://html.spec.whatwg.org/multipage/parsing.html#has-an-element-in-scope>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    Default,
    ListItem,
    Button,
    Table,
}

impl Scope {
    fn ends_at(self, open: &Open) -> bool {
        let tag = open.tag();
        match self {
            Self::Table => matches!(tag, Tag::Html | Tag::Table | Tag::Template),
            Self::ListItem if matches!(tag, Tag::Ol | Tag::Ul) => true,
            Self::Button if tag == Tag::Button => true,
            Self::Default | Self::ListItem | Self::Button => {
                matches!(
                    tag,
                    Tag::Applet
                        | Tag::Caption
                        | Tag::Html
                        | Tag::Table
                        | Tag::Td
                        | Tag::Th
                        | Tag::Marquee
                        | Tag::Object
                        | Tag::Select
                        | Tag::Template
                ) || open.integration != Integration::None
            }
        }
    }
}

/// The stack of open elements. The first one, `html`, is never removed.
#[derive(Default)]
pub(super) struct Stack(Vec<Open>);

impl Stack {
    pub(super) fn push(&mut self, open: Open) {
        if self.0.len() >= MAX_DEPTH {
            self.0.pop();
        }
        self.0.push(open);
    }

    pub(super) fn pop(&mut self) {
        if self.0.len() > 1 {
            self.0.pop();
        }
    }

    pub(super) fn as_slice(&self) -> &[Open] {
        &self.0
    }

    pub(super) fn current(&self) -> Option<&Open> {
        self.0.last()
    }

    pub(super) fn current_tag(&self) -> Tag {
        self.current().map_or(Tag::Other, Open::tag)
    }

    pub(super) fn position(&self, id: NodeId) -> Option<usize> {
        self.0.iter().rposition(|open| open.id == id)
    }

    pub(super) fn remove(&mut self, id: NodeId) {
        if let Some(position) = self.position(id).filter(|position| *position > 0) {
            self.0.remove(position);
        }
    }

    pub(super) fn replace(&mut self, position: usize, id: NodeId) {
        self.0[position].id = id;
    }

    pub(super) fn insert(&mut self, position: usize, open: Open) {
        self.0.insert(position, open);
    }

    /// Removes the elements from this position on.
    pub(super) fn truncate(&mut self, position: usize) {
        self.0.truncate(position.max(1));
    }

    pub(super) fn has(&self, scope: Scope, is_match: impl Fn(Tag) -> bool) -> bool {
        self.find(scope, is_match).is_some()
    }

    fn find(&self, scope: Scope, is_match: impl Fn(Tag) -> bool) -> Option<usize> {
        for (position, open) in self.0.iter().enumerate().rev() {
            if is_match(open.tag()) {
                return Some(position);
            }
            if scope.ends_at(open) {
                return None;
            }
        }
        None
    }

    /// Returns whether the element at this position is in the default scope.
    pub(super) fn is_in_scope(&self, position: usize) -> bool {
        !self.0.iter().skip(position + 1).any(|open| Scope::Default.ends_at(open))
    }

    /// Removes elements up to the first one in scope that matches. Returns whether there was one.
    pub(super) fn pop_until(&mut self, scope: Scope, is_match: impl Fn(Tag) -> bool) -> bool {
        let found = self.find(scope, is_match);
        if let Some(position) = found {
            self.truncate(position);
        }
        found.is_some()
    }

    /// Like [`Self::pop_until`] in the default scope, after its end tag was found.
    pub(super) fn close(&mut self, tag: Tag) -> bool {
        self.pop_until(Scope::Default, |open| open == tag)
    }

    /// Removes elements that need no end tag, except `tag`.
    pub(super) fn close_implied(&mut self, except: Tag) {
        while self.current().is_some_and(|open| open.tag().has_implied_end() && open.tag() != except) {
            self.pop();
        }
    }

    /// Removes elements until the current one matches or is `html`.
    pub(super) fn clear_to(&mut self, is_context: impl Fn(Tag) -> bool) {
        while self.0.len() > 1 && !is_context(self.current_tag()) {
            self.pop();
        }
    }

    /// Handles an end tag for which there are no other rules.
    pub(super) fn close_other(&mut self, name: Name) {
        for (position, open) in self.0.iter().enumerate().rev() {
            if open.namespace == Namespace::Html && open.name == name {
                self.truncate(position);
                return;
            }
            if open.is_special() {
                return;
            }
        }
    }

    /// Returns the position of the outermost special element after this position.
    pub(super) fn furthest_block(&self, after: usize) -> Option<usize> {
        self.0.iter().skip(after + 1).position(Open::is_special).map(|position| after + 1 + position)
    }
}

/// A formatting element, which blocks that close it open again.
#[derive(Clone, Copy)]
pub(super) struct Formatting {
    pub(super) open: Open,
    /// A hash of the element's attributes.
    pub(super) attributes: u64,
}

/// The list of active formatting elements; `None` is a marker.
///
/// <https://html.spec.whatwg.org/multipage/parsing.html#the-list-of-active-formatting-elements>
#[derive(Default)]
pub(super) struct FormattingList(Vec<Option<Formatting>>);

impl FormattingList {
    pub(super) fn as_slice(&self) -> &[Option<Formatting>] {
        &self.0
    }

    pub(super) fn push(&mut self, formatting: Formatting) {
        let is_equal = |entry: &Formatting| {
            entry.open.name == formatting.open.name && entry.attributes == formatting.attributes
        };
        let equal = self.after_marker().filter(|(_, entry)| is_equal(entry));
        // Of equal elements, the last three count.
        if let Some((position, _)) = equal.skip(2).last() {
            self.0.remove(position);
        }
        self.push_entry(Some(formatting));
    }

    fn push_entry(&mut self, entry: Option<Formatting>) {
        if self.0.len() >= MAX_FORMATTING {
            self.0.remove(0);
        }
        self.0.push(entry);
    }

    /// Returns the elements after the last marker, the latest first, with their positions.
    fn after_marker(&self) -> impl Iterator<Item = (usize, &Formatting)> {
        self.0.iter().enumerate().rev().map_while(|(position, entry)| Some((position, entry.as_ref()?)))
    }

    pub(super) fn find(&self, tag: Tag) -> Option<(usize, Formatting)> {
        let (position, found) = self.after_marker().find(|(_, entry)| entry.open.is(tag))?;
        Some((position, *found))
    }

    pub(super) fn position(&self, id: NodeId) -> Option<usize> {
        self.0.iter().rposition(|entry| entry.as_ref().is_some_and(|entry| entry.open.id == id))
    }

    pub(super) fn remove(&mut self, id: NodeId) -> Option<usize> {
        let position = self.position(id)?;
        self.0.remove(position);
        Some(position)
    }

    pub(super) fn insert(&mut self, position: usize, formatting: Formatting) {
        self.0.insert(position.min(self.0.len()), Some(formatting));
    }

    pub(super) fn replace(&mut self, position: usize, id: NodeId) {
        if let Some(Some(entry)) = self.0.get_mut(position) {
            entry.open.id = id;
        }
    }

    pub(super) fn push_marker(&mut self) {
        self.push_entry(None);
    }

    pub(super) fn clear_to_marker(&mut self) {
        while let Some(Some(_)) = self.0.pop() {}
    }
}
