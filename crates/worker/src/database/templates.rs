//! The tables `templates` and `template_versions`.
//!
//! `templates.version` names a row of `template_versions`, whatever happens: both are written in one transaction, and where the first statement
//! of it changes nothing, the others find nothing to do.

use api_contract::{
    MAX_VERSIONS, NamedTemplate, PageQuery, Template, TemplatePage, TemplateSummary, TemplateVersionRange,
};
use domain::TemplateId;
use email_message::template::{self, TemplateVariable};
use serde::Deserialize;
use time::OffsetDateTime;
use wasm_bindgen::JsValue;
use worker::{D1Database, D1PreparedStatement, D1Result};

use super::{maybe, read_time, run, statement, unreadable, written};
use crate::http::Error;

#[derive(Deserialize)]
struct Row {
    id: TemplateId,
    name: String,
    newest: u32,
    version: u32,
    subject: String,
    html: Option<String>,
    text: Option<String>,
    variables: String,
    created_at: String,
    updated_at: String,
}

impl Row {
    fn view(self) -> Result<Template, Error> {
        let variables: Vec<TemplateVariable> =
            serde_json::from_str(&self.variables).map_err(|_| unreadable("list of variables"))?;
        Ok(Template {
            id: self.id,
            name: self.name,
            version: self.version,
            subject: self.subject,
            html: self.html,
            text: self.text,
            variables,
            versions: TemplateVersionRange::up_to(self.newest),
            created_at: read_time(&self.created_at)?,
            updated_at: read_time(&self.updated_at)?,
        })
    }
}

/// Stores a new template; answers whether its name was free.
pub(crate) async fn insert(
    database: &D1Database,
    organisation_id: &str,
    id: TemplateId,
    named: &NamedTemplate,
    now: OffsetDateTime,
) -> Result<bool, Error> {
    let sql = "INSERT INTO templates (id, organisation_id, name, version, created_at) VALUES (?, ?, ?, 1, ?) \
               ON CONFLICT DO NOTHING";
    let values =
        [(&id.to_string()).into(), organisation_id.into(), (&named.name).into(), (&written(now)?).into()];
    let insert = statement(database, sql, &values)?;
    let version = new_version(database, organisation_id, id, &named.template, now)?;
    changed(&database.batch(vec![insert, version]).await?)
}

/// Makes a new version, where the newest is `edited` or whatever it is where that is `None`; answers whether it has. It hasn't where the name
/// is another template's, either.
pub(crate) async fn update(
    database: &D1Database,
    organisation_id: &str,
    id: TemplateId,
    named: &NamedTemplate,
    edited: Option<u32>,
    now: OffsetDateTime,
) -> Result<bool, Error> {
    let key = id.to_string();
    let sql = "UPDATE OR IGNORE templates SET name = ?, version = version + 1 \
               WHERE id = ? AND organisation_id = ? AND version = coalesce(?, version)";
    let edited = edited.map_or(JsValue::NULL, JsValue::from);
    let update =
        statement(database, sql, &[(&named.name).into(), (&key).into(), organisation_id.into(), edited])?;
    let version = new_version(database, organisation_id, id, &named.template, now)?;
    let sql = "DELETE FROM template_versions WHERE template_id = ? \
               AND version <= (SELECT version FROM templates WHERE id = template_id AND organisation_id = ?) - ?";
    let forget = statement(database, sql, &[(&key).into(), organisation_id.into(), MAX_VERSIONS.into()])?;
    changed(&database.batch(vec![update, version, forget]).await?)
}

/// Writes the texts of the version that the template is at, unless they are there already.
fn new_version(
    database: &D1Database,
    organisation_id: &str,
    id: TemplateId,
    template: &template::Template,
    now: OffsetDateTime,
) -> Result<D1PreparedStatement, Error> {
    let sql = "INSERT INTO template_versions (template_id, version, subject, html, text, variables, created_at) \
               SELECT id, version, ?, ?, ?, ?, ? FROM templates WHERE id = ? AND organisation_id = ? \
               ON CONFLICT DO NOTHING";
    let values = [
        template.subject().into(),
        maybe(template.html()),
        maybe(template.text()),
        (&serde_json::to_string(template.variables())?).into(),
        (&written(now)?).into(),
        (&id.to_string()).into(),
        organisation_id.into(),
    ];
    statement(database, sql, &values)
}

/// Whether the first statement of a batch has changed anything.
fn changed(results: &[D1Result]) -> Result<bool, Error> {
    let meta = results.first().map(D1Result::meta).transpose()?.flatten();
    Ok(meta.and_then(|meta| meta.changes).unwrap_or_default() > 0)
}

/// An organisation's template in a version, in its newest where that is `None`.
pub(crate) async fn find(
    database: &D1Database,
    organisation_id: &str,
    id: TemplateId,
    version: Option<u32>,
) -> Result<Option<Template>, Error> {
    let sql = "SELECT t.id, t.name, t.version AS newest, v.version, v.subject, v.html, v.text, v.variables, t.created_at, \
               v.created_at AS updated_at FROM templates t JOIN template_versions v ON v.template_id = t.id \
               WHERE t.id = ? AND t.organisation_id = ? AND v.version = coalesce(?, t.version)";
    let version = version.map_or(JsValue::NULL, JsValue::from);
    let values = [(&id.to_string()).into(), organisation_id.into(), version];
    let row: Option<Row> = statement(database, sql, &values)?.first(None).await?;
    row.map(Row::view).transpose()
}

/// A template that was stored, to be rendered.
pub(crate) fn parse_stored(view: &Template) -> Result<template::Template, Error> {
    let draft = template::TemplateSource {
        subject: view.subject.clone(),
        html: view.html.clone(),
        text: view.text.clone(),
    };
    template::Template::try_from(draft).map_err(|_| unreadable("template"))
}

/// Deletes an organisation's template with all its versions; answers whether it was there.
pub(crate) async fn delete(
    database: &D1Database,
    organisation_id: &str,
    id: TemplateId,
) -> Result<bool, Error> {
    let sql = "DELETE FROM templates WHERE id = ? AND organisation_id = ?";
    Ok(run(database, sql, &[(&id.to_string()).into(), organisation_id.into()]).await? > 0)
}

/// A page of an organisation's templates, newest first.
pub(crate) async fn list_page(
    database: &D1Database,
    organisation_id: &str,
    page: &PageQuery,
    after: Option<TemplateId>,
) -> Result<TemplatePage, Error> {
    #[derive(Deserialize)]
    struct Row {
        id: TemplateId,
        name: String,
        version: u32,
        subject: String,
        created_at: String,
        updated_at: String,
    }
    let sql = "SELECT t.id, t.name, t.version, v.subject, t.created_at, v.created_at AS updated_at \
               FROM templates t JOIN template_versions v ON v.template_id = t.id AND v.version = t.version \
               WHERE t.organisation_id = ? AND t.id < ? ORDER BY t.id DESC LIMIT ?";
    // Every id begins with `tpl_` and goes on with a digit or a letter.
    let before = after.map_or_else(|| "tpl_~".to_owned(), |id| id.to_string());
    // One row more than is shown tells whether there is another page.
    let limit = page.limit.saturating_add(1);
    let values = [organisation_id.into(), (&before).into(), limit.into()];
    let mut rows: Vec<Row> = statement(database, sql, &values)?.all().await?.results()?;
    let is_last = rows.len() <= page.limit as usize;
    rows.truncate(page.limit as usize);
    let next_cursor = rows.last().filter(|_| !is_last).map(|row| row.id.to_string());
    let summary = |row: Row| {
        Ok(TemplateSummary {
            id: row.id,
            name: row.name,
            version: row.version,
            subject: row.subject,
            created_at: read_time(&row.created_at)?,
            updated_at: read_time(&row.updated_at)?,
        })
    };
    let data = rows.into_iter().map(summary).collect::<Result<Vec<_>, Error>>()?;
    Ok(TemplatePage { data, next_cursor })
}
