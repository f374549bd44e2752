//! Publishing the template to an emulated S3 that refuses requests without credentials unless a bucket policy allows them, as S3 does.
#![allow(clippy::unwrap_used, reason = "the whole file is test code")]

use test_support::{
    customer::Customer,
    emulator::{Emulator, Fakecloud},
    temp_dir::TempDir,
    template::TemplateBucket,
    test_env::KRAITER_ACCOUNT,
    tools::Tools,
};

#[test]
fn a_template_is_published_only_if_everyone_can_read_it() {
    let logs = TempDir::new().unwrap();
    let emulator = Fakecloud::start_strict(&Tools::locate().unwrap(), logs.path()).unwrap();
    let account = KRAITER_ACCOUNT.parse().unwrap();
    let credentials = emulator.create_account(&account).unwrap();
    let region = "eu-west-1".parse().unwrap();
    let bucket =
        |name| TemplateBucket { credentials: &credentials, endpoint: emulator.endpoint(), region, name };

    let private = bucket("private-templates");
    Customer::new(account.clone(), credentials.clone(), emulator.endpoint().clone())
        .create_bucket(region, private.name)
        .unwrap();
    let url = private.publish().unwrap();
    let error = private.check_is_public(&url).unwrap_err().to_string();
    assert!(error.contains("403"), "{error}");
    assert!(error.contains("arn:aws:s3:::private-templates/kraiter-aws-setup-*"), "{error}");

    let public = bucket("public-templates");
    // The second time, the bucket exists already.
    for _ in 0..2 {
        public.create().unwrap();
        let url = public.publish().unwrap();
        public.check_is_public(&url).unwrap();
    }
    let other = Customer::new(account, credentials.clone(), emulator.endpoint().clone());
    let other_object = other.put_object(region, public.name, "private.json", "{}").unwrap();
    assert!(public.check_is_public(&other_object).unwrap_err().to_string().contains("403"));

    private.create().unwrap();
    private.check_is_public(&url).unwrap();
}
