//! Files that go with a message.

use serde::{Deserialize, Serialize};

use super::{InvalidFile, MessageProblem, content_type};

/// The most files of a message.
pub const MAX_ATTACHMENTS: usize = 100;

/// The most bytes of a file's name, as SES takes it.
/// <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_Attachment.html>
const MAX_NAME_BYTES: usize = 255;

/// The most characters of a content id or of a content type, as SES takes them.
const MAX_ID_CHARS: usize = 78;

/// The endings that SES refuses, in order.
///
/// <https://docs.aws.amazon.com/ses/latest/dg/mime-types.html>
const REFUSED: [&str; 90] = [
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
    /// The content type, such as `image/png`.
    pub content_type: String,
    /// The size in bytes.
    pub size: u64,
    /// The id that the HTML embeds the file with: `<img src="cid:…">`. Absent if the file is attached only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_id: Option<String>,
}

/// A file as a customer gives it, unchecked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileDraft {
    /// Its name.
    pub filename: String,
    /// Its content; `None` where what was given isn't base64.
    pub content: Option<Vec<u8>>,
    /// Its type; guessed by its name where there is none.
    pub content_type: Option<String>,
    /// By which HTML shows it.
    pub content_id: Option<String>,
}

/// A file with its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// What is shown of it.
    pub about: Attachment,
    /// Its content.
    pub content: Vec<u8>,
}

impl TryFrom<FileDraft> for File {
    type Error = InvalidFile;

    /// The field of the error is that of the file: `filename`.
    fn try_from(draft: FileDraft) -> Result<Self, InvalidFile> {
        let FileDraft { filename, content, content_type, content_id } = draft;
        check_name(&filename).map_err(|problem| problem.of("filename"))?;
        let content = content.ok_or_else(|| MessageProblem::FileContent.of("content"))?;
        let content_type = match content_type {
            None => content_type::guess(ending(&filename).as_deref()).to_owned(),
            Some(given) => {
                content_type::parse(&given).ok_or_else(|| MessageProblem::ContentType.of("contentType"))?
            }
        };
        if content_id.as_deref().is_some_and(|id| !is_content_id(id)) {
            return Err(MessageProblem::ContentId.of("contentId"));
        }
        let size = content.len() as u64;
        Ok(Self { about: Attachment { filename, content_type, size, content_id }, content })
    }
}

/// The files of a message, checked together. A file that is shown inside of the HTML needs some.
///
/// # Errors
/// [`InvalidFile`] with a field such as `attachments[1].contentId`.
pub fn files(drafts: Vec<FileDraft>, has_html: bool) -> Result<Vec<File>, InvalidFile> {
    if drafts.len() > MAX_ATTACHMENTS {
        return Err(MessageProblem::TooManyAttachments.of("attachments"));
    }
    let mut files: Vec<File> = Vec::with_capacity(drafts.len());
    for (index, draft) in drafts.into_iter().enumerate() {
        let place = |field: &str| format!("attachments[{index}].{field}");
        let file = File::try_from(draft)
            .map_err(|invalid| InvalidFile { field: place(&invalid.field), ..invalid })?;
        if let Some(id) = &file.about.content_id {
            if !has_html {
                return Err(MessageProblem::ContentIdWithoutHtml.of(place("contentId")));
            }
            if files.iter().any(|other| other.about.content_id.as_ref() == Some(id)) {
                return Err(MessageProblem::ContentIdTwice.of(place("contentId")));
            }
        }
        files.push(file);
    }
    Ok(files)
}

fn check_name(name: &str) -> Result<(), MessageProblem> {
    let is_right = (1..=MAX_NAME_BYTES).contains(&name.len())
        && !name.trim().is_empty()
        && !matches!(name, "." | "..")
        && !name.chars().any(|c| c.is_control() || matches!(c, '/' | '\\') || hides(c));
    match ending(name) {
        _ if !is_right => Err(MessageProblem::FileName),
        Some(ending) if REFUSED.contains(&ending.as_str()) => Err(MessageProblem::FileType),
        _ => Ok(()),
    }
}

/// Characters that break a line, or that let a name read as if it ended otherwise.
const fn hides(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A name's ending in small letters. Systems that run files by their ending don't count dots and spaces behind it.
fn ending(name: &str) -> Option<String> {
    let name = name.trim_end_matches(|c: char| c == '.' || c.is_whitespace());
    name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase())
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
        FileDraft { filename: name.into(), content: Some(vec![1, 2]), ..FileDraft::default() }.try_into()
    }

    fn code(result: Result<File, InvalidFile>) -> (String, &'static str) {
        let error = result.unwrap_err();
        assert!(!error.problem.help().is_empty() && !error.problem.to_string().is_empty());
        (error.field, error.problem.code())
    }

    #[test]
    fn names_of_any_script_are_taken_and_tell_the_type() {
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
                (file.about.filename.as_str(), file.about.content_type.as_str()),
                (name, content_type)
            );
            assert_eq!(file.about.size, 2);
        }
    }

    #[test]
    fn a_name_that_is_a_path_or_hides_something_is_refused() {
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
    fn what_ses_refuses_is_refused_however_it_is_spelt() {
        assert!(REFUSED.is_sorted());
        for name in ["run.exe", "RUN.EXE", "run.exe.", "run.exe . ", "a.b.js", "отчёт.vbs"] {
            assert_eq!(code(named(name)), ("filename".into(), "attachment_type_refused"), "{name:?}");
        }
        assert!(named("exe").is_ok() && named("run.exe.txt").is_ok());
    }

    #[test]
    fn content_type_and_id_are_checked() {
        let with = |content_type: Option<&str>, content_id: Option<&str>| {
            File::try_from(FileDraft {
                filename: "a.png".into(),
                content: Some(Vec::new()),
                content_type: content_type.map(Into::into),
                content_id: content_id.map(Into::into),
            })
        };
        let taken = with(Some("Image/SVG+xml"), Some("logo.1@shop-x_y")).unwrap();
        assert_eq!(taken.about.content_type, "image/svg+xml");
        for wrong in [
            "",
            "png",
            "image/",
            "/png",
            "image/png/x",
            "image/png; a=b",
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
        let long = "a".repeat(79);
        for wrong in ["", "a b", "<a>", "a\r\nb", "é", "a\"b", long.as_str()] {
            assert_eq!(
                code(with(None, Some(wrong))),
                ("contentId".into(), "invalid_content_id"),
                "{wrong:?}"
            );
        }
        let no_base64 = FileDraft { filename: "a".into(), ..FileDraft::default() };
        assert_eq!(code(no_base64.try_into()), ("content".into(), "invalid_base64"));
    }

    #[test]
    fn files_are_checked_together() {
        let file = |id: Option<&str>| FileDraft {
            filename: "a.png".into(),
            content: Some(Vec::new()),
            content_id: id.map(Into::into),
            ..FileDraft::default()
        };
        let wrong = |drafts, has_html| {
            let error = files(drafts, has_html).unwrap_err();
            (error.field, error.problem.code())
        };
        assert_eq!(files(vec![file(None); MAX_ATTACHMENTS], false).unwrap().len(), MAX_ATTACHMENTS);
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
        fn no_name_holds_what_ends_a_line_or_a_folder(name in "[\\PC\r\n\t/\\\\]{0,20}") {
            if let Ok(file) = named(&name) {
                let line = file.about.filename;
                prop_assert!(!line.chars().any(|c| c.is_control() || c == '/' || c == '\\'));
            }
        }
    }
}
