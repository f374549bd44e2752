//! `GetCallerIdentity`: whose keys these are.

use bytes::Bytes;
use http::Request;

use super::query;
use crate::{AccountId, BuildError, Error, Operation, Service};

/// Asks whose credentials sign the request. No policy can forbid it.
///
/// ```
/// use aws_sans_io::{Operation, sts::GetCallerIdentity};
///
/// let request = GetCallerIdentity.request()?;
/// assert_eq!(&request.body()[..], b"Action=GetCallerIdentity&Version=2011-06-15");
/// # Ok::<(), aws_sans_io::BuildError>(())
/// ```
///
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetCallerIdentity;

/// Whose keys they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallerIdentity {
    /// The account.
    pub account: AccountId,
    /// The user's, or the assumed role's, ARN.
    pub arn: String,
    /// AWS's unique id of the user, or `<role id>:<session name>`.
    pub user_id: String,
}

impl Operation for GetCallerIdentity {
    type Output = CallerIdentity;

    const SERVICE: Service = Service::Sts;

    fn request(&self) -> Result<Request<Bytes>, BuildError> {
        query::request("GetCallerIdentity", &[])
    }

    fn output(&self, body: &[u8]) -> Result<CallerIdentity, Error> {
        let [account, arn, user_id] = query::texts(body, ["Account", "Arn", "UserId"])?;
        let account = account.parse().map_err(|error| Error::Unreadable(format!("Account: {error}")))?;
        Ok(CallerIdentity { account, arn, user_id })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_names_the_account_and_the_caller() {
        let answer = br#"<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <GetCallerIdentityResult>
    <Arn>arn:aws:iam::123456789012:user/Alice</Arn>
    <UserId>AKIAI44QH8DHBEXAMPLE</UserId>
    <Account>123456789012</Account>
  </GetCallerIdentityResult>
  <ResponseMetadata><RequestId>01234567-89ab-cdef-0123-456789abcdef</RequestId></ResponseMetadata>
</GetCallerIdentityResponse>"#;
        let caller = GetCallerIdentity.output(answer).unwrap();
        assert_eq!(caller.account.as_str(), "123456789012");
        assert_eq!(caller.arn, "arn:aws:iam::123456789012:user/Alice");
        assert_eq!(caller.user_id, "AKIAI44QH8DHBEXAMPLE");
    }

    #[test]
    fn an_answer_without_an_account_is_unreadable() {
        for answer in [
            &b"<A><Arn>a</Arn><UserId>u</UserId></A>"[..],
            b"<A><Arn>a</Arn><UserId>u</UserId><Account>12</Account></A>",
        ] {
            assert!(matches!(GetCallerIdentity.output(answer), Err(Error::Unreadable(_))));
        }
    }
}
