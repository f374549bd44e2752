//! `/v1/templates`.

use std::collections::HashMap;

use api_contract::{
    ApiError, FieldError, PageQuery, Template, TemplateDraft, TemplateFilling, TemplatePreview,
    TemplatePreviewDraft, TemplateUpdate, TemplateUse, parse_json, version_query,
};
use domain::TemplateId;
use email_message::template::{self, Budget, Rendered};
use worker::D1Database;

use super::{HandlerResult, RequestContext};
use crate::{
    clock,
    database::{self, organisations::Organisation, templates},
    http::{ApiResponse, Error},
};

const NOT_FOUND: ApiError = ApiError::NotFound { what: "template" };

/// Returns the error for an unknown template, or for an unknown version of a template.
const fn not_found(version: Option<u32>) -> ApiError {
    match version {
        None => NOT_FOUND,
        Some(_) => ApiError::NotFound { what: "template version" },
    }
}

pub(super) async fn list(context: &RequestContext<'_>, organisation: &Organisation) -> HandlerResult {
    let query = PageQuery::parse(context.query)?;
    let after = query.after()?;
    let page = templates::list_page(&database::open(context.env)?, &organisation.id, &query, after).await?;
    ApiResponse::json(200, &page)
}

pub(super) async fn create(context: &RequestContext<'_>, organisation: &Organisation) -> HandlerResult {
    let named = parse_json::<TemplateDraft>(context.body)?.parse()?;
    let database = database::open(context.env)?;
    let now = context.ids.created_at();
    let id = TemplateId::new(now, context.ids.bits(0));
    if context.ids.retried_key().is_some()
        && let Some(created) = templates::find(&database, &organisation.id, id, None).await?
    {
        return ApiResponse::json(201, &created);
    }
    if templates::insert(&database, &organisation.id, id, &named, now).await? {
        ApiResponse::json(201, &find_newest(&database, organisation, id).await?)
    } else {
        Err(ApiError::TemplateNameTaken.into())
    }
}

pub(super) async fn get(context: &RequestContext<'_>, organisation: &Organisation) -> HandlerResult {
    let version = version_query(context.query)?;
    let found =
        templates::find(&database::open(context.env)?, &organisation.id, parse_id(context)?, version).await?;
    ApiResponse::json(200, &found.ok_or_else(|| not_found(version))?)
}

/// Creates a new version, unless nothing changed.
pub(super) async fn update(context: &RequestContext<'_>, organisation: &Organisation) -> HandlerResult {
    let request = parse_json::<TemplateUpdate>(context.body)?;
    let expected_version = request.version;
    let named = request.parse()?;
    let (id, database) = (parse_id(context)?, database::open(context.env)?);
    let before = find_newest(&database, organisation, id).await?;
    if let Some(expected) = expected_version {
        check_version(&before, expected)?;
    }
    let is_same = before.name == named.name && templates::parse_stored(&before)? == named.template;
    if is_same {
        return ApiResponse::json(200, &before);
    }
    let is_updated =
        templates::update(&database, &organisation.id, id, &named, expected_version, clock::now()).await?;
    let after = find_newest(&database, organisation, id).await?;
    if is_updated {
        return ApiResponse::json(200, &after);
    }
    // Either another request created a version in between, or the name is taken.
    if let Some(expected) = expected_version {
        check_version(&after, expected)?;
    }
    Err(ApiError::TemplateNameTaken.into())
}

fn check_version(template: &Template, expected: u32) -> Result<(), ApiError> {
    let newest = template.versions.newest;
    if expected == newest { Ok(()) } else { Err(ApiError::VersionConflict { newest }) }
}

pub(super) async fn delete(context: &RequestContext<'_>, organisation: &Organisation) -> HandlerResult {
    if templates::delete(&database::open(context.env)?, &organisation.id, parse_id(context)?).await? {
        Ok(ApiResponse::empty(204))
    } else {
        Err(NOT_FOUND.into())
    }
}

pub(super) fn preview_draft(context: &RequestContext<'_>) -> HandlerResult {
    ApiResponse::json(200, &parse_json::<TemplatePreviewDraft>(context.body)?.render()?)
}

pub(super) async fn preview(context: &RequestContext<'_>, organisation: &Organisation) -> HandlerResult {
    let TemplateFilling { version, variables } = parse_json(context.body)?;
    let (id, database) = (parse_id(context)?, database::open(context.env)?);
    let found = templates::find(&database, &organisation.id, id, version).await?;
    let template = templates::parse_stored(&found.ok_or_else(|| not_found(version))?)?;
    ApiResponse::json(200, &TemplatePreview::render(&template, &variables)?)
}

/// The templates that the emails of one request use. Each is loaded and parsed once, and all share one rendering budget.
pub(super) struct Templates {
    budget: Budget,
    loaded: HashMap<(String, Option<u32>), Result<template::Template, FieldError>>,
}

impl Templates {
    pub(super) fn new(budget: Budget) -> Self {
        Self { budget, loaded: HashMap::new() }
    }

    /// Renders the template that an email uses.
    ///
    /// The outer error fails the request, the inner one only this email.
    pub(super) async fn render(
        &mut self,
        context: &RequestContext<'_>,
        organisation: &Organisation,
        used: &TemplateUse,
    ) -> Result<Result<Rendered, FieldError>, Error> {
        let key = (used.id.clone(), used.version);
        if !self.loaded.contains_key(&key) {
            let template = load(context, organisation, used).await?;
            self.loaded.insert(key.clone(), template);
        }
        Ok(match &self.loaded[&key] {
            Ok(template) => used.render(template, &mut self.budget),
            Err(error) => Err(error.clone()),
        })
    }
}

/// Loads the template that an email uses.
async fn load(
    context: &RequestContext<'_>,
    organisation: &Organisation,
    used: &TemplateUse,
) -> Result<Result<template::Template, FieldError>, Error> {
    let Ok(id) = used.id.parse() else { return Ok(Err(TemplateUse::unknown())) };
    let database = database::open(context.env)?;
    Ok(match templates::find(&database, &organisation.id, id, used.version).await? {
        Some(found) => Ok(templates::parse_stored(&found)?),
        None => Err(unknown_template_error(&database, organisation, id, used).await?),
    })
}

/// Returns the error for an unknown template or, if the template exists, an unknown version.
async fn unknown_template_error(
    database: &D1Database,
    organisation: &Organisation,
    id: TemplateId,
    used: &TemplateUse,
) -> Result<FieldError, Error> {
    let any_version = match used.version {
        Some(_) => templates::find(database, &organisation.id, id, None).await?,
        None => None,
    };
    Ok(if any_version.is_some() { TemplateUse::unknown_version() } else { TemplateUse::unknown() })
}

fn parse_id(context: &RequestContext<'_>) -> Result<TemplateId, ApiError> {
    context.parameter.parse().map_err(|_| NOT_FOUND)
}

async fn find_newest(
    database: &D1Database,
    organisation: &Organisation,
    id: TemplateId,
) -> Result<Template, Error> {
    Ok(templates::find(database, &organisation.id, id, None).await?.ok_or(NOT_FOUND)?)
}
