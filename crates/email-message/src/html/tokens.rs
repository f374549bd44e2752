//! Tokens of HTML.

use std::{
    convert::Infallible,
    hash::{DefaultHasher, Hash, Hasher},
};

use html5gum::{
    Emitter, ForwardingEmitter, Span, State, Tokenizer,
    emitters::callback::{Callback, CallbackEmitter, CallbackEvent},
};

use super::{parser::Parser, work};

/// A start tag, without its name.
#[derive(Debug, Default)]
pub(super) struct StartTag {
    /// Names and values. Of a repeated attribute, the first counts.
    attributes: Vec<(Vec<u8>, Vec<u8>)>,
    pub(super) self_closing: bool,
}

impl StartTag {
    pub(super) fn attribute(&self, name: &[u8]) -> Option<&[u8]> {
        self.attributes.iter().find(|(other, _)| other == name).map(|(_, value)| &**value)
    }

    /// Returns a hash that doesn't depend on the order of the attributes.
    pub(super) fn attributes_hash(&self) -> u64 {
        self.attributes.iter().fold(0, |sum, attribute| {
            let mut hasher = DefaultHasher::new();
            attribute.hash(&mut hasher);
            sum.wrapping_add(hasher.finish())
        })
    }
}

/// Passes the tokens of `html` to `parser`.
pub(super) fn tokenise(html: &str, parser: &mut Parser<'_>) {
    let events = Events { parser, name: Vec::new(), tag: StartTag::default() };
    let tokenizer = Tokenizer::new_with_emitter(html, ParserEmitter(CallbackEmitter::new(events)));
    // Neither reading a string nor emitting can fail.
    let Ok(()) = tokenizer.finish();
}

struct Events<'a, 'w> {
    parser: &'a mut Parser<'w>,
    /// The name of the current start tag.
    name: Vec<u8>,
    tag: StartTag,
}

impl Callback<Infallible, ()> for Events<'_, '_> {
    fn handle_event(&mut self, event: CallbackEvent<'_>, _: Span<()>) -> Option<Infallible> {
        match event {
            CallbackEvent::OpenStartTag { name } => {
                self.name.clear();
                self.name.extend(name);
                self.tag.attributes.clear();
            }
            CallbackEvent::AttributeName { name } => {
                self.parser.work.spend(work::ATTRIBUTE);
                self.tag.attributes.push((name.to_vec(), Vec::new()));
            }
            CallbackEvent::AttributeValue { value } => {
                if let Some((_, attribute)) = self.tag.attributes.last_mut() {
                    attribute.extend(value);
                }
            }
            CallbackEvent::CloseStartTag { self_closing } => {
                self.tag.self_closing = self_closing;
                self.parser.start(&self.name, &self.tag);
            }
            CallbackEvent::EndTag { name } => self.parser.end(name),
            CallbackEvent::String { value } => self.parser.characters(&String::from_utf8_lossy(value)),
            CallbackEvent::Comment { .. } => self.parser.flush_table_text(),
            CallbackEvent::Doctype { name, public_identifier, system_identifier, force_quirks } => {
                let is_quirky = force_quirks
                    || name != b"html"
                    || super::doctype::is_quirky(public_identifier, system_identifier);
                self.parser.doctype(is_quirky);
            }
            CallbackEvent::Error(_) => {}
        }
        None
    }
}

/// An emitter that gets the state of the tokenizer from the parser.
struct ParserEmitter<'a, 'w>(CallbackEmitter<Events<'a, 'w>, Infallible>);

impl ForwardingEmitter for ParserEmitter<'_, '_> {
    type Token = Infallible;

    fn inner(&mut self) -> &mut impl Emitter<Token = Infallible> {
        &mut self.0
    }

    fn emit_current_tag(&mut self) -> Option<State> {
        let state = self.0.emit_current_tag();
        state.or_else(|| self.0.callback_mut().parser.next_state.take())
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&mut self) -> bool {
        self.0.callback_mut().parser.is_foreign()
    }
}
