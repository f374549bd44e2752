//! `/v1/identities` and below.

use domain::IdentityId;
use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    ApiError, CreateIdentity, DkimKey, DnsCheck, Identity, IdentityList,
    openapi::operation::{Content, Operation, Tag},
};

const ID: &str = "idn_019ab0c5d0007000800000000000000a";

/// The codes of what may be wrong with how mail is to be signed.
const SIGNING: [&str; 6] = [
    aws_sans_io::ValidationError::DkimKeyLength.code(),
    aws_sans_io::ValidationError::DkimSelector.code(),
    aws_sans_io::ValidationError::DkimPrivateKey.code(),
    aws_sans_io::ValidationError::DkimPrivateKeyEncrypted.code(),
    aws_sans_io::ValidationError::DkimPrivateKeyLength.code(),
    "conflicting_field",
];

fn pending() -> Value {
    json!({
        "id": ID,
        "identity": "example.com",
        "type": "domain",
        "region": "eu-west-1",
        "verified": false,
        "verificationStatus": "pending",
        "dkimStatus": "pending",
        "dkim": {
            "origin": "easy_dkim",
            "signingEnabled": true,
            "keyLength": 2048,
            "nextKeyLength": 2048,
            "selector": null,
            "publicKey": null,
            "hostedZone": "dkim.amazonses.com",
        },
        "dnsRecords": [{
            "type": "CNAME",
            "name": "abc123._domainkey.example.com",
            "value": "abc123.dkim.amazonses.com",
        }],
        "partial": false,
        "pollAfterSeconds": 10,
        "createdAt": "2026-11-24T12:00:00Z",
    })
}

pub(super) fn list() -> Operation {
    let region = json!({
        "type": "array",
        "items": { "anyOf": [{ "$ref": "#/components/schemas/Region" }, { "const": "all" }] },
    });
    let description =
        "What SES has, region by region: a region that fails is named in `problems`, the others are listed.";
    let which = "The regions to ask, each by a parameter of its own, or `all`; those that the organisation uses unless told.";
    Operation::new(Tag::Identities, "List sender identities", description)
        .query("region", which, region)
        .pages::<IdentityId>(100)
        .answers::<IdentityList>(
            StatusCode::OK,
            "A page, newest first.",
            json!({
                "data": [pending()],
                "problems": [{
                    "region": "eu-south-1",
                    "code": "region_not_enabled",
                    "message": "The region eu-south-1 (Europe (Milan)) isn't enabled in this AWS account.",
                    "help": "Enable the region in the AWS console under Account, AWS Regions, or connect in another region.",
                    "awsCode": "UnrecognizedClientException",
                }],
                "regions": ["eu-west-1", "eu-south-1"],
                "nextCursor": null,
            }),
        )
        .asks_aws()
        .refuses_fields([aws_sans_io::ValidationError::Region.code()])
}

pub(super) fn create() -> Operation {
    let description = "A domain is verified by DNS records, an address by a link that Amazon sends to it. Where SES has it already, the answer is 200.";
    Operation::new(Tag::Identities, "Verify a domain or an address", description)
        .takes::<CreateIdentity>(|request| Ok(request.parse().map(drop)?))
        .example("a domain", json!({ "identity": "example.com" }))
        .example(
            "a domain with a short key",
            json!({ "identity": "example.com", "dkim": { "keyLength": 1024 } }),
        )
        .example("an address", json!({ "identity": "me@example.com", "region": "eu-west-1" }))
        .answers::<Identity>(StatusCode::CREATED, "It is made.", pending())
        .answers::<Identity>(StatusCode::OK, "It was there already.", pending())
        .asks_aws()
        .refuses([ApiError::IdentityExists])
        .refuses_fields([
            aws_sans_io::ValidationError::Region.code(),
            email_message::ValidationError::Domain.code(),
            email_message::ValidationError::EmailAddress.code(),
            email_message::ValidationError::EmailAddressNotAscii.code(),
        ])
        .refuses_fields([ApiError::NotADomain.code()])
        .refuses_fields(SIGNING)
}

fn of_one(summary: &'static str, description: &'static str) -> Operation {
    Operation::new(Tag::Identities, summary, description).path::<IdentityId>("The identity's id.").asks_aws()
}

pub(super) fn get() -> Operation {
    of_one("A sender identity with its DNS records", "").answers::<Identity>(
        StatusCode::OK,
        "As SES sees it now.",
        pending(),
    )
}

pub(super) fn delete() -> Operation {
    of_one("Delete a sender identity at SES", "").answer(StatusCode::NO_CONTENT, "It is gone.", Content::None)
}

pub(super) fn set_dkim() -> Operation {
    of_one("Change the key that a domain's mail is signed with", "")
        .takes::<DkimKey>(|request| match request.private_key {
            // A key in a document would be everybody's.
            Some(_) => Ok(()),
            None => Ok(request.parse().map(drop)?),
        })
        .example("a key that SES makes", json!({ "keyLength": 2048 }))
        .example(
            "a key of one's own",
            json!({ "selector": "kraiter2026", "privateKey": "-----BEGIN PRIVATE KEY-----\n…\n-----END PRIVATE KEY-----\n" }),
        )
        .answers::<Identity>(StatusCode::OK, "The identity with its new records.", pending())
        .refuses([ApiError::NotADomain])
        .refuses_fields(SIGNING)
}

pub(super) fn check_dns() -> Operation {
    of_one(
        "Ask DNS for a domain's records",
        "Which record is there, missing, wrong or not seen yet; and what to do about SPF and DMARC.",
    )
    .answers::<DnsCheck>(
        StatusCode::OK,
        "What DNS says.",
        json!({
            "id": ID,
            "identity": "example.com",
            "region": "eu-west-1",
            "checkedAt": "2026-11-24T12:00:00Z",
            "complete": false,
            "zone": "example.com",
            "records": [{
                "type": "CNAME",
                "name": "abc123._domainkey.example.com",
                "host": "abc123._domainkey",
                "value": "abc123.dkim.amazonses.com",
                "status": "missing",
                "found": [],
                "message": "There is no such record.",
                "help": "Add it at your DNS host.",
            }],
            "advice": [{
                "purpose": "dmarc",
                "action": "publish",
                "type": "TXT",
                "name": "_dmarc.example.com",
                "host": "_dmarc",
                "value": "v=DMARC1; p=none",
                "found": [],
                "message": "The domain has no DMARC policy yet.",
            }],
            "checkAgainAfterSeconds": 60,
        }),
    )
    .refuses([ApiError::NotADomain])
}

pub(super) fn zone() -> Operation {
    let example = "abc123._domainkey.example.com. 300 IN CNAME abc123.dkim.amazonses.com.\n";
    of_one("A domain's records as a zone file", "")
        .answer(
            StatusCode::OK,
            "A zone file (RFC 1035).",
            Content::Text { media_type: "text/plain", example },
        )
        .header("content-disposition", "A name for the file.")
        .refuses([ApiError::NotADomain])
}
