//! `TrackingConfigurationOverrides`: whether SES tracks opens and clicks of one email.

use serde::{Serialize, Serializer};

/// Whether SES tracks opens and clicks of an email, whatever its configuration set and the account say.
///
/// The equivalent of `ConfigurationOverrides.Tracking` in the API. Without it, an account-level setting or an event destination with
/// opens or clicks decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrackingOverrides {
    /// Whether SES adds an invisible image to the HTML, which reports that the email was opened.
    pub opens: bool,
    /// Whether SES rewrites the links in the HTML, so that they report clicks.
    pub clicks: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ConfigurationOverrides {
    tracking: Tracking,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Tracking {
    open_tracking_enabled: &'static str,
    click_tracking_enabled: &'static str,
}

/// Serialises as `ConfigurationOverrides`.
impl Serialize for TrackingOverrides {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let status = |enabled| if enabled { "ENABLED" } else { "DISABLED" };
        let tracking = Tracking {
            open_tracking_enabled: status(self.opens),
            click_tracking_enabled: status(self.clicks),
        };
        ConfigurationOverrides { tracking }.serialize(serializer)
    }
}
