//! Inline styles that hide text.

/// What an element's attributes say about its visibility.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Style {
    /// Whether the element takes no space or is transparent, whatever is inside.
    pub(super) is_hidden: bool,
    /// Whether the element's text is visible. Elements inside inherit it.
    pub(super) visible: Option<bool>,
    /// Whether the element's text has no size. Elements inside inherit it.
    pub(super) zero_size: Option<bool>,
}

impl Style {
    /// Parses a `style` attribute. `has_hidden` is whether the element has the attribute `hidden`.
    pub(super) fn parse(text: &str, has_hidden: bool) -> Self {
        let mut display = Property { value: has_hidden.then_some(true), is_important: false };
        let (mut opacity, mut height, mut max_height) = <(Property, Property, Property)>::default();
        let (mut overflow, mut visibility, mut font_size) = <(Property, Property, Property)>::default();
        for declaration in text.to_ascii_lowercase().split(';') {
            let Some((name, value)) = declaration.split_once(':') else { continue };
            let (value, is_important) = match value.split_once('!') {
                Some((value, _)) => (value.trim(), true),
                None => (value.trim(), false),
            };
            let (property, means) = match name.trim() {
                "display" => (&mut display, value == "none"),
                "opacity" => (&mut opacity, is_zero(value)),
                "height" => (&mut height, is_zero(value)),
                "max-height" => (&mut max_height, is_zero(value)),
                "overflow" | "overflow-y" => (&mut overflow, value == "hidden"),
                "visibility" => (&mut visibility, value != "hidden" && value != "collapse"),
                "font-size" => (&mut font_size, is_zero(value)),
                _ => continue,
            };
            if is_important || !property.is_important {
                *property = Property { value: Some(means), is_important };
            }
        }
        let is = |property: Property| property.value == Some(true);
        Self {
            is_hidden: is(display) || is(opacity) || is(overflow) && (is(height) || is(max_height)),
            visible: visibility.value,
            zero_size: font_size.value,
        }
    }
}

#[derive(Clone, Copy, Default)]
struct Property {
    value: Option<bool>,
    is_important: bool,
}

/// Returns whether a CSS number or length is zero.
fn is_zero(value: &str) -> bool {
    let number = value.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%');
    number.contains('0') && number.chars().all(|c| matches!(c, '0' | '.' | '-' | '+'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_or_important_declaration_counts() {
        for (style, is_hidden) in [
            ("display:none", true),
            ("DISPLAY : None !important; display: block", true),
            ("display:none;display:block", false),
            ("display:none;display:block;display:none", true),
            ("color:red;;max-height:0px; overflow:hidden", true),
            ("max-height:0", false),
            ("height:0.0em;overflow-y:hidden", true),
            ("line-height:0;overflow:hidden", false),
            ("opacity:0", true),
            ("opacity:.5", false),
            ("background:url(data:image/png;display:none", true),
            ("display", false),
        ] {
            assert_eq!(Style::parse(style, false).is_hidden, is_hidden, "{style}");
        }
        assert!(Style::parse("", true).is_hidden && !Style::parse("display:flex", true).is_hidden);
    }

    #[test]
    fn visibility_and_font_size_are_reported_for_elements_inside() {
        let style = Style::parse("visibility:hidden;font-size:0", false);
        assert_eq!((style.is_hidden, style.visible, style.zero_size), (false, Some(false), Some(true)));
        let style = Style::parse("visibility:visible;font-size:12px", false);
        assert_eq!((style.visible, style.zero_size), (Some(true), Some(false)));
        assert_eq!(Style::parse("mso-hide:all", false), Style::default());
    }
}
