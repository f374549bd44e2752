//! Requests the sending quota of an AWS account.
//!
//! Prints the signed request. With `--send`, also sends it and prints the quota.
//!
//! ```sh
//! export AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=… AWS_REGION=eu-west-1
//! cargo run --example get_account -- --send
//! ```

use std::{env, error::Error};

use aws_sans_io::{Credentials, Endpoint, Operation, Region, ses::GetAccount, signed_request};
use time::{Duration, OffsetDateTime};

fn main() -> Result<(), Box<dyn Error>> {
    let region: Region = variable("AWS_REGION")?.parse()?;
    let now = OffsetDateTime::now_utc();
    let request = signed_request(&GetAccount, &Endpoint::aws(), region, &credentials(now)?, now)?;

    println!("{} {}", request.method(), request.uri());
    for (name, value) in request.headers() {
        println!("{name}: {}", value.to_str()?);
    }

    if env::args().any(|argument| argument == "--send") {
        // AWS describes errors in the body, so the client must return it for every status.
        let config = ureq::Agent::config_builder().http_status_as_error(false).build();
        let response = ureq::Agent::from(config).run(request.map(|body| body.to_vec()))?;
        let (head, mut body) = response.into_parts();
        let response = http::Response::from_parts(head, body.read_to_vec()?.into());
        let quota = GetAccount.parse_response(&response)?.send_quota;
        println!("\nSent {} of {} in the last 24 hours", quota.sent_last_24_hours, quota.max_24_hour_send);
    }
    Ok(())
}

fn credentials(now: OffsetDateTime) -> Result<Credentials, Box<dyn Error>> {
    let (id, secret) = (variable("AWS_ACCESS_KEY_ID")?, variable("AWS_SECRET_ACCESS_KEY")?);
    Ok(match env::var("AWS_SESSION_TOKEN") {
        // The environment doesn't contain the real expiration.
        Ok(token) => Credentials::temporary(id, secret, token, now + Duration::HOUR),
        Err(_) => Credentials::long_term(id, secret),
    })
}

fn variable(name: &str) -> Result<String, String> {
    env::var(name).map_err(|_| format!("set the environment variable {name}"))
}
