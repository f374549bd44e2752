//! Every typed operation in every region, with special characters in its texts.

use aws_sans_io::{
    Endpoint, Operation, Region,
    dkim::{KeyLength, Signing},
    s3::{CreateBucket, PutObject},
    ses::{
        CreateEmailIdentity, DeleteEmailIdentity, GetAccount, GetEmailIdentity, ListEmailIdentities,
        ListRoute, PutEmailIdentityDkimSigningAttributes,
    },
    sts::{AssumeRole, GetCallerIdentity, SessionDuration},
    unsigned_request,
};
use domain::email::{Email, EmailDraft, SendOptions};

use crate::{
    case::{self, Case},
    random::Random,
};

const ODD: &str = "aZ09-_.~ !\"#$%&'()*+,/:;<=>?@[\\]^`{|}éß漢😀";
const LOCAL_PART: &str = "aZ09-_~!#$%&'*+/=?^`{|}";

pub(crate) fn cases() -> Vec<Case> {
    let mut random = Random::seeded(1);
    Region::all().flat_map(|region| in_region(region, &mut random)).collect()
}

fn in_region(region: Region, random: &mut Random) -> Vec<Case> {
    let address = format!("x{}@bücher.example", random.text(LOCAL_PART, 20));
    let assume_role = AssumeRole {
        role_arn: "arn:aws:iam::123456789012:role/team/Kraiter+SES=Role,@".parse().unwrap(),
        role_session_name: domain::connection::role_session_name(&random.text(ODD, 60)),
        external_id: random.one_in(2).then(|| format!("mxk7-{}", random.text("abcdefgh234567=,.@:/+-_", 26))),
        policy: random.one_in(2).then(|| random.text(ODD, 2000)),
        duration: SessionDuration::HOUR,
    };
    let email = Email::try_from(EmailDraft {
        from: format!("Zoë <{address}>"),
        to: vec![address.clone()],
        subject: format!("s{}", random.text(ODD, 60)),
        html: Some(format!("<p>{}</p>", random.text(ODD, 4000))),
        region: Some(region.name().into()),
        ..EmailDraft::default()
    })
    .unwrap();
    let put = PutObject {
        bucket: "kraiter-templates".into(),
        // Without the characters that aws4fetch encodes differently in S3 paths; `generated` has them.
        key: format!("templates/k{}.json", random.text("aZ09-_~ \"#$%&,:;<=>?@[]^`{|}é漢", 30)),
        content_type: "application/json".into(),
        body: random.text(ODD, 3000).into(),
    };
    let put_dkim = PutEmailIdentityDkimSigningAttributes {
        email_identity: "xn--bcher-kva.example".into(),
        signing: Signing::EasyDkim { key_length: Some(KeyLength::Rsa2048) },
    };
    let list = ListEmailIdentities {
        next_token: Some(random.text(ODD, 40)),
        route: if random.one_in(2) { ListRoute::Current } else { ListRoute::Legacy },
    };
    vec![
        case(&assume_role, region, random),
        case(&GetCallerIdentity, region, random),
        case(&GetAccount, region, random),
        case(&email.send_email(&SendOptions::default(), "01JD3Y9ZV8Q6W3K7F2M5X4T1RB"), region, random),
        case(&CreateEmailIdentity { email_identity: address.clone(), signing: None }, region, random),
        case(&GetEmailIdentity { email_identity: address.clone() }, region, random),
        case(&DeleteEmailIdentity { email_identity: address.clone() }, region, random),
        case(&put_dkim, region, random),
        case(&list, region, random),
        case(&CreateBucket { bucket: "kraiter-templates".into(), region }, region, random),
        case(&put, region, random),
    ]
}

fn case<O: Operation>(operation: &O, region: Region, random: &mut Random) -> Case {
    let endpoint = if random.one_in(4) { "http://127.0.0.1:4566".parse().unwrap() } else { Endpoint::aws() };
    Case {
        request: unsigned_request(operation, &endpoint, region).unwrap(),
        credentials: case::credentials(random),
        service: O::SERVICE,
        region: O::SERVICE.request_region(region),
        now: case::now(random),
        only: None,
    }
}
