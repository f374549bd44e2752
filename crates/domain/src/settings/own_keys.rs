//! Kraiter's own AWS keys: one pair, or two while they are changed.

use aws_sans_io::Credentials;

use super::{SettingError, access_key_id};

/// The settings of a pair, and how logs name it.
type Pair = (&'static str, &'static str, &'static str);

/// `AWS_ACCESS_KEY_ID` and its secret, and the pair that is to follow.
const PAIRS: [Pair; 2] = [
    ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "first"),
    ("AWS_ACCESS_KEY_ID_NEXT", "AWS_SECRET_ACCESS_KEY_NEXT", "next"),
];

/// Kraiter's own keys. Where AWS doesn't take one pair any more, or not yet, the other is used.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id-credentials-access-keys-update.html>
#[derive(Clone, Debug)]
pub struct OwnKeys(Vec<(&'static str, Credentials)>);

impl OwnKeys {
    /// Reads both pairs; the second may be missing as a whole.
    pub(super) fn parse(optional: impl Fn(&'static str) -> Option<String>) -> Result<Self, SettingError> {
        let mut keys = Vec::new();
        for (id, secret, name) in PAIRS {
            let missing = |setting| SettingError { setting, message: "it isn't set".to_owned() };
            match (optional(id), optional(secret)) {
                (None, None) if !keys.is_empty() => {}
                (None, _) => return Err(missing(id)),
                (_, None) => return Err(missing(secret)),
                (Some(key), Some(value)) => {
                    keys.push((name, Credentials::long_term(access_key_id(id, key)?, value)));
                }
            }
        }
        Ok(Self(keys))
    }

    /// The pairs, each with its number and its name, beginning with the one of this number: the last that AWS has taken.
    pub fn beginning_with(&self, number: usize) -> impl Iterator<Item = (usize, &'static str, &Credentials)> {
        let count = self.0.len();
        let numbers = (0..count).map(move |turn| (number + turn) % count);
        numbers.map(|number| (number, self.0[number].0, &self.0[number].1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(set: &[(&'static str, &str)]) -> Result<OwnKeys, SettingError> {
        OwnKeys::parse(|name| {
            set.iter().find(|(setting, _)| *setting == name).map(|(_, value)| (*value).to_owned())
        })
    }

    const FIRST: [(&str, &str); 2] =
        [("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "first-secret")];
    const NEXT: [(&str, &str); 2] =
        [("AWS_ACCESS_KEY_ID_NEXT", "AKIAI44QH8DHBEXAMPLE"), ("AWS_SECRET_ACCESS_KEY_NEXT", "next-secret")];

    fn names(keys: &OwnKeys, number: usize) -> Vec<&'static str> {
        keys.beginning_with(number).map(|(_, name, _)| name).collect()
    }

    #[test]
    fn one_pair_is_enough_and_the_one_that_worked_comes_first() {
        let one = keys(&FIRST).unwrap();
        assert_eq!(names(&one, 0), ["first"]);
        let both = keys(&[FIRST, NEXT].concat()).unwrap();
        assert_eq!(names(&both, 0), ["first", "next"]);
        assert_eq!(names(&both, 1), ["next", "first"]);
        // What another deployment has remembered.
        assert_eq!(names(&one, 1), ["first"]);
        assert!(!format!("{both:?}").contains("secret\""));
    }

    #[test]
    fn half_a_pair_is_refused_by_the_name_of_what_is_missing() {
        let setting = |set: &[(&'static str, &str)]| keys(set).unwrap_err().setting;
        assert_eq!(setting(&[]), "AWS_ACCESS_KEY_ID");
        assert_eq!(setting(&FIRST[..1]), "AWS_SECRET_ACCESS_KEY");
        assert_eq!(setting(&[FIRST[0], FIRST[1], NEXT[0]]), "AWS_SECRET_ACCESS_KEY_NEXT");
        assert_eq!(setting(&[FIRST[0], FIRST[1], NEXT[1]]), "AWS_ACCESS_KEY_ID_NEXT");
        assert_eq!(setting(&NEXT), "AWS_ACCESS_KEY_ID");
        let temporary = [FIRST[0], FIRST[1], ("AWS_ACCESS_KEY_ID_NEXT", "ASIAIOSFODNN7EXAMPLE"), NEXT[1]];
        assert_eq!(setting(&temporary), "AWS_ACCESS_KEY_ID_NEXT");
    }
}
