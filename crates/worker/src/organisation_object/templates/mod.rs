//! The organisation's templates, with their versions.
//!
//! `templates.version` is the newest row of `template_versions`: both are written in one transaction.

mod rendering;

use aws_sans_io::json;
use std::rc::Rc;

use api_contract::{
    ApiError, NamedTemplate, PageQuery, Template, TemplatePage, TemplateSummary, TemplateVersionRange,
};
use domain::{Quota, TemplateId};
use email_message::template;
use time::OffsetDateTime;
use wasm_bindgen::JsValue;

pub(crate) use self::rendering::TemplateRenderer;
use super::{
    context::Context,
    sql::{Row, blob, optional, time},
};
use crate::http::Error;

pub(crate) const SCHEMA: &[&str] = &[
    // `bytes` is the sum of the template's versions.
    "CREATE TABLE templates (id BLOB PRIMARY KEY, name TEXT NOT NULL, version INTEGER NOT NULL, bytes INTEGER NOT NULL, \
     created_at INTEGER NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE UNIQUE INDEX templates_by_name ON templates (name)",
    // With a rowid, because texts may be long. `bytes` comes before them, so that reading it skips them. `variables` is JSON.
    "CREATE TABLE template_versions (template_id BLOB NOT NULL, version INTEGER NOT NULL, bytes INTEGER NOT NULL, subject TEXT NOT NULL, \
     html TEXT, text TEXT, variables TEXT NOT NULL, created_at INTEGER NOT NULL, PRIMARY KEY (template_id, version)) STRICT",
];

const INSERT: &str = "INSERT INTO templates (id, name, version, bytes, created_at) VALUES (?, ?, 1, 0, ?)";
const INSERT_VERSION: &str = "INSERT INTO template_versions (template_id, version, bytes, subject, html, text, variables, \
    created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
const UPDATE: &str = "UPDATE templates SET name = ?, version = ? WHERE id = ?";
const SET_BYTES: &str = "UPDATE templates SET bytes = (SELECT sum(bytes) FROM template_versions WHERE template_id = ?1) WHERE id = ?1";
// The quota limits the number of rows.
const USAGE: &str = "SELECT count(*), coalesce(sum(bytes), 0) FROM templates";
const DELETE: &str = "DELETE FROM templates WHERE id = ?";
const DELETE_VERSIONS: &str = "DELETE FROM template_versions WHERE template_id = ? AND version < ?";
const OTHER_WITH_NAME: &str = "SELECT 1 FROM templates WHERE name = ? AND id <> ?";
const FIND: &str = "SELECT t.name, t.version, v.version, v.subject, v.html, v.text, v.variables, t.created_at, v.created_at \
    FROM templates t CROSS JOIN template_versions v ON v.template_id = t.id AND v.version = coalesce(?2, t.version) WHERE t.id = ?1";
const LIST: &str = "SELECT t.id, t.name, t.version, v.subject, t.created_at, v.created_at \
    FROM templates t CROSS JOIN template_versions v ON v.template_id = t.id AND v.version = t.version \
    WHERE t.id < ? ORDER BY t.id DESC LIMIT ?";

/// Every statement, for the test of their query plans.
#[allow(dead_code, reason = "read by the test of query plans")]
/// A number above that of every version.
const VERSION_LIMIT: u32 = u32::MAX;

/// The organisation's templates.
pub(crate) struct TemplateStore {
    context: Rc<Context>,
}

impl TemplateStore {
    pub(crate) const fn new(context: Rc<Context>) -> Self {
        Self { context }
    }

    /// Returns a version of a template, or the newest one if `version` is `None`.
    pub(crate) fn find(&self, id: TemplateId, version: Option<u32>) -> Result<Option<Template>, Error> {
        let row = self.context.sql.row(FIND, [key(id), optional(version)])?;
        row.map(|row| read(id, &row)).transpose()
    }

    /// Stores a new template.
    ///
    /// # Errors
    /// [`ApiError::TemplateNameTaken`] or a [`Quota`].
    pub(crate) fn insert(
        &self,
        id: TemplateId,
        named: &NamedTemplate,
        now: OffsetDateTime,
    ) -> Result<(), Error> {
        self.context.sql.transaction(|| {
            self.check_name(id, &named.name)?;
            self.context.sql.run(INSERT, [key(id), named.name.as_str().into(), time(now)])?;
            self.insert_version(id, 1, &named.template, now)?;
            self.check_quotas(id, now)
        })
    }

    /// Creates a new version, unless nothing changed. Returns the newest version, or `None` if there is no such template. If `edited` is
    /// given, the newest version so far must be that one.
    ///
    /// # Errors
    /// [`ApiError::VersionConflict`], [`ApiError::TemplateNameTaken`] or a [`Quota`].
    pub(crate) fn update(
        &self,
        id: TemplateId,
        named: &NamedTemplate,
        edited: Option<u32>,
        now: OffsetDateTime,
    ) -> Result<Option<Template>, Error> {
        let Some(before) = self.find(id, None)? else { return Ok(None) };
        let newest = before.versions.newest;
        if edited.is_some_and(|edited| edited != newest) {
            return Err(ApiError::VersionConflict { newest }.into());
        }
        if before.name == named.name && parse_stored(&before)? == named.template {
            return Ok(Some(before));
        }
        let version = newest.saturating_add(1);
        self.context.sql.transaction(|| {
            self.check_name(id, &named.name)?;
            self.context.sql.run(UPDATE, [named.name.as_str().into(), version.into(), key(id)])?;
            self.insert_version(id, version, &named.template, now)?;
            let oldest = TemplateVersionRange::up_to(version).oldest;
            self.context.sql.run(DELETE_VERSIONS, [key(id), oldest.into()])?;
            self.check_quotas(id, now)
        })?;
        self.find(id, None)
    }

    /// Updates the size of a template that was written, and checks what all templates need with it.
    fn check_quotas(&self, id: TemplateId, now: OffsetDateTime) -> Result<(), Error> {
        self.context.sql.run(SET_BYTES, [key(id)])?;
        if let Some(usage) = self.context.sql.row(USAGE, [])? {
            Quota::Templates.check(usage.integer(0)?)?;
            Quota::TemplateBytes.check(usage.integer(1)?)?;
        }
        self.context.check_size(now)
    }

    fn check_name(&self, id: TemplateId, name: &str) -> Result<(), Error> {
        match self.context.sql.row(OTHER_WITH_NAME, [name.into(), key(id)])? {
            None => Ok(()),
            Some(_) => Err(ApiError::TemplateNameTaken.into()),
        }
    }

    fn insert_version(
        &self,
        id: TemplateId,
        version: u32,
        template: &template::Template,
        now: OffsetDateTime,
    ) -> Result<(), Error> {
        let variables = serde_json::to_string(template.variables())?;
        let texts = [Some(template.subject()), template.html(), template.text(), Some(&variables)];
        let bytes: usize = texts.into_iter().flatten().map(str::len).sum();
        let values = [
            key(id),
            version.into(),
            bytes.into(),
            template.subject().into(),
            optional(template.html()),
            optional(template.text()),
            variables.into(),
            time(now),
        ];
        self.context.sql.run(INSERT_VERSION, values).map(drop)
    }

    /// Deletes a template with all its versions. Returns whether it existed.
    pub(crate) fn delete(&self, id: TemplateId) -> Result<bool, Error> {
        self.context.sql.transaction(|| {
            let existed = self.context.sql.run(DELETE, [key(id)])? > 0;
            self.context.sql.run(DELETE_VERSIONS, [key(id), VERSION_LIMIT.into()])?;
            Ok(existed)
        })
    }

    /// Returns a page of templates, newest first.
    pub(crate) fn list(&self, query: &PageQuery, after: Option<TemplateId>) -> Result<TemplatePage, Error> {
        let before = after.map_or_else(|| blob(&[0xff; 16]), key);
        // One row more than is shown, to know whether there is another page.
        let rows = self.context.sql.rows(LIST, [before, query.limit.saturating_add(1).into()])?;
        let shown = rows.len().min(query.limit as usize);
        let data = rows[..shown].iter().map(read_summary).collect::<Result<Vec<_>, _>>()?;
        let next_cursor = (rows.len() > shown).then(|| data.last().map(|last| last.id.to_string())).flatten();
        Ok(TemplatePage { data, next_cursor })
    }
}

/// Parses a stored template for rendering.
pub(crate) fn parse_stored(stored: &Template) -> Result<template::Template, Error> {
    let source = template::TemplateSource {
        subject: stored.subject.clone(),
        html: stored.html.clone(),
        text: stored.text.clone(),
    };
    template::Template::try_from(source).map_err(|_| unreadable("text"))
}

fn read(id: TemplateId, row: &Row) -> Result<Template, Error> {
    Ok(Template {
        id,
        name: row.text(0)?,
        version: row.integer(2)?,
        subject: row.text(3)?,
        html: row.optional_text(4),
        text: row.optional_text(5),
        variables: json::parse(row.text(6)?.as_bytes()).map_err(|_| unreadable("list of variables"))?,
        // Only responses need it.
        sample: template::Variables::default(),
        versions: TemplateVersionRange::up_to(row.integer(1)?),
        created_at: row.time(7)?,
        updated_at: row.time(8)?,
    })
}

fn read_summary(row: &Row) -> Result<TemplateSummary, Error> {
    Ok(TemplateSummary {
        id: TemplateId::from_bytes(row.array(0)?).ok_or_else(|| unreadable("id"))?,
        name: row.text(1)?,
        version: row.integer(2)?,
        subject: row.text(3)?,
        created_at: row.time(4)?,
        updated_at: row.time(5)?,
    })
}

fn key(id: TemplateId) -> JsValue {
    blob(&id.to_bytes())
}

fn unreadable(what: &str) -> Error {
    Error::internal(format!("the storage holds an unreadable {what} of a template"))
}
