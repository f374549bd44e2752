//! Attachments and inline images.

use serde::{Deserialize, Serialize};

use crate::{
    content_type,
    limits::MAX_ATTACHMENTS,
    message_problem::{InvalidFile, MessageProblem},
    subject::is_plain_line,
};

/// The maximum length of a file name in SES.
/// <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_Attachment.html>
const MAX_NAME_BYTES: usize = 255;

/// The maximum length of a content ID in SES.
const MAX_ID_CHARS: usize = 78;

/// File extensions that SES rejects, sorted.
///
/// <https://docs.aws.amazon.com/ses/latest/dg/mime-types.html>
const REJECTED_EXTENSIONS: [&str; 90] = [
    "ade", "adp", "app", "asp", "bas", "bat", "cer", "chm", "cmd", "com", "cpl", "crt", "csh", "der", "exe",
    "fxp", "gadget", "hlp", "hta", "inf", "ins", "isp", "its", "js", "jse", "ksh", "lib", "lnk", "mad",
    "maf", "mag", "mam", "maq", "mar", "mas", "mat", "mau", "mav", "maw", "mda", "mdb", "mde", "mdt", "mdw",
    "mdz", "msc", "msh", "msh1", "msh1xml", "msh2", "msh2xml", "mshxml", "msi", "msp", "mst", "ops", "pcd",
    "pif", "plg", "prf", "prg", "ps1", "ps1xml", "ps2", "ps2xml", "psc1", "psc2", "reg", "scf", "scr", "sct",
    "shb", "shs", "sys", "tmp", "url", "vb", "vbe", "vbs", "vps", "vsmacros", "vss", "vst", "vsw", "vxd",
    "ws", "wsc", "wsf", "wsh", "xnk",
];

/// An attached file, without its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Attachment {
    /// The file name, in any script.
    pub filename: String,
    /// The content type, such as `image/png` or `text/plain; charset=utf-8`.
    pub content_type: String,
    /// The size in bytes.
    pub size: u64,
    /// The id that the HTML embeds the file with: `<img src="cid:…">`. Absent if the file is attached only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_id: Option<String>,
}

/// A file before validation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileInput {
    /// The file name.
    pub filename: String,
    /// The content; `None` if it was not valid base64.
    pub content: Option<Vec<u8>>,
    /// The content type. Defaults to the one of the file extension.
    pub content_type: Option<String>,
    /// The ID that the HTML embeds the file with.
    pub content_id: Option<String>,
}

/// A valid file with its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Name, content type, size and content ID.
    pub metadata: Attachment,
    /// The decoded content.
    pub content: Vec<u8>,
}

impl TryFrom<FileInput> for File {
    type Error = InvalidFile;

    /// Validates a file. Errors name a field of [`FileInput`], such as `filename`.
    fn try_from(input: FileInput) -> Result<Self, InvalidFile> {
        let FileInput { filename, content, content_type, content_id } = input;
        validate_name(&filename).map_err(|problem| problem.in_field("filename"))?;
        let content = content.ok_or_else(|| MessageProblem::FileContent.in_field("content"))?;
        // Browsers report an empty type for a file of unknown type.
        let mut content_type = match content_type.filter(|given| !given.trim().is_empty()) {
            None => content_type::from_extension(extension(&filename).as_deref()).to_owned(),
            Some(given) => content_type::parse(&given)
                .ok_or_else(|| MessageProblem::ContentType.in_field("contentType"))?,
        };
        // Text without a character set is US-ASCII: https://www.rfc-editor.org/rfc/rfc2046#section-4.1.2
        if content_type::is_text_without_charset(&content_type) && std::str::from_utf8(&content).is_ok() {
            content_type.push_str("; charset=utf-8");
        }
        if content_id.as_deref().is_some_and(|id| !is_content_id(id)) {
            return Err(MessageProblem::ContentId.in_field("contentId"));
        }
        let size = content.len() as u64;
        Ok(Self { metadata: Attachment { filename, content_type, size, content_id }, content })
    }
}

/// Validates the files of a message. Content IDs must be unique and require an HTML body.
///
/// # Errors
/// [`InvalidFile`] with a field such as `attachments[1].contentId`.
///
/// ```
/// use email_message::{FileInput, validate_files};
///
/// let report =
///     FileInput { filename: "report.pdf".into(), content: Some(b"%PDF-".to_vec()), ..FileInput::default() };
/// let files = validate_files(vec![report], true)?;
/// assert_eq!(files[0].metadata.content_type, "application/pdf");
///
/// let program = FileInput { filename: "run.exe".into(), content: Some(vec![0]), ..FileInput::default() };
/// let invalid = validate_files(vec![program], true).unwrap_err();
/// assert_eq!(invalid.field, "attachments[0].filename");
/// # Ok::<(), email_message::InvalidFile>(())
/// ```
pub fn validate_files(inputs: Vec<FileInput>, has_html: bool) -> Result<Vec<File>, InvalidFile> {
    if inputs.len() > MAX_ATTACHMENTS {
        return Err(MessageProblem::TooManyAttachments.in_field("attachments"));
    }
    let mut files: Vec<File> = Vec::with_capacity(inputs.len());
    for (index, input) in inputs.into_iter().enumerate() {
        let path = |field: &str| format!("attachments[{index}].{field}");
        let file = File::try_from(input)
            .map_err(|invalid| InvalidFile { field: path(&invalid.field), ..invalid })?;
        if let Some(id) = &file.metadata.content_id {
            if !has_html {
                return Err(MessageProblem::ContentIdWithoutHtml.in_field(path("contentId")));
            }
            if files.iter().any(|other| other.metadata.content_id.as_ref() == Some(id)) {
                return Err(MessageProblem::DuplicateContentId.in_field(path("contentId")));
            }
        }
        files.push(file);
    }
    Ok(files)
}

fn validate_name(name: &str) -> Result<(), MessageProblem> {
    let is_valid = (1..=MAX_NAME_BYTES).contains(&name.len())
        && !name.trim().is_empty()
        && !matches!(name, "." | "..")
        && is_plain_line(name)
        && !name.contains(['/', '\\']);
    match extension(name) {
        _ if !is_valid => Err(MessageProblem::FileName),
        Some(extension) if REJECTED_EXTENSIONS.contains(&extension.as_str()) => Err(MessageProblem::FileType),
        _ => Ok(()),
    }
}

/// Returns the extension in lower case. Ignores trailing dots and spaces, as operating systems do.
fn extension(name: &str) -> Option<String> {
    let name = name.trim_end_matches(|c: char| c == '.' || c.is_whitespace());
    name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase())
}

fn is_content_id(id: &str) -> bool {
    (1..=MAX_ID_CHARS).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-+@".contains(&byte))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn named(name: &str) -> Result<File, InvalidFile> {
        FileInput { filename: name.into(), content: Some(vec![1, 2]), ..FileInput::default() }.try_into()
    }

    fn code(result: Result<File, InvalidFile>) -> (String, &'static str) {
        let error = result.unwrap_err();
        assert!(!error.problem.help().is_empty() && !error.problem.to_string().is_empty());
        (error.field, error.problem.code())
    }

    #[test]
    fn names_in_any_script_are_accepted_and_determine_the_content_type() {
        for (name, content_type) in [
            ("report.pdf", "application/pdf"),
            ("Отчёт за ноябрь.PDF", "application/pdf"),
            ("تقرير.png", "image/png"),
            ("\u{1f4ca} figures.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            ("no ending", "application/octet-stream"),
            ("strange.q7x", "application/octet-stream"),
            (".hidden", "application/octet-stream"),
        ] {
            let file = named(name).unwrap();
            assert_eq!(
                (file.metadata.filename.as_str(), file.metadata.content_type.as_str()),
                (name, content_type)
            );
            assert_eq!(file.metadata.size, 2);
        }
    }

    #[test]
    fn names_with_paths_or_hidden_characters_are_rejected() {
        let long = "é".repeat(128);
        for name in [
            "",
            " ",
            ".",
            "..",
            "a/b",
            "a\\b",
            "../a.txt",
            "a\r\nBcc: x",
            "a\u{0}",
            "a\tb",
            "a\u{2028}b",
            "gpj\u{202e}exe.pdf",
            "a\u{2066}b",
            long.as_str(),
        ] {
            assert_eq!(code(named(name)), ("filename".into(), "invalid_filename"), "{name:?}");
        }
    }

    #[test]
    fn rejected_extensions_are_found_in_any_spelling() {
        assert!(REJECTED_EXTENSIONS.is_sorted());
        for name in ["run.exe", "RUN.EXE", "run.exe.", "run.exe . ", "a.b.js", "отчёт.vbs"] {
            assert_eq!(code(named(name)), ("filename".into(), "attachment_type_refused"), "{name:?}");
        }
        assert!(named("exe").is_ok() && named("run.exe.txt").is_ok());
    }

    #[test]
    fn content_type_and_content_id_are_validated() {
        let with = |content_type: Option<&str>, content_id: Option<&str>| {
            File::try_from(FileInput {
                filename: "a.png".into(),
                content: Some(Vec::new()),
                content_type: content_type.map(Into::into),
                content_id: content_id.map(Into::into),
            })
        };
        let accepted = with(Some("Image/SVG+xml"), Some("logo.1@shop-x_y")).unwrap();
        assert_eq!(accepted.metadata.content_type, "image/svg+xml");
        for wrong in [
            "png",
            "image/",
            "/png",
            "image/png/x",
            "image/png; a",
            "image/pn g",
            "image/png\r\nX: y",
            "multipart/mixed",
            "message/rfc822",
            "Message/Partial",
            "é/x",
        ] {
            assert_eq!(
                code(with(Some(wrong), None)),
                ("contentType".into(), "invalid_content_type"),
                "{wrong:?}"
            );
        }
        for absent in ["", " "] {
            assert_eq!(with(Some(absent), None).unwrap().metadata.content_type, "image/png");
        }
        let long = "a".repeat(79);
        for wrong in ["", "a b", "<a>", "a\r\nb", "é", "a\"b", long.as_str()] {
            assert_eq!(
                code(with(None, Some(wrong))),
                ("contentId".into(), "invalid_content_id"),
                "{wrong:?}"
            );
        }
        let not_base64 = FileInput { filename: "a".into(), ..FileInput::default() };
        assert_eq!(code(not_base64.try_into()), ("content".into(), "invalid_base64"));
    }

    #[test]
    fn text_that_is_utf_8_gets_a_character_set_unless_it_has_one() {
        for (name, content, given, content_type) in [
            ("a.txt", "Zürich".as_bytes(), None, "text/plain; charset=utf-8"),
            (
                "a.ics",
                b"BEGIN:VCALENDAR",
                Some("text/calendar; method=REQUEST"),
                "text/calendar; method=REQUEST; charset=utf-8",
            ),
            ("a.txt", b"Z\xfcrich", None, "text/plain"),
            ("a.txt", b"a", Some("text/plain; charset=us-ascii"), "text/plain; charset=us-ascii"),
            ("a.json", b"{}", None, "application/json"),
        ] {
            let input = FileInput {
                filename: name.into(),
                content: Some(content.to_vec()),
                content_type: given.map(Into::into),
                content_id: None,
            };
            assert_eq!(File::try_from(input).unwrap().metadata.content_type, content_type);
        }
    }

    #[test]
    fn files_of_a_message_are_validated_together() {
        let file = |id: Option<&str>| FileInput {
            filename: "a.png".into(),
            content: Some(Vec::new()),
            content_id: id.map(Into::into),
            ..FileInput::default()
        };
        let wrong = |inputs, has_html| {
            let error = validate_files(inputs, has_html).unwrap_err();
            (error.field, error.problem.code())
        };
        assert_eq!(validate_files(vec![file(None); MAX_ATTACHMENTS], false).unwrap().len(), MAX_ATTACHMENTS);
        assert_eq!(
            wrong(vec![file(None); MAX_ATTACHMENTS + 1], true),
            ("attachments".into(), "too_many_attachments")
        );
        assert_eq!(
            wrong(vec![file(None), file(Some("a"))], false),
            ("attachments[1].contentId".into(), "content_id_without_html")
        );
        assert_eq!(
            wrong(vec![file(Some("a")), file(Some("b")), file(Some("a"))], true),
            ("attachments[2].contentId".into(), "duplicate_content_id")
        );
    }

    proptest! {
        #[test]
        fn an_accepted_name_has_no_line_break_or_path_separator(name in "[\\PC\r\n\t/\\\\]{0,20}") {
            if let Ok(file) = named(&name) {
                let name = file.metadata.filename;
                prop_assert!(!name.chars().any(|c| c.is_control() || c == '/' || c == '\\'));
            }
        }
    }
}
