//! What is attacked.

/// The values of placeholders such as `{topic}` in a case's texts.
///
/// | Placeholder | Value |
/// |---|---|
/// | `{scheme}`, `{host}` | of the place that has the SNS certificates: AWS natively, the test proxy end to end |
/// | `{sink}` | a host that nothing may call |
/// | `{region}`, `{account}`, `{topic}`, `{role}`, `{email}` | of a connected organisation, the one under attack |
/// | `{event}` | the text of an SES event that would change the email |
/// | `{webhook}`, `{token}` | path of its webhook, and the token in it |
/// | `{outputs}` | the query that its stack adds to the webhook's URL |
/// | `{awaiting}` | webhook path of an organisation that has no stack yet |
/// | `{topic other account}` | a topic of the same name in another account |
/// | `{certificate}`, `{valid certificate}` | path of the certificate that the case names, and of a valid one |
/// | `{now}` | the current time as SNS writes it |
#[derive(Clone, Debug)]
pub struct Scene {
    /// Names without braces, and values.
    pub values: Vec<(&'static str, String)>,
    /// A genuine message that the webhook has received before.
    pub received: String,
    /// Returns the path of a certificate by its name.
    pub certificate_path: fn(&str) -> String,
}

impl Scene {
    /// Replaces the placeholders in a text, except those that depend on the case.
    #[must_use]
    pub fn fill(&self, text: &str) -> String {
        let text = replace(text, "valid certificate", &(self.certificate_path)("valid"));
        self.values.iter().fold(text, |text, (name, value)| replace(&text, name, value))
    }

    /// Sets the value of a placeholder.
    pub fn set(&mut self, name: &'static str, value: String) {
        self.values.retain(|(known, _)| *known != name);
        self.values.push((name, value));
    }

    /// Returns the value of a placeholder.
    #[must_use]
    pub fn value(&self, name: &str) -> &str {
        let found = self.values.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    }
}

/// Replaces the placeholders of one name. `{name upper}` is its value in upper case.
pub(crate) fn replace(text: &str, name: &str, value: &str) -> String {
    text.replace(&format!("{{{name}}}"), value).replace(&format!("{{{name} upper}}"), &value.to_uppercase())
}
