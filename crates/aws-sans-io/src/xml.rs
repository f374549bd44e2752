//! Extraction of texts from XML responses.

use quick_xml::{Reader, events::Event};

use super::Error;

/// Returns the text of the first element with each of `names`, at any depth, or `None` if there is no such element.
///
/// Entities other than the five predefined ones are rejected.
///
/// ```
/// let found = aws_sans_io::xml::texts(b"<A><Code>AccessDenied</Code></A>", &["Code", "Message"])?;
/// assert_eq!(found, [Some("AccessDenied".to_owned()), None]);
/// # Ok::<(), aws_sans_io::Error>(())
/// ```
///
/// # Errors
/// [`Error::InvalidResponse`] if the document isn't well-formed XML.
pub fn texts(document: &[u8], names: &[&str]) -> Result<Vec<Option<String>>, Error> {
    let invalid = |error: &dyn std::error::Error| Error::invalid_response(error.to_string());
    let text = std::str::from_utf8(document).map_err(|error| invalid(&error))?;
    let mut reader = Reader::from_str(text);
    let mut found = vec![None; names.len()];
    let mut open: Option<(usize, String)> = None;
    loop {
        match reader.read_event().map_err(|error| invalid(&error))? {
            Event::Start(element) => {
                open = names
                    .iter()
                    .position(|name| element.local_name().as_ref() == *name)
                    .filter(|index| found[*index].is_none())
                    .map(|index| (index, String::new()));
            }
            Event::Text(text) => {
                if let Some((_, value)) = &mut open {
                    value.push_str(&text);
                }
            }
            Event::GeneralRef(reference) => {
                if let Some((_, value)) = &mut open {
                    match reference.resolve_char_ref().map_err(|error| invalid(&error))? {
                        Some(character) => value.push(character),
                        None => value.push_str(match &*reference {
                            "lt" => "<",
                            "gt" => ">",
                            "amp" => "&",
                            "apos" => "'",
                            "quot" => "\"",
                            other => {
                                return Err(Error::invalid_response(format!("unknown entity &{other};")));
                            }
                        }),
                    }
                }
            }
            Event::CData(text) => {
                if let Some((_, value)) = &mut open {
                    value.push_str(&text);
                }
            }
            Event::End(_) => {
                if let Some((index, value)) = open.take() {
                    found[index] = Some(value);
                }
            }
            Event::Eof => return Ok(found),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    #[test]
    fn the_first_element_of_each_name_is_returned_with_entities_decoded() {
        let document =
            b"<A xmlns='x'><Code>a&amp;b&#x41;</Code><B><Code>second</Code></B><Empty></Empty></A>";
        let found = texts(document, &["Code", "Empty", "Missing"]).unwrap();
        assert_eq!(found, [Some("a&bA".into()), Some(String::new()), None]);
    }

    #[test]
    fn malformed_xml_is_an_invalid_response() {
        assert!(matches!(texts(b"<A><B></A>", &["B"]), Err(Error::InvalidResponse(_))));
    }

    #[test]
    fn comments_instructions_and_cdata_are_supported() {
        let document = b"<?xml version='1.0'?><!DOCTYPE a><A><!-- <Code>no</Code> --><Code><![CDATA[a<b]]>&#99;</Code></A>";
        assert_eq!(texts(document, &["Code"]).unwrap(), [Some("a<bc".into())]);
    }

    #[test]
    fn a_custom_entity_is_not_expanded() {
        let document = b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><A><Code>&x;</Code></A>";
        assert!(matches!(texts(document, &["Code"]), Err(Error::InvalidResponse(_))));
    }

    proptest! {
        #[test]
        fn no_document_panics(document in vec(any::<u8>(), 0..80), text in "[<>/&;!\\[\\]#xA-D ]{0,60}") {
            let _ = texts(&document, &["A"]);
            let _ = texts(text.as_bytes(), &["A", "B"]);
        }
    }
}
