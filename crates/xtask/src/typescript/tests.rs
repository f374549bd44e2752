use serde_json::{Value, json};

use super::*;

const SEND: SdkRoute = route(None, None);

const fn route(query: Option<&'static str>, unwrapped: Option<&'static str>) -> SdkRoute {
    SdkRoute { name: "SendEmail", sdk: SdkMethod { resource: "outbox", method: "send", query, unwrapped } }
}

/// A document with one operation, `sendEmail`, and these schemas.
fn document(mut operation: Value, schemas: &Value) -> Value {
    let mut schemas = schemas.clone();
    schemas["ApiErrorCode"] =
        json!({ "type": "string", "description": "A code.", "enum": ["busy", "not_connected"] });
    operation["operationId"] = "sendEmail".into();
    operation["summary"] = "Send an email".into();
    operation["tags"] = json!(["Emails"]);
    json!({
        "tags": [{ "name": "Emails", "description": "Email that was sent." }],
        "paths": { "/v1/emails": { "post": operation } },
        "components": { "schemas": schemas },
    })
}

fn to(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn body(name: &str) -> Value {
    json!({ "content": { "application/json": { "schema": to(name) } } })
}

/// What is generated for a request of the type `Request` and a response of the type `Response`.
fn generated(schemas: &Value) -> Result<Package, GenerateError> {
    let operation = json!({ "requestBody": body("SendEmail"), "responses": { "200": body("SentEmail") } });
    let mut all = json!({
        "SendEmail": { "type": "object", "description": "An email.", "properties": {} },
        "SentEmail": { "type": "object", "description": "A sent email.", "properties": {} },
    });
    all.as_object_mut().unwrap().extend(schemas.as_object().unwrap().clone());
    generate(&document(operation, &all), &[SEND])
}

/// The declarations that come after the resources.
fn declared(schemas: &Value) -> String {
    let types = generated(schemas).unwrap().types;
    let (_, declared) = types.split_once("Promise<ApiResult<SentEmail>>;\n}\n\n").unwrap();
    let (declared, _) = declared.split_once("\n/** A code. */").unwrap();
    declared.to_owned()
}

#[test]
fn a_resource_is_an_interface_and_an_object_of_functions() {
    let package = generated(&json!({})).unwrap();
    let resources = "\
/** The resources of a client. */
export interface Resources {
  /** Email that was sent. */
  readonly outbox: Outbox;
}

/** Email that was sent. */
export interface Outbox {
  /** Send an email. */
  send(email: EmailInput, options?: Options): Promise<ApiResult<SentEmail>>;
}
";
    assert!(package.types.contains(resources), "{}", package.types);
    let module = "\
export const resources = (call, list) => ({
  outbox: {
    send: (email, options) => call('SendEmail', { body: email, options }),
  },
});
";
    assert!(package.resources.ends_with(module), "{}", package.resources);
}

#[test]
fn request_members_may_be_undefined_and_response_members_may_be_absent() {
    let member = json!({ "type": ["string", "null"], "description": "Why." });
    let object = |required: Value| {
        json!({
            "type": "object",
            "description": "Both.",
            "properties": { "help": member, "name": { "type": "string", "description": "Its name." } },
            "required": required,
        })
    };
    let text = declared(&json!({
        "SendEmail": object(json!(["name"])),
        "SentEmail": object(json!(["name"])),
    }));
    let expected = "\
/** Both. */
export interface SendEmail {
  /** Why. */
  help?: string | null | undefined;
  /** Its name. */
  name: string;
}

/** Both. */
export interface SentEmail {
  /** Why. */
  help?: string | null;
  /** Its name. */
  name: string;
}
";
    assert_eq!(text, expected);
    let text = declared(&json!({ "SentEmail": object(json!(["name", "help"])) }));
    assert!(text.contains("  help: string | null;\n"), "{text}");
}

#[test]
fn a_time_in_a_request_may_be_a_date() {
    let email = json!({
        "type": "object",
        "description": "Both.",
        "properties": {
            "at": { "anyOf": [to("Time"), { "type": "null" }], "description": "When." },
            "times": { "type": "array", "items": to("Time"), "description": "All." },
        },
    });
    let time = json!({ "type": "string", "format": "date-time", "description": "A time." });
    let text = declared(&json!({ "SendEmail": email, "SentEmail": email, "Time": time }));
    let (request, response) = text.split_once("export interface SentEmail").unwrap();
    assert!(request.contains("  at?: string | Date | null | undefined;\n"), "{text}");
    assert!(request.contains("  times?: (string | Date)[] | undefined;\n"), "{text}");
    assert!(
        response.contains("  at?: string | null;\n") && response.contains("  times?: string[];\n"),
        "{text}"
    );
}

#[test]
fn a_method_that_returns_items_returns_a_list() {
    let page = |data: Value| {
        let properties = json!({ "data": data });
        json!({ "SentEmail": { "type": "object", "description": "A page.", "properties": properties } })
    };
    let items = page(json!({ "type": "array", "items": { "type": "string" }, "description": "Items." }));
    let operation = json!({ "responses": { "200": body("SentEmail") } });
    let package = generate(&document(operation.clone(), &items), &[SEND]).unwrap();
    assert!(package.types.contains("  send(options?: Options): List<SentEmail>;\n"), "{}", package.types);
    let call = "send: (options) => list('SendEmail', { options }),";
    assert!(package.resources.contains(call), "{}", package.resources);
    let object = page(json!({ "type": "string", "description": "A text." }));
    let package = generate(&document(operation, &object), &[SEND]).unwrap();
    assert!(package.types.contains("Promise<ApiResult<SentEmail>>"), "{}", package.types);
}

#[test]
fn plain_strings_and_arrays_are_written_in_place() {
    let text = declared(&json!({
        "SentEmail": {
            "type": "object",
            "description": "A sent email.",
            "properties": { "id": to("Id"), "history": to("History"), "tags": to("Tags") },
            "required": ["id", "history", "tags"],
        },
        "Id": { "type": "string", "description": "An id.", "pattern": "^eml_[0-9a-f]{32}$" },
        "History": { "type": "array", "description": "All steps.", "items": to("Step") },
        "Step": { "type": "object", "description": "A step.", "properties": { "at": to("Time") }, "required": ["at"] },
        "Time": { "type": "string", "format": "date-time", "description": "A time." },
        "Tags": { "type": "object", "description": "Tags by name.", "additionalProperties": { "type": "string" } },
    }));
    let expected = "\
/** A sent email. */
export interface SentEmail {
  /** An id. */
  id: string;
  /** All steps. */
  history: Step[];
  /** Tags by name. */
  tags: Tags;
}

/** A step. */
export interface Step {
  /** A time (RFC 3339). */
  at: string;
}

/** Tags by name. */
export type Tags = Record<string, string>;
";
    assert!(text.ends_with(expected), "{text}");
}

#[test]
fn the_values_of_a_union_are_described_in_its_comment() {
    let text = declared(&json!({
        "SentEmail": {
            "type": "object",
            "description": "A sent email.",
            "properties": { "status": { "anyOf": [to("Status"), { "type": "null" }], "description": "Its status." } },
            "required": ["status"],
        },
        "Status": {
            "description": "A status.",
            "oneOf": [
                { "type": "string", "const": "queued", "description": "Accepted." },
                { "type": "string", "const": "sent", "description": "Accepted by SES." },
            ],
        },
    }));
    let expected = "\
  status: Status | null;
}

/**
 * A status.
 *
 * - `queued`: Accepted.
 * - `sent`: Accepted by SES.
 */
export type Status = 'queued' | 'sent';
";
    assert!(text.ends_with(expected), "{text}");
}

#[test]
fn events_are_a_union_that_their_type_discriminates() {
    let event = |kind: Value| {
        json!({
            "type": "object",
            "description": "An event.",
            "properties": { "type": kind },
            "required": ["type"],
        })
    };
    let text = declared(&json!({
        "SendEmail": {
            "description": "Events.",
            "oneOf": [to("OpenEvent"), to("OtherEvent")],
        },
        "OpenEvent": event(json!({ "const": "open", "description": "Its type." })),
        "OtherEvent": event(json!({ "type": "string", "pattern": "^other:", "description": "Its type." })),
    }));
    assert!(text.starts_with("/** Events. */\nexport type SendEmail = OpenEvent | OtherEvent;\n"), "{text}");
    assert!(text.contains("  type: 'open';\n"), "{text}");
    assert!(text.contains("  type: `other:${string}`;\n"), "{text}");
}

#[test]
fn interfaces_that_callers_choose_from_exclude_each_other() {
    let object = |members: &[&str]| {
        let properties: serde_json::Map<_, _> = members
            .iter()
            .map(|name| ((*name).to_owned(), json!({ "type": "string", "description": "A part." })))
            .collect();
        json!({ "type": "object", "description": "An email.", "properties": properties, "required": members })
    };
    let text = declared(&json!({
        "SendEmail": { "description": "An email.", "anyOf": [to("Written"), to("Made")] },
        "Written": object(&["from", "subject"]),
        "Made": object(&["from", "template"]),
    }));
    let expected =
        "export type SendEmail = (Written & { template?: undefined }) | (Made & { subject?: undefined });\n";
    assert!(text.contains(expected), "{text}");
}

#[test]
fn query_parameters_become_an_interface() {
    let operation = json!({
        "parameters": [
            { "name": "id", "in": "path", "schema": { "type": "string" } },
            {
                "name": "region",
                "in": "query",
                "description": "Regions.",
                "schema": { "type": "array", "items": { "type": "string" } },
            },
            { "$ref": "#/components/parameters/IdempotencyKey" },
        ],
        "responses": { "204": {} },
    });
    let document = document(operation, &json!({}));
    let package = generate(&document, &[route(Some("EmailQuery"), None)]).unwrap();
    let expected = "send(id: string, query?: EmailQuery, options?: CreateOptions): Promise<void>;";
    assert!(package.types.contains(expected), "{}", package.types);
    assert!(package.types.contains("  region?: string | string[] | undefined;\n"), "{}", package.types);
    let call = "send: (id, query, options) => call('SendEmail', { path: `${id}`, query, options }),";
    assert!(package.resources.contains(call), "{}", package.resources);
    let unnamed = generate(&document, &[SEND]).unwrap_err();
    assert_eq!(unnamed.to_string(), "SendEmail: its query parameters have no interface");
}

#[test]
fn the_only_field_of_a_request_can_be_a_parameter() {
    let schemas = json!({
        "SendEmail": {
            "type": "object",
            "description": "Emails.",
            "properties": { "emails": { "type": "array", "description": "Each.", "items": { "type": "string" } } },
            "required": ["emails"],
        },
    });
    let operation = json!({ "requestBody": body("SendEmail"), "responses": { "204": {} } });
    let document = document(operation, &schemas);
    let package = generate(&document, &[route(None, Some("emails"))]).unwrap();
    assert!(package.types.contains("  send(emails: string[], options?: Options): Promise<void>;\n"));
    assert!(
        package
            .resources
            .contains("send: (emails, options) => call('SendEmail', { body: { emails }, options }),")
    );
    let missing = generate(&document, &[route(None, Some("all"))]).unwrap_err();
    assert_eq!(missing.to_string(), "SendEmail: \"SendEmail\" is not an object with the one field \"all\"");
}

#[test]
fn error_codes_are_declared_although_no_method_refers_to_them() {
    let types = generated(&json!({})).unwrap().types;
    let expected = "/** A code. */\nexport type ApiErrorCode = 'busy' | 'not_connected';\n";
    assert!(types.ends_with(expected), "{types}");
}

#[test]
fn what_has_no_type_is_an_error() {
    let untyped = generated(&json!({ "SentEmail": { "description": "Anything." } })).unwrap_err();
    assert!(untyped.to_string().starts_with("SentEmail: no type can be derived"), "{untyped}");
    let undescribed = generated(&json!({ "SentEmail": { "type": "object", "properties": {} } })).unwrap_err();
    assert_eq!(undescribed.to_string(), "SentEmail: it has no description");
    let missing = generate(&document(json!({}), &json!({})), &[SdkRoute { name: "X", ..SEND }]).unwrap_err();
    assert_eq!(missing.to_string(), "x: the document has no such operation");
}

#[test]
fn comments_are_wrapped_and_keep_lists_and_code() {
    let long = "word ".repeat(25)
        + "`a code span that has to stay on one line` end.\n\n- First.\n- Second, */ closed.";
    let expected = format!(
        "/**\n * {}\n * {}\n *\n * - First.\n * - Second, *\u{200b}/ closed.\n */\n",
        "word ".repeat(19).trim_end(),
        "word ".repeat(6) + "`a code span that has to stay on one line` end.",
    );
    assert_eq!(comment::doc(&long, &[], 0), expected);
    assert_eq!(comment::doc("", &[], 2), "");
}

#[test]
fn a_note_goes_into_the_first_sentence() {
    for (description, noted) in [
        ("When.", "When (RFC 3339)."),
        ("When; `null` if never.", "When (RFC 3339); `null` if never."),
        ("The day, at 12:00. Later.", "The day (RFC 3339), at 12:00. Later."),
        ("Already RFC 3339.", "Already RFC 3339."),
    ] {
        assert_eq!(comment::with_note(description, "RFC 3339"), noted);
    }
}
