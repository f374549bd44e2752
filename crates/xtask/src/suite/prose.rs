//! Checks that no file uses a phrase that has a plainer equivalent. typos.toml lists single words.

use std::{fs, process::Command};

use test_support::{Error, Result};

use super::{Suite, expect_none};
use crate::program;

/// Lines such as `in order to = to`: a phrase in lower case, and what to write instead.
const PHRASES: &str = include_str!("phrases.txt");

/// Extensions of files with prose.
const EXTENSIONS: [&str; 12] =
    ["css", "html", "js", "md", "mjs", "py", "rs", "sql", "toml", "ts", "tsx", "yml"];

/// Searches all files in git for [`PHRASES`].
pub(super) fn check(suite: &Suite<'_>) -> Result<()> {
    let root = suite.tools.root();
    let phrases: Vec<_> = PHRASES.lines().filter_map(|line| line.split_once(" = ")).collect();
    let files = program::output("git", Command::new("git").args(["ls-files", "-z"]).current_dir(root))?;
    let mut lines = Vec::new();
    for file in files.split('\0').filter(|file| is_checked(file)) {
        let path = root.join(file);
        // git lists a deleted file until the deletion is committed.
        if path.is_file() {
            let text = fs::read_to_string(&path).map_err(Error::io(format!("read {}", path.display())))?;
            lines.extend(search(&text, &phrases).into_iter().map(|line| format!("{file}:{line}")));
        }
    }
    expect_none("write plainer phrases", &lines)
}

fn is_checked(file: &str) -> bool {
    file.rsplit_once('.').is_some_and(|(_, extension)| EXTENSIONS.contains(&extension))
}

/// Returns a line such as `12: "in order to": write "to"` for each phrase in a text. A phrase may continue on the next line of a
/// comment.
fn search(text: &str, phrases: &[(&str, &str)]) -> Vec<String> {
    let mut flat = String::from(" ");
    let mut line_starts = Vec::new();
    for line in text.lines() {
        line_starts.push(flat.len());
        let line = line.trim_start().trim_start_matches(['/', '!', '#', '*', '-', '|', ' ']);
        flat.push_str(&line.to_lowercase());
        flat.push(' ');
    }
    let mut found = Vec::new();
    for (phrase, plain) in phrases {
        for (at, _) in flat.match_indices(phrase).filter(|(at, _)| is_word(&flat, *at, phrase.len())) {
            let line = line_starts.partition_point(|&start| start <= at);
            found.push(format!("{line}: \"{phrase}\": write \"{plain}\""));
        }
    }
    found
}

/// Returns true if the match isn't part of a longer word.
fn is_word(text: &str, at: usize, length: usize) -> bool {
    let in_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    !in_word(text[..at].chars().next_back()) && !in_word(text[at + length..].chars().next())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        search(text, &[("in order to", "to")])
    }

    #[test]
    fn a_phrase_is_reported_with_its_line() {
        let expected = ["2: \"in order to\": write \"to\""];
        assert_eq!(found("fn a() {}\n/// In order to send.\n"), expected);
    }

    #[test]
    fn a_phrase_may_continue_on_the_next_line_of_a_comment() {
        let expected = ["1: \"in order to\": write \"to\""];
        assert_eq!(found("    /// The Worker waits in\n    /// order to send.\n"), expected);
        assert_eq!(found("# It waits in order\n# to send.\n"), expected);
    }

    #[test]
    fn part_of_a_word_is_not_a_phrase() {
        assert_eq!(found("in order too"), [] as [&str; 0]);
        assert_eq!(found("begin order to"), [] as [&str; 0]);
        assert_eq!(found("let x = in order to_string"), [] as [&str; 0]);
    }

    #[test]
    fn only_prose_is_checked() {
        assert!(is_checked("docs/sending.md") && is_checked("crates/worker/src/lib.rs"));
        assert!(!is_checked("Cargo.lock") && !is_checked("LICENSE"));
    }

    #[test]
    fn every_line_of_the_list_has_a_replacement() {
        for line in PHRASES.lines() {
            let (phrase, plain) = line.split_once(" = ").unwrap();
            assert!(phrase == phrase.to_lowercase() && phrase.contains(' ') && !plain.is_empty(), "{line}");
        }
    }
}
