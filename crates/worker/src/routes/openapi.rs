//! `/openapi.json`.

use worker::Env;

use super::HandlerResult;
use crate::http::{ApiResponse, Error};

/// Name of the binding to the static assets in `wrangler.toml`.
const ASSETS: &str = "ASSETS";

/// Any host: only the path determines the asset.
const URL: &str = "https://assets.invalid/openapi.json";

/// Returns the OpenAPI document for customers. It is a static asset, because the Worker would start more slowly if it contained it.
pub(super) async fn get(env: &Env) -> HandlerResult {
    let mut asset = env.assets(ASSETS)?.fetch(URL, None).await?;
    // If the file is missing, the dashboard's page is returned in its place.
    let is_json =
        asset.headers().get("content-type")?.is_some_and(|kind| kind.starts_with("application/json"));
    if is_json {
        Ok(ApiResponse::serialized_json(asset.bytes().await?))
    } else {
        Err(Error::internal("the assets don't contain openapi.json"))
    }
}
