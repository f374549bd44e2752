//! Signatures and hashes computed by the runtime, which is faster than WebAssembly.
//!
//! <https://developers.cloudflare.com/workers/runtime-apis/web-crypto/>

use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use serde_json::json;
use sns_verify::{Rejection, Signature, SignatureVersion};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

use crate::log;

// Slices are passed as views of WebAssembly's memory: the functions read them before they return.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["crypto", "subtle"], js_name = importKey, catch)]
    fn import_key(
        format: &str,
        key: &[u8],
        algorithm: &JsValue,
        extractable: bool,
        usages: &Array,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(js_namespace = ["crypto", "subtle"], js_name = verify, catch)]
    fn verify(algorithm: &str, key: &PublicKey, signature: &[u8], data: &[u8]) -> Result<Promise, JsValue>;

    #[wasm_bindgen(js_namespace = ["crypto", "subtle"], js_name = digest, catch)]
    fn digest(algorithm: &str, data: &[u8]) -> Result<Promise, JsValue>;

    /// A key for signatures of one version.
    #[derive(Clone)]
    pub(crate) type PublicKey;

    type DigestStream;
    #[wasm_bindgen(constructor, js_namespace = crypto, catch)]
    fn new(algorithm: &str) -> Result<DigestStream, JsValue>;
    #[wasm_bindgen(method, getter)]
    fn digest(this: &DigestStream) -> Promise;
    #[wasm_bindgen(method, js_name = getWriter)]
    fn writer(this: &DigestStream) -> DigestWriter;

    type DigestWriter;
    #[wasm_bindgen(method)]
    fn write(this: &DigestWriter, chunk: &Uint8Array) -> Promise;
    #[wasm_bindgen(method)]
    fn close(this: &DigestWriter) -> Promise;
}

const RSA: &str = "RSASSA-PKCS1-v1_5";
const SHA_256: &str = "SHA-256";

impl PublicKey {
    /// Imports the key of a signature.
    ///
    /// # Errors
    /// [`Rejection::CertificateUnreadable`] if the runtime doesn't accept the key.
    pub(crate) async fn import(signature: &Signature<'_>) -> Result<Self, Rejection> {
        let hash = match signature.version {
            SignatureVersion::One => "SHA-1",
            SignatureVersion::Two => SHA_256,
        };
        let import = async {
            let algorithm = Object::new();
            Reflect::set(&algorithm, &"name".into(), &RSA.into())?;
            Reflect::set(&algorithm, &"hash".into(), &hash.into())?;
            let usages = Array::of1(&"verify".into());
            JsFuture::from(import_key("spki", signature.public_key, &algorithm, false, &usages)?).await
        };
        let key = import.await.map_err(|error| failed(&error))?;
        Ok(key.unchecked_into())
    }

    /// Returns whether a signature is valid.
    ///
    /// # Errors
    /// [`Rejection::CertificateUnreadable`] if the runtime can't use the key.
    pub(crate) async fn is_valid(&self, signature: &Signature<'_>) -> Result<bool, Rejection> {
        let verify =
            async { JsFuture::from(verify(RSA, self, signature.signature, signature.signed)?).await };
        Ok(verify.await.map_err(|error| failed(&error))?.is_truthy())
    }
}

fn failed(error: &JsValue) -> Rejection {
    log::error("web_crypto_failed", json!({ "error": format!("{error:?}") }));
    Rejection::CertificateUnreadable
}

/// Returns the SHA-256 hash of `bytes`.
///
/// # Errors
/// The runtime's error.
pub(crate) async fn sha256(bytes: &[u8]) -> worker::Result<[u8; 32]> {
    to_hash(&JsFuture::from(digest(SHA_256, bytes)?).await?)
}

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

/// Computes a SHA-256 hash piece by piece.
struct Sha256Stream {
    stream: DigestStream,
    writer: DigestWriter,
}

impl Sha256Stream {
    fn new() -> worker::Result<Self> {
        let stream = DigestStream::new(SHA_256)?;
        let writer = stream.writer();
        Ok(Self { stream, writer })
    }

    async fn write(&self, bytes: &[u8]) -> worker::Result<()> {
        // The stream may read the bytes after this call, so it gets a copy.
        JsFuture::from(self.writer.write(&Uint8Array::from(bytes))).await?;
        Ok(())
    }

    async fn finish(self) -> worker::Result<[u8; 32]> {
        JsFuture::from(self.writer.close()).await?;
        to_hash(&JsFuture::from(self.stream.digest()).await?)
    }
}

fn to_hash(buffer: &JsValue) -> worker::Result<[u8; 32]> {
    let mut hash = [0; 32];
    let bytes = Uint8Array::new(buffer);
    if bytes.length() as usize != hash.len() {
        return Err(worker::Error::RustError("a SHA-256 hash doesn't have 32 bytes".to_owned()));
    }
    bytes.copy_to(&mut hash);
    Ok(hash)
}
