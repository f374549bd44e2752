//! The modes before `body`, and `template`.

use html5gum::State;

use super::{
    parser::{Mode, Parser, Start, Step},
    tag::Tag,
};

impl Parser<'_> {
    /// Opens the elements that may be left out before `mode`.
    pub(super) fn open_until(&mut self, mode: Mode) {
        while self.mode != mode {
            self.mode = match self.mode {
                Mode::Initial => {
                    self.is_quirky = true;
                    Mode::BeforeHtml
                }
                Mode::BeforeHtml => {
                    self.open_tag(Tag::Html);
                    Mode::BeforeHead
                }
                Mode::BeforeHead => {
                    self.head = Some(self.open_tag(Tag::Head));
                    Mode::InHead
                }
                Mode::InHeadNoscript => {
                    self.stack.pop();
                    Mode::InHead
                }
                Mode::InHead => {
                    self.stack.pop();
                    Mode::AfterHead
                }
                Mode::AfterHead => {
                    self.open_tag(Tag::Body);
                    Mode::InBody
                }
                _ => return,
            };
        }
    }

    pub(super) fn start_before_body(&mut self, start: Start<'_>) -> Step {
        match (self.mode, start.name.tag) {
            (Mode::BeforeHtml, Tag::Html) => {
                self.open(start);
                self.mode = Mode::BeforeHead;
                Step::Done
            }
            (Mode::BeforeHead, Tag::Head) => {
                self.head = Some(self.open(start));
                self.mode = Mode::InHead;
                Step::Done
            }
            (Mode::AfterHead, Tag::Body) => {
                self.open(start);
                self.mode = Mode::InBody;
                Step::Done
            }
            (Mode::BeforeHead | Mode::AfterHead, Tag::Html)
            | (Mode::AfterHead, Tag::Head | Tag::Frameset) => Step::Done,
            (Mode::AfterHead, tag) if is_metadata(tag) => {
                let Some(head) = self.head else { return Step::Done };
                self.stack.push(head);
                let step = self.start_metadata(start);
                self.stack.remove(head.id);
                step
            }
            (Mode::Initial | Mode::BeforeHtml, _) => {
                self.open_until(if self.mode == Mode::Initial { Mode::BeforeHtml } else { Mode::BeforeHead });
                Step::Again
            }
            (Mode::BeforeHead, _) => {
                self.open_until(Mode::InHead);
                Step::Again
            }
            _ => {
                self.open_until(Mode::InBody);
                Step::Again
            }
        }
    }

    pub(super) fn start_in_head(&mut self, start: Start<'_>) -> Step {
        match start.name.tag {
            Tag::Html | Tag::Head => Step::Done,
            Tag::Noscript => {
                self.open(start);
                self.mode = Mode::InHeadNoscript;
                Step::Done
            }
            tag if is_metadata(tag) => self.start_metadata(start),
            _ => {
                self.open_until(Mode::AfterHead);
                Step::Again
            }
        }
    }

    pub(super) fn start_in_head_noscript(&mut self, start: Start<'_>) -> Step {
        match start.name.tag {
            Tag::Html | Tag::Head | Tag::Noscript => Step::Done,
            Tag::Basefont | Tag::Bgsound | Tag::Link | Tag::Meta | Tag::Noframes | Tag::Style => {
                self.start_metadata(start)
            }
            _ => {
                self.open_until(Mode::InHead);
                Step::Again
            }
        }
    }

    /// Processes the start tag of an element that belongs into `head`, but is allowed elsewhere.
    pub(super) fn start_metadata(&mut self, start: Start<'_>) -> Step {
        match start.name.tag {
            Tag::Title => self.open_text(start, State::RcData),
            Tag::Noframes | Tag::Style => self.open_text(start, State::RawText),
            Tag::Script => self.open_text(start, State::ScriptData),
            Tag::Template => {
                self.open(start);
                self.formatting.push_marker();
                self.templates = 1;
                self.mode = Mode::InTemplate;
                Step::Done
            }
            _ => self.insert_void(start),
        }
    }

    pub(super) fn end_before_body(&mut self, tag: Tag) -> Step {
        match (self.mode, tag) {
            (Mode::InHead, Tag::Head) => {
                self.open_until(Mode::AfterHead);
                Step::Done
            }
            (Mode::InHeadNoscript, Tag::Noscript) => {
                self.open_until(Mode::InHead);
                Step::Done
            }
            (Mode::InHeadNoscript, Tag::Br)
            | (Mode::Initial, _)
            | (Mode::BeforeHtml | Mode::BeforeHead, Tag::Head | Tag::Body | Tag::Html | Tag::Br)
            | (Mode::InHead | Mode::AfterHead, Tag::Body | Tag::Html | Tag::Br) => {
                let next = match self.mode {
                    Mode::Initial => Mode::BeforeHtml,
                    Mode::BeforeHtml => Mode::BeforeHead,
                    Mode::BeforeHead | Mode::InHeadNoscript => Mode::InHead,
                    Mode::InHead => Mode::AfterHead,
                    _ => Mode::InBody,
                };
                self.open_until(next);
                Step::Again
            }
            _ => Step::Done,
        }
    }

    /// Skips the content of a `template`, which is not part of the document.
    pub(super) fn start_in_template(&mut self, start: Start<'_>) -> Step {
        self.next_state = match start.name.tag {
            Tag::Template => {
                self.templates += 1;
                None
            }
            Tag::Title | Tag::Textarea => Some(State::RcData),
            Tag::Style | Tag::Xmp | Tag::Iframe | Tag::Noembed | Tag::Noframes => Some(State::RawText),
            Tag::Script => Some(State::ScriptData),
            Tag::Plaintext => Some(State::PlainText),
            _ => None,
        };
        Step::Done
    }

    pub(super) fn end_in_template(&mut self, tag: Tag) -> Step {
        if tag == Tag::Template {
            self.templates -= 1;
            if self.templates == 0 {
                self.stack.pop();
                self.formatting.clear_to_marker();
                self.reset_mode();
            }
        }
        Step::Done
    }
}

pub(super) const fn is_metadata(tag: Tag) -> bool {
    matches!(
        tag,
        Tag::Base
            | Tag::Basefont
            | Tag::Bgsound
            | Tag::Link
            | Tag::Meta
            | Tag::Noframes
            | Tag::Script
            | Tag::Style
            | Tag::Template
            | Tag::Title
    )
}
