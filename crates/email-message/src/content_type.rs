//! Content types of files.

/// Content types of the most common files by extension. A library's table of a thousand types would make the binary larger for little
/// use: for other files the sender can set the type, and mail clients fall back to the extension.
const BY_EXTENSION: [(&str, &str); 45] = [
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

/// Returns the content type of files with this lower-case extension. Defaults to `application/octet-stream`.
pub(super) fn from_extension(extension: Option<&str>) -> &'static str {
    let found = extension
        .and_then(|extension| BY_EXTENSION.binary_search_by(|(known, _)| (*known).cmp(extension)).ok());
    found.map_or("application/octet-stream", |index| BY_EXTENSION[index].1)
}

/// Parses a content type and converts it to lower case. Returns `None` for `multipart` and `message`, which mail clients would split
/// into parts.
///
/// <https://www.rfc-editor.org/rfc/rfc6838#section-4.2>
pub(super) fn parse(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let (kind, subtype) = lower.split_once('/')?;
    let is_name = |name: &str| {
        !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
    };
    let is_valid =
        lower.len() <= 78 && is_name(kind) && is_name(subtype) && !matches!(kind, "multipart" | "message");
    is_valid.then_some(lower)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_extension_has_a_valid_content_type() {
        assert!(BY_EXTENSION.is_sorted());
        for (extension, content_type) in BY_EXTENSION {
            assert_eq!(from_extension(Some(extension)), content_type);
            assert_eq!(parse(content_type).as_deref(), Some(content_type));
        }
    }
}
