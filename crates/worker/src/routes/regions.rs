//! `/v1/regions`.

use api_contract::RegionList;

use super::HandlerResult;
use crate::http::ApiResponse;

/// Lists the regions where Amazon SES is available.
pub(super) fn list() -> HandlerResult {
    ApiResponse::json(200, &RegionList::all())
}
