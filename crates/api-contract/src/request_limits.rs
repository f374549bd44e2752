//! Request limits: how often an organisation, or a client without credentials, may call a route.

use std::{
    fmt::{self, Display, Formatter},
    net::{IpAddr, Ipv6Addr},
};

/// The routes that share a request limit. The Worker counts with the rate-limiting binding of the class.
///
/// Emails aren't limited here, because SES's quotas already limit them; nor are messages of SNS that Kraiter expects.
///
/// <https://developers.cloudflare.com/workers/runtime-apis/bindings/rate-limit/>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RateClass {
    /// Not limited.
    Unlimited,
    /// Checks of the connection: each calls AWS, also with Kraiter's own keys.
    Checks,
    /// Calls of SES for identities.
    IdentityCalls,
    /// Checks of DNS records.
    Dns,
    /// Changes of templates.
    TemplateChanges,
    /// Previews of templates.
    Previews,
    /// Searches in the suppression list and in emails.
    Searches,
    /// Metrics, for which emails may have to be counted.
    Counting,
    /// Imports.
    Imports,
    /// Exports.
    Exports,
    /// Changes of webhook endpoints, test events and replays.
    WebhookChanges,
    /// Exchanges of an API key for a session.
    SignIns,
    /// Uses of an unsubscribe link.
    Unsubscribes,
    /// Requests with credentials or webhook tokens that don't exist, on any route.
    Refusals,
}

/// Who a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitedBy {
    /// Each organisation, whichever of its API keys or sessions it uses.
    Organisation,
    /// Each client address ([`ClientAddress`]).
    Address,
    /// Each link. Mail providers use the links of many recipients from few addresses.
    Link,
}

/// A request limit: at most `requests` within `seconds`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestLimit {
    /// The name in the `RateLimit` header fields.
    pub name: &'static str,
    /// The name of the binding in `wrangler.toml`, which has the same numbers.
    pub binding: &'static str,
    /// What is limited, for texts.
    pub what: &'static str,
    /// The number of requests.
    pub requests: u32,
    /// The period in seconds. The binding supports 10 and 60.
    pub seconds: u32,
    /// Who is counted.
    pub by: LimitedBy,
}

impl RateClass {
    /// The classes with a limit.
    pub const LIMITED: [Self; 13] = [
        Self::Checks,
        Self::IdentityCalls,
        Self::Dns,
        Self::TemplateChanges,
        Self::Previews,
        Self::Searches,
        Self::Imports,
        Self::Exports,
        Self::SignIns,
        Self::Unsubscribes,
        Self::Refusals,
        Self::Counting,
        Self::WebhookChanges,
    ];

    /// Returns the limit of the class.
    #[must_use]
    pub const fn limit(self) -> Option<RequestLimit> {
        use LimitedBy::{Address, Link, Organisation};
        let (name, binding, what, requests, seconds, by) = match self {
            Self::Unlimited => return None,
            Self::Checks => ("checks", "CHECKS_LIMIT", "connection checks", 60, 60, Organisation),
            Self::IdentityCalls => {
                ("identities", "IDENTITIES_LIMIT", "requests about identities", 120, 60, Organisation)
            }
            Self::Dns => ("dns", "DNS_LIMIT", "DNS checks", 30, 60, Organisation),
            Self::TemplateChanges => {
                ("templates", "TEMPLATES_LIMIT", "changes of templates", 120, 60, Organisation)
            }
            Self::Previews => ("previews", "PREVIEWS_LIMIT", "template previews", 60, 10, Organisation),
            Self::Searches => ("searches", "SEARCHES_LIMIT", "searches", 200, 10, Organisation),
            Self::Counting => ("metrics", "METRICS_LIMIT", "requests for metrics", 60, 60, Organisation),
            Self::Imports => ("imports", "IMPORTS_LIMIT", "imports", 10, 60, Organisation),
            Self::Exports => ("exports", "EXPORTS_LIMIT", "exports", 10, 60, Organisation),
            Self::WebhookChanges => {
                ("webhooks", "WEBHOOKS_LIMIT", "changes and tests of webhooks", 60, 60, Organisation)
            }
            Self::SignIns => ("sign-ins", "SIGN_INS_LIMIT", "sign-ins", 120, 60, Address),
            Self::Unsubscribes => {
                ("unsubscribes", "UNSUBSCRIBES_LIMIT", "unsubscribe requests", 10, 60, Link)
            }
            Self::Refusals => {
                ("refusals", "REFUSALS_LIMIT", "requests with invalid credentials", 100, 60, Address)
            }
        };
        Some(RequestLimit { name, binding, what, requests, seconds, by })
    }
}

impl RequestLimit {
    /// Returns the `RateLimit-Policy` and `RateLimit` header fields of a response with status 429. The binding doesn't report when its
    /// period ends, so the fields name the whole period.
    ///
    /// <https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers-10>
    #[must_use]
    pub fn header_fields(&self) -> [(&'static str, String); 2] {
        let Self { name, requests, seconds, .. } = self;
        [
            ("ratelimit-policy", format!("\"{name}\";q={requests};w={seconds}")),
            ("ratelimit", format!("\"{name}\";r=0;t={seconds}")),
        ]
    }

    /// Returns what happened, for the problem document.
    #[must_use]
    pub(crate) fn detail(&self) -> String {
        let Self { what, requests, seconds, .. } = self;
        let who = match self.by {
            LimitedBy::Organisation => "The organisation",
            LimitedBy::Address => "Your network address",
            LimitedBy::Link => {
                return format!("This link was used more than {requests} times within {seconds} seconds.");
            }
        };
        format!("{who} has sent more than {requests} {what} within {seconds} seconds.")
    }
}

/// A client's address as limits count it: an IPv4 address, or the first 64 bits of an IPv6 address, because a client usually has all
/// addresses that start with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(Option<IpAddr>);

impl ClientAddress {
    /// Parses the `CF-Connecting-IP` header. Clients without a valid one are counted together.
    ///
    /// <https://developers.cloudflare.com/fundamentals/reference/http-headers/#cf-connecting-ip>
    #[must_use]
    pub fn parse(header: Option<&str>) -> Self {
        let address = header.and_then(|text| text.trim().parse::<IpAddr>().ok());
        Self(address.map(|address| match address.to_canonical() {
            IpAddr::V4(address) => IpAddr::V4(address),
            IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
        }))
    }
}

impl Display for ClientAddress {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(address) => address.fmt(formatter),
            None => formatter.write_str("unknown"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{Access, ROUTES};

    const WRANGLER: &str = include_str!("../../../wrangler.toml");
    const DOCS: &str = include_str!("../../../docs/limits.md");

    fn limits() -> impl Iterator<Item = RequestLimit> {
        RateClass::LIMITED.into_iter().map(|class| class.limit().unwrap())
    }

    #[test]
    fn wrangler_counts_with_the_limits_of_the_table() {
        for (number, limit) in (1001..).zip(limits()) {
            let binding = format!(
                "[[ratelimits]]\nname = \"{}\"\nnamespace_id = \"{number}\"\nsimple = {{ limit = {}, period = {} }}\n",
                limit.binding, limit.requests, limit.seconds
            );
            assert_eq!(WRANGLER.matches(&binding).count(), 1, "wrangler.toml has no\n{binding}");
        }
        assert_eq!(WRANGLER.matches("[[ratelimits]]").count(), RateClass::LIMITED.len());
    }

    #[test]
    fn every_limit_is_documented() {
        for limit in limits() {
            let row = format!("| `{}` | {} in {} seconds |", limit.name, limit.requests, limit.seconds);
            assert_eq!(DOCS.matches(&row).count(), 1, "docs/limits.md has no row that starts with {row}");
        }
    }

    #[test]
    fn a_period_is_one_that_the_binding_supports() {
        for limit in limits() {
            assert!([10, 60].contains(&limit.seconds), "{limit:?}");
        }
    }

    #[test]
    fn names_and_bindings_are_unique() {
        let names: BTreeSet<_> = limits().map(|limit| limit.name).collect();
        let bindings: BTreeSet<_> = limits().map(|limit| limit.binding).collect();
        assert_eq!((names.len(), bindings.len()), (RateClass::LIMITED.len(), RateClass::LIMITED.len()));
    }

    #[test]
    fn only_routes_of_organisations_are_limited_by_organisation() {
        for route in ROUTES {
            let Some(limit) = route.rate_class().limit() else { continue };
            let is_organisations = route.access() == Access::Organisation;
            assert_eq!(limit.by == LimitedBy::Organisation, is_organisations, "{}", route.name);
        }
    }

    #[test]
    fn emails_and_sns_messages_are_never_limited_by_the_route() {
        for name in ["SendEmail", "SendBatch", "GetEmail", "ReceiveSns"] {
            let route = ROUTES.iter().find(|route| route.name == name).unwrap();
            assert_eq!(route.rate_class(), RateClass::Unlimited, "{name}");
        }
    }

    #[test]
    fn header_fields_are_those_of_the_draft() {
        let limit = RateClass::Checks.limit().unwrap();
        let expected = [
            ("ratelimit-policy", "\"checks\";q=60;w=60".to_owned()),
            ("ratelimit", "\"checks\";r=0;t=60".to_owned()),
        ];
        assert_eq!(limit.header_fields(), expected);
    }

    #[test]
    fn addresses_of_one_ipv6_network_count_as_one_client() {
        let count_as = |header| ClientAddress::parse(header).to_string();
        for (header, expected) in [
            (Some("192.0.2.7"), "192.0.2.7"),
            (Some(" 192.0.2.7 "), "192.0.2.7"),
            (Some("::ffff:192.0.2.7"), "192.0.2.7"),
            (Some("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::"),
            (Some("2001:db8:1:2:ffff::1"), "2001:db8:1:2::"),
            (Some("2001:db8:1:3::1"), "2001:db8:1:3::"),
            (Some("localhost"), "unknown"),
            (Some(""), "unknown"),
            (None, "unknown"),
        ] {
            assert_eq!(count_as(header), expected, "{header:?}");
        }
    }
}
