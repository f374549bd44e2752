//! `/v1/templates` and below.

use std::collections::HashMap;

use kraiter_core::{
    api::{
        ApiError, CreateTemplateRequest, FieldError, PageQuery, PreviewDraftRequest, PreviewTemplateRequest,
        PreviewView, TemplateId, TemplateUse, TemplateView, UpdateTemplateRequest, parse_json, version_query,
    },
    mail::template::{Budget, Rendered, Template},
};
use worker::D1Database;

use super::Call;
use crate::{
    clock,
    database::{self, organisations::Organisation, templates},
    exchange::Reply,
    failure::Failure,
};

const MISSING: ApiError = ApiError::NotFound { what: "template" };

/// What is answered where neither the template nor this version of it is there.
const fn missing(version: Option<u32>) -> ApiError {
    match version {
        None => MISSING,
        Some(_) => ApiError::NotFound { what: "version of such a template" },
    }
}

pub(super) async fn list(call: &Call<'_>, organisation: &Organisation) -> Result<Reply, Failure> {
    let query = PageQuery::parse(call.query)?;
    let after = query.after()?;
    let page = templates::page(&database::of(call.env)?, &organisation.id, &query, after).await?;
    Reply::json(200, &page)
}

pub(super) async fn create(call: &Call<'_>, organisation: &Organisation) -> Result<Reply, Failure> {
    let named = parse_json::<CreateTemplateRequest>(call.body)?.parse()?;
    let database = database::of(call.env)?;
    let now = call.making.at();
    let id = TemplateId::new(now, call.making.bits(0));
    if call.making.key_again().is_some()
        && let Some(made) = templates::by_id(&database, &organisation.id, id, None).await?
    {
        return Reply::json(201, &made);
    }
    if templates::insert(&database, &organisation.id, id, &named, now).await? {
        Reply::json(201, &newest(&database, organisation, id).await?)
    } else {
        Err(ApiError::TemplateNameTaken.into())
    }
}

pub(super) async fn get(call: &Call<'_>, organisation: &Organisation) -> Result<Reply, Failure> {
    let version = version_query(call.query)?;
    let found = templates::by_id(&database::of(call.env)?, &organisation.id, id(call)?, version).await?;
    Reply::json(200, &found.ok_or_else(|| missing(version))?)
}

/// Makes a new version, unless nothing is changed.
pub(super) async fn update(call: &Call<'_>, organisation: &Organisation) -> Result<Reply, Failure> {
    let request = parse_json::<UpdateTemplateRequest>(call.body)?;
    let edited = request.version;
    let named = request.parse()?;
    let (id, database) = (id(call)?, database::of(call.env)?);
    let before = newest(&database, organisation, id).await?;
    if let Some(edited) = edited {
        is_newest(&before, edited)?;
    }
    let is_same = before.name == named.name && templates::stored(&before)? == named.template;
    if is_same {
        return Reply::json(200, &before);
    }
    let made = templates::update(&database, &organisation.id, id, &named, edited, clock::now()).await?;
    let after = newest(&database, organisation, id).await?;
    if made {
        return Reply::json(200, &after);
    }
    // Between both looks another version may have been made; where not, it was for the name.
    if let Some(edited) = edited {
        is_newest(&after, edited)?;
    }
    Err(ApiError::TemplateNameTaken.into())
}

fn is_newest(template: &TemplateView, edited: u32) -> Result<(), ApiError> {
    let newest = template.versions.newest;
    if edited == newest { Ok(()) } else { Err(ApiError::VersionConflict { newest }) }
}

pub(super) async fn delete(call: &Call<'_>, organisation: &Organisation) -> Result<Reply, Failure> {
    if templates::delete(&database::of(call.env)?, &organisation.id, id(call)?).await? {
        Ok(Reply::empty(204))
    } else {
        Err(MISSING.into())
    }
}

pub(super) fn preview_draft(call: &Call<'_>) -> Result<Reply, Failure> {
    Reply::json(200, &parse_json::<PreviewDraftRequest>(call.body)?.show()?)
}

pub(super) async fn preview(call: &Call<'_>, organisation: &Organisation) -> Result<Reply, Failure> {
    let PreviewTemplateRequest { version, variables } = parse_json(call.body)?;
    let (id, database) = (id(call)?, database::of(call.env)?);
    let found = templates::by_id(&database, &organisation.id, id, version).await?;
    let template = templates::stored(&found.ok_or_else(|| missing(version))?)?;
    Reply::json(200, &PreviewView::of(&template, &variables)?)
}

/// The templates that the emails of one request name: each is read and parsed once, and all together have one bound.
pub(super) struct Templates {
    budget: Budget,
    known: HashMap<(String, Option<u32>), Result<Template, FieldError>>,
}

impl Templates {
    /// For emails with this bound.
    pub(super) fn new(budget: Budget) -> Self {
        Self { budget, known: HashMap::new() }
    }

    /// What the template that an email names makes of the email's variables.
    pub(super) async fn render(
        &mut self,
        call: &Call<'_>,
        organisation: &Organisation,
        used: &TemplateUse,
    ) -> Result<Result<Rendered, FieldError>, Failure> {
        let key = (used.id.clone(), used.version);
        if !self.known.contains_key(&key) {
            let found = find(call, organisation, used).await?;
            self.known.insert(key.clone(), found);
        }
        Ok(match &self.known[&key] {
            Ok(template) => used.render(template, &mut self.budget),
            Err(unknown) => Err(unknown.clone()),
        })
    }
}

/// The template that an email names.
async fn find(
    call: &Call<'_>,
    organisation: &Organisation,
    used: &TemplateUse,
) -> Result<Result<Template, FieldError>, Failure> {
    let Ok(id) = used.id.parse() else { return Ok(Err(TemplateUse::unknown())) };
    let database = database::of(call.env)?;
    Ok(match templates::by_id(&database, &organisation.id, id, used.version).await? {
        Some(found) => Ok(templates::stored(&found)?),
        None => Err(why_unknown(&database, organisation, id, used).await?),
    })
}

/// Whether it is the template that isn't there, or only the version.
async fn why_unknown(
    database: &D1Database,
    organisation: &Organisation,
    id: TemplateId,
    used: &TemplateUse,
) -> Result<FieldError, Failure> {
    let other = match used.version {
        Some(_) => templates::by_id(database, &organisation.id, id, None).await?,
        None => None,
    };
    Ok(if other.is_some() { TemplateUse::unknown_version() } else { TemplateUse::unknown() })
}

fn id(call: &Call<'_>) -> Result<TemplateId, ApiError> {
    call.parameter.parse().map_err(|_| MISSING)
}

async fn newest(
    database: &D1Database,
    organisation: &Organisation,
    id: TemplateId,
) -> Result<TemplateView, Failure> {
    Ok(templates::by_id(database, &organisation.id, id, None).await?.ok_or(MISSING)?)
}
