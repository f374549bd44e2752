//! Routes for operators, and those of the Worker itself.

use serde_json::{Value, json};
use sns_verify::Message;
use time::OffsetDateTime;

use super::Details;
use crate::{
    AdministratorRoute::{
        BackUpOrganisation, CreateOrganisation as Create, CreateOrganisationApiKey, DeleteOrganisation,
        DeleteOrganisationApiKey, ListOrganisationApiKeys, ListOrganisations, RestoreOrganisation,
        UpdateOrganisation as Update,
    },
    ApiError, Backup, CreateApiKey, CreateOrganisation,
    MonitoringRoute::GetMetrics,
    OpenRoute::{Health, OpenApi, ReceiveSns},
    RouteId::{self, Administrator, Monitoring, Open},
    UpdateOrganisation,
};

const ID: &str = "org_019ab0c5d0007000800000000000000a";

fn page() -> Value {
    json!({
        "version": 3,
        "organisationId": ID,
        "takenAt": "2026-11-24T12:00:00Z",
        "organisation": {
            "name": "Example Ltd",
            "externalId": "k7f2-aebagbafaydqqcikbmga2dqpca",
            "createdAt": "2026-11-01T12:00:00Z",
        },
        "connection": null,
        "tables": [],
        "nextCursor": null,
    })
}

fn organisation() -> Value {
    json!({ "id": ID, "name": "Example Ltd", "createdAt": "2026-11-24T12:00:00Z", "suspendedAt": null })
}

pub(super) fn details(id: RouteId) -> Option<Details> {
    Some(match id {
        Open(Health) => Details::new("")
            .response("The Worker is up and configured.", json!({ "status": "ok", "version": "0.1.0" })),
        Open(OpenApi) => Details::new("").no_body("An OpenAPI document."),
        Open(ReceiveSns) => receive_sns(),
        Monitoring(GetMetrics) => {
            let example = format!(
                "# TYPE kraiter_emails_total counter\nkraiter_emails_total{{organisation=\"{ID}\",region=\"eu-west-1\",event=\"sent\"}} 42\n"
            );
            Details::new("In Prometheus's text format.").response("Counters and gauges.", example.into())
        }
        Administrator(Create) => Details::new("The response is the only one that holds the API key.")
            .request("an organisation", json!({ "name": "Example Ltd", "region": "eu-west-1" }))
            .accepts::<CreateOrganisation>(|request| Ok(request.parse().map(drop)?))
            .response(
                "The new organisation.",
                json!({
                    "id": ID,
                    "name": "Example Ltd",
                    "apiKey": "kr_key_cqaadgvqyxiaa4aaqaaaaaaaaaaauaabaibqibiga4eascqlbqgq4dyqcejbgtbsjhxc6ttwgy",
                    "createdAt": "2026-11-24T12:00:00Z",
                }),
            ),
        Administrator(ListOrganisations) => Details::new("")
            .response("The organisations.", json!({ "data": [organisation()], "nextCursor": null })),
        Administrator(Update) => Details::new(
            "A suspended organisation can't send or change anything: such requests fail with `organisation_suspended`. Its data can be read, its \
             events still arrive, and emails that were accepted before are still sent.",
        )
            .request("a name", json!({ "name": "Example Ltd" }))
            .request("a suspension", json!({ "suspended": true }))
            .accepts::<UpdateOrganisation>(|request| Ok(request.parse().map(drop)?))
            .response("The organisation.", organisation()),
        Administrator(CreateOrganisationApiKey) => Details::new(
            "For an organisation that has lost its API keys. The response is the only one that holds the key.",
        )
        .request("a key", json!({ "name": "Replacement" }))
        .accepts::<CreateApiKey>(|request| Ok(request.parse(OffsetDateTime::UNIX_EPOCH).map(drop)?))
        .response("The new key.", super::access::new_key()),
        Administrator(ListOrganisationApiKeys) => Details::new("Oldest first, without the keys themselves.")
            .response("The API keys.", json!({ "data": [super::access::key()] })),
        Administrator(DeleteOrganisationApiKey) => Details::new(
            "Requests with the key fail immediately, as do those of sessions that were created with it. The last key with the scope `full` and \
             without an expiry can't be revoked.",
        )
        .no_body("The key is revoked."),
        Administrator(DeleteOrganisation) => Details::new(
            "Keys, sessions and webhook URLs stop working immediately, and queued emails are not sent. All data is deleted. \
             The stack and the role stay in the customer's AWS account until they are deleted there.",
        )
        .no_body("The organisation is deleted."),
        Administrator(BackUpOrganisation) => Details::new(
            "Returns one page of the organisation's data: API keys (digests), the connection, identities, templates, suppressed addresses, \
             idempotency keys, and emails, with their content until they have finished. It holds no credentials. The format of a page is \
             internal: pass it to the restore route unchanged.",
        )
        .response("A page.", page()),
        Administrator(RestoreOrganisation) => Details::new(
            "Restores one page of a backup; send the pages in order. Existing data is kept, so a repeated restore changes nothing. API keys are \
             restored only if the organisation has none. Emails scheduled for the future are scheduled again, and finished emails stay \
             finished. Emails that may have been sent since the backup become `unconfirmed`, or with `policy=retry` are sent if no event \
             confirms them. The connection counts as connected only after it has been verified again.",
        )
        .request("a page", page())
        .accepts::<serde_json::Map<String, Value>>(|page| {
            let text = Value::Object(page).to_string();
            let id = ID.parse().map_err(|_| ApiError::NotFound { what: "organisation" })?;
            Backup::parse(text.as_bytes(), id).map(drop)
        })
        .response(
            "What was restored.",
            json!({
                "connection": true,
                "keys": 12,
                "scheduled": 3,
                "retried": 40,
                "gaveUp": 0,
                "alreadyFinished": 7,
                "takenAt": "2026-11-24T12:00:00Z",
            }),
        ),
        _ => return None,
    })
}

fn receive_sns() -> Details {
    Details::new(
        "Verifies the message's signature, certificate, topic, account and age, then applies the stack, topic or delivery event that it \
         reports. SNS delivers the message again after a 5xx response.",
    )
    .request(
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
    .accepts::<serde_json::Map<String, Value>>(|message| {
        let text = Value::Object(message).to_string();
        Message::parse(text.as_bytes()).map(drop).map_err(ApiError::from)
    })
    .no_body("The message is stored, or does not concern Kraiter.")
}
