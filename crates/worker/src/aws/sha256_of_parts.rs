//! The hash of a body that arrives in parts.

use web_crypto::{Sha256Stream, sha256};

/// Length from which parts are hashed before the next one is read, in bytes.
const MAX_BUFFERED: usize = 256 * 1024;

/// Returns the SHA-256 hash and the length of the concatenation of `parts`.
///
/// # Errors
/// The first error of `parts`, or the runtime's.
pub(crate) async fn sha256_of_parts(
    parts: impl Iterator<Item = worker::Result<Vec<u8>>>,
) -> worker::Result<([u8; 32], u64)> {
    let (mut buffered, mut stream, mut length) = (Vec::new(), None, 0);
    for part in parts {
        let part = part?;
        length += part.len() as u64;
        buffered.extend(part);
        if buffered.len() >= MAX_BUFFERED {
            let stream = match &stream {
                Some(stream) => stream,
                None => stream.insert(Sha256Stream::new()?),
            };
            stream.write(&buffered).await?;
            buffered.clear();
        }
    }
    // Each call of a stream is a promise, so a short body is hashed in one call.
    let hash = match stream {
        None => sha256(&buffered).await?,
        Some(stream) => {
            stream.write(&buffered).await?;
            stream.finish().await?
        }
    };
    Ok((hash, length))
}
