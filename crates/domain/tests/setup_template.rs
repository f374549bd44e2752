//! The CloudFormation template.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests")]

use std::{fs, path::Path, process::Command};

use aws_sans_io::Region;
use domain::onboarding::{
    ExternalId, Protocol, StackTemplate, TemplateUrl, delivery_policy, permissions_policy, trust_policy,
};
use serde_json::{Value, json};

fn resource<'a>(template: &'a StackTemplate, name: &str) -> &'a Value {
    &template.as_value()["Resources"][name]
}

#[test]
fn the_template_matches_the_reviewed_snapshot() {
    insta::assert_snapshot!(StackTemplate::new(Protocol::Https).to_json());
}

#[test]
fn the_role_has_the_same_policies_as_manual_setup() {
    let template = StackTemplate::new(Protocol::Https);
    let external_id = ExternalId::from_random(&[5; 20]);
    let filled_in = resource(&template, "Role")["Properties"]["AssumeRolePolicyDocument"]
        .to_string()
        .replace(r#"{"Ref":"ExternalId"}"#, &json!(external_id).to_string())
        .replace(
            r#"{"Fn::Sub":"arn:${AWS::Partition}:iam::${KraiterAccountId}:root"}"#,
            r#""arn:aws:iam::123456789012:root""#,
        );
    assert_eq!(filled_in, trust_policy(&"123456789012".parse().unwrap(), &external_id).to_compact_json());
    let policies = &resource(&template, "Role")["Properties"]["Policies"];
    assert_eq!(policies.as_array().unwrap().len(), 1);
    assert_eq!(policies[0]["PolicyDocument"].to_string(), permissions_policy().to_compact_json());
}

#[test]
fn the_stack_does_not_track_opens_and_clicks() {
    let template = StackTemplate::new(Protocol::Https);
    let types =
        &resource(&template, "EventDestination")["Properties"]["EventDestination"]["MatchingEventTypes"];
    assert_eq!(types.as_array().unwrap().len(), 8);
    assert!(!types.as_array().unwrap().iter().any(|kind| kind == "open" || kind == "click"));
}

#[test]
fn the_subscription_depends_on_all_other_resources() {
    let template = StackTemplate::new(Protocol::Https);
    let resources = template.as_value()["Resources"].as_object().unwrap();
    let subscription = resource(&template, "Subscription");
    assert_eq!(subscription["Properties"]["TopicArn"], json!({ "Ref": "Topic" }));
    assert_eq!(
        subscription["Properties"]["Endpoint"],
        json!({ "Fn::Sub": [
            format!(
                "${{WebhookUrl}}?configuration_set=${{ConfigurationSet}}&template_version={}\
                 &stack_id=${{AWS::StackId}}&role_arn=${{RoleArn}}",
                template.version()
            ),
            { "RoleArn": { "Fn::If": ["CreateRole", { "Fn::GetAtt": ["Role", "Arn"] }, { "Ref": "ExistingRoleArn" }] } },
        ] })
    );
    let mut dependencies = vec!["Subscription", "Topic", "Role", "ConfigurationSet"];
    dependencies.extend(subscription["DependsOn"].as_array().unwrap().iter().filter_map(Value::as_str));
    for name in resources.keys() {
        assert!(dependencies.contains(&name.as_str()), "{name}");
    }
}

#[test]
fn no_resource_has_a_fixed_name_that_a_second_stack_would_collide_with() {
    let text = StackTemplate::new(Protocol::Https).to_json();
    for property in ["RoleName", "TopicName", "\"Name\": \"kraiter-", "ManagedPolicyName"] {
        assert!(!text.contains(property), "{property}");
    }
}

#[test]
fn a_plain_http_webhook_is_accepted_on_loopback_only() {
    let template = StackTemplate::new(Protocol::Http);
    assert_eq!(resource(&template, "Subscription")["Properties"]["Protocol"], "http");
    let pattern = template.as_value()["Parameters"]["WebhookUrl"]["AllowedPattern"].as_str().unwrap();
    assert!(pattern.starts_with(r"^http://(127\.[0-9.]+|localhost|\[::1\])"), "{pattern}");
    assert_eq!(
        resource(&StackTemplate::new(Protocol::Https), "Subscription")["Properties"]["Protocol"],
        "https"
    );
}

#[test]
fn the_version_changes_with_the_document_and_is_in_the_key_and_the_outputs() {
    let template = StackTemplate::new(Protocol::Https);
    assert_eq!(template.version(), StackTemplate::new(Protocol::Https).version());
    assert_ne!(template.version(), StackTemplate::new(Protocol::Http).version());
    assert_eq!(template.as_value()["Outputs"]["TemplateVersion"]["Value"], template.version().as_str());
    let url: TemplateUrl =
        format!("https://b.s3.eu-west-1.amazonaws.com/{}", template.object_key()).parse().unwrap();
    assert_eq!(url.version(), template.version());
}

#[test]
fn a_new_role_gets_the_permissions_boundary_only_if_there_is_one() {
    let template = StackTemplate::new(Protocol::Https);
    assert_eq!(
        resource(&template, "Role")["Properties"]["PermissionsBoundary"],
        json!({ "Fn::If": ["HasPermissionsBoundary", { "Ref": "PermissionsBoundaryArn" }, { "Ref": "AWS::NoValue" }] })
    );
    assert_eq!(template.as_value()["Parameters"]["PermissionsBoundaryArn"]["Default"], "");
}

#[test]
fn sns_retries_events_for_most_of_an_hour() {
    let template = StackTemplate::new(Protocol::Https);
    assert_eq!(resource(&template, "Subscription")["Properties"]["DeliveryPolicy"], delivery_policy());
}

/// Supported regions that cfn-lint no longer has schemas for, so that it finds nothing in any template. cfn-lint 1.40.0 still had those of
/// me-south-1, and found nothing wrong there.
const REGIONS_WITHOUT_SCHEMAS: [&str; 1] = ["me-south-1"];

/// Returns the regions that cfn-lint has schemas for.
fn regions_with_schemas() -> Vec<String> {
    let python = std::env::var_os("KRAITER_PYTHON").expect("run it with `cargo xtask test`");
    let list = "import cfnlint, pathlib\n\
        folder = pathlib.Path(cfnlint.__file__).parent / 'data' / 'schemas' / 'providers'\n\
        print(*(file.stem for file in folder.glob('*.json')))";
    let output = Command::new(python).args(["-c", list]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().split_whitespace().map(str::to_owned).collect()
}

/// Returns the findings of cfn-lint for stacks in `regions`.
fn lint(protocol: Protocol, regions: impl Iterator<Item = Region>) -> String {
    let python = std::env::var_os("KRAITER_PYTHON").expect("run it with `cargo xtask test`");
    let text = StackTemplate::new(protocol).to_json();
    let regions: Vec<_> = regions.map(Region::name).collect();
    let file =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{}.json", protocol.name(), regions.len()));
    fs::write(&file, text).unwrap();
    let output = Command::new(Path::new(&python).with_file_name("cfn-lint"))
        .args(["--include-checks", "I", "--format", "parseable", "--template"])
        .arg(&file)
        .arg("--regions")
        .args(regions)
        .output()
        .unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn cfn_lint_checks_every_region_except_the_listed_ones() {
    let checked = regions_with_schemas();
    let unchecked: Vec<_> =
        Region::all().map(Region::name).filter(|name| !checked.iter().any(|region| region == name)).collect();
    assert_eq!(unchecked, REGIONS_WITHOUT_SCHEMAS);
}

#[test]
fn cfn_lint_finds_nothing_in_the_supported_regions() {
    for protocol in [Protocol::Https, Protocol::Http] {
        assert_eq!(
            lint(protocol, Region::all().filter(|region| region.supports_cloudformation())).trim(),
            ""
        );
    }
}

#[test]
fn cfn_lint_finds_no_configuration_sets_in_the_unsupported_regions() {
    let found = lint(Protocol::Https, Region::all().filter(|region| !region.supports_cloudformation()));
    for region in Region::all().filter(|region| !region.supports_cloudformation()) {
        let expected = format!("Resource type 'AWS::SES::ConfigurationSet' does not exist in '{region}'");
        assert!(found.contains(&expected), "{region} supports the stack now");
    }
}
