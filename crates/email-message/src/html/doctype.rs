//! Document types.

/// Public identifiers, in lower case, of documents in quirks mode, in which a table does not end a paragraph.
const QUIRKY: [&str; 3] =
    ["-//w3o//dtd w3 html strict 3.0//en//", "-/w3c/dtd html 4.0 transitional/en", "html"];

/// The beginnings of such identifiers. One entry stands for all versions that the standard lists.
const QUIRKY_PREFIXES: [&str; 17] = [
    "+//silmaril//dtd html pro v0r11 19970101//",
    "-//advasoft ltd//dtd html 3.0 aswedit + extensions//",
    "-//as//dtd html 3.0 aswedit + extensions//",
    "-//ietf//dtd html",
    "-//metrius//dtd metrius presentational//",
    "-//microsoft//dtd internet explorer",
    "-//netscape comm. corp.//dtd",
    "-//o'reilly and associates//dtd html",
    "-//softquad",
    "-//spyglass//dtd html 2.0 extended//",
    "-//sq//dtd html 2.0 hotmetal + extensions//",
    "-//sun microsystems corp.//dtd hotjava",
    "-//w3c//dtd html 3",
    "-//w3c//dtd html 4.0 ",
    "-//w3c//dtd html experimental",
    "-//w3c//dtd w3 html//",
    "-//webtechs//dtd mozilla html",
];

/// The beginnings of identifiers that select quirks mode only without a system identifier.
const QUIRKY_ALONE: [&str; 2] = ["-//w3c//dtd html 4.01 frameset//", "-//w3c//dtd html 4.01 transitional//"];

/// Returns whether the identifiers of a document type select quirks mode.
///
/// <https://html.spec.whatwg.org/multipage/parsing.html#the-initial-insertion-mode>
pub(super) fn is_quirky(public: Option<&[u8]>, system: Option<&[u8]>) -> bool {
    let lower = |id: Option<&[u8]>| id.map(|id| String::from_utf8_lossy(id).to_ascii_lowercase());
    let (public, system) = (lower(public), lower(system));
    let starts = |prefixes: &[&str]| {
        public.as_ref().is_some_and(|public| prefixes.iter().any(|prefix| public.starts_with(prefix)))
    };
    public.as_ref().is_some_and(|public| QUIRKY.contains(&public.as_str()))
        || starts(&QUIRKY_PREFIXES)
        || system.is_none() && starts(&QUIRKY_ALONE)
        || system.is_some_and(|system| system == "http://www.ibm.com/data/dtd/v11/ibmxhtml1-transitional.dtd")
}
