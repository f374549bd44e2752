//! Element names.

use std::collections::HashMap;

macro_rules! tags {
    ($($tag:ident $name:literal)*) => {
        /// The element names that parsing or rendering depends on.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub(super) enum Tag {
            $($tag,)*
            Other,
        }

        const KNOWN: &[(&str, Tag)] = &[$(($name, Tag::$tag),)*];
    };
}

tags! {
    A "a" Address "address" AnnotationXml "annotation-xml" Applet "applet" Area "area" Article "article" Aside "aside" B "b" Base "base"
    Basefont "basefont" Bgsound "bgsound" Big "big" Blockquote "blockquote" Body "body" Br "br" Button "button" Caption "caption"
    Center "center" Code "code" Col "col" Colgroup "colgroup" Datalist "datalist" Dd "dd" Desc "desc" Details "details" Dialog "dialog"
    Dir "dir" Div "div" Dl "dl" Dt "dt" Em "em" Embed "embed" Fieldset "fieldset" Figcaption "figcaption" Figure "figure" Font "font"
    Footer "footer" ForeignObject "foreignobject" Form "form" Frame "frame" Frameset "frameset" H1 "h1" H2 "h2" H3 "h3" H4 "h4" H5 "h5"
    H6 "h6" Head "head" Header "header" Hgroup "hgroup" Hr "hr" Html "html" I "i" Iframe "iframe" Image "image" Img "img" Input "input"
    Keygen "keygen" Li "li" Link "link" Listing "listing" Main "main" Malignmark "malignmark" Marquee "marquee" Math "math" Menu "menu"
    Meta "meta" Mglyph "mglyph" Mi "mi" Mn "mn" Mo "mo" Ms "ms" Mtext "mtext" Nav "nav" Nobr "nobr" Noembed "noembed"
    Noframes "noframes" Noscript "noscript" Object "object" Ol "ol" Optgroup "optgroup" Option "option" P "p" Param "param"
    Plaintext "plaintext" Pre "pre" Rb "rb" Rp "rp" Rt "rt" Rtc "rtc" Ruby "ruby" S "s" Script "script" Search "search"
    Section "section" Select "select" Small "small" Source "source" Span "span" Strike "strike" Strong "strong" Style "style" Sub "sub"
    Summary "summary" Sup "sup" Svg "svg" Table "table" Tbody "tbody" Td "td" Template "template" Textarea "textarea" Tfoot "tfoot"
    Th "th" Thead "thead" Title "title" Tr "tr" Track "track" Tt "tt" U "u" Ul "ul" Var "var" Wbr "wbr" Xmp "xmp"
}

impl Tag {
    pub(super) const fn is_heading(self) -> bool {
        matches!(self, Self::H1 | Self::H2 | Self::H3 | Self::H4 | Self::H5 | Self::H6)
    }

    /// Returns whether text directly inside the element belongs before the table.
    pub(super) const fn is_table_structure(self) -> bool {
        matches!(self, Self::Table | Self::Tbody | Self::Tfoot | Self::Thead | Self::Tr)
    }

    pub(super) const fn is_table_section(self) -> bool {
        matches!(self, Self::Tbody | Self::Tfoot | Self::Thead)
    }

    /// Returns whether the start tag ends a cell, a caption or a `select` in a table.
    pub(super) const fn is_table_part(self) -> bool {
        self.is_table_section()
            || matches!(self, Self::Caption | Self::Col | Self::Colgroup | Self::Td | Self::Th | Self::Tr)
    }

    /// <https://html.spec.whatwg.org/multipage/parsing.html#formatting>
    pub(super) const fn is_formatting(self) -> bool {
        matches!(
            self,
            Self::A
                | Self::B
                | Self::Big
                | Self::Code
                | Self::Em
                | Self::Font
                | Self::I
                | Self::Nobr
                | Self::S
                | Self::Small
                | Self::Strike
                | Self::Strong
                | Self::Tt
                | Self::U
        )
    }

    /// Returns whether an end tag may be left out.
    pub(super) const fn has_implied_end(self) -> bool {
        matches!(
            self,
            Self::Dd
                | Self::Dt
                | Self::Li
                | Self::Optgroup
                | Self::Option
                | Self::P
                | Self::Rb
                | Self::Rp
                | Self::Rt
                | Self::Rtc
        )
    }

    /// Returns whether an HTML element is a block that the parser does not close implicitly.
    ///
    /// <https://html.spec.whatwg.org/multipage/parsing.html#special>
    pub(super) const fn is_special(self) -> bool {
        self.is_heading()
            || self.is_block()
            || self.is_table_part()
            || matches!(
                self,
                Self::Applet
                    | Self::Area
                    | Self::Base
                    | Self::Basefont
                    | Self::Bgsound
                    | Self::Body
                    | Self::Br
                    | Self::Button
                    | Self::Dd
                    | Self::Dt
                    | Self::Embed
                    | Self::Form
                    | Self::Frame
                    | Self::Frameset
                    | Self::Head
                    | Self::Hr
                    | Self::Html
                    | Self::Iframe
                    | Self::Img
                    | Self::Input
                    | Self::Keygen
                    | Self::Li
                    | Self::Link
                    | Self::Listing
                    | Self::Marquee
                    | Self::Meta
                    | Self::Noembed
                    | Self::Noframes
                    | Self::Noscript
                    | Self::Object
                    | Self::P
                    | Self::Param
                    | Self::Plaintext
                    | Self::Pre
                    | Self::Script
                    | Self::Select
                    | Self::Source
                    | Self::Style
                    | Self::Table
                    | Self::Template
                    | Self::Textarea
                    | Self::Title
                    | Self::Track
                    | Self::Wbr
                    | Self::Xmp
            )
    }

    /// Returns whether an element closes an open paragraph, and only a matching end tag closes it.
    pub(super) const fn is_block(self) -> bool {
        matches!(
            self,
            Self::Address
                | Self::Article
                | Self::Aside
                | Self::Blockquote
                | Self::Center
                | Self::Details
                | Self::Dialog
                | Self::Dir
                | Self::Div
                | Self::Dl
                | Self::Fieldset
                | Self::Figcaption
                | Self::Figure
                | Self::Footer
                | Self::Header
                | Self::Hgroup
                | Self::Main
                | Self::Menu
                | Self::Nav
                | Self::Ol
                | Self::Search
                | Self::Section
                | Self::Summary
                | Self::Ul
        )
    }

    /// Returns whether a start tag ends SVG and `MathML`.
    ///
    /// <https://html.spec.whatwg.org/multipage/parsing.html#parsing-main-inforeign>
    pub(super) const fn ends_foreign_content(self) -> bool {
        self.is_heading()
            || matches!(
                self,
                Self::B
                    | Self::Big
                    | Self::Blockquote
                    | Self::Body
                    | Self::Br
                    | Self::Center
                    | Self::Code
                    | Self::Dd
                    | Self::Div
                    | Self::Dl
                    | Self::Dt
                    | Self::Em
                    | Self::Embed
                    | Self::Head
                    | Self::Hr
                    | Self::I
                    | Self::Img
                    | Self::Li
                    | Self::Listing
                    | Self::Menu
                    | Self::Meta
                    | Self::Nobr
                    | Self::Ol
                    | Self::P
                    | Self::Pre
                    | Self::Ruby
                    | Self::S
                    | Self::Small
                    | Self::Span
                    | Self::Strong
                    | Self::Strike
                    | Self::Sub
                    | Self::Sup
                    | Self::Table
                    | Self::Tt
                    | Self::U
                    | Self::Ul
                    | Self::Var
            )
    }
}

/// An element name that is compared quickly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) tag: Tag,
    /// Distinguishes names that have no [`Tag`].
    number: u32,
}

impl From<Tag> for Name {
    fn from(tag: Tag) -> Self {
        Self { tag, number: 0 }
    }
}

/// The names of a document that have no [`Tag`].
#[derive(Default)]
pub(super) struct Names(HashMap<Vec<u8>, u32>);

impl Names {
    pub(super) fn name(&mut self, text: &[u8]) -> Name {
        if let Ok(index) = KNOWN.binary_search_by(|(known, _)| known.as_bytes().cmp(text)) {
            return KNOWN[index].1.into();
        }
        let next = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        let number = *self.0.entry(text.to_vec()).or_insert(next);
        Name { tag: Tag::Other, number }
    }

    #[cfg(test)]
    pub(super) fn text(&self, name: Name) -> String {
        let known = KNOWN.iter().find(|(_, tag)| *tag == name.tag).map(|(text, _)| (*text).to_owned());
        known.unwrap_or_else(|| {
            let other = self.0.iter().find(|(_, number)| **number == name.number);
            other.map(|(text, _)| String::from_utf8_lossy(text).into_owned()).unwrap_or_default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_known_names_are_sorted_for_the_search() {
        assert!(KNOWN.is_sorted_by(|(a, _), (b, _)| a < b));
    }
}
