//! Verifies a message of Amazon SNS.
//!
//! Reads the message from standard input. The arguments are the expected topic, a file with the signing certificate, and
//! optionally the current time.
//!
//! ```sh
//! cargo run --example verify -- \
//!     arn:aws:sns:eu-west-1:123456789012:example-events tests/vectors/certificates/sns.pem 2026-11-24T14:45:00Z \
//!     < tests/vectors/messages/notification-v2.json
//! ```

use std::{
    env,
    error::Error,
    fs,
    io::{self, Read},
};

use aws_sans_io::{Endpoint, TopicArn};
use sns_verify::{Certificate, Content, Expected, Message};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (topic, certificate, now) = match arguments.as_slice() {
        [topic, certificate] => (topic, certificate, OffsetDateTime::now_utc()),
        [topic, certificate, now] => (topic, certificate, OffsetDateTime::parse(now, &Rfc3339)?),
        _ => return Err("usage: verify <topic ARN> <certificate file> [<time>] < <message file>".into()),
    };
    let topic: TopicArn = topic.parse()?;
    let mut body = Vec::new();
    io::stdin().read_to_end(&mut body)?;

    let checked = Message::parse(&body)?.check(Expected::Topic(&topic), &Endpoint::aws(), now)?;
    println!("Certificate: {}", checked.certificate_url());
    // A server downloads the certificate from that URL.
    let certificate = Certificate::from_pem(checked.certificate_url(), &fs::read(certificate)?)?;
    let message = checked.verify(&certificate, now)?.into_inner();

    println!("Message ID: {}\nTimestamp: {}", message.id, message.timestamp);
    match message.content {
        Content::Notification { subject, text } => {
            println!("Subject: {}\n\n{text}", subject.as_deref().unwrap_or("none"));
        }
        Content::SubscriptionConfirmation { .. } => println!("Asks to confirm a subscription"),
        Content::UnsubscribeConfirmation => println!("Reports that the endpoint was unsubscribed"),
    }
    Ok(())
}
