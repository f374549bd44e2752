//! `/v1/templates` and below.

use domain::TemplateId;
use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    ApiError, Template, TemplateDraft, TemplateFilling, TemplatePage, TemplatePreview, TemplatePreviewDraft,
    TemplateUpdate,
    openapi::operation::{Content, Operation, Tag},
};

const ID: &str = "tpl_019ab0c5d0007000800000000000000a";

/// The codes of what may be wrong with a template.
const SOURCE: [&str; 5] =
    ["template_syntax", "template_not_allowed", "template_too_long", "invalid_subject", "missing_content"];

/// The codes of what may be wrong with a template's variables, or with what it makes of them.
pub(super) const FILLING: [&str; 8] = [
    "missing_variable",
    "unknown_variable",
    "variables_too_long",
    "template_failed",
    "template_too_much_work",
    "template_rendered_too_long",
    "template_empty",
    "invalid_subject",
];

fn draft() -> Value {
    json!({ "subject": "Hello {{ name }}", "html": "<p>Hello {{ name }}, your order is on its way.</p>" })
}

fn named(mut more: Value) -> Value {
    if let (Value::Object(more), Value::Object(draft)) = (&mut more, draft()) {
        more.extend(draft);
    }
    more
}

fn shown() -> Value {
    json!({
        "id": ID,
        "name": "Order sent",
        "version": 2,
        "subject": "Hello {{ name }}",
        "html": "<p>Hello {{ name }}, your order is on its way.</p>",
        "text": null,
        "variables": [{ "name": "name", "required": true }],
        "versions": { "oldest": 1, "newest": 2 },
        "createdAt": "2026-11-24T12:00:00Z",
        "updatedAt": "2026-11-24T13:00:00Z",
    })
}

fn previewed() -> Value {
    json!({
        "subject": "Hello Ada",
        "html": "<p>Hello Ada, your order is on its way.</p>",
        "text": "Hello Ada, your order is on its way.",
        "variables": [{ "name": "name", "required": true }],
    })
}

fn of_one(summary: &'static str, description: &'static str) -> Operation {
    Operation::new(Tag::Templates, summary, description).path::<TemplateId>("The template's id.")
}

pub(super) fn list() -> Operation {
    Operation::new(Tag::Templates, "List templates", "").pages::<TemplateId>(20).answers::<TemplatePage>(
        StatusCode::OK,
        "A page, newest first.",
        json!({
            "data": [{
                "id": ID,
                "name": "Order sent",
                "version": 2,
                "subject": "Hello {{ name }}",
                "createdAt": "2026-11-24T12:00:00Z",
                "updatedAt": "2026-11-24T13:00:00Z",
            }],
            "nextCursor": null,
        }),
    )
}

pub(super) fn create() -> Operation {
    Operation::new(Tag::Templates, "Make a template", "")
        .takes::<TemplateDraft>(|request| Ok(request.parse().map(drop)?))
        .example("a template", named(json!({ "name": "Order sent" })))
        .answers::<Template>(StatusCode::CREATED, "It is made.", shown())
        .refuses([ApiError::TemplateNameTaken])
        .refuses_fields(["invalid_name"])
        .refuses_fields(SOURCE)
}

pub(super) fn get() -> Operation {
    let version = json!({ "type": "integer", "minimum": 1 });
    of_one("A template", "")
        .query("version", "The version; the newest unless told.", version)
        .answers::<Template>(StatusCode::OK, "The template in this version.", shown())
        .refuses_fields(["invalid_version"])
}

pub(super) fn update() -> Operation {
    of_one(
        "Change a template",
        "The whole template anew, as a new version; where nothing is changed, none is made.",
    )
    .takes::<TemplateUpdate>(|request| Ok(request.parse().map(drop)?))
    .example("a change to what was version 1", named(json!({ "name": "Order sent", "version": 1 })))
    .answers::<Template>(StatusCode::OK, "The template in its newest version.", shown())
    .refuses([ApiError::TemplateNameTaken, ApiError::VersionConflict { newest: 1 }])
    .refuses_fields(["invalid_name"])
    .refuses_fields(SOURCE)
}

pub(super) fn delete() -> Operation {
    of_one("Delete a template", "Emails that were made of it stay.").answer(
        StatusCode::NO_CONTENT,
        "It is gone.",
        Content::None,
    )
}

pub(super) fn preview_draft() -> Operation {
    let mut example = draft();
    example["variables"] = json!({ "name": "Ada" });
    Operation::new(Tag::Templates, "What a draft makes of its variables", "Nothing is stored.")
        .takes::<TemplatePreviewDraft>(|request| Ok(request.show().map(drop)?))
        .example("a draft", example)
        .answers::<TemplatePreview>(StatusCode::OK, "What would be sent.", previewed())
        .refuses_fields(SOURCE)
        .refuses_fields(FILLING)
}

pub(super) fn preview() -> Operation {
    of_one("What a template makes of its variables", "")
        .takes::<TemplateFilling>(|_| Ok(()))
        .example("variables", json!({ "variables": { "name": "Ada" } }))
        .answers::<TemplatePreview>(StatusCode::OK, "What would be sent.", previewed())
        .refuses_fields(FILLING)
}
