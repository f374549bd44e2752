//! Parsing of X.509 certificates, of only what is checked.
//!
//! <https://www.rfc-editor.org/rfc/rfc5280#section-4.1>

use pkcs1::{
    ObjectIdentifier, RsaPublicKeyRef,
    der::{
        Decode, ErrorKind, Reader, Result, SliceReader, Tag,
        asn1::{AnyRef, BitStringRef, GeneralizedTime, OctetStringRef, UtcTime},
    },
};
use time::OffsetDateTime;

/// `id-at-commonName`: <https://www.rfc-editor.org/rfc/rfc5280#appendix-A.1>
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");

/// `id-ce-subjectAltName`: <https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.6>
const SUBJECT_ALT_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.17");

/// The tag of a `dNSName` in a subjectAltName: `[2]`, primitive.
const DNS_NAME: u8 = 0x82;

/// The tag of the extensions: `[3]`, constructed.
const EXTENSIONS: u8 = 0xa3;

/// A certificate with an RSA key.
#[derive(Debug)]
pub(super) struct X509<'a> {
    pub(super) not_before: OffsetDateTime,
    pub(super) not_after: OffsetDateTime,
    /// The common names of the subject.
    pub(super) common_names: Vec<&'a [u8]>,
    /// The DNS names of the subject.
    pub(super) dns_names: Vec<&'a [u8]>,
    /// The DER encoding of the `SubjectPublicKeyInfo`.
    pub(super) public_key: &'a [u8],
    /// The length of the modulus in bits.
    pub(super) key_bits: usize,
}

impl<'a> X509<'a> {
    /// Parses the DER encoding of a certificate.
    pub(super) fn parse(der: &'a [u8]) -> Result<Self> {
        let mut reader = SliceReader::new(der)?;
        let certificate = sequence(&mut reader, |certificate| {
            let parsed = sequence(certificate, Self::parse_signed_part)?;
            // The algorithm and the value of the issuer's signature.
            certificate.tlv_bytes()?;
            certificate.tlv_bytes()?;
            Ok(parsed)
        })?;
        reader.finish()?;
        Ok(certificate)
    }

    fn parse_signed_part(reader: &mut SliceReader<'a>) -> Result<Self> {
        // The version, which is optional, the serial number, the signature's algorithm and the issuer.
        let skipped = if Tag::peek(reader)? == Tag::Integer { 3 } else { 4 };
        for _ in 0..skipped {
            reader.tlv_bytes()?;
        }
        let (not_before, not_after) = sequence(reader, |validity| Ok((time(validity)?, time(validity)?)))?;
        let common_names = sequence(reader, common_names)?;
        let public_key = reader.tlv_bytes()?;
        let mut dns_names = Vec::new();
        // Unique identifiers, which are obsolete, and the extensions.
        while !reader.is_finished() {
            let is_extensions = reader.peek_byte() == Some(EXTENSIONS);
            let field = AnyRef::decode(reader)?;
            if is_extensions {
                dns_names = sequence(&mut SliceReader::new(field.value())?, dns_names_of_extensions)?;
            }
        }
        let key_bits = rsa_key_bits(public_key)?;
        Ok(Self { not_before, not_after, common_names, dns_names, public_key, key_bits })
    }
}

/// Parses a sequence.
fn sequence<'a, T>(
    reader: &mut SliceReader<'a>,
    parse: impl FnOnce(&mut SliceReader<'a>) -> Result<T>,
) -> Result<T> {
    reader.sequence(parse)
}

fn time(reader: &mut SliceReader<'_>) -> Result<OffsetDateTime> {
    let since_1970 = match Tag::peek(reader)? {
        Tag::UtcTime => UtcTime::decode(reader)?.to_unix_duration(),
        _ => GeneralizedTime::decode(reader)?.to_unix_duration(),
    };
    let seconds = i64::try_from(since_1970.as_secs()).ok();
    seconds
        .and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok())
        .ok_or_else(|| ErrorKind::DateTime.into())
}

/// Parses a name: a sequence of sets of attributes.
fn common_names<'a>(reader: &mut SliceReader<'a>) -> Result<Vec<&'a [u8]>> {
    let mut names = Vec::new();
    while !reader.is_finished() {
        let set = AnyRef::decode(reader)?;
        let mut set = SliceReader::new(set.value())?;
        while !set.is_finished() {
            let (kind, value) = sequence(&mut set, |attribute| {
                Ok((ObjectIdentifier::decode(attribute)?, AnyRef::decode(attribute)?))
            })?;
            if kind == COMMON_NAME {
                names.push(value.value());
            }
        }
    }
    Ok(names)
}

fn dns_names_of_extensions<'a>(reader: &mut SliceReader<'a>) -> Result<Vec<&'a [u8]>> {
    let mut names = Vec::new();
    while !reader.is_finished() {
        let (kind, value) = sequence(reader, |extension| {
            let kind = ObjectIdentifier::decode(extension)?;
            if Tag::peek(extension)? == Tag::Boolean {
                extension.tlv_bytes()?;
            }
            Ok((kind, <&OctetStringRef>::decode(extension)?.as_bytes()))
        })?;
        if kind == SUBJECT_ALT_NAME {
            sequence(&mut SliceReader::new(value)?, |alternatives| {
                while !alternatives.is_finished() {
                    let is_dns_name = alternatives.peek_byte() == Some(DNS_NAME);
                    let name = AnyRef::decode(alternatives)?;
                    if is_dns_name {
                        names.push(name.value());
                    }
                }
                Ok(())
            })?;
        }
    }
    Ok(names)
}

/// Returns the length of the modulus of a `SubjectPublicKeyInfo` in bits.
fn rsa_key_bits(public_key: &[u8]) -> Result<usize> {
    sequence(&mut SliceReader::new(public_key)?, |info| {
        let algorithm = AnyRef::decode(info)?;
        let oid = ObjectIdentifier::decode(&mut SliceReader::new(algorithm.value())?)?;
        if oid != pkcs1::ALGORITHM_OID {
            return Err(ErrorKind::OidUnknown { oid }.into());
        }
        let key = BitStringRef::decode(info)?;
        let key = key.as_bytes().ok_or(ErrorKind::Failed)?;
        let modulus = RsaPublicKeyRef::from_der(key)?.modulus;
        let modulus = modulus.as_bytes();
        Ok(modulus.first().map_or(0, |first| modulus.len() * 8 - first.leading_zeros() as usize))
    })
}
