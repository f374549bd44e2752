//! Fuzz targets.
//!
//! Each target is a function of bytes that panics if a rule is broken: a round trip, a bound on what is written, or that nothing but what
//! was given becomes a header. `corpus` has inputs for each target, in the layout of cargo-fuzz; the tests replay and mutate them.

#![allow(
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    clippy::unwrap_used,
    reason = "a target fails by panicking, and fuzzers ignore whether an input is valid"
)]

pub mod api;
pub mod aws;
pub mod dns;
pub mod email;
mod mutation;

pub use mutation::Mutator;

/// A fuzz target.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// The name, which is also the folder of its corpus.
    pub name: &'static str,
    /// Returns whether the input is valid. Panics if it breaks a rule.
    pub run: fn(&[u8]) -> bool,
    /// Parts of inputs that random bytes rarely form.
    pub words: &'static [&'static str],
}

/// All targets.
pub const TARGETS: [Target; 12] = [
    Target {
        name: "sns_envelope",
        run: aws::sns_envelope,
        words: &[
            "\"Type\":",
            "\"TopicArn\":",
            "\"Subject\":null,",
            "\"SigningCertURL\":\"https://",
            ".amazonaws.com",
            "@",
            "%2f",
            "..",
            "\\n",
        ],
    },
    Target {
        name: "ses_events",
        run: aws::ses_events,
        words: &[
            "\"eventType\":",
            "\"notificationType\":",
            "\"mail\":{",
            "\"tags\":null",
            "\"timestamp\":\"",
            "[]",
            "{}",
            "null",
            "\\ud83d",
        ],
    },
    Target {
        name: "sts_xml",
        run: aws::sts_xml,
        words: &[
            "<Error>",
            "</Error>",
            "<Code>",
            "<![CDATA[",
            "]]>",
            "<!--",
            "-->",
            "&#x41;",
            "&lt;",
            "&a;",
            "<!DOCTYPE",
            "<?",
            "xmlns=",
        ],
    },
    Target {
        name: "ses_json",
        run: aws::ses_json,
        words: &[
            "null",
            "true",
            "1e999",
            "-0",
            "\\u0000",
            "\\ud800",
            "[[",
            "{\"",
            "\":",
            "NextToken",
            "__type",
        ],
    },
    Target {
        name: "arn",
        run: aws::arn,
        words: &[
            "arn:",
            "aws-us-gov",
            "aws-cn",
            ":iam::",
            ":sns:",
            "role/",
            "123456789012",
            "eu-west-1",
            "*",
            "\u{a0}",
        ],
    },
    Target {
        name: "addresses",
        run: email::addresses,
        words: &[
            "<",
            ">",
            "\"",
            "\\",
            "@",
            "xn--",
            "=?UTF-8?B?",
            "?=",
            "\r\n",
            ",",
            "(",
            ".",
            "\u{202e}",
            "ü",
        ],
    },
    Target {
        name: "templates",
        run: email::templates,
        words: &[
            "{{",
            "}}",
            "{%",
            "%}",
            "{#",
            "#}",
            "-",
            "for x in ",
            "endfor",
            "if ",
            "endif",
            "set x = ",
            "|",
            "join",
            "replace(",
            "in [",
            "loop.index",
            "\0",
            "is defined",
        ],
    },
    Target {
        name: "html_to_text",
        run: email::html,
        words: &[
            "<table>",
            "<tr>",
            "<td>",
            "<b>",
            "</b>",
            "<p>",
            "<a href=https://",
            "<!--",
            "<svg>",
            "<template>",
            "<select>",
            "&nbsp;",
            "\0",
            " style='display:none'",
        ],
    },
    Target {
        name: "csv",
        run: api::csv,
        words: &[
            "address,reason,since",
            "\"",
            "\r\n",
            ";",
            "\t",
            "sep=;",
            "\u{feff}",
            "bounce",
            "@example.com",
            "2026-11-24T14:44:10Z",
            "=",
            "'",
        ],
    },
    Target {
        name: "dns_messages",
        run: dns::messages,
        words: &["\u{0}\u{1}", "\u{c}", "v=spf1", "v=DMARC1", "include:", "_domainkey", "\u{7f}"],
    },
    Target {
        name: "request_bodies",
        run: api::request_bodies,
        words: &[
            "\"from\":",
            "\"to\":",
            "\"attachments\":[",
            "\"template\":{",
            "\"variables\":{",
            "null",
            "\\/",
            "\\u003d",
            "\\ud83d",
            "\u{feff}",
            "[[",
            "1e400",
        ],
    },
    Target {
        name: "mime",
        run: email::mime,
        words: &[
            "\0",
            "\r\n",
            "\n.",
            "--",
            "=?UTF-8?Q?",
            "From ",
            "Bcc: a@example.com",
            "\u{2028}",
            "=",
            "ü",
        ],
    },
];
