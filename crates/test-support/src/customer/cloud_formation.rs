//! AWS CloudFormation: stacks.

use std::time::Duration;

use aws_sans_io::{Region, Service};

use super::{Customer, text};
use crate::{
    Error, Result,
    wait::{self, Poll},
};

const VERSION: &str = "2010-05-15";

/// A stack as `DescribeStacks` returns it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stack {
    pub name: String,
    /// The status, such as `CREATE_COMPLETE`.
    pub status: String,
    /// The `StackStatusReason`, if there is one.
    pub reason: Option<String>,
    /// The outputs as `(key, value)`.
    pub outputs: Vec<(String, String)>,
}

impl Customer {
    /// Starts creating a stack.
    pub fn create_stack(
        &self,
        region: Region,
        name: &str,
        template: &str,
        parameters: &[(String, String)],
    ) -> Result<()> {
        let numbered: Vec<(String, &str)> = parameters
            .iter()
            .zip(1..)
            .flat_map(|((key, value), n)| {
                let member = format!("Parameters.member.{n}");
                [
                    (format!("{member}.ParameterKey"), key.as_str()),
                    (format!("{member}.ParameterValue"), value.as_str()),
                ]
            })
            .collect();
        let mut form = vec![
            ("StackName", name),
            ("TemplateBody", template),
            // The check box on the console's page.
            ("Capabilities.member.1", "CAPABILITY_IAM"),
        ];
        form.extend(numbered.iter().map(|(key, value)| (key.as_str(), *value)));
        self.query(Service::CloudFormation, region, "CreateStack", VERSION, &form).map(drop)
    }

    /// Starts updating a stack to another template.
    pub fn update_stack(&self, region: Region, name: &str, template: &str) -> Result<()> {
        let form =
            [("StackName", name), ("TemplateBody", template), ("Capabilities.member.1", "CAPABILITY_IAM")];
        self.query(Service::CloudFormation, region, "UpdateStack", VERSION, &form).map(drop)
    }

    /// Waits until a stack is complete. Fails if its creation or update fails or takes longer than `timeout`.
    pub fn wait_for_stack(&self, region: Region, name: &str, timeout: Duration) -> Result<Stack> {
        // AWS limits how often it answers.
        let is_local = self.endpoint().loopback_origin().is_some();
        let interval = Duration::from_millis(if is_local { 100 } else { 3000 });
        wait::until(&format!("stack {name} to be complete"), timeout, interval, || {
            let stack = self.describe_stack(region, name)?.ok_or_else(|| disappeared(name))?;
            match stack.status.as_str() {
                "CREATE_COMPLETE" | "UPDATE_COMPLETE" => Ok(Poll::Ready(stack)),
                "CREATE_IN_PROGRESS"
                | "REVIEW_IN_PROGRESS"
                | "UPDATE_IN_PROGRESS"
                | "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS" => Ok(Poll::Pending(stack.status)),
                failed => {
                    let reason = stack.reason.unwrap_or_default();
                    Err(Error::Unexpected(format!("stack {name} has the status {failed}: {reason}")))
                }
            }
        })
    }

    /// Returns a stack, or `None` if it doesn't exist.
    pub fn describe_stack(&self, region: Region, name: &str) -> Result<Option<Stack>> {
        let response =
            self.query(Service::CloudFormation, region, "DescribeStacks", VERSION, &[("StackName", name)]);
        match response {
            Err(Error::Aws { error, .. }) if error.to_string().contains("does not exist") => Ok(None),
            Err(error) => Err(error),
            Ok(response) => response.xml(|document| {
                let status = text(document.root(), "StackStatus")?;
                let outputs = document
                    .descendants()
                    .filter(|node| node.tag_name().name() == "Outputs")
                    .flat_map(|node| node.children())
                    .filter_map(|member| Some((text(member, "OutputKey")?, text(member, "OutputValue")?)))
                    .collect();
                let reason = text(document.root(), "StackStatusReason");
                Some(Stack { name: name.to_owned(), status, reason, outputs })
            }),
        }
    }

    /// Returns the physical IDs of a stack's resources of one type, such as the ARNs of its `AWS::SNS::Topic`s.
    pub fn stack_resources(&self, region: Region, name: &str, kind: &str) -> Result<Vec<String>> {
        let parameters = [("StackName", name)];
        let response =
            self.query(Service::CloudFormation, region, "DescribeStackResources", VERSION, &parameters)?;
        response.xml(|document| {
            let members = document.descendants().filter(|node| node.tag_name().name() == "member");
            members
                .filter(|member| text(*member, "ResourceType").as_deref() == Some(kind))
                .filter_map(|member| text(member, "PhysicalResourceId"))
                .collect()
        })
    }

    /// Deletes a stack and waits until it is deleted. Fails if its deletion fails or takes longer than `timeout`.
    pub fn delete_stack(&self, region: Region, name: &str, timeout: Duration) -> Result<()> {
        self.query(Service::CloudFormation, region, "DeleteStack", VERSION, &[("StackName", name)])?;
        wait::until(&format!("stack {name} to be deleted"), timeout, Duration::from_millis(100), || {
            Ok(match self.describe_stack(region, name)? {
                None => Poll::Ready(()),
                Some(stack) if stack.status == "DELETE_COMPLETE" => Poll::Ready(()),
                Some(stack) if stack.status == "DELETE_FAILED" => {
                    let reason = stack.reason.unwrap_or_default();
                    return Err(Error::Unexpected(format!("stack {name} could not be deleted: {reason}")));
                }
                Some(stack) => Poll::Pending(stack.status),
            })
        })
    }
}

fn disappeared(name: &str) -> Error {
    Error::Unexpected(format!("stack {name} disappeared during its creation"))
}
