//! Bodies of requests to Kraiter.

use api_contract::{
    ApiError, CreateApiKey, CreateIdentity, CreateOrganisation, CreateSuppression, DkimChoice, RegisterRole,
    SendBatch, SendEmail, SetUpEvents, TemplateDraft, TemplatePreviewDraft, TemplateUpdate, UpdateSettings,
    parse_json, unescape_json_in_place,
};
use domain::suppression::{CSV_HEADER, Suppression, parse_csv, write_csv_rows};
use time::{OffsetDateTime, macros::datetime};

const NOW: OffsetDateTime = datetime!(2026-11-24 14:44:40 UTC);

/// A refused body gets an error of bounded length, and an accepted one is validated.
pub fn request_bodies(input: &[u8]) -> bool {
    unescaping_keeps_the_meaning(input);
    let mut results = Vec::new();
    let mut note = |result: Result<(), ApiError>| results.push(result);
    note(parse_json::<SendEmail>(input).and_then(|email| Ok(email.parse(NOW).map(drop)?)));
    note(
        parse_json::<SendBatch>(input).and_then(|batch| {
            batch.parse()?.into_iter().try_for_each(|email| Ok(email.parse(NOW).map(drop)?))
        }),
    );
    note(parse_json::<TemplateDraft>(input).and_then(|draft| Ok(draft.parse().map(drop)?)));
    note(parse_json::<TemplateUpdate>(input).and_then(|update| Ok(update.parse().map(drop)?)));
    note(parse_json::<TemplatePreviewDraft>(input).and_then(|draft| Ok(draft.render().map(drop)?)));
    note(parse_json::<CreateSuppression>(input).and_then(|suppression| Ok(suppression.parse().map(drop)?)));
    note(parse_json::<CreateIdentity>(input).and_then(|identity| Ok(identity.parse().map(drop)?)));
    note(parse_json::<DkimChoice>(input).and_then(|choice| Ok(choice.parse().map(drop)?)));
    note(parse_json::<CreateApiKey>(input).and_then(|key| Ok(key.parse(NOW).map(drop)?)));
    note(
        parse_json::<CreateOrganisation>(input)
            .and_then(|organisation| Ok(organisation.parse().map(drop)?)),
    );
    note(parse_json::<SetUpEvents>(input).and_then(|events| Ok(events.parse().map(drop)?)));
    note(parse_json::<RegisterRole>(input).map(drop));
    note(parse_json::<UpdateSettings>(input).map(drop));
    for error in results.iter().filter_map(|result| result.as_ref().err()) {
        let length = format!("{error:?}").len();
        assert!(length <= 8 * input.len() + 4_000, "{length} bytes for {}", input.len());
    }
    results.iter().any(Result::is_ok)
}

fn unescaping_keeps_the_meaning(input: &[u8]) {
    let Ok(value) = serde_json::from_slice::<serde_json::Value>(input) else { return };
    let mut unescaped = input.to_vec();
    if unescape_json_in_place(&mut unescaped).is_ok() {
        assert!(unescaped.len() <= input.len());
        assert_eq!(serde_json::from_slice::<serde_json::Value>(&unescaped).ok(), Some(value));
    }
}

/// What is imported can be exported and imported again.
pub fn csv(input: &[u8]) -> bool {
    match parse_csv(input, NOW) {
        Ok(rows) => {
            let suppressions: Vec<_> = rows
                .iter()
                .map(|row| Suppression {
                    address: row.address.clone(),
                    reason: row.reason,
                    since: row.since,
                    email_id: None,
                })
                .collect();
            let mut export = CSV_HEADER.as_bytes().to_vec();
            export.extend(write_csv_rows(&suppressions).unwrap());
            assert_eq!(parse_csv(&export, NOW), Ok(rows));
            true
        }
        Err((invalid, _)) => {
            let lines = 1 + input.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count();
            assert!(
                !invalid.is_empty() && invalid.iter().all(|row| row.line <= lines as u64 + 1),
                "{invalid:?}"
            );
            false
        }
    }
}
