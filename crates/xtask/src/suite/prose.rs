//! Checks that no file uses a phrase that has a plainer equivalent. typos.toml has the list of single words.

use std::{fs, process::Command};

use test_support::{Error, Result};

use super::{Suite, expect_none};
use crate::program;

/// Phrases in lower case, each with what to write instead.
const PHRASES: [(&str, &str); 15] = [
    ("by itself", "automatically"),
    ("by themselves", "automatically"),
    ("come to its end", "finished"),
    ("comes to its end", "finishes"),
    ("hand over", "send"),
    ("handed over", "sent"),
    ("hands over", "sends"),
    ("let go of", "release"),
    ("let in", "authorised"),
    ("lets go", "releases"),
    ("take in", "accept"),
    ("taken in", "accepted"),
    ("takes in", "accepts"),
    ("there is room", "there is capacity"),
    ("unless told", "defaults to"),
];

/// Files with prose.
const EXTENSIONS: [&str; 12] =
    ["css", "html", "js", "md", "mjs", "py", "rs", "sql", "toml", "ts", "tsx", "yml"];

/// Files that aren't checked: this list itself, and what is rewritten next.
const EXCLUDED: [&str; 4] = [
    "crates/xtask/src/suite/prose.rs",
    "typos.toml",
    "crates/worker/src/aws_connection/",
    "crates/worker/src/database/",
];

/// Searches all files in git for [`PHRASES`].
pub(super) fn check(suite: &Suite<'_>) -> Result<()> {
    let root = suite.tools.root();
    let files = program::output("git", Command::new("git").args(["ls-files", "-z"]).current_dir(root))?;
    let mut lines = Vec::new();
    for file in files.split('\0').filter(|file| is_checked(file)) {
        let path = root.join(file);
        // A deleted file is listed until the deletion is committed.
        if path.is_file() {
            let text = fs::read_to_string(&path).map_err(Error::io(format!("read {}", path.display())))?;
            lines.extend(search(&text).map(|found| format!("{file}:{found}")));
        }
    }
    expect_none("write plainer phrases", &lines)
}

fn is_checked(file: &str) -> bool {
    file.rsplit_once('.').is_some_and(|(_, extension)| EXTENSIONS.contains(&extension))
        && !EXCLUDED.iter().any(|excluded| file.starts_with(excluded))
}

/// Returns a line such as `12: "unless told": write "defaults to"` for each phrase in a text. A phrase may continue on the next
/// line of a comment.
fn search(text: &str) -> impl Iterator<Item = String> {
    let mut flat = String::from(" ");
    let mut starts = Vec::new();
    for line in text.lines() {
        starts.push(flat.len());
        let line = line.trim_start().trim_start_matches(['/', '!', '#', '*', '-', '|', ' ']);
        flat.push_str(&line.to_lowercase());
        flat.push(' ');
    }
    PHRASES.into_iter().flat_map(move |(phrase, plain)| {
        let found = flat.match_indices(phrase).map(|(at, _)| at);
        let words = found.filter(|&at| is_word(&flat, at, phrase.len()));
        let lines = words.map(|at| starts.partition_point(|&start| start <= at));
        lines.map(|line| format!("{line}: \"{phrase}\": write \"{plain}\"")).collect::<Vec<_>>()
    })
}

/// Returns true if the match isn't part of a longer word.
fn is_word(text: &str, at: usize, length: usize) -> bool {
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    !is_letter(text[..at].chars().next_back()) && !is_letter(text[at + length..].chars().next())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        search(text).collect()
    }

    #[test]
    fn a_phrase_is_reported_with_its_line() {
        assert_eq!(found("fn a() {}\n/// 20 Unless told.\n"), ["2: \"unless told\": write \"defaults to\""]);
    }

    #[test]
    fn a_phrase_may_continue_on_the_next_line_of_a_comment() {
        assert_eq!(found("    /// The Worker goes by\n    /// itself.\n").len(), 1);
        assert_eq!(found("# A list that takes\n# in all.\n").len(), 1);
    }

    #[test]
    fn part_of_a_word_is_not_a_phrase() {
        assert_eq!(found("a beehive stake in it, nearby itself"), [] as [&str; 0]);
    }

    #[test]
    fn only_prose_outside_of_the_excluded_paths_is_checked() {
        assert!(is_checked("docs/sending.md") && is_checked("crates/worker/src/lib.rs"));
        assert!(!is_checked("crates/worker/src/database/depths.rs"));
        assert!(!is_checked("Cargo.lock") && !is_checked("LICENSE"));
    }
}
