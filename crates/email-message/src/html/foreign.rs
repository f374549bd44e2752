//! SVG and `MathML`.
//!
//! <https://html.spec.whatwg.org/multipage/parsing.html#parsing-main-inforeign>

use super::{
    parser::{Parser, Start, Step},
    stack::Integration,
    tag::{Name, Tag},
    tree::Namespace,
};

impl Parser<'_> {
    /// Returns whether a start tag is processed by the rules for foreign content.
    pub(super) fn is_foreign_start(&self, start: Start<'_>) -> bool {
        let Some(current) = self.stack.current().filter(|open| open.namespace != Namespace::Html) else {
            return false;
        };
        let tag = start.name.tag;
        match current.integration {
            Integration::None => true,
            Integration::Html => false,
            Integration::MathMlText => matches!(tag, Tag::Mglyph | Tag::Malignmark),
            Integration::AnnotationXml => tag != Tag::Svg,
        }
    }

    pub(super) fn start_in_foreign(&mut self, start: Start<'_>) -> Step {
        let has = |name: &[u8]| start.tag.attribute(name).is_some();
        let tag = start.name.tag;
        let is_html =
            tag.ends_foreign_content() || tag == Tag::Font && (has(b"color") || has(b"face") || has(b"size"));
        if is_html {
            self.leave_foreign();
            return self.start_in_mode(start);
        }
        let namespace = self.stack.current().map_or(Namespace::Html, |open| open.namespace);
        self.open_in(start, namespace, integration(start, namespace));
        if start.tag.self_closing {
            self.stack.pop();
        }
        Step::Done
    }

    /// Closes elements up to one that may contain HTML.
    fn leave_foreign(&mut self) {
        while self.stack.current().is_some_and(|open| {
            open.namespace != Namespace::Html
                && !matches!(open.integration, Integration::MathMlText | Integration::Html)
        }) {
            self.stack.pop();
        }
    }

    /// Returns whether an end tag closed an element of SVG or `MathML`.
    pub(super) fn end_in_foreign(&mut self, name: Name) -> bool {
        if matches!(name.tag, Tag::Br | Tag::P) {
            self.leave_foreign();
            return false;
        }
        let foreign = self.stack.as_slice().iter().enumerate().rev();
        let mut foreign = foreign.take_while(|(_, open)| open.namespace != Namespace::Html);
        let found = foreign.find(|(_, open)| open.name == name).map(|(position, _)| position);
        if let Some(position) = found {
            self.stack.truncate(position);
        }
        found.is_some()
    }
}

fn integration(start: Start<'_>, namespace: Namespace) -> Integration {
    let encoding = || start.tag.attribute(b"encoding").map(<[u8]>::to_ascii_lowercase);
    match (namespace, start.name.tag) {
        (Namespace::MathMl, Tag::Mi | Tag::Mn | Tag::Mo | Tag::Ms | Tag::Mtext) => Integration::MathMlText,
        (Namespace::MathMl, Tag::AnnotationXml) => match encoding().as_deref() {
            Some(b"text/html" | b"application/xhtml+xml") => Integration::Html,
            _ => Integration::AnnotationXml,
        },
        (Namespace::Svg, Tag::ForeignObject | Tag::Desc | Tag::Title) => Integration::Html,
        _ => Integration::None,
    }
}
