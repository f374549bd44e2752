//! Kraiter's own AWS credentials: one access key, or two during a rotation.

use aws_sans_io::Credentials;

use super::error::SettingError;

/// The settings of an access key's ID and secret, and its name in logs.
type KeySettings = (&'static str, &'static str, &'static str);

const KEYS: [KeySettings; 2] = [
    ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "first"),
    ("AWS_ACCESS_KEY_ID_NEXT", "AWS_SECRET_ACCESS_KEY_NEXT", "next"),
];

/// Kraiter's own access keys. If AWS rejects one of them, the other is used.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id-credentials-access-keys-update.html>
#[derive(Clone, Debug)]
pub struct OwnCredentials(Vec<(&'static str, Credentials)>);

impl OwnCredentials {
    /// Parses both access keys. The second is optional.
    pub(super) fn parse(get: impl Fn(&'static str) -> Option<String>) -> Result<Self, SettingError> {
        let mut keys = Vec::new();
        for (id_setting, secret_setting, name) in KEYS {
            match (get(id_setting), get(secret_setting)) {
                (None, None) if !keys.is_empty() => {}
                (None, _) => return Err(SettingError::missing(id_setting)),
                (_, None) => return Err(SettingError::missing(secret_setting)),
                (Some(id), Some(secret)) => {
                    keys.push((name, Credentials::long_term(access_key_id(id_setting, id)?, secret)));
                }
            }
        }
        Ok(Self(keys))
    }

    /// Returns the access keys with their indices and names, starting at `index`, the one that AWS accepted last.
    pub fn starting_at(&self, index: usize) -> impl Iterator<Item = (usize, &'static str, &Credentials)> {
        let count = self.0.len();
        let indices = (0..count).map(move |offset| (index + offset) % count);
        indices.map(|index| (index, self.0[index].0, &self.0[index].1))
    }
}

/// Rejects temporary keys (`ASIA…`), which need a session token and expire within hours.
fn access_key_id(setting: &'static str, id: String) -> Result<String, SettingError> {
    let is_valid = (16..=128).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_valid && !id.starts_with("ASIA") {
        Ok(id)
    } else {
        let message = "it must be the access key ID of an IAM user, 16 to 128 letters and digits".to_owned();
        Err(SettingError { setting, message })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(settings: &[(&'static str, &str)]) -> Result<OwnCredentials, SettingError> {
        OwnCredentials::parse(|name| {
            settings.iter().find(|(setting, _)| *setting == name).map(|(_, value)| (*value).to_owned())
        })
    }

    const FIRST: [(&str, &str); 2] =
        [("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "first-secret")];
    const NEXT: [(&str, &str); 2] =
        [("AWS_ACCESS_KEY_ID_NEXT", "AKIAI44QH8DHBEXAMPLE"), ("AWS_SECRET_ACCESS_KEY_NEXT", "next-secret")];

    fn names(credentials: &OwnCredentials, index: usize) -> Vec<&'static str> {
        credentials.starting_at(index).map(|(_, name, _)| name).collect()
    }

    #[test]
    fn one_access_key_is_enough_and_the_last_accepted_one_comes_first() {
        let one = parse(&FIRST).unwrap();
        assert_eq!(names(&one, 0), ["first"]);
        let both = parse(&[FIRST, NEXT].concat()).unwrap();
        assert_eq!(names(&both, 0), ["first", "next"]);
        assert_eq!(names(&both, 1), ["next", "first"]);
        // The index may be from before the second key was removed.
        assert_eq!(names(&one, 1), ["first"]);
        assert!(!format!("{both:?}").contains("secret\""));
    }

    #[test]
    fn an_incomplete_access_key_is_rejected_with_the_missing_setting() {
        let setting = |settings: &[(&'static str, &str)]| parse(settings).unwrap_err().setting;
        assert_eq!(setting(&[]), "AWS_ACCESS_KEY_ID");
        assert_eq!(setting(&FIRST[..1]), "AWS_SECRET_ACCESS_KEY");
        assert_eq!(setting(&[FIRST[0], FIRST[1], NEXT[0]]), "AWS_SECRET_ACCESS_KEY_NEXT");
        assert_eq!(setting(&[FIRST[0], FIRST[1], NEXT[1]]), "AWS_ACCESS_KEY_ID_NEXT");
        assert_eq!(setting(&NEXT), "AWS_ACCESS_KEY_ID");
        let temporary = [FIRST[0], FIRST[1], ("AWS_ACCESS_KEY_ID_NEXT", "ASIAIOSFODNN7EXAMPLE"), NEXT[1]];
        assert_eq!(setting(&temporary), "AWS_ACCESS_KEY_ID_NEXT");
    }
}
