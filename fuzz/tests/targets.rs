//! Replays the corpus of each target, and mutates it.
//!
//! A failure names a file with the input. Fix the cause, and add the input to the corpus.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::{
    env, fs,
    panic::catch_unwind,
    path::Path,
    time::{Duration, Instant},
};

use kraiter_fuzz::{Mutator, TARGETS, Target};

/// Mutated inputs of each target by default.
const INPUTS: usize = 300;

/// Time for mutations of each target in a thorough run.
const THOROUGH: Duration = Duration::from_mins(1);

/// The longest time of an input. Generous, because other programs may use the machine, and tests aren't optimised.
const MAX_TIME: Duration = Duration::from_secs(5);

fn corpus(target: &Target) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target.name);
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.into_iter().map(|path| fs::read(path).unwrap()).collect()
}

/// Returns whether the input is valid. Fails with the name of a file that contains it if it breaks a rule or takes too long.
fn run(target: &Target, input: &[u8], file: &Path) -> bool {
    let started = Instant::now();
    let result = catch_unwind(|| (target.run)(input));
    let elapsed = started.elapsed();
    match result {
        Ok(is_valid) if elapsed <= MAX_TIME => is_valid,
        _ => {
            fs::write(file, input).unwrap();
            panic!("{} failed or took long ({elapsed:?}) with {}", target.name, file.display());
        }
    }
}

fn replay_and_mutate(name: &str) {
    let target = TARGETS.iter().find(|target| target.name == name).unwrap();
    let corpus = corpus(target);
    let failed = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.failed"));
    let valid = corpus.iter().filter(|input| run(target, input, &failed)).count();
    assert!(2 * valid >= corpus.len(), "{valid} of {} inputs are valid", corpus.len());
    let is_thorough = env::var_os("KRAITER_THOROUGH").is_some();
    let seed = name.bytes().fold(16, |seed: u64, byte| seed.wrapping_mul(31).wrapping_add(byte.into()));
    let mut mutator = Mutator::new(seed, &corpus, target.words);
    let (started, mut count) = (Instant::now(), 0);
    let mut mutated_valid = 0;
    while if is_thorough { started.elapsed() < THOROUGH } else { count < INPUTS } {
        mutated_valid += usize::from(run(target, &mutator.next_input(), &failed));
        count += 1;
    }
    println!(
        "{name}: {} inputs of the corpus, {count} mutated, of which {mutated_valid} are valid",
        corpus.len()
    );
}

macro_rules! targets {
    ($($test:ident: $name:literal,)*) => {
        $(
            #[test]
            fn $test() {
                replay_and_mutate($name);
            }
        )*

        #[test]
        fn each_target_is_tested_and_each_folder_belongs_to_a_target() {
            let mut tested = vec![$($name),*];
            tested.sort_unstable();
            let mut names: Vec<_> = TARGETS.iter().map(|target| target.name).collect();
            names.sort_unstable();
            assert_eq!(tested, names);
            let folders = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")).unwrap();
            let mut folders: Vec<_> = folders.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
            folders.sort();
            assert_eq!(folders, names);
        }
    };
}

targets! {
    a_message_of_sns_leads_to_no_other_host: "sns_envelope",
    an_event_of_ses_has_bounded_texts: "ses_events",
    xml_of_sts_does_not_expand: "sts_xml",
    json_means_the_same_as_for_serde: "ses_json",
    a_valid_arn_is_written_as_it_was: "arn",
    a_mailbox_parses_from_what_it_is_written_as: "addresses",
    a_template_renders_within_its_limits: "templates",
    plain_text_of_html_is_bounded: "html_to_text",
    an_imported_csv_is_exported_and_imported_again: "csv",
    an_answer_is_not_larger_than_its_dns_message: "dns_messages",
    a_refused_request_body_gets_a_bounded_error: "request_bodies",
    a_mime_message_has_the_headers_it_was_given: "mime",
}
