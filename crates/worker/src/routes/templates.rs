//! `/v1/templates`.

use api_contract::{
    ApiError, PageQuery, Template, TemplateDraft, TemplateFilling, TemplatePreview, TemplatePreviewDraft,
    TemplateUpdate, parse_json, version_query,
};
use domain::TemplateId;

use super::{HandlerResult, RequestContext};
use crate::{
    clock,
    http::{ApiResponse, Error},
    organisation_object::{idempotency::IdSource, templates::parse_stored},
};

const NOT_FOUND: ApiError = ApiError::NotFound { what: "template" };

/// Returns the error for an unknown template, or for an unknown version of a template.
const fn not_found(version: Option<u32>) -> ApiError {
    match version {
        None => NOT_FOUND,
        Some(_) => ApiError::NotFound { what: "template version" },
    }
}

pub(super) fn list(context: &RequestContext<'_>) -> HandlerResult {
    let query = PageQuery::parse(context.query)?;
    let after = query.after()?;
    ApiResponse::json(200, &context.object.templates.list(&query, after)?)
}

pub(super) fn create(context: &RequestContext<'_>, ids: &IdSource<'_>) -> HandlerResult {
    let named = parse_json::<TemplateDraft>(context.body)?.parse()?;
    let store = &context.object.templates;
    let id = TemplateId::new(ids.created_at(), ids.bits(0));
    // A retry with the same idempotency key must not fail because the name is taken by what it created.
    if !(ids.is_retry() && store.find(id, None)?.is_some()) {
        store.insert(id, &named, ids.created_at())?;
    }
    respond(201, find(context, id, None)?)
}

pub(super) fn get(context: &RequestContext<'_>) -> HandlerResult {
    let version = version_query(context.query)?;
    respond(200, find(context, parse_id(context)?, version)?)
}

/// Creates a new version, unless nothing changed.
pub(super) fn update(context: &RequestContext<'_>) -> HandlerResult {
    let request = parse_json::<TemplateUpdate>(context.body)?;
    let edited = request.version;
    let named = request.parse()?;
    let updated = context.object.templates.update(parse_id(context)?, &named, edited, clock::now())?;
    respond(200, updated.ok_or(NOT_FOUND)?)
}

pub(super) fn delete(context: &RequestContext<'_>) -> HandlerResult {
    if context.object.templates.delete(parse_id(context)?)? {
        Ok(ApiResponse::empty(204))
    } else {
        Err(NOT_FOUND.into())
    }
}

pub(super) fn preview_draft(context: &RequestContext<'_>) -> HandlerResult {
    ApiResponse::json(200, &parse_json::<TemplatePreviewDraft>(context.body)?.render()?)
}

pub(super) fn preview(context: &RequestContext<'_>) -> HandlerResult {
    let TemplateFilling { version, variables } = parse_json(context.body)?;
    let template = parse_stored(&find(context, parse_id(context)?, version)?)?;
    ApiResponse::json(200, &TemplatePreview::render(&template, &variables)?)
}

/// Responds with a template and a sample of its variables.
fn respond(status: u16, mut template: Template) -> HandlerResult {
    template.sample = parse_stored(&template)?.sample();
    ApiResponse::json(status, &template)
}

fn parse_id(context: &RequestContext<'_>) -> Result<TemplateId, ApiError> {
    context.parameter.parse().map_err(|_| NOT_FOUND)
}

/// Returns a version of a template, or the newest one.
fn find(context: &RequestContext<'_>, id: TemplateId, version: Option<u32>) -> Result<Template, Error> {
    Ok(context.object.templates.find(id, version)?.ok_or_else(|| not_found(version))?)
}
