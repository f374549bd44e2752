//! Types of files: `type/subtype`.

/// The types of the files that people send most, by the endings of their names. Whoever sends others says what they are, or lets the
/// reader's machine go by the name: no library's table of a thousand types is worth its bytes for that.
const KNOWN: [(&str, &str); 45] = [
    ("7z", "application/x-7z-compressed"),
    ("aac", "audio/aac"),
    ("avif", "image/avif"),
    ("bmp", "image/bmp"),
    ("css", "text/css"),
    ("csv", "text/csv"),
    ("doc", "application/msword"),
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("epub", "application/epub+zip"),
    ("gif", "image/gif"),
    ("gz", "application/gzip"),
    ("heic", "image/heic"),
    ("htm", "text/html"),
    ("html", "text/html"),
    ("ics", "text/calendar"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("json", "application/json"),
    ("md", "text/markdown"),
    ("mov", "video/quicktime"),
    ("mp3", "audio/mpeg"),
    ("mp4", "video/mp4"),
    ("odp", "application/vnd.oasis.opendocument.presentation"),
    ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
    ("odt", "application/vnd.oasis.opendocument.text"),
    ("ogg", "audio/ogg"),
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("ppt", "application/vnd.ms-powerpoint"),
    ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("rtf", "application/rtf"),
    ("svg", "image/svg+xml"),
    ("tar", "application/x-tar"),
    ("tif", "image/tiff"),
    ("tiff", "image/tiff"),
    ("txt", "text/plain"),
    ("vcf", "text/vcard"),
    ("wav", "audio/wav"),
    ("webm", "video/webm"),
    ("webp", "image/webp"),
    ("xls", "application/vnd.ms-excel"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("xml", "application/xml"),
    ("yaml", "application/yaml"),
    ("zip", "application/zip"),
];

/// The type of a file whose name ends so.
pub(super) fn guess(ending: Option<&str>) -> &'static str {
    let found = ending.and_then(|ending| KNOWN.binary_search_by(|(known, _)| (*known).cmp(ending)).ok());
    found.map_or("application/octet-stream", |index| KNOWN[index].1)
}

/// A type in small letters, where the text is one that a file can have. `multipart` and `message` would be taken apart by who reads the mail.
///
/// <https://www.rfc-editor.org/rfc/rfc6838#section-4.2>
pub(super) fn parse(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let (kind, subtype) = lower.split_once('/')?;
    let is_name = |name: &str| {
        !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
    };
    let is_right =
        lower.len() <= 78 && is_name(kind) && is_name(subtype) && !matches!(kind, "multipart" | "message");
    is_right.then_some(lower)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_type_is_found_and_is_one() {
        assert!(KNOWN.is_sorted());
        for (ending, content_type) in KNOWN {
            assert_eq!(guess(Some(ending)), content_type);
            assert_eq!(parse(content_type).as_deref(), Some(content_type));
        }
    }
}
