//! The console stand-in and a customer on the real emulator: what demo and end-to-end tests rest on.
#![allow(clippy::unwrap_used, reason = "the whole file is a test, its helpers too")]

use std::{
    io::{Read, Write},
    net::TcpListener,
    sync::mpsc,
    thread,
    time::Duration,
};

use kraiter_core::aws::{AccountId, Region};
use kraiter_local::{
    console::QuickCreate,
    customer::Customer,
    emulator::{Emulator, Fakecloud},
    folder::Folder,
    toolbox::Toolbox,
};
use serde_json::{Value, json};

fn customer(emulator: &Fakecloud, account: &str) -> Customer {
    let account: AccountId = account.parse().unwrap();
    let keys = emulator.create_account(&account).unwrap();
    Customer::new(account, keys, emulator.endpoint().clone())
}

/// Takes posts on loopback and hands on their bodies.
fn webhook() -> (String, mpsc::Receiver<Value>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let (send, receive) = mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut bytes = Vec::new();
            let mut buffer = [0; 4096];
            // Read on until the body is whole JSON: the test needs no more of HTTP.
            while let Ok(n @ 1..) = stream.read(&mut buffer) {
                bytes.extend_from_slice(&buffer[..n]);
                let text = String::from_utf8_lossy(&bytes);
                let body = text.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default();
                if let Ok(body) = serde_json::from_str(&body) {
                    stream
                        .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
                        .unwrap();
                    send.send(body).unwrap();
                    break;
                }
            }
        }
    });
    (url, receive)
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
fn a_stack_made_on_the_page_makes_sns_ask_its_endpoint_for_confirmation() {
    let logs = Folder::temporary().unwrap();
    let emulator = Fakecloud::start(&Toolbox::open().unwrap(), logs.path()).unwrap();
    let region: Region = "us-east-2".parse().unwrap();

    // Kraiter's bucket holds the template, the customer's console reads it.
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

    // Nothing of it is seen in another account or region.
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
fn a_wrong_secret_is_refused_and_a_role_comes_and_goes() {
    let logs = Folder::temporary().unwrap();
    let emulator = Fakecloud::start(&Toolbox::open().unwrap(), logs.path()).unwrap();
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

    let keys = kraiter_core::aws::Credentials::long_term(owner.credentials().access_key_id(), "wrong");
    let thief = Customer::new(owner.account().clone(), keys, emulator.endpoint().clone());
    let error = thief.create_role("R", &trust).unwrap_err().to_string();
    assert!(error.contains("SignatureDoesNotMatch"), "{error}");
}
