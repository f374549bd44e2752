//! The modes in tables.
//!
//! <https://html.spec.whatwg.org/multipage/parsing.html#parsing-main-intable>

use super::{
    parser::{Mode, Parser, Start, Step},
    stack::Scope,
    tag::{Name, Tag},
};

const fn is_cell(tag: Tag) -> bool {
    matches!(tag, Tag::Td | Tag::Th)
}

impl Parser<'_> {
    fn has_in_table(&self, is_match: impl Fn(Tag) -> bool) -> bool {
        self.stack.has(Scope::Table, is_match)
    }

    /// Closes a part of a table, which ends its mode. Returns whether it was open.
    fn close_part(&mut self, mode: Mode, is_part: impl Fn(Tag) -> bool) -> bool {
        let is_closed = self.stack.pop_until(Scope::Table, is_part);
        if is_closed {
            self.mode = mode;
        }
        is_closed
    }

    fn close_table(&mut self) -> bool {
        let is_closed = self.stack.pop_until(Scope::Table, |open| open == Tag::Table);
        if is_closed {
            self.reset_mode();
        }
        is_closed
    }

    fn close_caption(&mut self) -> bool {
        let is_closed = self.close_part(Mode::InTable, |open| open == Tag::Caption);
        if is_closed {
            self.formatting.clear_to_marker();
        }
        is_closed
    }

    fn close_cell(&mut self, is_match: impl Fn(Tag) -> bool) -> bool {
        let is_closed = self.close_part(Mode::InRow, is_match);
        if is_closed {
            self.formatting.clear_to_marker();
        }
        is_closed
    }

    pub(super) fn close_column_group(&mut self) -> bool {
        let is_current = self.stack.current_tag() == Tag::Colgroup;
        if is_current {
            self.stack.pop();
        }
        self.mode = Mode::InTable;
        is_current
    }

    pub(super) fn start_in_table(&mut self, start: Start<'_>) -> Step {
        let is_table = |tag: Tag| tag == Tag::Table;
        match start.name.tag {
            Tag::Caption => {
                self.stack.clear_to(is_table);
                self.formatting.push_marker();
                self.open(start);
                self.mode = Mode::InCaption;
            }
            Tag::Colgroup => {
                self.stack.clear_to(is_table);
                self.open(start);
                self.mode = Mode::InColumnGroup;
            }
            Tag::Col => {
                self.stack.clear_to(is_table);
                self.open_tag(Tag::Colgroup);
                self.mode = Mode::InColumnGroup;
                return Step::Again;
            }
            tag if tag.is_table_section() => {
                self.stack.clear_to(is_table);
                self.open(start);
                self.mode = Mode::InTableBody;
            }
            Tag::Td | Tag::Th | Tag::Tr => {
                self.stack.clear_to(is_table);
                self.open_tag(Tag::Tbody);
                self.mode = Mode::InTableBody;
                return Step::Again;
            }
            Tag::Table => return if self.close_table() { Step::Again } else { Step::Done },
            Tag::Style | Tag::Script | Tag::Template => return self.start_metadata(start),
            Tag::Input if is_hidden_input(start) => return self.insert_void(start),
            Tag::Form => {
                if self.form.is_none() {
                    self.form = Some(self.open(start).id);
                    self.stack.pop();
                }
            }
            _ => {
                self.is_foster_parenting = true;
                let step = self.start_in_body(start);
                self.is_foster_parenting = false;
                return step;
            }
        }
        Step::Done
    }

    pub(super) fn end_in_table(&mut self, name: Name) -> Step {
        match name.tag {
            Tag::Table => {
                self.close_table();
            }
            Tag::Body | Tag::Html => {}
            tag if tag.is_table_part() => {}
            _ => {
                self.is_foster_parenting = true;
                let step = self.end_in_body(name);
                self.is_foster_parenting = false;
                return step;
            }
        }
        Step::Done
    }

    pub(super) fn start_in_caption(&mut self, start: Start<'_>) -> Step {
        if !start.name.tag.is_table_part() {
            return self.start_in_body(start);
        }
        if self.close_caption() { Step::Again } else { Step::Done }
    }

    pub(super) fn end_in_caption(&mut self, name: Name) -> Step {
        match name.tag {
            Tag::Caption => {
                self.close_caption();
                Step::Done
            }
            Tag::Table if self.close_caption() => Step::Again,
            Tag::Table | Tag::Body | Tag::Html => Step::Done,
            tag if tag.is_table_part() => Step::Done,
            _ => self.end_in_body(name),
        }
    }

    pub(super) fn start_in_column_group(&mut self, start: Start<'_>) -> Step {
        match start.name.tag {
            Tag::Html => Step::Done,
            Tag::Col => self.insert_void(start),
            Tag::Template => self.start_metadata(start),
            _ => {
                self.close_column_group();
                Step::Again
            }
        }
    }

    pub(super) fn end_in_column_group(&mut self, tag: Tag) -> Step {
        match tag {
            Tag::Colgroup => {
                self.close_column_group();
                Step::Done
            }
            Tag::Col | Tag::Template => Step::Done,
            _ => {
                self.close_column_group();
                Step::Again
            }
        }
    }

    pub(super) fn start_in_table_body(&mut self, start: Start<'_>) -> Step {
        let is_context = |tag: Tag| tag.is_table_section();
        match start.name.tag {
            Tag::Tr => {
                self.stack.clear_to(is_context);
                self.open(start);
                self.mode = Mode::InRow;
                Step::Done
            }
            Tag::Td | Tag::Th => {
                self.stack.clear_to(is_context);
                self.open_tag(Tag::Tr);
                self.mode = Mode::InRow;
                Step::Again
            }
            tag if tag.is_table_part() => {
                if self.close_part(Mode::InTable, is_context) {
                    Step::Again
                } else {
                    Step::Done
                }
            }
            _ => self.start_in_table(start),
        }
    }

    pub(super) fn end_in_table_body(&mut self, name: Name) -> Step {
        match name.tag {
            tag if tag.is_table_section() => {
                self.close_part(Mode::InTable, |open| open == tag);
                Step::Done
            }
            Tag::Table => {
                if self.close_part(Mode::InTable, Tag::is_table_section) {
                    Step::Again
                } else {
                    Step::Done
                }
            }
            _ => self.end_in_table(name),
        }
    }

    pub(super) fn start_in_row(&mut self, start: Start<'_>) -> Step {
        match start.name.tag {
            tag if is_cell(tag) => {
                self.stack.clear_to(|open| open == Tag::Tr);
                self.open(start);
                self.mode = Mode::InCell;
                self.formatting.push_marker();
                Step::Done
            }
            tag if tag.is_table_part() => self.close_row(),
            _ => self.start_in_table(start),
        }
    }

    fn close_row(&mut self) -> Step {
        if self.close_part(Mode::InTableBody, |open| open == Tag::Tr) { Step::Again } else { Step::Done }
    }

    pub(super) fn end_in_row(&mut self, name: Name) -> Step {
        match name.tag {
            Tag::Tr => {
                self.close_row();
                Step::Done
            }
            Tag::Table => self.close_row(),
            tag if tag.is_table_section() => {
                if self.has_in_table(|open| open == tag) {
                    self.close_row()
                } else {
                    Step::Done
                }
            }
            _ => self.end_in_table(name),
        }
    }

    pub(super) fn start_in_cell(&mut self, start: Start<'_>) -> Step {
        if !start.name.tag.is_table_part() {
            return self.start_in_body(start);
        }
        if self.close_cell(is_cell) { Step::Again } else { Step::Done }
    }

    pub(super) fn end_in_cell(&mut self, name: Name) -> Step {
        match name.tag {
            tag if is_cell(tag) => {
                self.close_cell(|open| open == tag);
                Step::Done
            }
            Tag::Body | Tag::Caption | Tag::Col | Tag::Colgroup | Tag::Html => Step::Done,
            tag if tag.is_table_structure() => {
                if self.has_in_table(|open| open == tag) && self.close_cell(is_cell) {
                    Step::Again
                } else {
                    Step::Done
                }
            }
            _ => self.end_in_body(name),
        }
    }
}

fn is_hidden_input(start: Start<'_>) -> bool {
    start.tag.attribute(b"type").is_some_and(|kind| kind.eq_ignore_ascii_case(b"hidden"))
}
