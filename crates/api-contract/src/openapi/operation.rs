//! What is said of one route: what it takes, what it answers, what it refuses.

use http::StatusCode;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{ApiError, openapi::problems::Problems, parse_json};

/// Adds a type's schema to the document; answers how it is named there.
pub(super) type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// How a route reads a body.
pub(super) type Taking = dyn Fn(&Value) -> Result<(), ApiError>;

/// What is said of a route beside what the table of routes says of it.
pub(super) struct Operation {
    pub(super) tag: Tag,
    pub(super) summary: &'static str,
    pub(super) description: &'static str,
    /// The path's variable part: what it is, and its schema.
    pub(super) path: Option<(&'static str, SchemaOf)>,
    pub(super) query: Vec<Query>,
    pub(super) body: Option<Body>,
    pub(super) answers: Vec<Answer>,
    pub(super) problems: Problems,
}

/// What a route belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    Connection,
    Identities,
    Templates,
    Emails,
    Suppressions,
    Organisations,
    Sessions,
    Worker,
}

/// A parameter of the query.
pub(super) struct Query {
    pub(super) name: &'static str,
    pub(super) description: &'static str,
    pub(super) schema: Value,
}

/// A request's body.
pub(super) struct Body {
    pub(super) schema: SchemaOf,
    /// Each with what it shows.
    pub(super) examples: Vec<(&'static str, Value)>,
    /// Whether the route would take it.
    #[cfg_attr(not(test), expect(dead_code, reason = "the examples are checked in tests"))]
    pub(super) takes: Box<Taking>,
}

/// An answer that is no problem.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) description: &'static str,
    pub(super) content: Content,
    /// Headers beside those that every answer has, with what they hold.
    pub(super) headers: Vec<(&'static str, &'static str)>,
}

/// An answer's body.
pub(super) enum Content {
    None,
    Text {
        media_type: &'static str,
        example: &'static str,
    },
    Json {
        schema: SchemaOf,
        example: Option<Value>,
        /// What is read of it and written again.
        #[cfg_attr(not(test), expect(dead_code, reason = "the examples are checked in tests"))]
        again: fn(&Value) -> serde_json::Result<Value>,
    },
}

impl Tag {
    pub(super) const ALL: [Self; 8] = [
        Self::Connection,
        Self::Identities,
        Self::Templates,
        Self::Emails,
        Self::Suppressions,
        Self::Organisations,
        Self::Sessions,
        Self::Worker,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Connection => "Connection",
            Self::Identities => "Identities",
            Self::Templates => "Templates",
            Self::Emails => "Emails",
            Self::Suppressions => "Suppressions",
            Self::Organisations => "Organisations",
            Self::Sessions => "Sessions",
            Self::Worker => "Worker",
        }
    }

    pub(super) const fn description(self) -> &'static str {
        match self {
            Self::Connection => "The organisation's AWS account.",
            Self::Identities => "The domains and addresses that mail is sent from, and their DNS records.",
            Self::Templates => "Templates, by versions.",
            Self::Emails => "Sending, and what became of what was sent.",
            Self::Suppressions => "Whom no mail goes to any more.",
            Self::Organisations => "Who uses Kraiter.",
            Self::Sessions => "How a person's browser is let in.",
            Self::Worker => "The Worker itself, and what Amazon SNS posts to it.",
        }
    }
}

impl Operation {
    pub(super) fn new(tag: Tag, summary: &'static str, description: &'static str) -> Self {
        Self {
            tag,
            summary,
            description,
            path: None,
            query: Vec::new(),
            body: None,
            answers: Vec::new(),
            problems: Problems::default(),
        }
    }

    /// The path's variable part; where there is no such thing, the answer is 404.
    pub(super) fn path<T: JsonSchema>(mut self, description: &'static str) -> Self {
        self.path = Some((description, SchemaGenerator::subschema_for::<T>));
        self.refuses([ApiError::NotFound { what: "" }])
    }

    pub(super) fn query(mut self, name: &'static str, description: &'static str, schema: Value) -> Self {
        self.query.push(Query { name, description, schema });
        self.refuses_fields(["unknown_field"])
    }

    /// A list that is answered page by page.
    pub(super) fn pages<Id: JsonSchema>(self, by_default: u32) -> Self {
        let limit =
            serde_json::json!({ "type": "integer", "minimum": 1, "maximum": 100, "default": by_default });
        let cursor = serde_json::json!({ "$ref": format!("#/components/schemas/{}", Id::schema_name()) });
        self.query("limit", "The most rows of a page.", limit)
            .query("cursor", "The `nextCursor` of the page before.", cursor)
            .refuses_fields(["invalid_limit", "invalid_cursor"])
    }

    /// A JSON body; `parse` is how the route reads what the type alone doesn't check.
    pub(super) fn takes<T: JsonSchema + DeserializeOwned + 'static>(
        mut self,
        parse: impl Fn(T) -> Result<(), ApiError> + 'static,
    ) -> Self {
        self.body = Some(Body {
            schema: SchemaGenerator::subschema_for::<T>,
            examples: Vec::new(),
            takes: Box::new(move |example| parse(parse_json(example.to_string().as_bytes())?)),
        });
        self
    }

    /// A body of CSV; `parse` is how the route reads it.
    pub(super) fn takes_csv(mut self, parse: impl Fn(&str) -> Result<(), ApiError> + 'static) -> Self {
        self.body = Some(Body {
            schema: SchemaGenerator::subschema_for::<String>,
            examples: Vec::new(),
            takes: Box::new(move |example| parse(example.as_str().unwrap_or_default())),
        });
        self
    }

    /// An example of the body.
    pub(super) fn example(mut self, what: &'static str, example: Value) -> Self {
        if let Some(body) = &mut self.body {
            body.examples.push((what, example));
        }
        self
    }

    /// An answer in JSON.
    pub(super) fn answers<T: JsonSchema + DeserializeOwned + Serialize>(
        self,
        status: StatusCode,
        description: &'static str,
        example: Value,
    ) -> Self {
        self.answer(
            status,
            description,
            Content::Json {
                schema: SchemaGenerator::subschema_for::<T>,
                example: Some(example),
                again: |example| serde_json::to_value(serde_json::from_value::<T>(example.clone())?),
            },
        )
    }

    /// Any answer.
    pub(super) fn answer(mut self, status: StatusCode, description: &'static str, content: Content) -> Self {
        self.answers.push(Answer { status, description, content, headers: Vec::new() });
        self
    }

    /// A header of the answer that was named last.
    pub(super) fn header(mut self, name: &'static str, what: &'static str) -> Self {
        if let Some(answer) = self.answers.last_mut() {
            answer.headers.push((name, what));
        }
        self
    }

    /// Problems that it may answer.
    pub(super) fn refuses(mut self, errors: impl IntoIterator<Item = ApiError>) -> Self {
        for error in errors {
            self.problems.add(error.status(), error.code());
        }
        self
    }

    /// The codes of fields that may be wrong.
    pub(super) fn refuses_fields(mut self, codes: impl IntoIterator<Item = &'static str>) -> Self {
        for code in codes {
            self.problems.add(StatusCode::UNPROCESSABLE_ENTITY, code);
        }
        self
    }

    /// AWS is asked, with the organisation's role.
    pub(super) fn asks_aws(mut self) -> Self {
        self.problems.add_connection();
        self
    }
}
