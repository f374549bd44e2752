//! Types of requests and responses as columns of the route table.
//!
//! Without the feature `openapi` the columns are empty: only the OpenAPI document needs them.

#[cfg(feature = "openapi")]
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, de::DeserializeOwned};
#[cfg(all(test, feature = "openapi"))]
use serde_json::Value;

#[cfg(all(test, feature = "openapi"))]
use crate::{ApiError, parse_json};

/// A type of the contract.
#[cfg(feature = "openapi")]
pub(crate) trait ContractType: JsonSchema {}
#[cfg(feature = "openapi")]
impl<T: JsonSchema> ContractType for T {}

/// A type of the contract.
#[cfg(not(feature = "openapi"))]
pub(crate) trait ContractType {}
#[cfg(not(feature = "openapi"))]
impl<T> ContractType for T {}

/// The schema of a type.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SchemaOf {
    #[cfg(feature = "openapi")]
    pub(crate) schema: fn(&mut SchemaGenerator) -> Schema,
}

impl SchemaOf {
    pub(super) const fn new<T: ContractType>() -> Self {
        Self {
            #[cfg(feature = "openapi")]
            schema: SchemaGenerator::subschema_for::<T>,
        }
    }
}

/// The type of a request's body.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RequestType {
    #[cfg_attr(not(feature = "openapi"), expect(dead_code, reason = "only the OpenAPI document reads it"))]
    pub(crate) schema: SchemaOf,
    /// Parses a JSON value as the type.
    #[cfg(all(test, feature = "openapi"))]
    pub(crate) parse: fn(&Value) -> Result<(), ApiError>,
}

impl RequestType {
    pub(super) const fn json<T: ContractType + DeserializeOwned>() -> Self {
        Self {
            schema: SchemaOf::new::<T>(),
            #[cfg(all(test, feature = "openapi"))]
            parse: |value| parse_json::<T>(value.to_string().as_bytes()).map(drop),
        }
    }

    pub(super) const fn text() -> Self {
        Self {
            schema: SchemaOf::new::<String>(),
            #[cfg(all(test, feature = "openapi"))]
            parse: |_| Ok(()),
        }
    }
}

/// The type of a JSON response.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ResponseType {
    #[cfg_attr(not(feature = "openapi"), expect(dead_code, reason = "only the OpenAPI document reads it"))]
    pub(crate) schema: SchemaOf,
    /// Parses a JSON value as the type and serialises it again.
    #[cfg(all(test, feature = "openapi"))]
    pub(crate) round_trip: fn(&Value) -> serde_json::Result<Value>,
}

impl ResponseType {
    pub(super) const fn json<T: ContractType + DeserializeOwned + Serialize>() -> Self {
        Self {
            schema: SchemaOf::new::<T>(),
            #[cfg(all(test, feature = "openapi"))]
            round_trip: |value| serde_json::to_value(serde_json::from_value::<T>(value.clone())?),
        }
    }
}
