//! `/healthz`, `/openapi.json` and `/webhooks/sns/{token}`.

use http::StatusCode;
use schemars::SchemaGenerator;
use serde_json::json;
use sns_verify::{Message, Rejection};

use crate::{
    ApiError, Health, MetricsBy,
    openapi::{
        Object,
        operation::{Content, Operation, Tag},
    },
};

/// Why a message isn't believed; the fields that some of them name make no difference here.
const REJECTIONS: [Rejection; 20] = [
    Rejection::NotJson,
    Rejection::EnvelopeMissing,
    Rejection::FieldMissing { field: "" },
    Rejection::FieldInvalid { field: "" },
    Rejection::FieldRepeated { field: "" },
    Rejection::TypeUnknown,
    Rejection::SignatureVersionUnknown,
    Rejection::RegionUnexpected,
    Rejection::AccountUnexpected,
    Rejection::TopicUnexpected,
    Rejection::TooOld,
    Rejection::FromTheFuture,
    Rejection::CertificateUrlRefused,
    Rejection::CertificateUnavailable,
    Rejection::CertificateUnreadable,
    Rejection::CertificateNotSns,
    Rejection::CertificateNotValidNow,
    Rejection::KeyLength,
    Rejection::CertificateMismatch,
    Rejection::SignatureWrong,
];

pub(super) fn health() -> Operation {
    Operation::new(Tag::Worker, "Whether the Worker is up and its settings are whole", "").answers::<Health>(
        StatusCode::OK,
        "They are.",
        json!({ "status": "ok", "version": "0.1.0" }),
    )
}

pub(super) fn openapi() -> Operation {
    Operation::new(Tag::Worker, "This document", "").answer(
        StatusCode::OK,
        "An OpenAPI document.",
        Content::Json {
            schema: SchemaGenerator::subschema_for::<Object>,
            example: None,
            again: |document| Ok(document.clone()),
        },
    )
}

pub(super) fn metrics() -> Operation {
    let example = "# TYPE kraiter_emails_total counter\nkraiter_emails_total{organisation=\"org_019ab0c5d0007000800000000000000a\",region=\"eu-west-1\",event=\"sent\"} 42\n";
    let description = "In Prometheus's text format, for the administrator.";
    Operation::new(Tag::Worker, "What happened to emails on their way", description)
        .query(
            "by",
            "Each organisation and region by itself, or each region with all organisations together.",
            json!({ "type": "string", "enum": MetricsBy::NAMES, "default": MetricsBy::NAMES[0] }),
        )
        .answer(StatusCode::OK, "Counts that only grow.", Content::Text { media_type: "text/plain", example })
        .refuses([ApiError::TooManySeries])
        .refuses_fields(["invalid_by"])
}

pub(super) fn receive_sns() -> Operation {
    let description = "A message is proven by its signature, certificate, topic, account and age; then the stack, the topic or the event that \
                       it tells of is noted. After a 5xx, SNS tries again.";
    let mut operation = Operation::new(Tag::Worker, "What Amazon SNS posts", description)
        .path::<String>("The token in the address that was given to SNS.")
        .takes::<Object>(|message| {
            let text = serde_json::Value::Object(message).to_string();
            Message::parse(text.as_bytes()).map(drop).map_err(ApiError::from)
        })
        .example(
            "a notification",
            json!({
                "Type": "Notification",
                "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
                "TopicArn": "arn:aws:sns:eu-west-1:123456789012:kraiter-events",
                "Message": "{\"eventType\":\"Delivery\"}",
                "Timestamp": "2026-11-24T12:00:00.000Z",
                "SignatureVersion": "2",
                "Signature": "AAAA",
                "SigningCertURL": "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0.pem",
                "UnsubscribeURL": "https://sns.eu-west-1.amazonaws.com/?Action=Unsubscribe",
            }),
        )
        .answer(StatusCode::OK, "It is believed and noted, or it is none of ours.", Content::None);
    for rejection in REJECTIONS {
        operation.problems.add(rejection.status(), rejection.code());
    }
    operation.problems.add(StatusCode::SERVICE_UNAVAILABLE, "sns_not_confirmed");
    operation
}
