//! `ListConfigurationSets`.

use bytes::Bytes;
use http::Request;
use serde::Deserialize;
use serde_json::json;

use super::json as protocol;
use crate::{BuildError, Error, Operation, Service};

/// Requests up to 10 of the account's configuration sets in one region.
///
/// ```
/// use aws_sans_io::{Operation, ses::ListConfigurationSets};
///
/// assert_eq!(ListConfigurationSets.request()?.uri(), "/v2/email/list-configuration-sets");
/// let page = ListConfigurationSets.parse_body(br#"{"ConfigurationSets":["example"]}"#)?;
/// assert_eq!(page.configuration_sets, ["example"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// [AWS documentation](https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_ListConfigurationSets.html)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListConfigurationSets;

/// A page of configuration sets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ConfigurationSetPage {
    /// The names of the configuration sets.
    pub configuration_sets: Vec<String>,
}

impl Operation for ListConfigurationSets {
    type Output = ConfigurationSetPage;

    const SERVICE: Service = Service::Ses;

    fn name(&self) -> &'static str {
        "ListConfigurationSets"
    }

    fn request(&self) -> Result<Request<Bytes>, BuildError> {
        protocol::post("/v2/email/list-configuration-sets", &json!({ "PageSize": 10 }))
    }

    fn parse_body(&self, body: &[u8]) -> Result<ConfigurationSetPage, Error> {
        protocol::parse(body)
    }
}
