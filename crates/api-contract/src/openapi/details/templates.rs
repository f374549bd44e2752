//! `/v1/templates` and below.

use serde_json::{Value, json};

use super::Details;
use crate::{
    OrganisationRoute::{
        CreateTemplate, DeleteTemplate, GetTemplate, ListTemplates, PreviewDraft, PreviewTemplate,
        UpdateTemplate,
    },
    RouteId::{self, Organisation},
    TemplateDraft, TemplatePreviewDraft, TemplateUpdate,
};

const ID: &str = "tpl_019ab0c5d0007000800000000000000a";

/// A template's source with further fields.
fn source(mut fields: Value) -> Value {
    fields["subject"] = "Hello {{ name }}".into();
    fields["html"] = "<p>Hello {{ name }}, your order is on its way.</p>".into();
    fields
}

fn template() -> Value {
    json!({
        "id": ID,
        "name": "Order sent",
        "version": 2,
        "subject": "Hello {{ name }}",
        "html": "<p>Hello {{ name }}, your order is on its way.</p>",
        "text": null,
        "variables": [{ "name": "name", "required": true }],
        "sample": { "name": "name" },
        "versions": { "oldest": 1, "newest": 2 },
        "createdAt": "2026-11-24T12:00:00Z",
        "updatedAt": "2026-11-24T13:00:00Z",
    })
}

fn preview() -> Value {
    json!({
        "subject": "Hello Ada",
        "html": "<p>Hello Ada, your order is on its way.</p>",
        "text": "Hello Ada, your order is on its way.",
        "variables": [{ "name": "name", "required": true }],
    })
}

pub(super) fn details(id: RouteId) -> Option<Details> {
    let Organisation(route) = id else { return None };
    Some(match route {
        ListTemplates => Details::new("").response(
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
        ),
        CreateTemplate => Details::new("")
            .request("a template", source(json!({ "name": "Order sent" })))
            .accepts::<TemplateDraft>(|request| Ok(request.parse().map(drop)?))
            .response("The new template.", template()),
        GetTemplate => Details::new("").response("The template in the requested version.", template()),
        UpdateTemplate => Details::new(
            "Replaces the whole template with a new version. Without a change, no version is created.",
        )
        .request("a change to version 1", source(json!({ "name": "Order sent", "version": 1 })))
        .accepts::<TemplateUpdate>(|request| Ok(request.parse().map(drop)?))
        .response("The template in its newest version.", template()),
        DeleteTemplate => Details::new("Deletes all versions. Emails that used the template stay.")
            .no_body("The template is deleted."),
        PreviewDraft => Details::new("Stores nothing.")
            .request("a draft", source(json!({ "variables": { "name": "Ada" } })))
            .accepts::<TemplatePreviewDraft>(|request| Ok(request.render().map(drop)?))
            .response("The rendered email.", preview()),
        PreviewTemplate => Details::new("")
            .request("variables", json!({ "variables": { "name": "Ada" } }))
            .response("The rendered email.", preview()),
        _ => return None,
    })
}
