//! Text.

use super::{
    parser::{Mode, Parser},
    stack::Integration,
    tree::Namespace,
};

impl Parser<'_> {
    pub(super) fn characters(&mut self, text: &str) {
        if !self.spend_on_token() {
            return;
        }
        let mut rest = if std::mem::take(&mut self.skips_line_feed) {
            text.strip_prefix('\n').unwrap_or(text)
        } else {
            text
        };
        while !rest.is_empty() {
            rest = self.characters_step(rest);
        }
    }

    /// Processes text in the current mode. Returns what remains for the next mode.
    fn characters_step<'t>(&mut self, text: &'t str) -> &'t str {
        let is_in_foreign = self.stack.current().is_some_and(|open| {
            open.namespace != Namespace::Html
                && matches!(open.integration, Integration::None | Integration::AnnotationXml)
        });
        if is_in_foreign {
            self.insert_text(&text.replace('\0', "\u{fffd}"));
            return "";
        }
        let (spaces, others) =
            text.split_at(text.find(|c: char| !c.is_ascii_whitespace()).unwrap_or(text.len()));
        match self.mode {
            Mode::Initial => {
                if !others.is_empty() {
                    self.is_quirky = true;
                    self.mode = Mode::BeforeHtml;
                }
                others
            }
            Mode::BeforeHtml | Mode::BeforeHead => {
                if !others.is_empty() {
                    self.open_until(Mode::InHead);
                }
                others
            }
            Mode::InHead | Mode::InHeadNoscript | Mode::AfterHead => {
                self.insert_text(spaces);
                if !others.is_empty() {
                    self.open_until(Mode::InBody);
                }
                others
            }
            Mode::Text => {
                self.insert_text(text);
                ""
            }
            Mode::InTemplate => "",
            Mode::InTable | Mode::InTableBody | Mode::InRow
                if self.stack.current_tag().is_table_structure() =>
            {
                self.table_text.push_str(text);
                ""
            }
            Mode::InColumnGroup => {
                self.insert_text(spaces);
                if !others.is_empty() {
                    self.close_column_group();
                }
                others
            }
            Mode::AfterBody => {
                if others.is_empty() {
                    self.characters_in_body(spaces);
                } else {
                    self.mode = Mode::InBody;
                    return text;
                }
                ""
            }
            Mode::InTable | Mode::InTableBody | Mode::InRow => {
                self.is_foster_parenting = true;
                self.characters_in_body(text);
                self.is_foster_parenting = false;
                ""
            }
            Mode::InBody | Mode::InCaption | Mode::InCell => {
                self.characters_in_body(text);
                ""
            }
        }
    }

    fn characters_in_body(&mut self, text: &str) {
        let text = text.replace('\0', "");
        if !text.is_empty() {
            self.reopen_formatting();
            self.insert_text(&text);
        }
    }

    /// <https://html.spec.whatwg.org/multipage/parsing.html#parsing-main-intabletext>
    pub(super) fn flush_table_text(&mut self) {
        let text = std::mem::take(&mut self.table_text);
        if text.chars().all(|c| c.is_ascii_whitespace()) {
            self.insert_text(&text);
        } else {
            self.is_foster_parenting = true;
            self.characters_in_body(&text);
            self.is_foster_parenting = false;
        }
    }
}
