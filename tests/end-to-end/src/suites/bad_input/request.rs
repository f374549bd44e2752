//! An invalid request and its expected response.

use test_support::api::CLIENT_ADDRESS;

/// A case. Its texts can contain placeholders such as `{key}`, which are replaced when the case runs.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    /// Name of the case, such as `POST /v1/emails rejects from: null`.
    pub(crate) name: String,
    pub(crate) method: &'static str,
    /// Path and query.
    pub(crate) path: String,
    /// Headers in addition to `host`, `connection` and `cf-connecting-ip`.
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Body,
    /// Expected status.
    pub(crate) status: u16,
    /// Expected `code`.
    pub(crate) code: &'static str,
    /// Expected `field`.
    pub(crate) field: Option<&'static str>,
    /// Expected `allow` header.
    pub(crate) allow: String,
}

/// Body of a request.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    /// No body and no `content-length`.
    None,
    Text(String),
    Bytes(Vec<u8>),
    /// A JSON object with this many spaces, sent with `content-length`.
    Long(usize),
    /// A JSON object with this many spaces, sent in chunks.
    LongInChunks(usize),
}

impl Case {
    /// A JSON request with the organisation's key.
    pub(crate) fn json(method: &'static str, path: &str, name: &str, body: impl Into<String>) -> Self {
        Self {
            name: format!("{method} {:.60} rejects {name}", path.split('?').next().unwrap_or_default()),
            method,
            path: path.to_owned(),
            headers: vec![
                ("authorization", "Bearer {key}".to_owned()),
                ("content-type", "application/json".to_owned()),
            ],
            body: Body::Text(body.into()),
            status: 422,
            code: "",
            field: None,
            allow: String::new(),
        }
    }

    /// A request without a body, with the organisation's key.
    pub(crate) fn bare(method: &'static str, path: &str, name: &str) -> Self {
        let mut case = Self::json(method, path, name, "");
        case.headers.retain(|(header, _)| *header != "content-type");
        Self { body: Body::None, ..case }
    }

    pub(crate) fn with_body(self, body: Body) -> Self {
        Self { body, ..self }
    }

    /// Replaces a header, or removes it if `value` is `None`.
    pub(crate) fn with_header(mut self, name: &'static str, value: Option<&str>) -> Self {
        self.headers.retain(|(header, _)| *header != name);
        self.headers.extend(value.map(|value| (name, value.to_owned())));
        self
    }

    /// Sets the expected status and code.
    pub(crate) fn is(self, status: u16, code: &'static str) -> Self {
        Self { status, code, ..self }
    }

    /// Sets the expected status to 422 and the expected code and field.
    pub(crate) fn field(self, code: &'static str, field: &'static str) -> Self {
        Self { status: 422, code, field: Some(field), ..self }
    }

    /// Returns the request's bytes.
    pub(crate) fn request(&self, fill: impl Fn(&str) -> String) -> Vec<u8> {
        let start = format!("{} {} HTTP/1.1", self.method, fill(&self.path));
        let ours = ["host: 127.0.0.1".to_owned(), "connection: close".to_owned(), client_address(&self.name)];
        let headers = self.headers.iter().map(|(name, value)| format!("{name}: {}", fill(value)));
        let lines: Vec<_> = std::iter::once(start).chain(ours).chain(headers).collect();
        let long = |length: &usize| format!("{{{}}}", " ".repeat(*length)).into_bytes();
        let (head, body) = match &self.body {
            Body::None => (None, Vec::new()),
            Body::Text(text) => with_length(fill(text).into_bytes()),
            Body::Bytes(bytes) => with_length(bytes.clone()),
            Body::Long(length) => with_length(long(length)),
            Body::LongInChunks(length) => {
                let mut body = Vec::new();
                for chunk in long(length).chunks(64 * 1024) {
                    body.extend(format!("{:x}\r\n", chunk.len()).bytes());
                    body.extend(chunk);
                    body.extend(b"\r\n");
                }
                body.extend(b"0\r\n\r\n");
                (Some("transfer-encoding: chunked".to_owned()), body)
            }
        };
        let head = [lines, head.into_iter().collect(), vec![String::new(), String::new()]].concat();
        [head.join("\r\n").into_bytes(), body].concat()
    }
}

/// Returns the header with an address for each case, as Cloudflare sets it: so many refusals are too many of one client.
fn client_address(name: &str) -> String {
    let number = name.bytes().fold(0_u32, |number, byte| number.wrapping_mul(31).wrapping_add(byte.into()));
    format!("{CLIENT_ADDRESS}: {}", std::net::Ipv4Addr::from_bits(number))
}

fn with_length(body: Vec<u8>) -> (Option<String>, Vec<u8>) {
    (Some(format!("content-length: {}", body.len())), body)
}
