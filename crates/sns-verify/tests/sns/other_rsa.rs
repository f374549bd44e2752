//! Verification of signatures with RSA code of the caller.

use std::{
    cell::Cell,
    pin::pin,
    task::{Context, Poll, Waker},
};

use rsa::{
    PublicKey,
    pkcs1v15::{self, VerifyingKey},
    pkcs8::DecodePublicKey,
    signature::Verifier,
};
use sha1::Sha1;
use sha2::Sha256;
use sns_verify::{Message, Rejection, Signature, SignatureVersion, Verified};

use crate::vectors::{MESSAGES, NOW, body, certificate, check, fields, posted, verify};

/// Returns the result of a future that waits for nothing.
fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the future waits"),
    }
}

fn verify_with(
    name: &str,
    certificate_name: &str,
    is_valid: impl FnOnce(Signature<'_>) -> Result<bool, Rejection>,
) -> Result<Verified<Message>, Rejection> {
    let certificate = certificate(certificate_name)?;
    let checked = check(&posted(name))?;
    ready(checked.verify_with(&certificate, NOW, async |signature: Signature<'_>| is_valid(signature)))
}

fn is_valid(signature: Signature<'_>) -> bool {
    let key = PublicKey::from_public_key_der(signature.public_key).unwrap();
    let value = pkcs1v15::Signature::try_from(signature.signature).unwrap();
    match signature.version {
        SignatureVersion::One => VerifyingKey::<Sha1>::new(key).verify(signature.signed, &value).is_ok(),
        SignatureVersion::Two => VerifyingKey::<Sha256>::new(key).verify(signature.signed, &value).is_ok(),
    }
}

#[test]
fn other_rsa_code_accepts_the_same_messages() {
    for name in MESSAGES {
        let verified = verify_with(name, "sns", |signature| Ok(is_valid(signature)));
        assert_eq!(verified.unwrap(), verify(&posted(name)).unwrap(), "{name}");
    }
}

#[test]
fn other_rsa_code_rejects_a_changed_message() {
    let mut message = fields("notification-v2");
    message.insert("Message".into(), "changed".into());
    let certificate = certificate("sns").unwrap();
    let checked = check(&body(&message)).unwrap();
    let verify = async |signature: Signature<'_>| Ok(is_valid(signature));
    assert_eq!(ready(checked.verify_with(&certificate, NOW, verify)), Err(Rejection::SignatureWrong));
}

#[test]
fn a_message_is_verified_only_if_the_signature_is_valid() {
    let result = |is_valid| verify_with("notification-v2", "sns", |_| is_valid);
    assert!(result(Ok(true)).is_ok());
    assert_eq!(result(Ok(false)), Err(Rejection::SignatureWrong));
    let failed = Rejection::CertificateUnreadable;
    assert_eq!(result(Err(failed)), Err(failed));
}

#[test]
fn a_signature_is_not_verified_with_an_invalid_certificate() {
    let calls = Cell::new(0);
    let result = verify_with("notification-v2", "expired", |_| {
        calls.set(calls.get() + 1);
        Ok(true)
    });
    assert_eq!(result, Err(Rejection::CertificateNotValidNow));
    assert_eq!(calls.get(), 0);
}

#[test]
fn debug_output_contains_nothing_of_the_message() {
    let mut printed = String::new();
    verify_with("subscription-confirmation-v2", "sns", |signature| {
        printed = format!("{signature:?}");
        Ok(true)
    })
    .unwrap();
    assert_eq!(printed, "Signature { version: Two, .. }");
}
