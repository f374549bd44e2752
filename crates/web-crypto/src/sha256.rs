//! SHA-256 in one call, or piece by piece.

use js_sys::{Promise, Uint8Array};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    // The slice is passed as a view of WebAssembly's memory: the function reads it before it returns.
    #[wasm_bindgen(js_namespace = ["crypto", "subtle"], js_name = digest, catch)]
    fn digest(algorithm: &str, data: &[u8]) -> Result<Promise, JsValue>;

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

const SHA_256: &str = "SHA-256";

/// Returns the SHA-256 hash of `bytes`.
///
/// # Errors
/// The runtime's error.
pub async fn sha256(bytes: &[u8]) -> Result<[u8; 32], JsValue> {
    to_hash(&JsFuture::from(digest(SHA_256, bytes)?).await?)
}

/// Computes a SHA-256 hash piece by piece. Only Cloudflare Workers have the stream.
///
/// <https://developers.cloudflare.com/workers/runtime-apis/web-crypto/#constructors>
pub struct Sha256Stream {
    stream: DigestStream,
    writer: DigestWriter,
}

impl Sha256Stream {
    /// Starts a hash.
    ///
    /// # Errors
    /// The runtime's error.
    pub fn new() -> Result<Self, JsValue> {
        let stream = DigestStream::new(SHA_256)?;
        let writer = stream.writer();
        Ok(Self { stream, writer })
    }

    /// Adds bytes.
    ///
    /// # Errors
    /// The runtime's error.
    pub async fn write(&self, bytes: &[u8]) -> Result<(), JsValue> {
        // The stream may read the bytes after this call, so it gets a copy.
        JsFuture::from(self.writer.write(&Uint8Array::from(bytes))).await?;
        Ok(())
    }

    /// Returns the hash of all bytes.
    ///
    /// # Errors
    /// The runtime's error.
    pub async fn finish(self) -> Result<[u8; 32], JsValue> {
        JsFuture::from(self.writer.close()).await?;
        to_hash(&JsFuture::from(self.stream.digest()).await?)
    }
}

fn to_hash(buffer: &JsValue) -> Result<[u8; 32], JsValue> {
    let bytes = Uint8Array::new(buffer).to_vec();
    bytes.try_into().map_err(|_| JsValue::from_str("a SHA-256 hash doesn't have 32 bytes"))
}
