//! IAM policy documents.

use serde::Serialize;
use serde_json::Value;

/// An IAM policy document; its members are written in the order of AWS's own examples.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html>
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Policy {
    version: &'static str,
    statement: Vec<Statement>,
}

/// One statement of a policy. A value is a text, or a reference where it stands in a template.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Statement {
    /// The statement's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<&'static str>,
    /// `Allow`: there is no policy of ours that denies.
    pub effect: Effect,
    /// Who may.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal: Option<Value>,
    /// What they may do: one action, or a list.
    pub action: Actions,
    /// With what.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<Value>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<Value>,
}

/// What a statement does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Effect {
    /// It allows.
    Allow,
}

/// The actions of a statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Actions {
    /// One.
    One(&'static str),
    /// Several.
    Many(Vec<&'static str>),
}

impl Policy {
    /// A document of these statements.
    #[must_use]
    pub const fn new(statement: Vec<Statement>) -> Self {
        Self { version: "2012-10-17", statement }
    }

    /// Every action that the document names, in its order.
    pub fn actions(&self) -> impl Iterator<Item = &'static str> {
        self.statement.iter().flat_map(|statement| match &statement.action {
            Actions::One(action) => vec![*action],
            Actions::Many(actions) => actions.clone(),
        })
    }

    /// The document as a JSON value.
    #[must_use]
    pub fn to_value(&self) -> Value {
        // Serialising structs of texts and values has no way to fail; `Null` would fail every test of the documents.
        serde_json::to_value(self).unwrap_or_default()
    }

    /// The document as JSON without white space.
    #[must_use]
    pub fn to_compact_json(&self) -> String {
        self.to_value().to_string()
    }
}
