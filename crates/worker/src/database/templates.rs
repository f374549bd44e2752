//! The tables `templates` and `template_versions`.

use kraiter_core::api::{
    ApiError, KEPT_VERSIONS, NewTemplate, PageQuery, TemplateId, TemplatePage, TemplateSource,
    TemplateSummary, TemplateView,
};
use serde::Deserialize;
use time::OffsetDateTime;
use worker::D1Database;

use super::{read_time, run, statement, unreadable, written};
use crate::failure::Failure;

#[derive(Deserialize)]
struct Row {
    id: TemplateId,
    name: String,
    version: u32,
    created_at: String,
    updated_at: String,
    source: Option<String>,
}

impl Row {
    fn summary(&self) -> Result<TemplateSummary, Failure> {
        Ok(TemplateSummary {
            id: self.id,
            name: self.name.clone(),
            version: self.version,
            created_at: read_time(&self.created_at)?,
            updated_at: read_time(&self.updated_at)?,
        })
    }

    fn view(&self) -> Result<TemplateView, Failure> {
        let source: TemplateSource = serde_json::from_str(self.source.as_deref().unwrap_or_default())
            .map_err(|_| unreadable("template"))?;
        let variables = source.parse().map_err(|_| unreadable("template"))?.variables().to_vec();
        Ok(TemplateView { summary: self.summary()?, source, variables })
    }
}

/// Stores a new template as its first version.
///
/// # Errors
/// [`ApiError::TemplateNameTaken`].
pub(crate) async fn insert(
    database: &D1Database,
    organisation_id: &str,
    id: TemplateId,
    template: &NewTemplate,
    now: OffsetDateTime,
) -> Result<TemplateView, Failure> {
    let (id, now) = (id.to_string(), written(now)?);
    let head = statement(
        database,
        "INSERT INTO templates (id, organisation_id, name, version, created_at, updated_at) VALUES (?, ?, ?, 1, ?, ?) \
         ON CONFLICT DO NOTHING",
        &[(&id).into(), organisation_id.into(), (&template.name).into(), (&now).into(), (&now).into()],
    )?;
    let first = statement(
        database,
        "INSERT INTO template_versions (template_id, version, source) SELECT id, 1, ? FROM templates WHERE id = ?",
        &[serde_json::to_string(&template.source)?.into(), (&id).into()],
    )?;
    database.batch(vec![head, first]).await?;
    let stored = by_id(database, organisation_id, id.parse().map_err(|_| unreadable("id"))?, None).await?;
    Ok(stored.ok_or(ApiError::TemplateNameTaken)?)
}

/// Makes a new version of a template, if `edited` is its newest one; and forgets versions that are too old to be kept.
///
/// # Errors
/// [`ApiError::NotFound`], [`ApiError::VersionConflict`] or [`ApiError::TemplateNameTaken`].
pub(crate) async fn update(
    database: &D1Database,
    organisation_id: &str,
    id: TemplateId,
    template: &NewTemplate,
    edited: u32,
    now: OffsetDateTime,
) -> Result<TemplateView, Failure> {
    let newest = async || by_id(database, organisation_id, id, None).await;
    let known = newest().await?.ok_or(ApiError::NotFound { what: "template" })?;
    if known.summary.version != edited {
        return Err(ApiError::VersionConflict { newest: known.summary.version }.into());
    }
    let (text, now) = (id.to_string(), written(now)?);
    let number = |version: u32| i32::try_from(version).unwrap_or(i32::MAX);
    let head = statement(
        database,
        "UPDATE OR IGNORE templates SET version = version + 1, name = ?, updated_at = ? \
         WHERE id = ? AND organisation_id = ? AND version = ?",
        &[
            (&template.name).into(),
            (&now).into(),
            (&text).into(),
            organisation_id.into(),
            number(edited).into(),
        ],
    )?;
    // Only who has just made the version finds it without a source.
    let next = statement(
        database,
        "INSERT INTO template_versions (template_id, version, source) SELECT id, version, ? FROM templates \
         WHERE id = ? AND version = ? ON CONFLICT DO NOTHING",
        &[serde_json::to_string(&template.source)?.into(), (&text).into(), number(edited + 1).into()],
    )?;
    let old = statement(
        database,
        "DELETE FROM template_versions WHERE template_id = ? AND version <= ?",
        &[(&text).into(), (number(edited + 1) - number(KEPT_VERSIONS)).into()],
    )?;
    let results = database.batch(vec![head, next, old]).await?;
    let changed =
        results.first().map(worker::D1Result::meta).transpose()?.flatten().and_then(|meta| meta.changes);
    let view = newest().await?.ok_or(ApiError::NotFound { what: "template" })?;
    match changed {
        Some(1..) => Ok(view),
        _ if view.summary.version != edited => {
            Err(ApiError::VersionConflict { newest: view.summary.version }.into())
        }
        _ => Err(ApiError::TemplateNameTaken.into()),
    }
}

/// A template in one version, or in its newest.
pub(crate) async fn by_id(
    database: &D1Database,
    organisation_id: &str,
    id: TemplateId,
    version: Option<u32>,
) -> Result<Option<TemplateView>, Failure> {
    let sql = "SELECT t.id, t.name, v.version, t.created_at, t.updated_at, v.source FROM templates t \
               JOIN template_versions v ON v.template_id = t.id AND v.version = coalesce(?, t.version) \
               WHERE t.id = ? AND t.organisation_id = ?";
    let version = version.map_or(wasm_bindgen::JsValue::NULL, Into::into);
    let values = [version, id.to_string().into(), organisation_id.into()];
    let row: Option<Row> = statement(database, sql, &values)?.first(None).await?;
    row.map(|row| row.view()).transpose()
}

/// A page of an organisation's templates, newest first.
pub(crate) async fn page(
    database: &D1Database,
    organisation_id: &str,
    page: &PageQuery,
    after: Option<TemplateId>,
) -> Result<TemplatePage, Failure> {
    let sql = "SELECT id, name, version, created_at, updated_at, NULL AS source FROM templates \
               WHERE organisation_id = ? AND id < ? ORDER BY id DESC LIMIT ?";
    let before = after.map_or_else(|| "tpl_~".to_owned(), |id| id.to_string());
    let limit = i32::try_from(page.limit).unwrap_or(i32::MAX - 1);
    let values = [organisation_id.into(), before.into(), (limit + 1).into()];
    let rows: Vec<Row> = statement(database, sql, &values)?.all().await?.results()?;
    let shown = rows.len().min(page.limit as usize);
    let data = rows[..shown].iter().map(Row::summary).collect::<Result<Vec<_>, _>>()?;
    let next_cursor = (rows.len() > shown).then(|| data.last().map(|last| last.id.to_string())).flatten();
    Ok(TemplatePage { data, next_cursor })
}

/// Deletes a template with all its versions; answers whether there was one.
pub(crate) async fn delete(
    database: &D1Database,
    organisation_id: &str,
    id: TemplateId,
) -> Result<bool, Failure> {
    let id = id.to_string();
    let sql = "DELETE FROM templates WHERE id = ? AND organisation_id = ?";
    let was_there = run(database, sql, &[(&id).into(), organisation_id.into()]).await? > 0;
    if was_there {
        run(database, "DELETE FROM template_versions WHERE template_id = ?", &[id.into()]).await?;
    }
    Ok(was_there)
}
