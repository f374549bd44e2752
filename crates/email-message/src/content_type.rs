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

/// The maximum length of type and subtype in SES.
const MAX_TYPE_BYTES: usize = 78;

/// The maximum length with all parameters.
const MAX_BYTES: usize = 255;

/// Parses a content type. Type, subtype and the names of parameters become lower case; values are quoted only if they need it. The
/// parameter `name` is dropped, because the file name is given separately. Returns `None` for `multipart` and `message`, which mail
/// clients would split into parts.
///
/// <https://www.rfc-editor.org/rfc/rfc2045#section-5.1>
pub(super) fn parse(text: &str) -> Option<String> {
    let (kind, mut rest) = text.split_at(text.find(';').unwrap_or(text.len()));
    let mut content_type = kind.trim().to_ascii_lowercase();
    let (kind, subtype) = content_type.split_once('/')?;
    let is_valid = content_type.len() <= MAX_TYPE_BYTES
        && is_name(kind)
        && is_name(subtype)
        && !matches!(kind, "multipart" | "message");
    if !is_valid {
        return None;
    }
    let mut names = Vec::new();
    while let Some(parameter) = rest.strip_prefix(';') {
        let parameter = parameter.trim_start();
        if parameter.is_empty() {
            break;
        }
        let (name, value) = parameter.split_once('=')?;
        let name = name.trim_end().to_ascii_lowercase();
        let (value, after) = parameter_value(value.trim_start())?;
        rest = after.trim_start();
        if !is_name(&name) || names.contains(&name) {
            return None;
        }
        if name != "name" {
            let quote = if is_token(value) { "" } else { "\"" };
            content_type.extend(["; ", &name, "=", quote, value, quote]);
        }
        names.push(name);
    }
    (rest.trim_start_matches(';').is_empty() && content_type.len() <= MAX_BYTES).then_some(content_type)
}

/// Parses the value of a parameter. Returns the value, without quotes, and the text after it.
fn parameter_value(text: &str) -> Option<(&str, &str)> {
    if let Some(quoted) = text.strip_prefix('"') {
        let (value, after) = quoted.split_once('"')?;
        // Escapes are only needed for quotation marks and backslashes, which no registered parameter has.
        let is_valid =
            !value.is_empty() && value.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'\\');
        return is_valid.then_some((value, after));
    }
    let (value, after) = text.split_at(text.find(';').unwrap_or(text.len()));
    let value = value.trim_end();
    is_token(value).then_some((value, after))
}

/// Returns whether a content type is text without a character set.
pub(super) fn is_text_without_charset(content_type: &str) -> bool {
    content_type.starts_with("text/") && !content_type.contains("; charset=")
}

/// <https://www.rfc-editor.org/rfc/rfc6838#section-4.2>
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
}

fn is_token(value: &str) -> bool {
    !value.is_empty()
        && value.bytes().all(|byte| byte.is_ascii_graphic() && !b"()<>@,;:\\\"/[]?=".contains(&byte))
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
    #[test]
    fn parameters_are_normalised_and_the_name_is_dropped() {
        for (given, normalised) in [
            ("text/calendar; charset=utf-8; method=REQUEST", "text/calendar; charset=utf-8; method=REQUEST"),
            ("text/plain;charset=utf-8", "text/plain; charset=utf-8"),
            (" Text/Plain ; Charset = \"UTF-8\" ;", "text/plain; charset=UTF-8"),
            ("application/pdf; name=\"an invoice; 1.pdf\"", "application/pdf"),
            ("text/csv; x=\"a; charset=b\"", "text/csv; x=\"a; charset=b\""),
        ] {
            assert_eq!(parse(given).as_deref(), Some(normalised), "{given}");
            assert_eq!(parse(normalised).as_deref(), Some(normalised));
        }
    }

    #[test]
    fn invalid_parameters_are_rejected() {
        for wrong in [
            "text/plain; charset",
            "text/plain; charset=",
            "text/plain; =utf-8",
            "text/plain; charset=\"\"",
            "text/plain; charset=\"utf-8",
            "text/plain; charset=\"utf-8\"x",
            "text/plain; charset=utf 8",
            "text/plain; charset=utf-8; charset=utf-8",
            "text/plain; charset=utf-8\r\nX: y",
            "text/plain; a=\"\r\nX: y\"",
            "text/plain; a=\"\\\"\"",
            "text/plain; é=b",
            "text/plain charset=utf-8",
            "text/plain;;charset=utf-8",
        ] {
            assert_eq!(parse(wrong), None, "{wrong:?}");
        }
        assert_eq!(parse(&format!("text/plain; a={}", "b".repeat(250))), None);
    }
}
