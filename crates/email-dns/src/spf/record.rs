//! The grammar of SPF records. A single invalid term makes receivers ignore the whole record.
//!
//! <https://www.rfc-editor.org/rfc/rfc7208#section-12>

use std::net::{Ipv4Addr, Ipv6Addr};

use thiserror::Error;

/// The part of an invalid term that a message quotes, in characters.
const MAX_QUOTED_CHARS: usize = 80;

/// An SPF record with valid terms.
#[derive(Debug)]
pub(super) struct SpfRecord<'a>(Vec<Term<'a>>);

/// A term of a record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Term<'a> {
    /// The term as published.
    pub(super) text: &'a str,
    /// The mechanism or modifier.
    pub(super) kind: TermKind,
    /// Whether a match lets the sender pass.
    pub(super) passes: bool,
}

/// A mechanism or modifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TermKind {
    All,
    Include,
    A,
    Mx,
    Ptr,
    Ip4,
    Ip6,
    Exists,
    Redirect,
    Explanation,
    UnknownModifier,
}

/// A term that isn't valid.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("\"{term}\" is not a valid SPF term, so receivers ignore the whole record. {problem}")]
pub(super) struct InvalidTerm {
    term: String,
    problem: TermProblem,
}

#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
enum TermProblem {
    #[error("Separate terms with spaces, without commas or semicolons.")]
    Separator,
    #[error("Write a colon instead of the equals sign.")]
    EqualsSign,
    #[error("Terms are all, include:, a, mx, ip4:, ip6:, exists: and redirect=.")]
    UnknownName,
    #[error("It needs a domain name directly after it, such as include:_spf.example.com.")]
    Domain,
    #[error("It needs an IPv4 address or network, such as ip4:192.0.2.0/24.")]
    Ip4Network,
    #[error("It needs an IPv6 address or network, such as ip6:2001:db8::/32.")]
    Ip6Network,
    #[error("Only ip4:, ip6:, a and mx take a value after a slash, up to /32 for IPv4 and /128 for IPv6.")]
    PrefixLength,
    #[error("Nothing can follow \"all\". Put a space after it.")]
    AfterAll,
    #[error("It may appear only once.")]
    Repeated,
}

impl<'a> SpfRecord<'a> {
    /// Parses the terms of a text that starts with `v=spf1`.
    pub(super) fn parse(text: &'a str) -> Result<Self, InvalidTerm> {
        let mut terms: Vec<Term<'a>> = Vec::new();
        for text in text.split(' ').skip(1).filter(|text| !text.is_empty()) {
            let invalid = |problem| InvalidTerm { term: quote(text), problem };
            let has_separator = text.contains([',', ';']) && !text.contains('{');
            let term = Term::parse(text)
                .map_err(|problem| invalid(if has_separator { TermProblem::Separator } else { problem }))?;
            let is_unique = matches!(term.kind, TermKind::Redirect | TermKind::Explanation);
            if is_unique && terms.iter().any(|other| other.kind == term.kind) {
                return Err(invalid(TermProblem::Repeated));
            }
            terms.push(term);
        }
        Ok(Self(terms))
    }

    pub(super) fn terms(&self) -> &[Term<'a>] {
        &self.0
    }

    /// Returns the terms that receivers evaluate: mechanisms up to `all`, and `redirect` if there is no `all`.
    pub(super) fn effective_terms(&self) -> impl Iterator<Item = &Term<'a>> {
        let all = self.all_position();
        let is_effective = move |(position, term): &(usize, &Term<'a>)| match term.kind {
            TermKind::Redirect => all.is_none(),
            _ => all.is_none_or(|all| *position <= all),
        };
        self.0.iter().enumerate().filter(is_effective).map(|(_, term)| term)
    }

    /// Returns the mechanisms that have no effect because they follow `all`.
    pub(super) fn ignored_mechanisms(&self) -> impl Iterator<Item = &Term<'a>> {
        let after_all = self.all_position().map_or(self.0.len(), |all| all + 1);
        self.0[after_all..].iter().filter(|term| term.kind.is_mechanism())
    }

    pub(super) fn all_position(&self) -> Option<usize> {
        self.0.iter().position(|term| term.kind == TermKind::All)
    }
}

impl<'a> Term<'a> {
    fn parse(text: &'a str) -> Result<Self, TermProblem> {
        let unqualified = text.strip_prefix(['+', '-', '~', '?']);
        let directive = unqualified.unwrap_or(text);
        let name_end = directive.find([':', '/', '=']).unwrap_or(directive.len());
        let (name, value) = directive.split_at(name_end);
        let mechanism = TermKind::mechanism(name);
        let kind = match (mechanism, value.starts_with('=')) {
            (Some(_), true) => return Err(TermProblem::EqualsSign),
            (Some(kind), false) => kind,
            (None, true) if unqualified.is_none() && is_modifier_name(name) => TermKind::modifier(name),
            _ => return Err(TermProblem::UnknownName),
        };
        kind.check_value(value)?;
        Ok(Self { text, kind, passes: !text.starts_with(['-', '~', '?']) })
    }

    /// Returns whether the term includes the record of `domain`.
    pub(super) fn includes(&self, domain: &str) -> bool {
        let target = self.text.split_once(':').map(|(_, target)| target.trim_end_matches('.'));
        self.kind == TermKind::Include && target.is_some_and(|target| target.eq_ignore_ascii_case(domain))
    }
}

impl TermKind {
    fn mechanism(name: &str) -> Option<Self> {
        const NAMES: [(&str, TermKind); 8] = [
            ("all", TermKind::All),
            ("include", TermKind::Include),
            ("a", TermKind::A),
            ("mx", TermKind::Mx),
            ("ptr", TermKind::Ptr),
            ("ip4", TermKind::Ip4),
            ("ip6", TermKind::Ip6),
            ("exists", TermKind::Exists),
        ];
        NAMES.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, kind)| kind)
    }

    fn modifier(name: &str) -> Self {
        match name {
            _ if name.eq_ignore_ascii_case("redirect") => Self::Redirect,
            _ if name.eq_ignore_ascii_case("exp") => Self::Explanation,
            _ => Self::UnknownModifier,
        }
    }

    const fn is_mechanism(self) -> bool {
        !matches!(self, Self::Redirect | Self::Explanation | Self::UnknownModifier)
    }

    /// Returns whether the term requires a DNS lookup.
    pub(super) const fn needs_lookup(self) -> bool {
        matches!(self, Self::Include | Self::A | Self::Mx | Self::Ptr | Self::Exists | Self::Redirect)
    }

    /// Checks the part of a term after its name, with its `:`, `/` or `=`.
    fn check_value(self, value: &str) -> Result<(), TermProblem> {
        let domain = |value: &str| is_domain_spec(value).then_some(()).ok_or(TermProblem::Domain);
        let after_colon = value.strip_prefix(':');
        match self {
            Self::All => value.is_empty().then_some(()).ok_or(TermProblem::AfterAll),
            Self::Ptr if value.is_empty() => Ok(()),
            Self::Include | Self::Exists | Self::Ptr => domain(after_colon.unwrap_or_default()),
            Self::A | Self::Mx => {
                let after_macros = value.rfind('}').unwrap_or_default();
                let prefix = value[after_macros..].find('/').map_or(value.len(), |at| after_macros + at);
                let (target, prefix) = value.split_at(prefix);
                check_dual_prefix_length(prefix)?;
                if target.is_empty() { Ok(()) } else { domain(&target[1..]) }
            }
            Self::Ip4 => check_network::<Ipv4Addr>(after_colon, 32, TermProblem::Ip4Network),
            Self::Ip6 => check_network::<Ipv6Addr>(after_colon, 128, TermProblem::Ip6Network),
            Self::Redirect | Self::Explanation => domain(&value[1..]),
            Self::UnknownModifier => Ok(()),
        }
    }
}

fn is_modifier_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

fn check_network<A: std::str::FromStr>(
    network: Option<&str>,
    max_length: u8,
    problem: TermProblem,
) -> Result<(), TermProblem> {
    let network = network.ok_or(problem)?;
    let (address, length) = match network.split_once('/') {
        Some((address, length)) => (address, Some(length)),
        None => (network, None),
    };
    address.parse::<A>().map_err(|_| problem)?;
    let is_valid = length.is_none_or(|length| is_prefix_length(length, max_length));
    is_valid.then_some(()).ok_or(TermProblem::PrefixLength)
}

/// Checks the prefix lengths of `a` and `mx`: `/24`, `//64` or `/24//64`.
fn check_dual_prefix_length(prefix: &str) -> Result<(), TermProblem> {
    let (ip4, ip6) = match prefix.split_once("//") {
        Some((ip4, ip6)) => (ip4, Some(ip6)),
        None => (prefix, None),
    };
    let is_valid = (ip4.is_empty() || ip4.strip_prefix('/').is_some_and(|ip4| is_prefix_length(ip4, 32)))
        && ip6.is_none_or(|ip6| is_prefix_length(ip6, 128));
    is_valid.then_some(()).ok_or(TermProblem::PrefixLength)
}

fn is_prefix_length(text: &str, max: u8) -> bool {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    is_plain && text.parse::<u8>().is_ok_and(|length| length <= max)
}

/// Returns whether a text is a domain, perhaps with macros such as `%{i}._spf.%{d2}`. Stricter than RFC 7208, which lets a
/// domain contain all visible characters: no domain name with others than these exists.
fn is_domain_spec(text: &str) -> bool {
    // The part of the text after its last macro, where the top-level domain is.
    let mut literal = text;
    while let Some((before, _)) = literal.split_once('%') {
        let after = &literal[before.len()..];
        let Some(length) = macro_length(after).filter(|_| is_literal(before)) else { return false };
        literal = &after[length..];
    }
    let ends_with_macro = literal.is_empty() && !text.is_empty();
    let name = literal.strip_suffix('.').unwrap_or(literal);
    let has_top_level = name.rsplit_once('.').is_some_and(|(_, label)| is_top_level(label));
    is_literal(literal)
        && (ends_with_macro || has_top_level)
        && !text.starts_with('.')
        && !text.contains("..")
}

fn is_literal(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
}

fn is_top_level(label: &str) -> bool {
    let is_inner = |c: char| c.is_ascii_alphanumeric() || c == '-';
    !label.is_empty()
        && label.chars().all(is_inner)
        && !label.starts_with('-')
        && !label.ends_with('-')
        && !label.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns the length of the macro at the start of a text: `%%`, `%_`, `%-` or `%{…}`.
fn macro_length(text: &str) -> Option<usize> {
    if ["%%", "%_", "%-"].iter().any(|escape| text.starts_with(escape)) {
        return Some(2);
    }
    let (content, _) = text.strip_prefix("%{")?.split_once('}')?;
    let transformers =
        content.strip_prefix(|letter: char| "slodiphv".contains(letter.to_ascii_lowercase()))?;
    let after_digits = transformers.trim_start_matches(|c: char| c.is_ascii_digit());
    let delimiters = after_digits.strip_prefix(['r', 'R']).unwrap_or(after_digits);
    let is_valid = delimiters.chars().all(|c| ".-+,/_=".contains(c));
    is_valid.then_some("%{}".len() + content.len())
}

/// Returns a term for a message, with invisible characters escaped.
pub(super) fn quote(term: &str) -> String {
    let mut quoted: String = term.chars().take(MAX_QUOTED_CHARS).flat_map(char::escape_debug).collect();
    if term.chars().nth(MAX_QUOTED_CHARS).is_some() {
        quoted.push('…');
    }
    quoted
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn problem(term: &str) -> Option<TermProblem> {
        SpfRecord::parse(&format!("v=spf1 {term} -all")).err().map(|error| error.problem)
    }

    #[test]
    fn the_terms_of_the_rfc_are_valid() {
        for term in [
            "all",
            "+ALL",
            "include:_spf.example.com",
            "~Include:example.com.",
            "a",
            "a/24",
            "a//64",
            "a/0//128",
            "a:example.com",
            "-a:mail.example.com/32//0",
            "mx",
            "?mx:example.com/24",
            "ptr",
            "ptr:example.com",
            "ip4:192.0.2.1",
            "ip4:192.0.2.0/24",
            "ip6:2001:db8::1",
            "ip6:2001:db8::/32",
            "exists:%{ir}.%{l1r+-}._spf.%{d}",
            "exists:%{i}._spf.%{d2}.example.com",
            "include:%{d}.xn--p1ai",
            "redirect=_spf.example.com",
            "exp=explain._spf.%{d}",
            "moo.cow-far_out=man:dog/cat;a,b",
            "rp=100",
        ] {
            assert_eq!(problem(term), None, "{term}");
        }
    }

    #[test]
    fn an_invalid_term_is_named_with_its_problem() {
        use TermProblem::{
            AfterAll, Domain, EqualsSign, Ip4Network, Ip6Network, PrefixLength, Repeated, Separator,
            UnknownName,
        };
        for (term, expected) in [
            ("include=amazonses.com", EqualsSign),
            ("ip4=192.0.2.1", EqualsSign),
            ("include.amazonses.com", UnknownName),
            ("includes:_spf.example.net", UnknownName),
            ("ipv4:192.0.2.1", UnknownName),
            ("-redirect=example.com", UnknownName),
            ("\"mx\"", UnknownName),
            ("mx\t", UnknownName),
            ("\u{a0}", UnknownName),
            ("include: amazonses.com", Domain),
            ("include", Domain),
            ("a:192.0.2.1", Domain),
            ("a:", Domain),
            ("include:localhost", Domain),
            ("include:.example.com", Domain),
            ("include:a..example.com", Domain),
            ("include:https://example.com", Domain),
            ("include:%{z}.example.com", Domain),
            ("include:%", Domain),
            ("include:bücher.example", Domain),
            ("redirect=", Domain),
            ("include:amazonses.com,include:_spf.google.com", Separator),
            ("mx;", Separator),
            ("ip4:203.0.113.7~all", Ip4Network),
            ("ip4:203.0.113", Ip4Network),
            ("ip4", Ip4Network),
            ("ip6:192.0.2.1", Ip6Network),
            ("ip4:192.0.2.0/33", PrefixLength),
            ("ip4:192.0.2.0/024", PrefixLength),
            ("ip4:192.0.2.0/", PrefixLength),
            ("a/", PrefixLength),
            ("a/24/64", PrefixLength),
            ("mx//129", PrefixLength),
            ("all:x", AfterAll),
            ("redirect=a.example redirect=b.example", Repeated),
        ] {
            assert_eq!(problem(term), Some(expected), "{term}");
        }
        let error = SpfRecord::parse("v=spf1 mx\tincludes:x ~all").unwrap_err().to_string();
        assert!(error.starts_with("\"mx\\tincludes:x\" is not a valid SPF term"), "{error}");
    }

    #[test]
    fn terms_after_all_and_a_redirect_beside_all_have_no_effect() {
        let record = SpfRecord::parse("v=spf1 redirect=y.example mx ~all exp=e.example a -all").unwrap();
        let texts = |terms: Vec<&Term<'_>>| terms.iter().map(|term| term.text.to_owned()).collect::<Vec<_>>();
        assert_eq!(texts(record.effective_terms().collect()), ["mx", "~all"]);
        assert_eq!(texts(record.ignored_mechanisms().collect()), ["a", "-all"]);
        let record = SpfRecord::parse("v=spf1 mx redirect=y.example").unwrap();
        assert_eq!(texts(record.effective_terms().collect()), ["mx", "redirect=y.example"]);
        assert_eq!(record.ignored_mechanisms().count(), 0);
    }

    proptest! {
        #[test]
        fn no_term_causes_a_panic(term in "[+~?-]?(a|mx|ip4|ip6|include|exists|redirect|ptr|all)?[:=/%{}.a-z0-9é]{0,12}") {
            let _ = SpfRecord::parse(&format!("v=spf1 {term}"));
        }
    }
}
