//! `GetCallerIdentity`.

use bytes::Bytes;
use http::Request;

use super::query;
use crate::{AccountId, BuildError, Error, Operation, Service};

/// Requests the identity that the credentials belong to. It needs no permissions.
///
/// ```
/// use aws_sans_io::{Operation, sts::GetCallerIdentity};
///
/// let request = GetCallerIdentity.request()?;
/// assert_eq!(&request.body()[..], b"Action=GetCallerIdentity&Version=2011-06-15");
/// # Ok::<(), aws_sans_io::BuildError>(())
/// ```
///
/// [AWS documentation](https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetCallerIdentity;

/// The identity of the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallerIdentity {
    /// The account of the caller.
    pub account: AccountId,
    /// The ARN of the user or assumed role.
    pub arn: String,
    /// The unique ID of the user, or `<role ID>:<session name>`.
    pub user_id: String,
}

impl Operation for GetCallerIdentity {
    type Output = CallerIdentity;

    const SERVICE: Service = Service::Sts;

    fn name(&self) -> &'static str {
        "GetCallerIdentity"
    }

    fn request(&self) -> Result<Request<Bytes>, BuildError> {
        query::request("GetCallerIdentity", &[])
    }

    fn parse_body(&self, body: &[u8]) -> Result<CallerIdentity, Error> {
        let [account, arn, user_id] = query::texts(body, ["Account", "Arn", "UserId"])?;
        let account =
            account.parse().map_err(|error| Error::invalid_response(format!("Account: {error}")))?;
        Ok(CallerIdentity { account, arn, user_id })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_response_contains_the_account_and_the_caller() {
        let response = br#"<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <GetCallerIdentityResult>
    <Arn>arn:aws:iam::123456789012:user/Alice</Arn>
    <UserId>AKIAI44QH8DHBEXAMPLE</UserId>
    <Account>123456789012</Account>
  </GetCallerIdentityResult>
  <ResponseMetadata><RequestId>01234567-89ab-cdef-0123-456789abcdef</RequestId></ResponseMetadata>
</GetCallerIdentityResponse>"#;
        let caller = GetCallerIdentity.parse_body(response).unwrap();
        assert_eq!(caller.account.as_str(), "123456789012");
        assert_eq!(caller.arn, "arn:aws:iam::123456789012:user/Alice");
        assert_eq!(caller.user_id, "AKIAI44QH8DHBEXAMPLE");
    }

    #[test]
    fn a_response_without_an_account_is_invalid() {
        for response in [
            &b"<A><Arn>a</Arn><UserId>u</UserId></A>"[..],
            b"<A><Arn>a</Arn><UserId>u</UserId><Account>12</Account></A>",
        ] {
            assert!(matches!(GetCallerIdentity.parse_body(response), Err(Error::InvalidResponse(_))));
        }
    }
}
