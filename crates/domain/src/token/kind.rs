//! The kinds of tokens.

use aws_sans_io::Region;

/// A kind of token: its prefix and what it carries besides the organisation.
pub trait Kind {
    /// The start of the token. It is part of the tag, so a token of one kind is none of another.
    const PREFIX: &'static str;

    /// What the token carries.
    type Data: Copy;

    /// Appends the data to a token's bytes.
    fn encode(data: Self::Data, bytes: &mut Vec<u8>);

    /// Parses the data. Returns `None` if there are more or fewer bytes than the kind has.
    fn decode(bytes: &[u8]) -> Option<Self::Data>;
}

#[derive(Clone)]
pub enum ApiKey {}

#[derive(Clone)]
pub enum TestKey {}

#[derive(Clone)]
pub enum Webhook {}

#[derive(Clone)]
pub enum Session {}

impl Kind for ApiKey {
    const PREFIX: &'static str = "kr_key_";
    type Data = ();

    fn encode((): (), _: &mut Vec<u8>) {}

    fn decode(bytes: &[u8]) -> Option<()> {
        bytes.is_empty().then_some(())
    }
}

impl Kind for TestKey {
    const PREFIX: &'static str = "kr_test_";
    type Data = ();

    fn encode((): (), _: &mut Vec<u8>) {}

    fn decode(bytes: &[u8]) -> Option<()> {
        bytes.is_empty().then_some(())
    }
}

/// Keys for the API.
pub trait KeyKind: Kind<Data = ()> {}

impl KeyKind for ApiKey {}
impl KeyKind for TestKey {}

impl Kind for Webhook {
    const PREFIX: &'static str = "kr_wh_";
    type Data = Region;

    fn encode(region: Region, bytes: &mut Vec<u8>) {
        bytes.push(region.number());
    }

    fn decode(bytes: &[u8]) -> Option<Region> {
        let &[number] = bytes else { return None };
        Region::from_number(number)
    }
}

impl Kind for Session {
    const PREFIX: &'static str = "kr_se_";
    /// The end in seconds since 1970.
    type Data = u32;

    fn encode(seconds: u32, bytes: &mut Vec<u8>) {
        bytes.extend(seconds.to_be_bytes());
    }

    fn decode(bytes: &[u8]) -> Option<u32> {
        bytes.try_into().ok().map(u32::from_be_bytes)
    }
}
