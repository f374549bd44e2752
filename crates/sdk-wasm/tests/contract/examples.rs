//! Responses of the API, built from the Rust contract. Each optional field occurs with and without a value.

use std::{collections::BTreeMap, fs, path::Path};

use api_contract::{
    ApiError, ApiKey, ApiKeyList, AwsBinding, AwsCall, AwsCallPage, BatchItem, ByodkimKey, ConnectDetails,
    DeliveryState, DnsCheck, Email, EmailContent, EmailDryRun, EmailEvent, EmailPage, EmailSummary,
    EventsSetUp, FeedEvent, FeedPage, FieldError, Hold, HoldReason, Identity, IdentityList, IdentityProblem,
    KeyRestrictions, KnownIdentity, LoggedKey, LoggedRequest, NewApiKey, OrganisationSettings, RefusedRole,
    RegionEvents, Reputation, ReputationInRegion, RequestPage, SendingInRegion, SendingStatus, SentBatch,
    SentEmail, Session, SessionOrganisation, SuppressionImport, SuppressionPage, Template, TemplatePage,
    TemplatePreview, TemplateSummary, TemplateVersionRange, TrackingConfigurationSet, Verification,
    WebhookDelivery, WebhookDeliveryPage, WebhookList,
};
use aws_sans_io::{
    Error, Operation, Region,
    ses::{
        EventType, GetEmailIdentity,
        event::{Event, Notification},
    },
};
use domain::{
    ApiKeyId, AwsCallId, EmailId, IdentityId, OrganisationId, RequestId, TemplateId, WebhookId,
    api_key::KeyScope,
    aws_calls::{AwsCallRecord, AwsCallResult, CloudTrailQueries},
    connection::{
        AccountDetails, AccountFacts, AccountSuppressionReason, Binding, ConnectionState, EventSource,
        Exposure, PricingPlan, ProductionAccess, ProductionAccessStatus, Quota, Reason, RegionFacts,
        Subscription,
        audit::{PermissionAudit, Verdict},
    },
    delivery::{
        DeliveryResult, EmailError, EmailHead, EmailStatus, EmailStepKind, History, RateLevel,
        ReputationMetric, SesCall,
    },
    email::Tracking,
    feed::{FeedEntry, FeedEventType},
    onboarding::{ExternalId, Stack, delivery_policy, permissions_policy, topic_policy, trust_policy},
    suppression::{AddressKey, SuppressedRecipient, Suppression, SuppressionReason},
    webhooks::{DeliveryOutcome, WebhookEndpoint, WebhookSecret, WebhookUrl},
};
use email_dns::{AdviceAction, AdvicePurpose, DnsAdvice, RecordCheck, RecordStatus};
use email_message::{
    Attachment, SenderIdentity,
    template::{TemplateVariable, Variables},
};
use serde_json::json;
use time::{OffsetDateTime, macros::datetime};

const NOW: OffsetDateTime = datetime!(2026-11-24 12:00:00.5 UTC);

const PUBLIC_KEY: &str = include_str!("../../../../tests/vectors/dkim/rsa-2048.public");

fn external_id() -> ExternalId {
    ExternalId::from_random(&[7; 20])
}

fn region() -> Region {
    "eu-west-1".parse().unwrap()
}

/// A connection in every state.
pub(crate) fn states() -> Vec<ConnectionState> {
    let source = |region: &str, subscription| EventSource {
        region: region.parse().unwrap(),
        topic: Some(format!("arn:aws:sns:{region}:123456789012:kraiter").parse().unwrap()),
        configuration_set: "kraiter".into(),
        subscription,
        stack: (region == "eu-west-1").then(|| Stack {
            id: "arn:aws:cloudformation:eu-west-1:123456789012:stack/kraiter-ses-mxk7/1f2c".parse().unwrap(),
            template_version: "0123456789abcdef".parse().unwrap(),
        }),
    };
    let events = vec![
        source("eu-west-1", Subscription::Active),
        source("eu-central-1", Subscription::Pending),
        source("us-east-1", Subscription::Ended),
        source("us-west-1", Subscription::Silent),
        source("us-west-2", Subscription::SetDeleted),
    ];
    let binding = Binding {
        role_arn: "arn:aws:iam::123456789012:role/KraiterSESRole".parse().unwrap(),
        stack_region: region(),
        events,
    };
    let quota = Quota { max_24_hour_send: 200.0, max_send_rate: 1.0, sent_last_24_hours: 0.5 };
    let account = AccountFacts {
        production_access: false,
        sending_enabled: true,
        under_review: false,
        quota,
        details: AccountDetails::default(),
    };
    let reason = Reason::RoleRefused;
    vec![
        ConnectionState::NotConnected,
        ConnectionState::AwaitingStack { region: region(), since: NOW, reason: None },
        ConnectionState::Verifying {
            binding: binding.clone(),
            since: NOW,
            attempts: 1,
            reason: Some(reason.clone()),
            previous: None,
        },
        ConnectionState::Connected {
            binding: binding.clone(),
            account: account.clone(),
            checked_at: NOW,
            unanswered: 0,
        },
        ConnectionState::Degraded {
            binding: binding.clone(),
            reason,
            account: None,
            checked_at: NOW,
            failures: 1,
        },
        ConnectionState::Insecure {
            binding,
            exposure: Exposure::WithoutExternalId,
            checked_at: NOW,
            failures: 1,
        },
        ConnectionState::Disconnected { since: NOW },
    ]
}

pub(crate) fn bindings() -> Vec<AwsBinding> {
    let quota = Quota { max_24_hour_send: 200.0, max_send_rate: 1.0, sent_last_24_hours: 0.5 };
    let facts = [
        RegionFacts {
            region: "eu-central-1".parse().unwrap(),
            account: Some(AccountFacts {
                production_access: true,
                sending_enabled: true,
                under_review: false,
                quota,
                details: AccountDetails {
                    production_access: ProductionAccess {
                        status: ProductionAccessStatus::Granted,
                        case_id: Some("173".into()),
                    },
                    suppressed_reasons: vec![AccountSuppressionReason::Bounce],
                    plan: Some(PricingPlan::Essentials),
                    next_plan: Some(PricingPlan::ALaCarte),
                },
            }),
            reason: None,
            checked_at: NOW,
        },
        RegionFacts {
            region: "af-south-1".parse().unwrap(),
            account: None,
            reason: Some(Reason::RegionNotEnabled { region: "af-south-1".parse().unwrap() }),
            checked_at: NOW,
        },
    ];
    let view =
        |state| AwsBinding::new(state, external_id(), &facts, |stack| Some(format!("https://{}", stack.id)));
    let states = states();
    let mut bindings: Vec<_> = states.iter().map(view).collect();
    let refused = RefusedRole {
        role_arn: "arn:aws:iam::123456789012:role/Other".parse().unwrap(),
        reason: (&Reason::OtherExternalIdAccepted).into(),
    };
    bindings.push(AwsBinding { refused_role: Some(refused), ..view(&states[3]) });
    bindings
}

pub(crate) fn verifications() -> Vec<Verification> {
    bindings().into_iter().map(|binding| Verification { verified: true, binding }).collect()
}

pub(crate) fn connect_details() -> Vec<ConnectDetails> {
    let account = "999999999999".parse().unwrap();
    vec![ConnectDetails {
        quick_create_url: "https://eu-west-1.console.aws.amazon.com".into(),
        stack_name: "kraiter".into(),
        external_id: external_id(),
        trust_policy: trust_policy(&account, &external_id()).to_value(),
        permissions_policy: permissions_policy().to_value(),
        kraiter_account_id: account,
        status: states()[1].status(),
    }]
}

/// With and without a topic.
pub(crate) fn events_set_up() -> Vec<EventsSetUp> {
    let topic = "arn:aws:sns:eu-west-1:123456789012:events";
    let account = "123456789012".parse().unwrap();
    let bare = EventsSetUp {
        region: region(),
        configuration_set: "kraiter-a".into(),
        topic_arn: None,
        topic_policy: topic_policy(topic, &account, region()),
        delivery_policy: delivery_policy(),
        webhook_url: None,
        events: RegionEvents::Awaited,
    };
    let whole = EventsSetUp {
        topic_arn: Some(topic.parse().unwrap()),
        webhook_url: Some("https://kraiter.example.com/webhooks/sns/token".into()),
        events: RegionEvents::Active,
        ..bare.clone()
    };
    vec![bare, whole]
}

/// With and without optional fields, and with every status and action.
pub(crate) fn dns_checks() -> Vec<DnsCheck> {
    let name = || "abc._domainkey.mail.example.com".to_owned();
    let record = |status| RecordCheck {
        kind: "CNAME".into(),
        name: name(),
        host: Some("abc._domainkey.mail".into()),
        value: Some("abc.dkim.amazonses.com".into()),
        status,
        found: vec!["elsewhere.example".into()],
        message: "It is there.".into(),
        help: Some("Publish it.".into()),
    };
    let advice = |purpose, action| DnsAdvice {
        purpose,
        action,
        kind: "TXT".into(),
        name: name(),
        host: Some("mail".into()),
        value: Some("v=spf1 -all".into()),
        found: vec!["v=spf1 ~all".into()],
        message: "It is right.".into(),
    };
    let bare_record = RecordCheck { host: None, value: None, help: None, ..record(RecordStatus::Found) };
    let bare_advice = DnsAdvice { host: None, value: None, ..advice(AdvicePurpose::Spf, AdviceAction::Wait) };
    let statuses =
        [RecordStatus::Found, RecordStatus::Missing, RecordStatus::Mismatch, RecordStatus::Pending];
    let actions = [
        AdviceAction::Keep,
        AdviceAction::Publish,
        AdviceAction::Change,
        AdviceAction::FixManually,
        AdviceAction::Wait,
    ];
    let whole = DnsCheck {
        id: IdentityId::new(NOW, 1),
        identity: "mail.example.com".into(),
        region: region(),
        checked_at: NOW,
        complete: false,
        zone: Some("example.com".into()),
        records: statuses.map(record).into(),
        advice: actions.map(|action| advice(AdvicePurpose::Dmarc, action)).into(),
        check_again_after_seconds: Some(60),
    };
    let bare = DnsCheck {
        zone: None,
        records: vec![bare_record],
        advice: vec![bare_advice],
        check_again_after_seconds: None,
        ..whole.clone()
    };
    vec![whole, bare]
}

/// Every verification status of SES, every origin of a DKIM key, and an address, which has no DKIM records.
pub(crate) fn identities() -> Vec<Identity> {
    let identity = |name: &str, status: &str, origin: &str| {
        let name: SenderIdentity = name.parse().unwrap();
        let response = json!({
            "IdentityType": if name.is_domain() { "DOMAIN" } else { "EMAIL_ADDRESS" },
            "VerifiedForSendingStatus": status == "SUCCESS",
            "VerificationStatus": status,
            "DkimAttributes": {
                "SigningEnabled": true,
                "Status": status,
                "Tokens": ["abc"],
                "SigningAttributesOrigin": origin,
                "CurrentSigningKeyLength": "RSA_2048_BIT",
            },
        });
        let response = serde_json::to_vec(&response).unwrap();
        let response = GetEmailIdentity { email_identity: name.to_string() }.parse_body(&response).unwrap();
        let key = ByodkimKey { selector: "abc".parse().unwrap(), public_key: PUBLIC_KEY.parse().unwrap() };
        let known = KnownIdentity {
            id: IdentityId::new(NOW, 1),
            name,
            region: region(),
            created_at: NOW,
            records_since: Some(NOW),
            unverified_since: None,
            byodkim_key: Some(key),
        };
        known.to_identity(&response, NOW)
    };
    let statuses = ["PENDING", "SUCCESS", "FAILED", "TEMPORARY_FAILURE", "NOT_STARTED", "NEW_STATUS"];
    statuses
        .into_iter()
        .map(|status| identity("example.com", status, "AWS_SES"))
        .chain(["EXTERNAL", "AWS_SES_EU_WEST_2"].map(|origin| identity("example.com", "PENDING", origin)))
        .chain([identity("a@example.com", "SUCCESS", "AWS_SES")])
        .collect()
}

/// With and without problems.
pub(crate) fn identity_lists() -> Vec<IdentityList> {
    let refused = Error::service(http::StatusCode::FORBIDDEN, Some("AccessDenied".into()), None, None);
    let problems = vec![
        IdentityProblem::from_aws(&refused, region(), "ses:ListEmailIdentities"),
        IdentityProblem::truncated(region()),
    ];
    let list = |problems, next_cursor| IdentityList {
        data: identities(),
        problems,
        regions: vec![region()],
        next_cursor,
    };
    vec![list(problems, Some(IdentityId::new(NOW, 1))), list(vec![], None)]
}

fn variables() -> Vec<TemplateVariable> {
    [("name", true), ("coupon", false)]
        .map(|(name, required)| TemplateVariable { name: name.into(), required })
        .into()
}

/// One with HTML, one with text.
pub(crate) fn templates() -> Vec<Template> {
    let html = Template {
        id: TemplateId::new(NOW, 1),
        name: "Welcome".into(),
        version: 2,
        subject: "Hello {{ name }}".into(),
        html: Some("<p>{{ coupon | default('none') }}</p>".into()),
        text: None,
        variables: variables(),
        sample: serde_json::from_value(json!({ "name": "name", "coupon": "coupon" })).unwrap_or_default(),
        versions: TemplateVersionRange { oldest: 1, newest: 3 },
        created_at: NOW,
        updated_at: NOW,
    };
    let text = Template {
        html: None,
        text: Some("Hello".into()),
        variables: vec![],
        sample: Variables::default(),
        ..html.clone()
    };
    vec![html, text]
}

pub(crate) fn template_summaries() -> Vec<TemplateSummary> {
    vec![TemplateSummary {
        id: TemplateId::new(NOW, 1),
        name: "Welcome".into(),
        version: 3,
        subject: "Hello {{ name }}".into(),
        created_at: NOW,
        updated_at: NOW,
    }]
}

pub(crate) fn template_pages() -> Vec<TemplatePage> {
    [None, Some("tpl_1".to_owned())]
        .map(|next_cursor| TemplatePage { data: template_summaries(), next_cursor })
        .into()
}

pub(crate) fn previews() -> Vec<TemplatePreview> {
    [None, Some("<p>none</p>".to_owned())]
        .map(|html| TemplatePreview {
            subject: "Hello Ada".into(),
            html,
            text: "none".into(),
            variables: variables(),
        })
        .into()
}

fn summary() -> EmailSummary {
    EmailSummary {
        id: EmailId::new(NOW, 1),
        status: EmailStatus::Delivered,
        from: "a@example.com".into(),
        to: vec!["b@example.com".into()],
        subject: "Hello".into(),
        test: false,
        region: region(),
        created_at: NOW,
        scheduled_at: None,
    }
}

pub(crate) fn summaries() -> Vec<EmailSummary> {
    vec![summary(), EmailSummary { status: EmailStatus::Scheduled, scheduled_at: Some(NOW), ..summary() }]
}

pub(crate) fn email_contents() -> Vec<EmailContent> {
    let stored = EmailContent { stored: true, html: Some("<p>Hello</p>".into()), text: Some("Hello".into()) };
    vec![stored, EmailContent { stored: false, html: None, text: None }]
}

pub(crate) fn pages() -> Vec<EmailPage> {
    [None, Some("eml_1".to_owned())].map(|next_cursor| EmailPage { data: summaries(), next_cursor }).into()
}

fn suppressed_recipients() -> Vec<SuppressedRecipient> {
    let recipient = |reason| SuppressedRecipient {
        field: "to[1]".into(),
        address: "b@example.com".into(),
        reason,
        since: NOW,
    };
    SuppressionReason::ALL.map(recipient).into()
}

pub(crate) fn suppressions() -> Vec<Suppression> {
    let address: AddressKey = "b@example.com".parse().unwrap();
    let reason = SuppressionReason::Manual;
    let manual = Suppression { address, reason, since: NOW, email_id: None };
    let email_id = Some(EmailId::new(NOW, 1));
    vec![Suppression { reason: SuppressionReason::Bounce, email_id, ..manual.clone() }, manual]
}

pub(crate) fn suppression_pages() -> Vec<SuppressionPage> {
    let page = |next_cursor| SuppressionPage { data: suppressions(), next_cursor };
    [None, Some("b@example.com".to_owned())].map(page).into()
}

pub(crate) fn imports() -> Vec<SuppressionImport> {
    vec![SuppressionImport { added: 2, already: 1 }]
}

pub(crate) fn dry_runs() -> Vec<EmailDryRun> {
    let sent = EmailDryRun {
        status: EmailStatus::Sent,
        send_at: Some(NOW),
        hold: None,
        region: region(),
        sender_verified: Some(true),
        sandbox: true,
        suppressed: suppressed_recipients(),
        size: 14,
    };
    let rate = Some(Hold { reason: HoldReason::Rate, until: NOW });
    let queued = EmailDryRun { status: EmailStatus::Queued, send_at: None, ..sent.clone() };
    let held = EmailDryRun { hold: rate, sender_verified: None, ..queued.clone() };
    vec![sent, queued, held]
}

pub(crate) fn sent() -> Vec<SentEmail> {
    let sent = SentEmail::new(EmailId::new(NOW, 1), EmailStatus::Sent);
    let held = |reason| SentEmail { hold: Some(Hold { reason, until: NOW }), ..sent.clone() };
    let held = [
        HoldReason::Rate,
        HoldReason::DailyQuota,
        HoldReason::AccountUnread,
        HoldReason::SendingPaused,
        HoldReason::PermissionMissing,
    ]
    .map(held);
    [SentEmail { suppressed: suppressed_recipients(), ..sent.clone() }, sent.clone()]
        .into_iter()
        .chain(held)
        .collect()
}

/// Every step, one of them with a code.
fn history() -> History {
    let mut history = History::default();
    for step in [
        EmailStepKind::Queued,
        EmailStepKind::Sent,
        EmailStepKind::Failed,
        EmailStepKind::Unconfirmed,
        EmailStepKind::Retried,
        EmailStepKind::Confirmed,
        EmailStepKind::GaveUp,
        EmailStepKind::UnmatchedEvent,
    ] {
        let call =
            (step == EmailStepKind::Sent).then(|| SesCall { aws_request_id: Some("0f1e".into()), count: 2 });
        let call = call.or_else(|| (step == EmailStepKind::Unconfirmed).then_some(SesCall::LOST));
        history.add_with_call(NOW, step, (step == EmailStepKind::Queued).then_some("rate"), call);
    }
    history
}

/// A region without data, and one with queued emails.
pub(crate) fn sending() -> Vec<SendingStatus> {
    let bare = SendingInRegion {
        region: region(),
        queued: 0,
        queued_in_batches: 0,
        unconfirmed: 0,
        per_second: None,
        max_send_rate: None,
        max_24_hour_send: None,
        sent_last_24_hours: 0,
        hold: None,
    };
    let busy = SendingInRegion {
        queued: 3,
        per_second: Some(13.44),
        max_send_rate: Some(14.0),
        max_24_hour_send: Some(50_000),
        hold: Some(Hold { reason: HoldReason::Rate, until: NOW }),
        ..bare.clone()
    };
    vec![SendingStatus { regions: vec![bare, busy] }]
}

pub(crate) fn reputations() -> Vec<Reputation> {
    vec![Reputation::new(vec![ReputationInRegion::new(region(), 1000, 60, 2)])]
}

pub(crate) fn api_keys() -> Vec<ApiKey> {
    let never = ApiKey {
        id: ApiKeyId::new(NOW, 1),
        name: "Shop".into(),
        hint: "hdpi".into(),
        created_at: NOW,
        scope: KeyScope::Full,
        expires_at: None,
        restrictions: None,
        test: false,
        last_used_at: None,
        current: false,
    };
    let used = ApiKey { last_used_at: Some(NOW), current: true, ..never.clone() };
    let restrictions = KeyRestrictions {
        senders: vec!["example.com".into()],
        recipient_domains: vec!["example.org".into()],
        templates: vec![TemplateId::new(NOW, 1).to_string()],
    };
    let expiring = ApiKey {
        scope: KeyScope::Sending,
        test: true,
        expires_at: Some(NOW),
        restrictions: Some(restrictions),
        ..never.clone()
    };
    vec![used, expiring, ApiKey { scope: KeyScope::Read, ..never.clone() }, never]
}

pub(crate) fn api_key_lists() -> Vec<ApiKeyList> {
    vec![ApiKeyList { data: api_keys() }]
}

pub(crate) fn new_api_keys() -> Vec<NewApiKey> {
    api_keys().into_iter().map(|key| NewApiKey { key, api_key: "kr_key_1".into() }).collect()
}

pub(crate) fn audits() -> Vec<PermissionAudit> {
    vec![PermissionAudit::new(
        &[("ses:SendEmail", Verdict::Allowed), ("ses:SendRawEmail", Verdict::Missing)],
        NOW,
    )]
}

/// An accepted email, and rejected ones with and without a field.
pub(crate) fn batches() -> Vec<SentBatch> {
    let refused = [ApiError::NotConnected, ApiError::Field(FieldError::missing("to"))];
    let data = [BatchItem::accepted(EmailId::new(NOW, 1), EmailStatus::Queued)];
    vec![SentBatch { data: data.into_iter().chain(refused.iter().map(BatchItem::from)).collect() }]
}

/// The events of Amazon's documentation.
fn ses_events() -> Vec<Event> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sns-verify/tests/vectors/events");
    let event = |file: std::io::Result<fs::DirEntry>| {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        match Notification::parse(&text, "message-id", NOW).unwrap() {
            Notification::Event(event) => *event,
            other => panic!("{other:?}"),
        }
    };
    fs::read_dir(dir).unwrap().map(event).collect()
}

/// The events of Amazon's documentation, and one of a kind that isn't documented.
pub(crate) fn events() -> Vec<EmailEvent> {
    let documented = ses_events().into_iter().map(|event| EmailEvent {
        kind: event.event_type,
        at: event.at,
        recipients: event.destination,
        detail: serde_json::to_value(event.detail).unwrap(),
    });
    let other = EmailEvent {
        kind: EventType::Other("New".into()),
        at: NOW,
        recipients: vec!["b@example.com".into()],
        detail: json!({}),
    };
    documented.chain([other]).collect()
}

/// One without optional fields, and one with all of them and every type of event.
pub(crate) fn emails() -> Vec<Email> {
    let bare = Email {
        summary: summary(),
        cc: vec![],
        bcc: vec![],
        reply_to: vec![],
        tags: BTreeMap::new(),
        template: None,
        attachments: vec![],
        suppressed: vec![],
        tracking: Tracking::default(),
        ses_message_id: None,
        error: None,
        history: History::default(),
        events: vec![],
    };
    let full = Email {
        cc: vec!["c@example.com".into()],
        bcc: vec!["d@example.com".into()],
        reply_to: vec!["e@example.com".into()],
        tags: BTreeMap::from([("campaign".into(), "spring".into())]),
        template: Some(TemplateId::new(NOW, 1)),
        attachments: [None, Some("logo".to_owned())]
            .map(|content_id| Attachment {
                filename: "logo.png".into(),
                content_type: "image/png".into(),
                size: 5,
                content_id,
            })
            .into(),
        suppressed: suppressed_recipients(),
        ses_message_id: Some("0102".into()),
        error: Some(EmailError { code: "MessageRejected".into(), message: "no".into() }),
        history: history(),
        events: events(),
        ..bare.clone()
    };
    vec![bare, full]
}

pub(crate) fn aws_calls() -> Vec<AwsCallPage> {
    let empty = AwsCallPage { data: vec![], next_cursor: None, complete_since: NOW, cloud_trail: None };
    let organisation = OrganisationId::new(NOW, 1);
    let record = |action, result| {
        let code = (result == AwsCallResult::Failed).then(|| "AccessDenied".to_owned());
        AwsCallRecord { result, code, ..AwsCallRecord::lost(NOW, action, region()) }
    };
    let calls = AwsCallResult::ALL.map(|result| record("AssumeRole", result));
    let calls = calls.into_iter().chain([record("ConfirmSubscription", AwsCallResult::Succeeded)]);
    let mut data: Vec<_> = calls.map(|call| AwsCall::from_record(organisation, call)).collect();
    let sends = history().0.into_iter();
    data.extend(
        sends.filter_map(|step| AwsCall::from_step(organisation, EmailId::new(NOW, 1), region(), step)),
    );
    let role = "arn:aws:iam::123456789012:role/KraiterSESRole".parse().unwrap();
    let cloud_trail = CloudTrailQueries::new("kraiter-org", &role, &[region()], NOW, NOW);
    let next_cursor = Some(AwsCallId::new(NOW, 1));
    vec![empty, AwsCallPage { data, next_cursor, complete_since: NOW, cloud_trail: Some(cloud_trail) }]
}

pub(crate) fn requests() -> Vec<RequestPage> {
    let failed = LoggedRequest {
        id: RequestId::new(NOW, 1),
        at: NOW,
        method: "GET".into(),
        route: "/v1/emails".into(),
        status: 401,
        code: Some("unauthorized".into()),
        key: None,
        session: true,
        milliseconds: 3,
        left_out: 2,
    };
    let key = Some(LoggedKey { id: ApiKeyId::new(NOW, 1), name: "Example".into() });
    let changed = LoggedRequest { status: 200, code: None, key, ..failed.clone() };
    let cursor = Some(RequestId::new(NOW, 1));
    vec![
        RequestPage { data: vec![failed, changed], next_cursor: cursor, left_out: 1 },
        RequestPage { data: vec![], next_cursor: None, left_out: 0 },
    ]
}

pub(crate) fn settings() -> Vec<OrganisationSettings> {
    let off = OrganisationSettings {
        tracking: false,
        tracking_configuration_sets: vec![],
        feed: false,
        retention_days: 30,
    };
    let set = TrackingConfigurationSet { region: region(), configuration_set: "kraiter-tracking".into() };
    vec![
        off,
        OrganisationSettings {
            tracking: true,
            tracking_configuration_sets: vec![set],
            feed: true,
            retention_days: 365,
        },
    ]
}

pub(crate) fn sessions() -> Vec<Session> {
    let organisation = SessionOrganisation { id: OrganisationId::new(NOW, 1), name: "Example".into() };
    vec![Session { organisation, scope: KeyScope::Full }]
}

/// An event of each type, of an email that is stored and of one that was deleted.
fn feed_events() -> Vec<FeedEvent> {
    let (organisation, email) = (OrganisationId::new(NOW, 1), EmailId::new(NOW, 1));
    let head: EmailHead =
        serde_json::from_value(json!({ "f": "a@example.com", "t": ["b@example.com"], "s": "Hello" }))
            .unwrap();
    let mut entries: Vec<FeedEntry> = FeedEntry::accepted(email, &suppressed_recipients(), NOW).collect();
    entries.push(FeedEntry::sent(email, Some("0102"), NOW));
    let failed = DeliveryResult {
        error: Some(EmailError { code: "MessageRejected".into(), message: "Not verified.".into() }),
        ..DeliveryResult::new(EmailStatus::Failed, History::default())
    };
    entries.extend(FeedEntry::finished(email, &failed, NOW));
    entries.push(FeedEntry::unsubscribed(email, &"b@example.com".parse().unwrap(), NOW));
    entries.extend(ses_events().iter().filter_map(|event| FeedEntry::from_ses(email, event, &[], NOW)));
    entries.extend(
        states()
            .iter()
            .filter_map(|state| FeedEntry::of_connection(&ConnectionState::NotConnected, state, NOW)),
    );
    entries.push(FeedEntry::identity_verified(IdentityId::new(NOW, 1), "example.com", region(), NOW));
    let [older, published] = ["0123456789abcdef", "fedcba9876543210"].map(|text| text.parse().unwrap());
    let id = "arn:aws:cloudformation:eu-west-1:123456789012:stack/kraiter/0a1b".parse().unwrap();
    let stack = Stack { id, template_version: older };
    entries.push(FeedEntry::stack_outdated(&stack, &published, NOW));
    let metrics = [ReputationMetric::Bounces, ReputationMetric::Complaints];
    entries.extend(
        metrics.map(|metric| FeedEntry::reputation_warning(region(), metric, RateLevel::Review, 0.05, NOW)),
    );
    entries.push(FeedEntry::webhook_disabled(&endpoint().after(DeliveryOutcome::Gone, NOW), NOW));
    let event = |(number, entry): (u64, FeedEntry)| {
        [Some(&head), None].map(|head| {
            let email = entry.email.map(|id| (id, head));
            FeedEvent::new(organisation, number, entry.kind, NOW, entry.data.clone(), email)
        })
    };
    (1..).zip(entries).flat_map(event).collect()
}

pub(crate) fn feed_pages() -> Vec<FeedPage> {
    let data = feed_events();
    let kinds: std::collections::BTreeSet<_> = data.iter().map(|event| event.kind).collect();
    assert_eq!(kinds.len(), FeedEventType::ALL.len(), "{kinds:?}");
    let empty = FeedPage { data: vec![], oldest_number: None, newest_number: 0 };
    vec![empty, FeedPage { data, oldest_number: Some(1), newest_number: 42 }]
}

fn endpoint() -> WebhookEndpoint {
    let url = WebhookUrl::parse("https://example.com/", false).unwrap();
    let events = FeedEventType::ALL.into_iter().collect();
    WebhookEndpoint::new(WebhookId::new(NOW, 1), url, events, WebhookSecret::from_random([1; 32]))
}

pub(crate) fn webhook_lists() -> Vec<WebhookList> {
    let endpoint = endpoint();
    let failing = endpoint.clone().after(DeliveryOutcome::Failed, NOW).switched(false);
    vec![WebhookList { data: [endpoint, failing].iter().map(Into::into).collect() }]
}

pub(crate) fn webhook_deliveries() -> Vec<WebhookDeliveryPage> {
    let delivery = |state, response_status, at: Option<OffsetDateTime>| WebhookDelivery {
        number: 1,
        state,
        attempts: 1,
        response_status,
        error: at.map(|_| "TimeoutError".to_owned()),
        duration_ms: response_status.map(u32::from),
        attempted_at: at,
        next_attempt_at: at,
        event: at.and_then(|_| feed_events().pop()),
    };
    let data = vec![
        delivery(DeliveryState::Pending, None, Some(NOW)),
        delivery(DeliveryState::Delivered, Some(200), None),
        delivery(DeliveryState::Failed, Some(500), None),
    ];
    vec![WebhookDeliveryPage { data, next_cursor: Some("1".into()) }]
}
