"""Creates the test vectors, see README.md."""

import base64
import datetime
import json
import pathlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

HERE = pathlib.Path(__file__).parent
TOPIC = "arn:aws:sns:eu-west-1:123456789012:example-events"
SNS = "https://sns.eu-west-1.amazonaws.com/"
UTC = datetime.timezone.utc
EARLY = datetime.datetime(2026, 1, 1, tzinfo=UTC)
LATE = datetime.datetime(2126, 1, 1, tzinfo=UTC)


def key():
    file = HERE / "key.pem"
    if not file.exists():
        made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        pem = made.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file.write_bytes(pem)
    return serialization.load_pem_private_key(file.read_bytes(), None)


def certificate(name, signer, common_name, alternative_names, not_before=EARLY, not_after=LATE):
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(signer.public_key())
        .serial_number(0x6578616D706C6501)
        .not_valid_before(not_before)
        .not_valid_after(not_after)
    )
    if alternative_names:
        names = x509.SubjectAlternativeName([x509.DNSName(each) for each in alternative_names])
        builder = builder.add_extension(names, critical=False)
    made = builder.sign(signer, hashes.SHA256())
    (HERE / "certificates" / f"{name}.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))


def message(name, signer, fields, signed, version):
    text = "".join(f"{field}\n{fields[field]}\n" for field in sorted(signed))
    digest = {"1": hashes.SHA1(), "2": hashes.SHA256()}[version]
    signature = base64.b64encode(signer.sign(text.encode(), padding.PKCS1v15(), digest)).decode()
    whole = fields | {
        "SignatureVersion": version,
        "Signature": signature,
        "SigningCertURL": SNS + "SimpleNotificationService-7506a1e35b36ef5a444dd1a8e7cc3ed8.pem",
    }
    if fields["Type"] == "Notification":
        whole["UnsubscribeURL"] = f"{SNS}?Action=Unsubscribe&SubscriptionArn={TOPIC}:b24e11a2-06bd-4e73-aa29-0ed2de3b41b5"
    # SNS writes a space on both sides of the colon and doesn't escape non-ASCII characters.
    lines = ",\n".join(f"  {json.dumps(f)} : {json.dumps(v, ensure_ascii=False)}" for f, v in whole.items())
    (HERE / "messages" / f"{name}.json").write_text("{\n" + lines + "\n}", encoding="utf-8")


def notification(name, signer, text, version, subject=None, more=None):
    fields = {"Type": "Notification", "MessageId": "9d2c5580-b61d-550c-8583-37a582870907", "TopicArn": TOPIC}
    signed = ["Message", "MessageId", "Timestamp", "TopicArn", "Type"]
    if subject is not None:
        fields["Subject"] = subject
        signed.append("Subject")
    fields |= {"Message": text, "Timestamp": "2026-11-24T14:44:10.873Z"} | (more or {})
    message(name, signer, fields, signed, version)


def confirmation(name, signer, kind, text, version):
    token = "2336412f37fb687f5d51e6e2425929f5" * 8
    fields = {
        "Type": kind,
        "MessageId": "f3f2fc87-c426-4c2f-9044-b55890c0939c",
        "Token": token,
        "TopicArn": TOPIC,
        "Message": text,
        "SubscribeURL": f"{SNS}?Action=ConfirmSubscription&TopicArn={TOPIC}&Token={token}",
        "Timestamp": "2026-11-24T14:44:05.999Z",
    }
    signed = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
    message(name, signer, fields, signed, version)


def main():
    for folder in ("messages", "certificates"):
        (HERE / folder).mkdir(exist_ok=True)
    signer = key()

    sns = "sns.amazonaws.com"
    certificate("sns", signer, sns, [sns])
    certificate("sns-by-common-name", signer, sns, [])
    certificate("sns-regional", signer, "sns-signing.af-south-1.amazonaws.com",
                ["sns-signing.af-south-1.amazonaws.com", "sns.af-south-1.amazonaws.com"])
    certificate("other-name", signer, "other.example", ["other.example"])
    certificate("other-alternative-name", signer, sns, ["other.example"])
    certificate("look-alike-name", signer, "sns.amazonaws.com.other.example", ["sns.amazonaws.com.other.example"])
    certificate("expired", signer, sns, [sns], not_after=datetime.datetime(2026, 10, 14, 23, 59, 59, tzinfo=UTC))
    certificate("not-yet-valid", signer, sns, [sns], not_before=datetime.datetime(2125, 1, 1, tzinfo=UTC))
    certificate("other-key", rsa.generate_private_key(public_exponent=65537, key_size=2048), sns, [sns])
    certificate("short-key", rsa.generate_private_key(public_exponent=65537, key_size=1024), sns, [sns])
    certificate("elliptic-curve", ec.generate_private_key(ec.SECP256R1()), sns, [sns])

    bounce = (HERE / "events" / "bounce.json").read_text(encoding="utf-8")
    event = json.dumps(json.loads(bounce), separators=(",", ":"), ensure_ascii=False)
    subject = "Amazon SES Email Event Notification"
    notification("notification-v1", signer, event, "1", subject)
    notification("notification-v2", signer, event, "2", subject)
    notification("notification-without-subject-v2", signer, "Grüße,\n\"zwei\" Zeilen\t\\ \U0001F4EC\n", "2")
    attributes = {"MessageAttributes": {"kind": {"Type": "String", "Value": "test"}}}
    notification("notification-with-attributes-v1", signer, "with attributes", "1", more=attributes)
    subscribe = f"You have chosen to subscribe to the topic {TOPIC}.\nTo confirm the subscription, visit the SubscribeURL included in this message."
    unsubscribe = f"You have chosen to deactivate subscription {TOPIC}:b24e11a2-06bd-4e73-aa29-0ed2de3b41b5.\nTo cancel this operation and restore the subscription, visit the SubscribeURL included in this message."
    for version in ("1", "2"):
        confirmation(f"subscription-confirmation-v{version}", signer, "SubscriptionConfirmation", subscribe, version)
        confirmation(f"unsubscribe-confirmation-v{version}", signer, "UnsubscribeConfirmation", unsubscribe, version)


main()
