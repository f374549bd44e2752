//! The route table: every route of the API, once.
//!
//! The Worker's router and dispatch, the npm package's methods, the OpenAPI documents, the API reference and the bad-input tests all
//! come from [`ROUTES`].

pub(crate) mod route;

use aws_sans_io::ValidationError as AwsValue;
use domain::{
    ApiKeyId, AwsCallId, EmailId, IdentityId, OrganisationId, Quota, RequestId, TemplateId, ValidationError,
    WebhookId,
    api_key::RequiredScope::{Any, Full, Read, Sending},
    aws_calls::AwsCallResult,
    connection::audit::PermissionAudit,
    delivery::{ALL_SUPPRESSED, UncertainEmailPolicy},
    email::{EmailProblem, MAX_MESSAGE_BYTES},
    suppression::{AddressKey, Suppression, SuppressionReason},
};
use email_message::ValidationError as Address;

use crate::{
    ApiKeyList, AwsBinding, AwsCallPage, ConnectDetails, ConnectRegion, CreateApiKey, CreateIdentity,
    CreateOrganisation, CreateSession, CreateSuppression, CreateWebhook, DkimChoice, DnsCheck, Email,
    EmailContent, EmailDryRun, EmailMetrics, EmailPage, EmailQuery, EventsSetUp, FeedPage, Health, Identity,
    IdentityList, MAX_PAGE_BYTES, MAX_SUBJECT, MetricsBy, MetricsQuery, NewApiKey, NewOrganisation,
    NewWebhook, Organisation, OrganisationPage, OrganisationSettings,
    RateClass::{
        Checks, Counting, Dns, Exports, IdentityCalls, Imports, Previews, Searches, SignIns, TemplateChanges,
        Unsubscribes, WebhookChanges,
    },
    RegionList, RegisterRole, Reputation, RequestPage, RestoreResult, RotatedSecret, SendBatch, SendEmail,
    SendingStatus, SentBatch, SentEmail, Session, SetUpEvents, SuppressionImport, SuppressionPage, Template,
    TemplateDraft, TemplateFilling, TemplatePage, TemplatePreview, TemplatePreviewDraft, TemplateUpdate,
    UpdateEmail, UpdateOrganisation, UpdateSettings, UpdateWebhook, Verification, Webhook,
    WebhookDeliveryPage, WebhookList, WebhookReplay, WebhookReplayed, WebhookTest,
    aws_calls::MAX_ACTION,
    problem_codes::{
        DKIM, EMAIL, EMAIL_QUOTAS, SUPPRESSION_QUOTAS, TEMPLATE_QUOTAS, TEMPLATE_SOURCE, TEMPLATE_VARIABLES,
    },
    request_log::MAX_ROUTE,
    routes::route::{
        BodyKind::{Json, Large, Sns},
        QueryParameter, Route,
        Tag::{
            Access, Connection, Description, Emails, Events, Identities, Organisations, Suppressions,
            Templates, Worker,
        },
        builder::{delete, get, patch, post, put},
    },
};

/// A JSON object with any members.
type Object = serde_json::Map<String, serde_json::Value>;

/// SNS messages have at most 256 KiB; JSON escapes can double that.
///
/// <https://docs.aws.amazon.com/general/latest/gr/sns.html>
const MAX_SNS_BYTES: usize = 512 * 1024;

/// The largest message as JSON: the base64 of files is shorter without line breaks, and 4 MiB of HTML and text fit too.
pub(crate) const MAX_EMAIL_BODY_BYTES: usize = MAX_MESSAGE_BYTES + 2_000_000;

/// A batch: 40 KB for each of 100 emails, files included.
const MAX_BATCH_BODY_BYTES: usize = 4 * 1024 * 1024;

/// An API key as JSON, many times over: anyone may send it.
const MAX_SESSION_BYTES: usize = 4 * 1024;

const SINCE: QueryParameter = QueryParameter::time("since", "The earliest time (RFC 3339).");

const UNTIL: QueryParameter = QueryParameter::time("until", "The time after the last one (RFC 3339).");

const CALL_FILTERS: &[QueryParameter] = &[
    SINCE,
    UNTIL,
    QueryParameter::text("action", "Only calls of this operation, such as AssumeRole.", Some(MAX_ACTION)),
    QueryParameter::one_of(
        "result",
        "Only calls with this result.",
        &[AwsCallResult::ALL[0].name(), AwsCallResult::ALL[1].name(), AwsCallResult::ALL[2].name()],
    ),
];

const CALL_FILTER_PROBLEMS: &[&str] = &["invalid_since", "invalid_until", "invalid_action", "invalid_result"];

/// Problems with an API key to create.
const API_KEY: &[&str] = &[
    "invalid_name",
    "invalid_scope",
    "invalid_expiry",
    "invalid_test",
    "invalid_restriction",
    Address::Domain.code(),
    Address::EmailAddress.code(),
    Address::EmailAddressNotAscii.code(),
    Address::DisplayName.code(),
];

/// Declares one enum of routes for each kind of access, and [`ROUTES`].
macro_rules! routes {
    ($($(#[$doc:meta])* $access:ident = $group:ident { $($name:ident: $summary:literal => $spec:expr;)+ })+) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
            pub enum $group {
                $(#[doc = concat!($summary, ".")] $name,)+
            }
        )+

        /// Every route of the API. Routes of one path need not be adjacent.
        pub const ROUTES: &[Route] = &[
            $($($spec.named(RouteId::$access($group::$name), stringify!($name), $summary),)+)+
        ];
    };
}

/// A route, by who may call it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RouteId {
    /// Anyone.
    Open(OpenRoute),
    /// Callers that present `ADMIN_TOKEN`.
    Administrator(AdministratorRoute),
    /// Callers that present `METRICS_TOKEN` or `ADMIN_TOKEN`.
    Monitoring(MonitoringRoute),
    /// Callers that present an API key or a session cookie of an organisation.
    Organisation(OrganisationRoute),
}

routes! {
    /// Routes that anyone may call.
    Open = OpenRoute {
        Health: "Check that the Worker is up and configured" =>
            get(Worker, "/healthz").returns::<Health>(200);
        OpenApi: "Get this document" =>
            get(Description, "/openapi.json").returns::<Object>(200);
        ReceiveSns: "Receive an Amazon SNS message" =>
            post(Worker, "/webhooks/sns/{token}").item::<String>("The webhook token.")
                .body_of::<Object>(Sns(MAX_SNS_BYTES)).returns_nothing(200).problems(&[&["sns_not_confirmed", "sns_role_being_verified", "sns_confirmation_used"]]);
        CreateSession: "Sign in with an API key" =>
            post(Access, "/v1/session").body_of::<CreateSession>(Json(MAX_SESSION_BYTES)).limited(SignIns).returns::<Session>(200)
                .problems(&[&["unauthorized", "api_key_expired", "csrf", Quota::Sessions.code()]])
                .sdk("session", "create").sdk_unwrapped("apiKey");
        ShowUnsubscribe: "Show the unsubscribe page" =>
            get(Suppressions, "/unsubscribe/{token}").item::<String>("The token of the link in the email.")
                .returns_text("text/html");
        Unsubscribe: "Unsubscribe with one click" =>
            post(Suppressions, "/unsubscribe/{token}").item::<String>("The token of the link in the email.")
                .limited(Unsubscribes).returns_text("text/html");
    }

    /// Routes for the administrator.
    Administrator = AdministratorRoute {
        CreateOrganisation: "Create an organisation" =>
            post(Organisations, "/v1/organisations").idempotent().json::<CreateOrganisation>()
                .returns::<NewOrganisation>(201).problems(&[&["invalid_name", AwsValue::Region.code()]]);
        ListOrganisations: "List organisations" =>
            get(Organisations, "/v1/organisations").pages::<OrganisationId>(20).returns::<OrganisationPage>(200);
        UpdateOrganisation: "Rename or suspend an organisation" =>
            put(Organisations, "/v1/organisations/{id}").item::<OrganisationId>("The organisation's ID.")
                .repeatable().json::<UpdateOrganisation>().returns::<Organisation>(200)
                .problems(&[&["invalid_name"]]);
        CreateOrganisationApiKey: "Create an API key of an organisation" =>
            post(Organisations, "/v1/organisations/{id}/api-keys").item::<OrganisationId>("The organisation's ID.")
                .idempotent().json::<CreateApiKey>().returns::<NewApiKey>(201)
                .problems(&[&["too_many_api_keys"], API_KEY]);
        ListOrganisationApiKeys: "List the API keys of an organisation" =>
            get(Organisations, "/v1/organisations/{id}/api-keys").item::<OrganisationId>("The organisation's ID.")
                .returns::<ApiKeyList>(200);
        DeleteOrganisationApiKey: "Revoke an API key of an organisation" =>
            delete(Organisations, "/v1/organisations/{id}/api-keys").item::<OrganisationId>("The organisation's ID.")
                .query(&[QueryParameter::text("key", "The ID of the API key.", None)])
                .returns_nothing(204).problems(&[&["last_api_key", "missing_field"]]);
        DeleteOrganisation: "Delete an organisation" =>
            delete(Organisations, "/v1/organisations/{id}").item::<OrganisationId>("The organisation's ID.")
                .returns_nothing(204);
        BackUpOrganisation: "Back up an organisation's data" =>
            get(Organisations, "/v1/organisations/{id}/backup").item::<OrganisationId>("The organisation's ID.")
                .query(&[QueryParameter::text("cursor", "The \"nextCursor\" of the previous page.", None)])
                .returns::<Object>(200).problems(&[&["invalid_cursor"]]);
        RestoreOrganisation: "Restore a page of a backup" =>
            post(Organisations, "/v1/organisations/{id}/restore").item::<OrganisationId>("The organisation's ID.")
                .query(&[QueryParameter::one_of_or_first(
                    "policy",
                    "What happens to emails that may have been sent since the backup. \"retry\" sends them again unless an event confirms them.",
                    &UncertainEmailPolicy::NAMES,
                )])
                .body_of::<Object>(Large(MAX_PAGE_BYTES)).returns::<RestoreResult>(200)
                .problems(&[&["invalid_policy", "invalid_backup"]]);
    }

    /// Routes for monitoring systems.
    Monitoring = MonitoringRoute {
        GetMetrics: "Get delivery metrics" =>
            get(Worker, "/metrics")
                .query(&[QueryParameter::one_of_or_first(
                    "by",
                    "Whether there is a series for each organisation and region, or for each region only.",
                    &MetricsBy::NAMES,
                )])
                .returns_text("text/plain").problems(&[&["too_many_series", "invalid_by"]]);
    }

    /// Routes for an organisation.
    Organisation = OrganisationRoute {
        GetSession: "Get the current session" =>
            get(Access, "/v1/session").scope(Any).returns::<Session>(200).sdk("session", "get");
        EndSession: "Sign out" =>
            delete(Access, "/v1/session").scope(Any).returns_nothing(204).sdk("session", "end");

        ListApiKeys: "List API keys" =>
            get(Access, "/v1/api-keys").scope(Read).returns::<ApiKeyList>(200).sdk("apiKeys", "list");
        CreateApiKey: "Create an API key" =>
            post(Access, "/v1/api-keys").scope(Full).idempotent().json::<CreateApiKey>()
                .returns::<NewApiKey>(201).problems(&[&["too_many_api_keys"], API_KEY])
                .sdk("apiKeys", "create");
        DeleteApiKey: "Revoke an API key" =>
            delete(Access, "/v1/api-keys/{id}").scope(Full).item::<ApiKeyId>("The key's ID.")
                .returns_nothing(204).problems(&[&["last_api_key"]]).sdk("apiKeys", "delete");

        GetAwsBinding: "Get the connection" =>
            get(Connection, "/v1/aws-binding").scope(Read).returns::<AwsBinding>(200).sdk("awsBinding", "get");
        CreateAwsBinding: "Register a role created by hand" =>
            post(Connection, "/v1/aws-binding").scope(Full).idempotent().json::<RegisterRole>()
                .limited(Checks).returns::<AwsBinding>(200)
                .problems(&[
                    &["external_id_mismatch", "account_mismatch"],
                    &[
                        AwsValue::AccountId.code(),
                        AwsValue::RoleArn.code(),
                        ValidationError::ExternalId.code(),
                        AwsValue::Region.code(),
                    ],
                ])
                .sdk("awsBinding", "create");
        DeleteAwsBinding: "Disconnect the AWS account" =>
            delete(Connection, "/v1/aws-binding").scope(Full).repeatable().returns::<AwsBinding>(200)
                .sdk("awsBinding", "disconnect");
        ConnectAws: "Create a quick-create link" =>
            post(Connection, "/v1/aws-binding/connect").scope(Full).idempotent().json::<ConnectRegion>()
                .returns::<ConnectDetails>(200)
                .problems(&[&[AwsValue::Region.code(), "region_without_stack"]])
                .sdk("awsBinding", "connect");
        VerifyAwsBinding: "Verify the connection now" =>
            post(Connection, "/v1/aws-binding/verify").scope(Full).repeatable().limited(Checks).returns::<Verification>(200)
                .problems(&[&["not_connected"]]).sdk("awsBinding", "verify");
        AuditAwsBinding: "Check the role's permissions" =>
            post(Connection, "/v1/aws-binding/audit").scope(Full).repeatable().limited(Checks).returns::<PermissionAudit>(200).calls_aws()
                .sdk("awsBinding", "audit");
        SetUpEvents: "Set up delivery events" =>
            post(Connection, "/v1/aws-binding/events").scope(Full).idempotent().json::<SetUpEvents>()
                .limited(Checks).returns::<EventsSetUp>(200).calls_aws()
                .problems(&[
                    &["events_active", "topic_region_mismatch", "topic_account_mismatch"],
                    &[AwsValue::Region.code(), AwsValue::TopicArn.code()],
                ])
                .sdk("awsBinding", "setUpEvents");

        GetSettings: "Get the organisation's settings" =>
            get(Connection, "/v1/settings").scope(Read).returns::<OrganisationSettings>(200).sdk("settings", "get");
        UpdateSettings: "Change the organisation's settings" =>
            put(Connection, "/v1/settings").scope(Full).json::<UpdateSettings>().limited(Checks).returns::<OrganisationSettings>(200)
                .calls_aws().problems(&[&["feed_in_use"]]).sdk("settings", "update");

        ListRegions: "List the regions where Amazon SES is available" =>
            get(Connection, "/v1/regions").scope(Any).returns::<RegionList>(200).sdk("regions", "list");

        ListIdentities: "List sender identities" =>
            get(Identities, "/v1/identities").scope(Read).pages::<IdentityId>(100)
                .query(&[QueryParameter::regions(
                    "region",
                    "Regions to list, or \"all\". Defaults to the regions that the organisation uses.",
                )])
                .limited(IdentityCalls).returns::<IdentityList>(200).calls_aws().problems(&[&[AwsValue::Region.code()]])
                .sdk("identities", "list").sdk_query("IdentityQuery");
        CreateIdentity: "Add a sender identity" =>
            post(Identities, "/v1/identities").scope(Full).idempotent().json::<CreateIdentity>()
                .limited(IdentityCalls).returns::<Identity>(201).returns::<Identity>(200).calls_aws()
                .problems(&[
                    &["identity_exists", Quota::Identities.code(), Quota::StoredBytes.code()],
                    &[
                        AwsValue::Region.code(),
                        Address::Domain.code(),
                        Address::EmailAddress.code(),
                        Address::EmailAddressNotAscii.code(),
                    ],
                    DKIM,
                ])
                .field_problems(&["not_a_domain"])
                .sdk("identities", "create");
        GetIdentity: "Get a sender identity" =>
            get(Identities, "/v1/identities/{id}").scope(Read).item::<IdentityId>("The identity's ID.")
                .limited(IdentityCalls).returns::<Identity>(200).calls_aws().sdk("identities", "get");
        DeleteIdentity: "Delete a sender identity" =>
            delete(Identities, "/v1/identities/{id}").scope(Full).item::<IdentityId>("The identity's ID.")
                .limited(IdentityCalls).returns_nothing(204).calls_aws().sdk("identities", "delete");
        SetIdentityDkim: "Change a domain's DKIM key" =>
            put(Identities, "/v1/identities/{id}/dkim").scope(Full).item::<IdentityId>("The identity's ID.")
                .json::<DkimChoice>().limited(IdentityCalls).returns::<Identity>(200).calls_aws()
                .problems(&[&["not_a_domain"], DKIM]).sdk("identities", "setDkim");
        CheckIdentityDns: "Check a domain's DNS records" =>
            post(Identities, "/v1/identities/{id}/check-dns").scope(Read).repeatable().item::<IdentityId>("The identity's ID.")
                .limited(Dns).returns::<DnsCheck>(200).calls_aws().problems(&[&["not_a_domain"]])
                .sdk("identities", "checkDns");
        GetIdentityZone: "Get a domain's DNS records as a zone file" =>
            get(Identities, "/v1/identities/{id}/zone").scope(Read).item::<IdentityId>("The identity's ID.")
                .limited(IdentityCalls).returns_text("text/plain").calls_aws().problems(&[&["not_a_domain"]])
                .sdk("identities", "zoneFile");

        ListTemplates: "List templates" =>
            get(Templates, "/v1/templates").scope(Read).pages::<TemplateId>(20).returns::<TemplatePage>(200)
                .sdk("templates", "list").sdk_query("PageQuery");
        CreateTemplate: "Create a template" =>
            post(Templates, "/v1/templates").scope(Full).idempotent().long_json::<TemplateDraft>()
                .limited(TemplateChanges).returns::<Template>(201)
                .problems(&[&["template_name_taken", "invalid_name"], TEMPLATE_SOURCE, TEMPLATE_QUOTAS])
                .sdk("templates", "create");
        PreviewDraft: "Preview a draft" =>
            post(Templates, "/v1/templates/preview").scope(Read).repeatable().long_json::<TemplatePreviewDraft>()
                .limited(Previews).returns::<TemplatePreview>(200).problems(&[TEMPLATE_SOURCE, TEMPLATE_VARIABLES])
                .sdk("templates", "previewDraft");
        GetTemplate: "Get a template" =>
            get(Templates, "/v1/templates/{id}").scope(Read).item::<TemplateId>("The template's ID.")
                .query(&[QueryParameter::positive_integer("version", "The version. Defaults to the newest.")])
                .returns::<Template>(200).problems(&[&["invalid_version"]])
                .sdk("templates", "get").sdk_query("TemplateVersion");
        UpdateTemplate: "Update a template" =>
            put(Templates, "/v1/templates/{id}").scope(Full).item::<TemplateId>("The template's ID.")
                .long_json::<TemplateUpdate>().limited(TemplateChanges).returns::<Template>(200)
                .problems(&[&["template_name_taken", "version_conflict", "invalid_name"], TEMPLATE_SOURCE, TEMPLATE_QUOTAS])
                .sdk("templates", "update");
        DeleteTemplate: "Delete a template" =>
            delete(Templates, "/v1/templates/{id}").scope(Full).item::<TemplateId>("The template's ID.")
                .returns_nothing(204).sdk("templates", "delete");
        PreviewTemplate: "Preview a template" =>
            post(Templates, "/v1/templates/{id}/preview").scope(Read).repeatable().item::<TemplateId>("The template's ID.")
                .long_json::<TemplateFilling>().limited(Previews).returns::<TemplatePreview>(200).problems(&[TEMPLATE_VARIABLES])
                .sdk("templates", "preview");

        SendEmail: "Send an email" =>
            post(Emails, "/v1/emails").scope(Sending).idempotent().body_of::<SendEmail>(Large(MAX_EMAIL_BODY_BYTES))
                .returns::<SentEmail>(202).calls_aws()
                .problems(&[
                    &[ALL_SUPPRESSED, "sandbox_recipient_not_verified"],
                    &["tracking_off", "tracking_without_events"],
                    &["template_and_content", "template_not_permitted", "unknown_template", "unknown_version", "invalid_delivery"],
                    &EMAIL,
                    TEMPLATE_VARIABLES,
                    EMAIL_QUOTAS,
                ])
                .sdk("emails", "send");
        DryRunEmail: "Find out what would happen to an email" =>
            post(Emails, "/v1/emails/dry-run").scope(Sending).repeatable().body_of::<SendEmail>(Large(MAX_EMAIL_BODY_BYTES))
                .limited(IdentityCalls).returns::<EmailDryRun>(200).calls_aws()
                .problems(&[
                    &[ALL_SUPPRESSED, "sandbox_recipient_not_verified"],
                    &["template_and_content", "template_not_permitted", "unknown_template", "unknown_version", "invalid_delivery"],
                    &EMAIL,
                    TEMPLATE_VARIABLES,
                ])
                .sdk("emails", "dryRun");
        SendBatch: "Send up to 100 emails" =>
            post(Emails, "/v1/emails/batch").scope(Sending).idempotent().body_of::<SendBatch>(Large(MAX_BATCH_BODY_BYTES))
                .returns::<SentBatch>(202).calls_aws().problems(&[&["invalid_batch", "content_too_long"], EMAIL_QUOTAS])
                .sdk("emails", "batch").sdk_unwrapped("emails");
        ListEmails: "List emails" =>
            get(Emails, "/v1/emails").scope(Read).pages::<EmailId>(20)
                .query(&[
                    QueryParameter::one_of("status", "The status.", &EmailQuery::STATUSES),
                    QueryParameter::text("to", "A recipient's address, or a domain. Includes Cc and Bcc.", None),
                    QueryParameter::text("from", "The sender's address, or a domain.", None),
                    QueryParameter::text("subject", "Part of the subject. Case-insensitive.", Some(MAX_SUBJECT)),
                    QueryParameter::text("tag", "A tag, as `name=value`, or its name.", None),
                    QueryParameter::text("template", "The id of the template that the email was sent with.", None),
                    QueryParameter::text("region", "The region that the email is sent from.", None),
                    QueryParameter::time("since", "Emails accepted at this time or later (RFC 3339)."),
                    QueryParameter::time("until", "Emails accepted before this time (RFC 3339)."),
                ])
                .returns::<EmailPage>(200)
                .problems(&[&[
                    "invalid_status", "invalid_email_address", "unsupported_email_address", "invalid_tag", "invalid_region", "invalid_search",
                    "invalid_since", "invalid_until",
                ]])
                .sdk("emails", "list").sdk_query("EmailQuery");
        GetEmail: "Get an email and its events" =>
            get(Emails, "/v1/emails/{id}").scope(Any).item::<EmailId>("The email's ID.").returns::<Email>(200)
                .sdk("emails", "get");
        GetEmailContent: "Get the content of an email that is not finished" =>
            get(Emails, "/v1/emails/{id}/content").scope(Read).item::<EmailId>("The email's ID.").returns::<EmailContent>(200)
                .sdk("emails", "content");
        CancelEmail: "Cancel an email" =>
            post(Emails, "/v1/emails/{id}/cancel").scope(Sending).repeatable().item::<EmailId>("The email's ID.")
                .returns::<SentEmail>(200).problems(&[&["email_not_cancellable"]]).sdk("emails", "cancel");
        UpdateEmail: "Move a scheduled email" =>
            patch(Emails, "/v1/emails/{id}").scope(Sending).repeatable().item::<EmailId>("The email's ID.")
                .json::<UpdateEmail>().returns::<Email>(200)
                .problems(&[&[
                    "email_not_scheduled",
                    EmailProblem::Schedule.code(), EmailProblem::SchedulePassed.code(), EmailProblem::ScheduleTooFar.code(),
                ]])
                .sdk("emails", "update");
        GetSending: "Get queues and send rates" =>
            get(Emails, "/v1/sending").scope(Read).returns::<SendingStatus>(200).sdk("sending", "get");
        GetReputation: "Get bounce and complaint rates" =>
            get(Emails, "/v1/reputation").scope(Read).returns::<Reputation>(200).sdk("sending", "reputation");
        GetEmailMetrics: "Get metrics" =>
            get(Emails, "/v1/metrics").scope(Read)
                .query(&[
                    QueryParameter::time("from", "Start of the range (RFC 3339). Defaults to 30 days before \"to\", or 24 hours by hour."),
                    QueryParameter::time("to", "End of the range (RFC 3339). Defaults to now."),
                    QueryParameter::one_of_or_first("by", "The length of an interval, in UTC.", &MetricsQuery::INTERVALS),
                    QueryParameter::one_of("group", "What the emails are also grouped by.", &MetricsQuery::GROUPS),
                ])
                .limited(Counting).returns::<EmailMetrics>(200)
                .problems(&[&["invalid_from", "invalid_to", "invalid_by", "invalid_group"]])
                .sdk("metrics", "get").sdk_query("MetricsQuery");

        ListSuppressions: "List suppressed addresses" =>
            get(Suppressions, "/v1/suppressions").scope(Read).pages::<AddressKey>(20)
                .query(&[
                    QueryParameter::text("search", "Part of the address. Case-insensitive.", Some(254)),
                    QueryParameter::one_of(
                        "reason",
                        "Only addresses suppressed for this reason.",
                        &[
                            SuppressionReason::ALL[0].name(),
                            SuppressionReason::ALL[1].name(),
                            SuppressionReason::ALL[2].name(),
                            SuppressionReason::ALL[3].name(),
                            SuppressionReason::ALL[4].name(),
                        ],
                    ),
                ])
                .limited(Searches).returns::<SuppressionPage>(200).problems(&[&["invalid_search", "invalid_reason"]])
                .sdk("suppressions", "list").sdk_query("SuppressionQuery");
        CreateSuppression: "Suppress an address" =>
            post(Suppressions, "/v1/suppressions").scope(Full).idempotent().json::<CreateSuppression>()
                .returns::<Suppression>(201).returns::<Suppression>(200)
                .problems(&[
                    &[
                        Address::EmailAddress.code(),
                        Address::EmailAddressNotAscii.code(),
                        Address::DisplayName.code(),
                    ],
                    SUPPRESSION_QUOTAS,
                ])
                .sdk("suppressions", "create");
        ImportSuppressions: "Import suppressed addresses" =>
            post(Suppressions, "/v1/suppressions/import").scope(Full).idempotent().csv().limited(Imports).returns::<SuppressionImport>(200)
                .problems(&[&["invalid_rows"], SUPPRESSION_QUOTAS]).sdk("suppressions", "importCsv").sdk_unwrapped("csv");
        ExportSuppressions: "Export suppressed addresses" =>
            get(Suppressions, "/v1/suppressions/export").scope(Read).limited(Exports).returns_text("text/csv")
                .sdk("suppressions", "exportCsv");
        GetSuppression: "Get a suppressed address" =>
            get(Suppressions, "/v1/suppressions/{address}").scope(Read)
                .item::<AddressKey>("The address, percent-encoded. Case-insensitive.")
                .returns::<Suppression>(200).sdk("suppressions", "get");
        DeleteSuppression: "Remove an address from the suppression list" =>
            delete(Suppressions, "/v1/suppressions/{address}").scope(Full)
                .item::<AddressKey>("The address, percent-encoded. Case-insensitive.")
                .returns_nothing(204).sdk("suppressions", "delete");

        ListAwsCalls: "List calls to AWS" =>
            get(Connection, "/v1/aws-calls").scope(Read).pages::<AwsCallId>(20).query(CALL_FILTERS).limited(Searches)
                .returns::<AwsCallPage>(200).problems(&[CALL_FILTER_PROBLEMS])
                .sdk("awsCalls", "list").sdk_query("AwsCallQuery");
        ExportAwsCalls: "Export calls to AWS" =>
            get(Connection, "/v1/aws-calls/export").scope(Read).query(CALL_FILTERS).limited(Exports).returns_text("text/csv")
                .problems(&[CALL_FILTER_PROBLEMS]).sdk("awsCalls", "exportCsv").sdk_query("AwsCallFilter");

        ListRequests: "List failed and management requests" =>
            get(Access, "/v1/requests").scope(Read).pages::<RequestId>(20)
                .query(&[
                    SINCE,
                    UNTIL,
                    QueryParameter::text("status", "A status such as 404, or a class such as 4xx.", Some(3)),
                    QueryParameter::text("route", "The pattern of a route, such as /v1/templates/{id}.", Some(MAX_ROUTE)),
                    QueryParameter::text("key", "The ID of an API key.", Some(36)),
                    QueryParameter::text("id", "The ID of one request.", Some(36)),
                ])
                .limited(Searches).returns::<RequestPage>(200)
                .problems(&[
                    &["invalid_since", "invalid_until", "invalid_status", "invalid_route"],
                    &["invalid_key", "invalid_id"],
                ])
                .sdk("requests", "list").sdk_query("RequestQuery");

        ListEvents: "List events of the feed" =>
            get(Events, "/v1/events").scope(Read)
                .query(&[
                    QueryParameter::integer("after", "The number of the last event that you know. Defaults to 0."),
                    QueryParameter::positive_integer("limit", "The maximum number of events, up to 100. Defaults to 100."),
                ])
                .returns::<FeedPage>(200).problems(&[&["feed_off", "invalid_after", "invalid_limit"]])
                .sdk("events", "list").sdk_query("EventQuery");

        ListWebhooks: "List webhook endpoints" =>
            get(Events, "/v1/webhooks").scope(Read).returns::<WebhookList>(200).sdk("webhooks", "list");
        CreateWebhook: "Create a webhook endpoint" =>
            post(Events, "/v1/webhooks").scope(Full).idempotent().json::<CreateWebhook>().limited(WebhookChanges).returns::<NewWebhook>(201)
                .problems(&[&["too_many_webhooks", "invalid_webhook_url", "webhook_url_not_public"]])
                .sdk("webhooks", "create");
        GetWebhook: "Get a webhook endpoint" =>
            get(Events, "/v1/webhooks/{id}").scope(Read).item::<WebhookId>("The endpoint's ID.")
                .returns::<Webhook>(200).sdk("webhooks", "get");
        UpdateWebhook: "Change a webhook endpoint" =>
            put(Events, "/v1/webhooks/{id}").scope(Full).item::<WebhookId>("The endpoint's ID.").repeatable()
                .json::<UpdateWebhook>().limited(WebhookChanges).returns::<Webhook>(200)
                .problems(&[&["invalid_webhook_url", "webhook_url_not_public"]])
                .sdk("webhooks", "update");
        DeleteWebhook: "Delete a webhook endpoint" =>
            delete(Events, "/v1/webhooks/{id}").scope(Full).item::<WebhookId>("The endpoint's ID.")
                .limited(WebhookChanges).returns_nothing(204).sdk("webhooks", "delete");
        RotateWebhookSecret: "Replace a webhook endpoint's secret" =>
            post(Events, "/v1/webhooks/{id}/rotate-secret").scope(Full).item::<WebhookId>("The endpoint's ID.")
                .limited(WebhookChanges).returns::<RotatedSecret>(200).sdk("webhooks", "rotateSecret");
        TestWebhook: "Send a test event" =>
            post(Events, "/v1/webhooks/{id}/test").scope(Full).item::<WebhookId>("The endpoint's ID.")
                .limited(WebhookChanges).returns::<WebhookTest>(200).sdk("webhooks", "test");
        ListWebhookDeliveries: "List a webhook endpoint's deliveries" =>
            get(Events, "/v1/webhooks/{id}/deliveries").scope(Read).item::<WebhookId>("The endpoint's ID.")
                .pages::<String>(20).returns::<WebhookDeliveryPage>(200)
                .sdk("webhooks", "deliveries").sdk_query("PageQuery");
        ReplayWebhook: "Deliver events again" =>
            post(Events, "/v1/webhooks/{id}/replay").scope(Full).item::<WebhookId>("The endpoint's ID.").repeatable()
                .json::<WebhookReplay>().limited(WebhookChanges).returns::<WebhookReplayed>(202)
                .problems(&[&["webhook_disabled", "invalid_replay", "conflicting_field"]])
                .sdk("webhooks", "replay");
    }
}
