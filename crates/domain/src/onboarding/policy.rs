//! IAM policy documents.

use serde::Serialize;
use serde_json::Value;

/// An IAM policy document, with its members in the order of AWS's examples.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html>
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Policy {
    version: &'static str,
    statement: Vec<Statement>,
}

/// A statement of a policy. Values are strings, or references if the policy is part of a template.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Statement {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<&'static str>,
    pub effect: Effect,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal: Option<Value>,
    pub action: Actions,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<Value>,
}

/// The effect of a statement. Kraiter's policies only allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Effect {
    Allow,
}

/// The actions of a statement: a string or a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Actions {
    One(&'static str),
    Many(Vec<&'static str>),
}

impl Policy {
    #[must_use]
    pub const fn new(statement: Vec<Statement>) -> Self {
        Self { version: "2012-10-17", statement }
    }

    /// Returns all actions of the document, in order.
    pub fn actions(&self) -> impl Iterator<Item = &'static str> {
        self.statement.iter().flat_map(|statement| match &statement.action {
            Actions::One(action) => vec![*action],
            Actions::Many(actions) => actions.clone(),
        })
    }

    #[must_use]
    pub fn to_value(&self) -> Value {
        // Can't fail for strings and values; tests would notice `Null`.
        serde_json::to_value(self).unwrap_or_default()
    }

    /// Returns the document as JSON without whitespace.
    #[must_use]
    pub fn to_compact_json(&self) -> String {
        self.to_value().to_string()
    }
}
