//! AWS CloudFormation: stacks.

use std::time::Duration;

use kraiter_core::aws::{Region, Service};

use super::{Customer, text};
use crate::{
    Error, Result,
    wait::{self, Poll},
};

const VERSION: &str = "2010-05-15";

/// What `DescribeStacks` says of a stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stack {
    /// Its name.
    pub name: String,
    /// Such as `CREATE_COMPLETE`.
    pub status: String,
    /// Why it has this status, where CloudFormation says.
    pub reason: Option<String>,
    /// Its outputs, as `(key, value)`.
    pub outputs: Vec<(String, String)>,
}

impl Customer {
    /// Begins to create a stack.
    ///
    /// # Errors
    /// Where CloudFormation refuses.
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
            // What the console's check box grants.
            ("Capabilities.member.1", "CAPABILITY_IAM"),
        ];
        form.extend(numbered.iter().map(|(key, value)| (key.as_str(), *value)));
        self.query(Service::CloudFormation, region, "CreateStack", VERSION, &form).map(drop)
    }

    /// Waits until a stack that was begun is complete.
    ///
    /// # Errors
    /// Where the stack fails or takes longer than `deadline`.
    pub fn wait_for_stack(&self, region: Region, name: &str, deadline: Duration) -> Result<Stack> {
        wait::until(&format!("stack {name} to be complete"), deadline, Duration::from_millis(100), || {
            let stack = self.describe_stack(region, name)?.ok_or_else(|| gone(name))?;
            match stack.status.as_str() {
                "CREATE_COMPLETE" => Ok(Poll::Ready(stack)),
                "CREATE_IN_PROGRESS" | "REVIEW_IN_PROGRESS" => Ok(Poll::Pending(stack.status)),
                failed => {
                    let reason = stack.reason.unwrap_or_default();
                    Err(Error::Unexpected(format!("stack {name} ended as {failed}: {reason}")))
                }
            }
        })
    }

    /// What CloudFormation says of a stack; none where there is none.
    ///
    /// # Errors
    /// Where CloudFormation refuses.
    pub fn describe_stack(&self, region: Region, name: &str) -> Result<Option<Stack>> {
        let answer =
            self.query(Service::CloudFormation, region, "DescribeStacks", VERSION, &[("StackName", name)]);
        match answer {
            Err(Error::Aws { error, .. }) if error.to_string().contains("does not exist") => Ok(None),
            Err(error) => Err(error),
            Ok(answer) => answer.xml(|document| {
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

    /// The physical ids of a stack's resources of one type, such as the ARNs of its `AWS::SNS::Topic`s.
    ///
    /// # Errors
    /// Where CloudFormation refuses.
    pub fn stack_resources(&self, region: Region, name: &str, kind: &str) -> Result<Vec<String>> {
        let parameters = [("StackName", name)];
        let answer =
            self.query(Service::CloudFormation, region, "DescribeStackResources", VERSION, &parameters)?;
        answer.xml(|document| {
            let members = document.descendants().filter(|node| node.tag_name().name() == "member");
            members
                .filter(|member| text(*member, "ResourceType").as_deref() == Some(kind))
                .filter_map(|member| text(member, "PhysicalResourceId"))
                .collect()
        })
    }

    /// Deletes a stack and waits until it is gone.
    ///
    /// # Errors
    /// Where CloudFormation refuses, the deletion fails, or it takes longer than `deadline`.
    pub fn delete_stack(&self, region: Region, name: &str, deadline: Duration) -> Result<()> {
        self.query(Service::CloudFormation, region, "DeleteStack", VERSION, &[("StackName", name)])?;
        wait::until(&format!("stack {name} to be deleted"), deadline, Duration::from_millis(100), || {
            Ok(match self.describe_stack(region, name)? {
                None => Poll::Ready(()),
                Some(stack) if stack.status == "DELETE_COMPLETE" => Poll::Ready(()),
                Some(stack) if stack.status == "DELETE_FAILED" => {
                    let reason = stack.reason.unwrap_or_default();
                    return Err(Error::Unexpected(format!("stack {name} can't be deleted: {reason}")));
                }
                Some(stack) => Poll::Pending(stack.status),
            })
        })
    }
}

fn gone(name: &str) -> Error {
    Error::Unexpected(format!("stack {name} is gone while it was being created"))
}
