//! `/v1/templates` and below.

use kraiter_core::api::{
    ApiError, PageQuery, PreviewDraftRequest, PreviewRequest, PreviewView, SaveTemplateRequest, TemplateId,
    parse_json, version_in,
};

use super::Call;
use crate::{
    clock,
    database::{self, organisations::Organisation},
    exchange::Reply,
    failure::Failure,
    random,
};

const MISSING: ApiError = ApiError::NotFound { what: "template" };

fn id_of(call: &Call<'_>) -> Result<TemplateId, ApiError> {
    call.parameter.parse().map_err(|_| MISSING)
}

pub(super) async fn create(call: &Call<'_>, organisation: &Organisation) -> Result<Reply, Failure> {
    let (template, _) = parse_json::<SaveTemplateRequest>(call.body)?.parse(false)?;
    let now = clock::now();
    let id = TemplateId::new(now, random::u128());
    let database = database::of(call.env)?;
    Reply::json(201, &database::templates::insert(&database, &organisation.id, id, &template, now).await?)
}

/// Makes a new version.
pub(super) async fn update(call: &Call<'_>, organisation: &Organisation) -> Result<Reply, Failure> {
    let id = id_of(call)?;
    let (template, edited) = parse_json::<SaveTemplateRequest>(call.body)?.parse(true)?;
    let database = database::of(call.env)?;
    let view =
        database::templates::update(&database, &organisation.id, id, &template, edited, clock::now()).await?;
    Reply::json(200, &view)
}

pub(super) async fn get(call: &Call<'_>, organisation: &Organisation) -> Result<Reply, Failure> {
    let (id, version) = (id_of(call)?, version_in(call.query)?);
    let template =
        database::templates::by_id(&database::of(call.env)?, &organisation.id, id, version).await?;
    Reply::json(200, &template.ok_or(MISSING)?)
}

pub(super) async fn list(call: &Call<'_>, organisation: &Organisation) -> Result<Reply, Failure> {
    let query = PageQuery::parse(call.query)?;
    let after = query.after()?;
    let page = database::templates::page(&database::of(call.env)?, &organisation.id, &query, after).await?;
    Reply::json(200, &page)
}

pub(super) async fn delete(call: &Call<'_>, organisation: &Organisation) -> Result<Reply, Failure> {
    let id = id_of(call)?;
    if database::templates::delete(&database::of(call.env)?, &organisation.id, id).await? {
        Ok(Reply::empty(204))
    } else {
        Err(MISSING.into())
    }
}

pub(super) async fn preview(call: &Call<'_>, organisation: &Organisation) -> Result<Reply, Failure> {
    let id = id_of(call)?;
    let request: PreviewRequest = parse_json(call.body)?;
    let template = database::templates::by_id(&database::of(call.env)?, &organisation.id, id, None).await?;
    let source = template.ok_or(MISSING)?.source;
    Reply::json(
        200,
        &PreviewView::from(
            source.parse().and_then(|parsed| parsed.render(&request.variables)).map_err(field)?,
        ),
    )
}

/// Renders what isn't saved yet.
pub(super) fn preview_draft(call: &Call<'_>) -> Result<Reply, Failure> {
    Reply::json(200, &parse_json::<PreviewDraftRequest>(call.body)?.render()?)
}

fn field(problem: kraiter_core::mail::template::TemplateProblem) -> Failure {
    kraiter_core::api::FieldError::from(problem).into()
}
