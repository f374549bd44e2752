//! The contents of the quick-create page: the link's values with the template's labels and descriptions.

use serde::Serialize;
use serde_json::Value;

use super::QuickCreate;
use crate::{Error, Result};

#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Contents {
    region: &'static str,
    location: &'static str,
    template_url: String,
    description: String,
    stack_name: String,
    parameters: Vec<Parameter>,
    resources: Vec<Resource>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Parameter {
    name: String,
    label: String,
    description: String,
    value: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Resource {
    pub(super) logical_id: String,
    /// The CloudFormation type, such as `AWS::IAM::Role`.
    #[serde(rename = "type")]
    pub(super) kind: String,
}

impl Contents {
    /// Combines a link with its template. Fails if the template isn't JSON.
    pub(super) fn new(page: &QuickCreate, template: &str) -> Result<Self> {
        let template = read(template)?;
        let labels = &template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterLabels"];
        let parameters = template["Parameters"].as_object().into_iter().flatten();
        Ok(Self {
            region: page.region.name(),
            location: page.region.location(),
            template_url: page.template_url.clone(),
            description: text(&template["Description"]),
            stack_name: page.stack_name.clone(),
            parameters: parameters
                .map(|(name, parameter)| Parameter {
                    name: name.clone(),
                    label: labels[name]["default"].as_str().unwrap_or(name).to_owned(),
                    description: text(&parameter["Description"]),
                    value: page.parameter(name).map_or_else(|| text(&parameter["Default"]), str::to_owned),
                })
                .collect(),
            resources: resources(&template),
        })
    }
}

/// Returns a template's resources in the template's order. Fails if it isn't JSON.
pub(super) fn resources_of(template: &str) -> Result<Vec<Resource>> {
    read(template).map(|template| resources(&template))
}

fn read(template: &str) -> Result<Value> {
    serde_json::from_str(template).map_err(|error| Error::Unexpected(format!("the template: {error}")))
}

fn resources(template: &Value) -> Vec<Resource> {
    let resources = template["Resources"].as_object().into_iter().flatten();
    resources
        .map(|(name, resource)| Resource { logical_id: name.clone(), kind: text(&resource["Type"]) })
        .collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use domain::onboarding::{Protocol, StackTemplate};

    use super::*;

    #[test]
    fn the_page_shows_the_links_values_with_the_templates_labels() {
        let page = QuickCreate {
            region: "eu-west-1".parse().unwrap(),
            template_url: "http://127.0.0.1:1/b/t.json".into(),
            stack_name: "kraiter".into(),
            parameters: vec![("ExternalId".into(), "ab12-x".into())],
        };
        let contents = Contents::new(&page, &StackTemplate::new(Protocol::Http).to_json()).unwrap();
        let external_id =
            contents.parameters.iter().find(|parameter| parameter.name == "ExternalId").unwrap();
        assert_eq!(external_id.value, "ab12-x");
        assert_eq!(external_id.label, "External ID of your organisation");
        let last = contents.resources.last().unwrap();
        assert_eq!((&*last.logical_id, &*last.kind), ("Subscription", "AWS::SNS::Subscription"));
        assert!(Contents::new(&page, "Resources: {}").is_err());
    }
}
