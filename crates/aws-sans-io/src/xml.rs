//! Reading the few texts that are wanted out of an XML answer.

use quick_xml::{Reader, events::Event};

use super::Error;

/// The text of the first element of each of `names`, wherever it stands; `None` where there is no such element.
///
/// # Errors
/// [`Error::Unreadable`] where the document isn't well-formed XML.
pub fn texts(document: &[u8], names: &[&str]) -> Result<Vec<Option<String>>, Error> {
    let wrong = |error: &dyn std::error::Error| Error::Unreadable(error.to_string());
    let text = std::str::from_utf8(document).map_err(|error| wrong(&error))?;
    let mut reader = Reader::from_str(text);
    let mut found = vec![None; names.len()];
    let mut open: Option<(usize, String)> = None;
    loop {
        match reader.read_event().map_err(|error| wrong(&error))? {
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
                    match reference.resolve_char_ref().map_err(|error| wrong(&error))? {
                        Some(character) => value.push(character),
                        None => value.push_str(match &*reference {
                            "lt" => "<",
                            "gt" => ">",
                            "amp" => "&",
                            "apos" => "'",
                            "quot" => "\"",
                            other => return Err(Error::Unreadable(format!("unknown entity &{other};"))),
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
    fn the_first_of_each_name_is_read_with_its_entities() {
        let document =
            b"<A xmlns='x'><Code>a&amp;b&#x41;</Code><B><Code>second</Code></B><Empty></Empty></A>";
        let found = texts(document, &["Code", "Empty", "Missing"]).unwrap();
        assert_eq!(found, [Some("a&bA".into()), Some(String::new()), None]);
    }

    #[test]
    fn what_is_not_xml_is_unreadable() {
        assert!(matches!(texts(b"<A><B></A>", &["B"]), Err(Error::Unreadable(_))));
    }

    #[test]
    fn comments_instructions_and_character_data_are_no_trouble() {
        let document = b"<?xml version='1.0'?><!DOCTYPE a><A><!-- <Code>no</Code> --><Code><![CDATA[a<b]]>&#99;</Code></A>";
        assert_eq!(texts(document, &["Code"]).unwrap(), [Some("a<bc".into())]);
    }

    #[test]
    fn no_entity_is_ever_expanded() {
        let document = b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><A><Code>&x;</Code></A>";
        assert!(matches!(texts(document, &["Code"]), Err(Error::Unreadable(_))));
    }

    proptest! {
        #[test]
        fn no_document_panics(document in vec(any::<u8>(), 0..80), text in "[<>/&;!\\[\\]#xA-D ]{0,60}") {
            let _ = texts(&document, &["A"]);
            let _ = texts(text.as_bytes(), &["A", "B"]);
        }
    }
}
