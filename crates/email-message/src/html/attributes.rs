//! Attributes of elements.

use super::{parser::Start, style::Style, tag::Tag};

/// The attributes of an element that rendering depends on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Attributes {
    /// The `href` of a link or the `alt` of an image.
    pub(super) text: String,
    /// The `start` of a list or the `value` of an item.
    pub(super) number: Option<i32>,
    pub(super) style: Style,
    /// Whether a copy of the element exists.
    pub(super) is_copied: bool,
}

impl From<Start<'_>> for Attributes {
    fn from(start: Start<'_>) -> Self {
        let value = |name: &[u8]| start.tag.attribute(name).map(String::from_utf8_lossy);
        let tag = start.name.tag;
        let text = match tag {
            Tag::A => value(b"href"),
            Tag::Img | Tag::Image => value(b"alt"),
            _ => None,
        };
        let number = match tag {
            Tag::Ol => value(b"start"),
            Tag::Li => value(b"value"),
            _ => None,
        };
        let mut style = Style::parse(&value(b"style").unwrap_or_default(), value(b"hidden").is_some());
        // A class may set the size that the style sheet or the attributes give.
        if style.zero_size.is_none()
            && [&b"class"[..], b"id", b"size"].into_iter().any(|name| value(name).is_some())
        {
            style.zero_size = Some(false);
        }
        Self {
            text: text.unwrap_or_default().into_owned(),
            number: number.and_then(|number| number.trim().parse().ok()),
            style,
            is_copied: false,
        }
    }
}
