//! Tests of the mock console and the customer against the real emulator.
#![allow(clippy::unwrap_used, reason = "the whole file is test code")]

use std::{
    io::{Read, Write},
    net::TcpListener,
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use aws_sans_io::{AccountId, Region};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use test_support::{
    api::{Api, ApiResponse},
    console::{self, Console, QuickCreate},
    customer::Customer,
    emulator::{Emulator, Fakecloud},
    temp_dir::TempDir,
    tools::Tools,
    wait::{self, Poll},
};

fn customer(emulator: &Fakecloud, account: &str) -> Customer {
    let account: AccountId = account.parse().unwrap();
    let keys = emulator.create_account(&account).unwrap();
    Customer::new(account, keys, emulator.endpoint().clone())
}

/// Starts a webhook on loopback. Returns its URL and a receiver of the bodies posted to it.
fn webhook() -> (String, mpsc::Receiver<Value>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut bytes = Vec::new();
            let mut buffer = [0; 4096];
            // The request is complete when its body is valid JSON.
            while let Ok(n @ 1..) = stream.read(&mut buffer) {
                bytes.extend_from_slice(&buffer[..n]);
                let text = String::from_utf8_lossy(&bytes);
                let body = text.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default();
                if let Ok(body) = serde_json::from_str(&body) {
                    stream
                        .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
                        .unwrap();
                    sender.send(body).unwrap();
                    break;
                }
            }
        }
    });
    (url, receiver)
}

fn template() -> Value {
    let trust = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::999999999999:root"}, "Action": "sts:AssumeRole"}]});
    json!({
        "Parameters": {"Hook": {"Type": "String"}},
        "Resources": {
            "Role": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "Example", "AssumeRolePolicyDocument": trust}},
            "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "Example"}},
            "Subscription": {"Type": "AWS::SNS::Subscription", "Properties": {
                "Protocol": "http", "TopicArn": {"Ref": "Topic"},
                "Endpoint": {"Fn::Sub": "${Hook}?role_arn=${Role.Arn}"}}},
        },
        "Outputs": {"RoleArn": {"Value": {"Fn::GetAtt": ["Role", "Arn"]}}},
    })
}

#[test]
fn creating_a_stack_makes_sns_request_confirmation_of_its_subscription() {
    let logs = TempDir::new().unwrap();
    let emulator = Fakecloud::start(&Tools::locate().unwrap(), logs.path()).unwrap();
    let region: Region = "us-east-2".parse().unwrap();

    // The template is in Kraiter's bucket. The customer's console reads it.
    let kraiter = customer(&emulator, "999999999999");
    kraiter.create_bucket(region, "templates").unwrap();
    let template_url = kraiter.put_object(region, "templates", "t.json", template().to_string()).unwrap();

    let (hook, posts) = webhook();
    let owner = customer(&emulator, "111111111111");
    let page = QuickCreate {
        region,
        template_url,
        stack_name: "Example".into(),
        parameters: vec![("Hook".into(), hook.clone())],
    };
    let stack = page.create_stack(&owner).unwrap();
    assert_eq!(stack.status, "CREATE_COMPLETE");
    assert_eq!(stack.outputs, [("RoleArn".to_owned(), "arn:aws:iam::111111111111:role/Example".to_owned())]);

    let post = posts.recv_timeout(Duration::from_secs(20)).unwrap();
    assert_eq!(post["Type"], "SubscriptionConfirmation");
    assert_eq!(post["TopicArn"], "arn:aws:sns:us-east-2:111111111111:Example");
    assert!(post["Signature"].is_string());

    // Other accounts and regions don't see the topic.
    assert_eq!(owner.topics(region).unwrap(), ["arn:aws:sns:us-east-2:111111111111:Example"]);
    assert_eq!(kraiter.topics(region).unwrap(), Vec::<String>::new());
    assert_eq!(owner.topics("eu-west-1".parse().unwrap()).unwrap(), Vec::<String>::new());

    owner.delete_stack(region, "Example", Duration::from_secs(20)).unwrap();
    assert_eq!(
        owner.describe_stack(region, "Example").unwrap().filter(|stack| stack.status != "DELETE_COMPLETE"),
        None
    );
    assert_eq!(owner.topics(region).unwrap(), Vec::<String>::new());
}

#[test]
fn a_wrong_secret_is_rejected_and_a_role_can_be_created_and_deleted() {
    let logs = TempDir::new().unwrap();
    let emulator = Fakecloud::start(&Tools::locate().unwrap(), logs.path()).unwrap();
    let owner = customer(&emulator, "111111111111");
    let trust = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::999999999999:root"}, "Action": "sts:AssumeRole"}]})
    .to_string();
    let policy = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "ses:SendEmail", "Resource": "*"}]})
    .to_string();
    let arn = owner.create_role("R", &trust).unwrap();
    assert_eq!(arn, "arn:aws:iam::111111111111:role/R");
    owner.put_role_policy("R", "P", &policy).unwrap();
    assert_eq!(owner.role_policies("R").unwrap(), ["P"]);
    owner.update_assume_role_policy("R", &trust).unwrap();
    owner.delete_role("R").unwrap();
    assert!(owner.role_policies("R").is_err());

    let keys = aws_sans_io::Credentials::long_term(owner.credentials().access_key_id(), "wrong");
    let impostor = Customer::new(owner.account().clone(), keys, emulator.endpoint().clone());
    let error = impostor.create_role("R", &trust).unwrap_err().to_string();
    assert!(error.contains("SignatureDoesNotMatch"), "{error}");
}

/// Sends a POST request like a page of the console does.
fn post(console: &Console, path: &str, body: &Value) -> ApiResponse {
    let body = Some(("application/json", body.to_string().into()));
    Api::new(console.origin()).send(Method::POST, path, body, &[("origin", console.origin())]).unwrap()
}

/// Waits until a stack's creation has finished.
fn finished_stack(console: &Console, created: ApiResponse) -> Value {
    let number = created.expect_status(StatusCode::OK).unwrap()["number"].take();
    wait::until("the stack to be finished", Duration::from_secs(20), Duration::from_millis(20), || {
        let stack = Api::new(console.origin()).get(&format!("/api/stacks/{number}"))?.body;
        let in_progress = stack["status"].as_str().is_none_or(|status| status.ends_with("IN_PROGRESS"));
        Ok(if in_progress { Poll::Pending(stack.to_string()) } else { Poll::Ready(stack) })
    })
    .unwrap()
}

#[test]
fn the_page_creates_a_stack_or_simulates_a_failure() {
    let logs = TempDir::new().unwrap();
    let emulator = Arc::new(Fakecloud::start(&Tools::locate().unwrap(), logs.path()).unwrap());
    let region: Region = "us-east-2".parse().unwrap();
    let kraiter = customer(&emulator, "999999999999");
    kraiter.create_bucket(region, "templates").unwrap();
    let template_url = kraiter.put_object(region, "templates", "t.json", template().to_string()).unwrap();
    let (hook, posts) = webhook();
    let console = Console::start(console::Options {
        emulator: emulator.clone(),
        account: "111111111111".parse().unwrap(),
        step_delay: Duration::from_millis(5),
    })
    .unwrap();

    let link = format!(
        "{}/cloudformation/home?region=us-east-2#/stacks/quickcreate?templateURL={template_url}&stackName=Example&param_Hook={hook}",
        console.origin()
    );
    let contents = post(&console, "/api/quick-create", &json!({ "link": link })).body;
    assert_eq!(contents["stackName"], "Example");
    assert_eq!(contents["parameters"][0]["value"], json!(hook));
    assert_eq!(contents["resources"][0], json!({ "logicalId": "Role", "type": "AWS::IAM::Role" }));

    let mut create = json!({
        "account": "222222222222", "region": "us-east-2", "templateUrl": template_url, "stackName": "Example",
        "parameters": [["Hook", hook]], "acknowledged": false, "fail": true,
    });
    let rejected = post(&console, "/api/stacks", &create);
    assert_eq!(rejected.body["message"], "Requires capabilities : [CAPABILITY_IAM]");

    create["acknowledged"] = json!(true);
    let failed = finished_stack(&console, post(&console, "/api/stacks", &create));
    assert_eq!(failed["status"], "ROLLBACK_COMPLETE");
    assert_eq!(failed["resources"][0]["status"], "CREATE_FAILED");
    let owner = customer(&emulator, "222222222222");
    assert_eq!(owner.describe_stack(region, "Example").unwrap(), None);

    create["fail"] = json!(false);
    let complete = finished_stack(&console, post(&console, "/api/stacks", &create));
    assert_eq!(complete["status"], "CREATE_COMPLETE");
    assert!(
        complete["resources"]
            .as_array()
            .unwrap()
            .iter()
            .all(|resource| resource["status"] == "CREATE_COMPLETE")
    );
    assert_eq!(posts.recv_timeout(Duration::from_secs(20)).unwrap()["Type"], "SubscriptionConfirmation");

    let duplicate = post(&console, "/api/stacks", &create);
    assert!(duplicate.text("/message").contains("already exists"), "{:?}", duplicate.body);
}

#[test]
fn saving_an_existing_role_replaces_its_policies() {
    let logs = TempDir::new().unwrap();
    let emulator = Arc::new(Fakecloud::start(&Tools::locate().unwrap(), logs.path()).unwrap());
    let account: AccountId = "111111111111".parse().unwrap();
    let options = console::Options { emulator, account, step_delay: Duration::ZERO };
    let console = Console::start(options).unwrap();
    let trust = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::999999999999:root"}, "Action": "sts:AssumeRole"}]});
    let permissions = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "ses:SendEmail", "Resource": "*"}]});
    let role = json!({
        "account": "333333333333", "name": "R", "trustPolicy": trust.to_string(), "permissionsPolicy": permissions.to_string(),
    });
    for _ in 0..2 {
        let saved = post(&console, "/api/roles", &role);
        assert_eq!(saved.body, json!({ "arn": "arn:aws:iam::333333333333:role/R" }));
    }
}

#[test]
fn other_websites_cannot_use_the_console() {
    let logs = TempDir::new().unwrap();
    let emulator = Arc::new(Fakecloud::start(&Tools::locate().unwrap(), logs.path()).unwrap());
    let account: AccountId = "111111111111".parse().unwrap();
    let options = console::Options { emulator, account, step_delay: Duration::ZERO };
    let console = Console::start(options).unwrap();
    let api = Api::new(console.origin());
    let body = || Some(("application/json", json!({}).to_string().into()));
    let without_origin = api.send(Method::POST, "/api/roles", body(), &[]).unwrap();
    let from_another_origin =
        api.send(Method::POST, "/api/roles", body(), &[("origin", "http://evil.example")]).unwrap();
    let with_another_host = api.send(Method::GET, "/iam/home", None, &[("host", "evil.example")]).unwrap();
    for response in [without_origin, from_another_origin, with_another_host] {
        assert_eq!(response.status, StatusCode::FORBIDDEN);
        assert!(
            response.headers["content-security-policy"].to_str().unwrap().contains("frame-ancestors 'none'")
        );
    }
    assert_eq!(api.get("/iam/home").unwrap().status, StatusCode::OK);
    assert_eq!(api.get("/elsewhere").unwrap().status, StatusCode::NOT_FOUND);
}
