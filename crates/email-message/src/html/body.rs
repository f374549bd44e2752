//! The mode in `body`.

use html5gum::State;

use super::{
    before_body::is_metadata,
    parser::{Mode, Parser, Start, Step},
    stack::{Formatting, Integration, Open, Scope},
    tag::{Name, Tag},
    tree::Namespace,
};

impl Parser<'_> {
    /// <https://html.spec.whatwg.org/multipage/parsing.html#parsing-main-inbody>
    pub(super) fn start_in_body(&mut self, start: Start<'_>) -> Step {
        let tag = start.name.tag;
        match tag {
            Tag::Html | Tag::Head | Tag::Body | Tag::Frame | Tag::Frameset => return Step::Done,
            tag if tag.is_table_part() => return Step::Done,
            tag if is_metadata(tag) => return self.start_metadata(start),
            Tag::Plaintext => {
                self.close_paragraph();
                self.next_state = Some(State::PlainText);
            }
            tag if tag.is_block() || matches!(tag, Tag::P) => self.close_paragraph(),
            tag if tag.is_heading() => {
                self.close_paragraph();
                if self.stack.current_tag().is_heading() {
                    self.stack.pop();
                }
            }
            Tag::Pre | Tag::Listing => {
                self.close_paragraph();
                self.skips_line_feed = true;
            }
            Tag::Form => return self.start_form(start),
            Tag::Li | Tag::Dd | Tag::Dt => self.start_item(tag),
            Tag::Table => {
                if !self.is_quirky {
                    self.close_paragraph();
                }
                self.mode = Mode::InTable;
            }
            Tag::Hr => {
                self.close_paragraph();
                if self.has_select() {
                    self.stack.close_implied(Tag::Other);
                }
                return self.insert_void(start);
            }
            Tag::Param | Tag::Source | Tag::Track => return self.insert_void(start),
            Tag::Area
            | Tag::Br
            | Tag::Embed
            | Tag::Img
            | Tag::Image
            | Tag::Input
            | Tag::Keygen
            | Tag::Wbr => {
                if tag == Tag::Input {
                    self.stack.close(Tag::Select);
                }
                self.reopen_formatting();
                let name = if tag == Tag::Image { Tag::Img.into() } else { start.name };
                return self.insert_void(Start { name, ..start });
            }
            Tag::Textarea => {
                self.open_text(start, State::RcData);
                self.skips_line_feed = true;
                return Step::Done;
            }
            Tag::Xmp => {
                self.close_paragraph();
                self.reopen_formatting();
                return self.open_text(start, State::RawText);
            }
            Tag::Iframe | Tag::Noembed => return self.open_text(start, State::RawText),
            Tag::Rb | Tag::Rtc | Tag::Rp | Tag::Rt => {
                if self.stack.has(Scope::Default, |open| open == Tag::Ruby) {
                    self.stack.close_implied(if matches!(tag, Tag::Rp | Tag::Rt) {
                        Tag::Rtc
                    } else {
                        Tag::Other
                    });
                }
            }
            _ => return self.start_inline(start),
        }
        self.open(start);
        Step::Done
    }

    /// Processes a start tag that continues a paragraph.
    fn start_inline(&mut self, start: Start<'_>) -> Step {
        let tag = start.name.tag;
        match tag {
            Tag::A => {
                if let Some((_, link)) = self.formatting.find(Tag::A) {
                    self.end_formatting(Tag::A.into());
                    self.formatting.remove(link.open.id);
                    self.stack.remove(link.open.id);
                }
            }
            Tag::Button => {
                self.stack.pop_until(Scope::Default, |open| open == Tag::Button);
            }
            Tag::Optgroup | Tag::Option if self.has_select() => {
                self.stack.close_implied(if tag == Tag::Option { Tag::Optgroup } else { Tag::Other });
            }
            Tag::Optgroup | Tag::Option if self.stack.current_tag() == Tag::Option => self.stack.pop(),
            Tag::Select if self.stack.close(Tag::Select) => return Step::Done,
            _ => {}
        }
        self.reopen_formatting();
        if tag == Tag::Nobr && self.stack.has(Scope::Default, |open| open == Tag::Nobr) {
            self.end_formatting(Tag::Nobr.into());
            self.reopen_formatting();
        }
        if tag.is_formatting() {
            return self.open_formatting(start);
        }
        match tag {
            Tag::Math | Tag::Svg => {
                let namespace = if tag == Tag::Svg { Namespace::Svg } else { Namespace::MathMl };
                self.open_in(start, namespace, Integration::None);
                if start.tag.self_closing {
                    self.stack.pop();
                }
                return Step::Done;
            }
            Tag::Applet | Tag::Marquee | Tag::Object => self.formatting.push_marker(),
            _ => {}
        }
        self.open(start);
        Step::Done
    }

    fn has_select(&self) -> bool {
        self.stack.has(Scope::Default, |open| open == Tag::Select)
    }

    fn start_form(&mut self, start: Start<'_>) -> Step {
        if self.form.is_none() {
            self.close_paragraph();
            self.form = Some(self.open(start).id);
        }
        Step::Done
    }

    /// Closes the item before an item of a list.
    fn start_item(&mut self, tag: Tag) {
        let is_same = |open: Tag| open == tag || tag != Tag::Li && matches!(open, Tag::Dd | Tag::Dt);
        let passes = |open: Tag| !open.is_special() || matches!(open, Tag::Address | Tag::Div | Tag::P);
        let stop = self.stack.as_slice().iter().enumerate().rev().find(|(_, open)| {
            is_same(open.tag()) || !passes(open.tag()) || open.integration != Integration::None
        });
        if let Some((position, _)) = stop.filter(|(_, open)| is_same(open.tag())) {
            self.stack.truncate(position);
        }
        self.close_paragraph();
    }

    pub(super) fn end_in_body(&mut self, name: Name) -> Step {
        let tag = name.tag;
        match tag {
            Tag::Body | Tag::Html => {
                if self.stack.has(Scope::Default, |open| open == Tag::Body) {
                    self.mode = Mode::AfterBody;
                }
            }
            Tag::Form => self.end_form(),
            Tag::P => {
                if !self.stack.has(Scope::Button, |open| open == Tag::P) {
                    self.open_tag(Tag::P);
                }
                self.close_paragraph();
            }
            Tag::Li => {
                self.stack.pop_until(Scope::ListItem, |open| open == Tag::Li);
            }
            tag if tag.is_heading() => {
                self.stack.pop_until(Scope::Default, Tag::is_heading);
            }
            Tag::Br => {
                self.reopen_formatting();
                self.open_tag(Tag::Br);
                self.stack.pop();
            }
            Tag::Applet | Tag::Marquee | Tag::Object => {
                if self.stack.close(tag) {
                    self.formatting.clear_to_marker();
                }
            }
            tag if tag.is_block()
                || matches!(tag, Tag::Button | Tag::Dd | Tag::Dt | Tag::Listing | Tag::Pre | Tag::Select) =>
            {
                self.stack.close(tag);
            }
            tag if tag.is_formatting() => self.end_formatting(name),
            Tag::Template => {}
            _ => self.stack.close_other(name),
        }
        Step::Done
    }

    fn end_form(&mut self) {
        let Some(form) = self.form.take() else { return };
        let is_open = self.stack.position(form).is_some();
        if is_open && self.stack.has(Scope::Default, |open| open == Tag::Form) {
            self.stack.close_implied(Tag::Other);
            self.stack.remove(form);
        }
    }

    /// Processes the end tag of a formatting element that may overlap with other elements (the “adoption agency algorithm”).
    ///
    /// <https://html.spec.whatwg.org/multipage/parsing.html#adoption-agency-algorithm>
    pub(super) fn end_formatting(&mut self, name: Name) {
        if let Some(current) = self.stack.current()
            && current.is(name.tag)
            && self.formatting.position(current.id).is_none()
        {
            return self.stack.pop();
        }
        for _ in 0..8 {
            self.work.spend(self.open_elements());
            let Some((_, entry)) = self.formatting.find(name.tag) else {
                return self.stack.close_other(name);
            };
            let Some(at) = self.stack.position(entry.open.id) else {
                self.formatting.remove(entry.open.id);
                return;
            };
            if !self.stack.is_in_scope(at) {
                return;
            }
            let Some(block_at) = self.stack.furthest_block(at) else {
                self.stack.truncate(at);
                self.formatting.remove(entry.open.id);
                return;
            };
            let block = self.stack.as_slice()[block_at];
            let ancestor = self.stack.as_slice()[at.saturating_sub(1)];
            let mut bookmark = self.formatting.position(entry.open.id).unwrap_or_default();
            let mut last = block.id;
            let mut position = block_at;
            for count in 1.. {
                self.work.spend(self.open_elements());
                position -= 1;
                let node = self.stack.as_slice()[position];
                if node.id == entry.open.id {
                    break;
                }
                let in_list = self.formatting.position(node.id);
                let Some(index) = in_list.filter(|_| count <= 3) else {
                    if let Some(removed) = self.formatting.remove(node.id)
                        && removed < bookmark
                    {
                        bookmark -= 1;
                    }
                    self.stack.remove(node.id);
                    continue;
                };
                let copy = self.tree.copy(node.id);
                self.formatting.replace(index, copy);
                self.stack.replace(position, copy);
                if last == block.id {
                    bookmark = index + 1;
                }
                self.tree.append(copy, last);
                last = copy;
            }
            self.insert(Some(ancestor), last);
            let copy = self.tree.copy(entry.open.id);
            self.tree.move_children(block.id, copy);
            self.tree.append(block.id, copy);
            if let Some(removed) = self.formatting.remove(entry.open.id)
                && removed < bookmark
            {
                bookmark -= 1;
            }
            self.stack.remove(entry.open.id);
            let open = Open { id: copy, ..entry.open };
            self.formatting.insert(bookmark, Formatting { open, ..entry });
            let below = self.stack.position(block.id).map_or(at, |position| position + 1);
            self.stack.insert(below, open);
        }
    }
}
