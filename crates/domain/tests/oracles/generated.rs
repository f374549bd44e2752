//! Random requests, with features that no operation of Kraiter uses yet.

use aws_sans_io::{Endpoint, Region, Service};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{
    case::{self, Case, Only},
    random::Random,
};

const ODD: &str = "aZ09-_.~ !\"#$%&'()*+,/:;<=>?@[\\]^`{|}\u{7f}éß漢😀";
const UNRESERVED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

pub(crate) fn cases(count: usize) -> Vec<Case> {
    let mut random = Random::seeded(2);
    (0..count).map(|index| generate(index, &mut random)).collect()
}

fn generate(index: usize, random: &mut Random) -> Case {
    let regions: Vec<Region> = Region::all().collect();
    let service = random.pick(&case::SERVICES);
    let region = random.pick(&regions);
    let mut only = None;
    let uri = format!(
        "{}{}{}",
        Endpoint::aws().origin(service, region),
        path(service, random, &mut only),
        query(service, random, &mut only)
    );
    let method = random
        .pick(&[Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::HEAD].each_ref())
        .clone();
    let mut request = Request::builder().method(method).uri(uri).body(body(index, random)).unwrap();
    let host = request.uri().authority().unwrap().as_str().parse().unwrap();
    request.headers_mut().insert("host", host);
    headers(&mut request, random, &mut only);
    Case { request, credentials: case::credentials(random), service, region, now: case::now(random), only }
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, &UNRESERVED).to_string()
}

/// Returns a path of segments with special characters, encoded or literal, sometimes with one that must be normalised.
fn path(service: Service, random: &mut Random, only: &mut Option<Only>) -> String {
    let mut path = String::new();
    for _ in 0..random.below(5) {
        path.push('/');
        let special = match random.below(12) {
            0 => "",
            1 => ".",
            2 => "..",
            3 => "a!b'c(d)e*f+g",
            4 => "a$b&c,d:e;f=g@h",
            _ => {
                path.push_str(&encoded(&format!("k{}", random.text(ODD, 12))));
                continue;
            }
        };
        if service == Service::S3 {
            *only = Some(Only::Botocore);
        }
        path.push_str(special);
    }
    path.push('/');
    if path.contains("//") && path.contains("/../") {
        *only = Some(Only::Botocore);
    }
    path
}

fn query(service: Service, random: &mut Random, only: &mut Option<Only>) -> String {
    let mut pairs: Vec<String> = Vec::new();
    for _ in 0..random.below(5) {
        let name = encoded(&format!("{}{}", random.pick(&["A", "a", "é", "-", "~"]), random.text(ODD, 6)));
        pairs.push(format!("{name}={}", encoded(&random.text(ODD, 12))));
    }
    if random.one_in(5) {
        pairs.push("uploads=".into());
    }
    if random.one_in(5) {
        pairs.insert(0, "acl".into());
    }
    if random.one_in(6) {
        pairs.extend(["twice=b".into(), "twice=a".into(), "twice=a%20".into()]);
        if service == Service::S3 {
            *only = Some(Only::Botocore);
        }
    }
    if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
}

fn headers(request: &mut Request<Bytes>, random: &mut Random, only: &mut Option<Only>) {
    const PRINTABLE: &str = "aZ09 -_.~!\"#$%&'()*+,/:;<=>?@[\\]^`{|} ";
    let headers = request.headers_mut();
    let mut add = |name: &str, value: &str| {
        headers
            .append(HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_str(value).unwrap());
    };
    for _ in 0..random.below(4) {
        let name = format!("x-{}{}", random.text("abcxyz", 4), random.text("0129-_", 3));
        if ["x-", "x-a"].contains(&name.as_str()) {
            continue;
        }
        add(&name, &random.text(PRINTABLE, 40));
    }
    if random.one_in(3) {
        add("content-type", "application/json; charset=utf-8");
    }
    if random.one_in(5) {
        add("x-spaces", "  a   \"b   c\"  d ");
    }
    if random.one_in(8) {
        add("user-agent", "kraiter/1.0");
        *only = Some(Only::Botocore);
    }
    if random.one_in(8) {
        add("x-twice", "b");
        add("x-twice", " a  ");
    }
    // Random names may be equal, too.
    if headers.keys_len() < headers.len() {
        *only = Some(Only::Botocore);
    }
}

/// Returns an empty, a small binary or a text body; one in a hundred has a megabyte.
fn body(index: usize, random: &mut Random) -> Bytes {
    if index % 100 == 1 {
        return vec![u8::try_from(random.below(256)).unwrap(); 1 << 20].into();
    }
    match random.below(4) {
        0 => Bytes::new(),
        1 => (0..random.below(300)).map(|_| u8::try_from(random.below(256)).unwrap()).collect(),
        _ => random.text(ODD, 500).into(),
    }
}
