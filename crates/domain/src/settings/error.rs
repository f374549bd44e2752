use thiserror::Error;

/// A missing or invalid setting. The message never contains the value, which may be a secret in the wrong place.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{setting}: {message}")]
pub struct SettingError {
    /// The setting's name.
    pub setting: &'static str,
    /// A clause that follows the setting's name and says what is wrong.
    pub message: String,
}

impl SettingError {
    pub(super) fn missing(setting: &'static str) -> Self {
        Self { setting, message: "it is not set".to_owned() }
    }
}
