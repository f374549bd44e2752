//! The SES requests that send an email.

use aws_sans_io::ses::{NameValue, SendEmail, SendRawEmail, TrackingOverrides};
use email_message::Mailbox;

use super::{Email, MESSAGE_ID_TAG};

/// What a request says beyond the email.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SendOptions {
    /// The configuration set; `None` in a region without events.
    pub configuration_set: Option<String>,
    /// Whether SES tracks opens and clicks; `None` if SES doesn't support overrides.
    pub tracking: Option<TrackingOverrides>,
}

impl Email {
    /// Returns the request that sends the email. It contains `message_id`, the email's ID, as a tag, so that events are related to the
    /// email even if the response is lost.
    ///
    /// ```
    /// use domain::email::{Email, EmailDraft, SendOptions};
    ///
    /// let email = Email::try_from(EmailDraft {
    ///     from: "Zoë <zoe@example.com>".into(),
    ///     to: vec!["a@example.com".into()],
    ///     subject: "Grüße".into(),
    ///     text: Some("Hallo".into()),
    ///     ..EmailDraft::default()
    /// })?;
    /// let send = email.send_email(&SendOptions::default(), "01JD3Y9ZV8Q6W3K7F2M5X4T1RB");
    /// assert_eq!(send.from_email_address, "=?UTF-8?B?Wm/Dqw==?= <zoe@example.com>");
    /// assert_eq!(send.email_tags[0].value, "01JD3Y9ZV8Q6W3K7F2M5X4T1RB");
    /// # Ok::<(), domain::email::InvalidEmail>(())
    /// ```
    #[must_use]
    pub fn send_email(&self, options: &SendOptions, message_id: &str) -> SendEmail {
        SendEmail {
            from_email_address: self.from().to_header(),
            to_addresses: addresses(self.to()),
            cc_addresses: addresses(self.cc()),
            bcc_addresses: addresses(self.bcc()),
            reply_to_addresses: addresses(self.reply_to()),
            subject: self.subject().to_owned(),
            html: self.html().map(str::to_owned),
            text: self.text().map(str::to_owned),
            headers: self.headers().iter().map(|header| pair(header.name(), header.value())).collect(),
            email_tags: self.email_tags(message_id),
            configuration_set_name: options.configuration_set.clone(),
            tracking_overrides: options.tracking,
        }
    }

    /// Returns the request that sends the email as a MIME message.
    #[must_use]
    pub fn send_raw_email(&self, options: &SendOptions, message_id: &str) -> SendRawEmail {
        SendRawEmail {
            from_email_address: self.from().to_header(),
            to_addresses: addresses(self.to()),
            cc_addresses: addresses(self.cc()),
            bcc_addresses: addresses(self.bcc()),
            email_tags: self.email_tags(message_id),
            configuration_set_name: options.configuration_set.clone(),
            tracking_overrides: options.tracking,
        }
    }

    fn email_tags(&self, message_id: &str) -> Vec<NameValue> {
        let message_id_tag = pair(MESSAGE_ID_TAG, message_id);
        std::iter::once(message_id_tag)
            .chain(self.tags().iter().map(|tag| pair(tag.name(), tag.value())))
            .collect()
    }
}

fn addresses(mailboxes: &[Mailbox]) -> Vec<String> {
    mailboxes.iter().map(Mailbox::to_header).collect()
}

fn pair(name: &str, value: &str) -> NameValue {
    NameValue { name: name.to_owned(), value: value.to_owned() }
}

#[cfg(test)]
mod tests {
    use aws_sans_io::{Operation, ses::TrackingOverrides};
    use insta::assert_snapshot;

    use crate::email::{Email, EmailDraft, SendOptions};

    #[test]
    fn a_send_request_contains_every_field_of_the_email() {
        let email = Email::try_from(EmailDraft {
            from: "\"Shop, The\" <info@example.com>".into(),
            to: vec!["Zoë <zoe@bücher.example>".into(), "b@example.com".into()],
            cc: vec!["c@example.com".into()],
            bcc: vec!["d@example.com".into()],
            reply_to: vec!["Help <help@example.com>".into()],
            subject: "Grüße \u{1f600}".into(),
            html: Some("<p>hi</p>".into()),
            text: Some("hi".into()),
            headers: vec![("X-Campaign".into(), "spring".into())],
            tags: vec![("campaign".into(), "spring".into())],
            ..EmailDraft::default()
        })
        .unwrap();
        let options = SendOptions {
            configuration_set: Some("kraiter".into()),
            tracking: Some(TrackingOverrides { opens: false, clicks: false }),
        };
        let request = email.send_email(&options, "01JD").request().unwrap();
        let body: serde_json::Value = serde_json::from_slice(request.body()).unwrap();
        assert_snapshot!(serde_json::to_string_pretty(&body).unwrap());
    }
}
