//! Parsing of HTML as browsers do it.
//!
//! `html5gum` tokenises the HTML. This module builds the tree that the HTML standard defines, with the parts that decide which text is
//! where; comments, the contents of `template`, and frames are left out. Libraries that build the whole tree need quadratic time for
//! thousands of nested elements, and are larger than the rest of this crate.
//!
//! <https://html.spec.whatwg.org/multipage/parsing.html#tree-construction>

use html5gum::State;

use super::{
    stack::{Formatting, FormattingList, Integration, Open, Scope, Stack},
    tag::{Name, Names, Tag},
    tokens::{StartTag, tokenise},
    tree::{Content, DOCUMENT, Namespace, NodeId, Tree},
    work::{self, Work},
};

/// The maximum number of nodes after which formatting elements are not opened again.
const MAX_NODES_TO_REOPEN: usize = 250_000;

/// Parses a document. Skips the rest when the work is exhausted.
pub(super) fn parse(html: &str, work: &mut Work) -> Tree {
    parse_with_names(html, work).0
}

pub(super) fn parse_with_names(html: &str, work: &mut Work) -> (Tree, Names) {
    work.spend(work::BYTE * html.len());
    let mut parser = Parser::new(work);
    tokenise(html, &mut parser);
    parser.finish();
    (parser.tree, parser.names)
}

/// <https://html.spec.whatwg.org/multipage/parsing.html#the-insertion-mode>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Initial,
    BeforeHtml,
    BeforeHead,
    InHead,
    InHeadNoscript,
    AfterHead,
    InBody,
    Text,
    InTable,
    InCaption,
    InColumnGroup,
    InTableBody,
    InRow,
    InCell,
    InTemplate,
    AfterBody,
}

/// A start tag with its name.
#[derive(Clone, Copy)]
pub(super) struct Start<'a> {
    pub(super) name: Name,
    pub(super) tag: &'a StartTag,
}

/// Whether a token has been processed, or has to be processed again in another mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Done,
    Again,
}

pub(super) struct Parser<'w> {
    pub(super) tree: Tree,
    pub(super) names: Names,
    pub(super) stack: Stack,
    pub(super) formatting: FormattingList,
    pub(super) mode: Mode,
    /// The mode to return to after [`Mode::Text`].
    pub(super) original_mode: Mode,
    pub(super) head: Option<Open>,
    pub(super) form: Option<NodeId>,
    /// The number of open `template` elements.
    pub(super) templates: usize,
    pub(super) is_quirky: bool,
    /// Whether nodes in the structure of a table are inserted before the table.
    pub(super) is_foster_parenting: bool,
    pub(super) skips_line_feed: bool,
    /// Text inside the structure of a table.
    pub(super) table_text: String,
    /// The state that the tokenizer has to switch to.
    pub(super) next_state: Option<State>,
    pub(super) work: &'w mut Work,
}

impl<'w> Parser<'w> {
    fn new(work: &'w mut Work) -> Self {
        Self {
            tree: Tree::new(),
            names: Names::default(),
            stack: Stack::default(),
            formatting: FormattingList::default(),
            mode: Mode::Initial,
            original_mode: Mode::InBody,
            head: None,
            form: None,
            templates: 0,
            is_quirky: false,
            is_foster_parenting: false,
            skips_line_feed: false,
            table_text: String::new(),
            next_state: None,
            work,
        }
    }

    /// Spends the steps of a token, for which all open elements are looked at twice. Returns whether work is left.
    pub(super) fn spend_on_token(&mut self) -> bool {
        self.work.spend(work::TOKEN + 2 * self.open_elements());
        !self.work.is_exhausted()
    }

    /// Returns the number of open and of active formatting elements.
    pub(super) fn open_elements(&self) -> usize {
        self.stack.as_slice().len() + self.formatting.as_slice().len()
    }

    pub(super) fn start(&mut self, name: &[u8], tag: &StartTag) {
        if !self.spend_on_token() {
            return;
        }
        self.flush_table_text();
        self.skips_line_feed = false;
        let start = Start { name: self.names.name(name), tag };
        while self.start_step(start) == Step::Again {}
    }

    fn start_step(&mut self, start: Start<'_>) -> Step {
        if self.is_foreign_start(start) { self.start_in_foreign(start) } else { self.start_in_mode(start) }
    }

    pub(super) fn start_in_mode(&mut self, start: Start<'_>) -> Step {
        match self.mode {
            Mode::Initial | Mode::BeforeHtml | Mode::BeforeHead | Mode::AfterHead => {
                self.start_before_body(start)
            }
            Mode::InHead => self.start_in_head(start),
            Mode::InHeadNoscript => self.start_in_head_noscript(start),
            Mode::InBody | Mode::Text => self.start_in_body(start),
            Mode::InTable => self.start_in_table(start),
            Mode::InCaption => self.start_in_caption(start),
            Mode::InColumnGroup => self.start_in_column_group(start),
            Mode::InTableBody => self.start_in_table_body(start),
            Mode::InRow => self.start_in_row(start),
            Mode::InCell => self.start_in_cell(start),
            Mode::InTemplate => self.start_in_template(start),
            Mode::AfterBody => {
                self.mode = Mode::InBody;
                Step::Again
            }
        }
    }

    pub(super) fn end(&mut self, name: &[u8]) {
        if !self.spend_on_token() {
            return;
        }
        let name = self.names.name(name);
        self.flush_table_text();
        self.skips_line_feed = false;
        while self.end_step(name) == Step::Again {}
    }

    fn end_step(&mut self, name: Name) -> Step {
        if self.is_foreign() && self.end_in_foreign(name) { Step::Done } else { self.end_in_mode(name) }
    }

    pub(super) fn end_in_mode(&mut self, name: Name) -> Step {
        match self.mode {
            Mode::Initial
            | Mode::BeforeHtml
            | Mode::BeforeHead
            | Mode::InHead
            | Mode::InHeadNoscript
            | Mode::AfterHead => self.end_before_body(name.tag),
            Mode::InBody => self.end_in_body(name),
            Mode::Text => {
                self.stack.pop();
                self.mode = self.original_mode;
                Step::Done
            }
            Mode::InTable => self.end_in_table(name),
            Mode::InCaption => self.end_in_caption(name),
            Mode::InColumnGroup => self.end_in_column_group(name.tag),
            Mode::InTableBody => self.end_in_table_body(name),
            Mode::InRow => self.end_in_row(name),
            Mode::InCell => self.end_in_cell(name),
            Mode::InTemplate => self.end_in_template(name.tag),
            Mode::AfterBody => {
                if name.tag == Tag::Html {
                    return Step::Done;
                }
                self.mode = Mode::InBody;
                Step::Again
            }
        }
    }

    pub(super) fn doctype(&mut self, is_quirky: bool) {
        self.flush_table_text();
        if self.mode == Mode::Initial {
            self.is_quirky = is_quirky;
            self.mode = Mode::BeforeHtml;
        }
    }

    /// Returns whether the current element is part of SVG or `MathML`.
    pub(super) fn is_foreign(&self) -> bool {
        self.stack.current().is_some_and(|open| open.namespace != Namespace::Html)
    }

    fn finish(&mut self) {
        self.flush_table_text();
        if self.mode == Mode::Text {
            self.stack.pop();
            self.mode = self.original_mode;
        }
        self.open_until(Mode::InBody);
    }

    /// Returns where a node is inserted: its parent, or the node that it is inserted before.
    ///
    /// <https://html.spec.whatwg.org/multipage/parsing.html#appropriate-place-for-inserting-a-node>
    pub(super) fn insert(&mut self, target: Option<Open>, id: NodeId) {
        let Some(target) = target else {
            return self.tree.append(DOCUMENT, id);
        };
        if !self.is_foster_parenting || !target.tag().is_table_structure() {
            return self.tree.append(target.id, id);
        }
        let open = self.stack.as_slice();
        match open.iter().rposition(|open| open.is(Tag::Table)) {
            Some(position) if self.tree.parent(open[position].id) != DOCUMENT => {
                self.tree.insert_before(open[position].id, id);
            }
            position => {
                let parent = open[position.unwrap_or_default().saturating_sub(1)].id;
                self.tree.append(parent, id);
            }
        }
    }

    pub(super) fn insert_text(&mut self, text: &str) {
        if !text.is_empty() {
            let id = self.tree.create_text(text);
            self.insert(self.stack.current().copied(), id);
        }
    }

    fn insert_open(&mut self, open: Open) -> Open {
        self.insert(self.stack.current().copied(), open.id);
        self.stack.push(open);
        open
    }

    /// Inserts an element without attributes and opens it.
    pub(super) fn open_tag(&mut self, tag: Tag) -> Open {
        let name = tag.into();
        let id = self.tree.create(Content::Element { name, namespace: Namespace::Html, attributes: 0 });
        self.insert_open(Open { id, name, namespace: Namespace::Html, integration: Integration::None })
    }

    /// Inserts an HTML element and opens it.
    pub(super) fn open(&mut self, start: Start<'_>) -> Open {
        self.open_in(start, Namespace::Html, Integration::None)
    }

    pub(super) fn open_in(
        &mut self,
        start: Start<'_>,
        namespace: Namespace,
        integration: Integration,
    ) -> Open {
        let attributes = self.tree.add_attributes(start.into());
        let id = self.tree.create(Content::Element { name: start.name, namespace, attributes });
        self.insert_open(Open { id, name: start.name, namespace, integration })
    }

    /// Inserts an element that has no content.
    pub(super) fn insert_void(&mut self, start: Start<'_>) -> Step {
        self.open(start);
        self.stack.pop();
        Step::Done
    }

    pub(super) fn open_formatting(&mut self, start: Start<'_>) -> Step {
        let open = self.open(start);
        self.formatting.push(Formatting { open, attributes: start.tag.attributes_hash() });
        Step::Done
    }

    /// Opens an element that contains only text.
    pub(super) fn open_text(&mut self, start: Start<'_>, state: State) -> Step {
        self.open(start);
        self.next_state = Some(state);
        self.original_mode = self.mode;
        self.mode = Mode::Text;
        Step::Done
    }

    /// <https://html.spec.whatwg.org/multipage/parsing.html#reconstruct-the-active-formatting-elements>
    pub(super) fn reopen_formatting(&mut self) {
        if self.tree.len() > MAX_NODES_TO_REOPEN {
            return;
        }
        let is_open = |entry: &Option<Formatting>| {
            entry.as_ref().is_none_or(|entry| self.stack.position(entry.open.id).is_some())
        };
        let entries = self.formatting.as_slice();
        let first = entries.iter().rposition(is_open).map_or(0, |position| position + 1);
        self.work.spend((entries.len() - first) * (work::TOKEN + self.stack.as_slice().len()));
        for position in first..entries.len() {
            let Some(Some(entry)) = self.formatting.as_slice().get(position) else { return };
            let open = entry.open;
            let open = Open { id: self.tree.copy(open.id), ..open };
            self.insert_open(open);
            self.formatting.replace(position, open.id);
        }
    }

    pub(super) fn close_paragraph(&mut self) {
        self.stack.pop_until(Scope::Button, |tag| tag == Tag::P);
    }

    /// <https://html.spec.whatwg.org/multipage/parsing.html#reset-the-insertion-mode-appropriately>
    pub(super) fn reset_mode(&mut self) {
        for open in self.stack.as_slice().iter().rev() {
            self.mode = match open.tag() {
                Tag::Td | Tag::Th => Mode::InCell,
                Tag::Tr => Mode::InRow,
                Tag::Tbody | Tag::Thead | Tag::Tfoot => Mode::InTableBody,
                Tag::Caption => Mode::InCaption,
                Tag::Colgroup => Mode::InColumnGroup,
                Tag::Table => Mode::InTable,
                Tag::Head => Mode::InHead,
                Tag::Body => Mode::InBody,
                Tag::Html if self.head.is_none() => Mode::BeforeHead,
                Tag::Html => Mode::AfterHead,
                _ => continue,
            };
            return;
        }
    }
}
