//! DNS messages.

use email_dns::{Question, RecordType};

/// An answer is not larger than its message, and a question is encoded within the limits of DNS.
///
/// The input is the message of a response to one of two questions.
pub fn messages(input: &[u8]) -> bool {
    let mut is_valid = false;
    for name in ["example.com", "_dmarc.example.com"] {
        for kind in [RecordType::A, RecordType::Cname, RecordType::Soa, RecordType::Txt] {
            if let Ok(answer) = Question::new(name, kind).parse_response(input) {
                is_valid = true;
                // A compressed name takes two bytes, and an escaped byte takes four.
                assert!(answer.values.len() <= input.len() / 10);
                assert!(answer.values.iter().all(|value| value.len() <= 4 * input.len()));
            }
        }
    }
    let name = String::from_utf8_lossy(input);
    if let Ok(message) = Question::new(name, RecordType::Txt).encode() {
        assert!(message.len() <= 12 + 255 + 4, "{} bytes", message.len());
    }
    is_valid
}
