//! The runtime's signatures and hashes, as in the Worker's module of the same name.

use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use sns_verify::{Rejection, Signature};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

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

    /// A key for signatures of version 2.
    #[derive(Clone)]
    pub(crate) type PublicKey;
}

const RSA: &str = "RSASSA-PKCS1-v1_5";
const SHA_256: &str = "SHA-256";

impl PublicKey {
    pub(crate) async fn import(signature: &Signature<'_>) -> Result<Self, Rejection> {
        let import = async {
            let algorithm = Object::new();
            Reflect::set(&algorithm, &"name".into(), &RSA.into())?;
            Reflect::set(&algorithm, &"hash".into(), &SHA_256.into())?;
            let usages = Array::of1(&"verify".into());
            JsFuture::from(import_key("spki", signature.public_key, &algorithm, false, &usages)?).await
        };
        import.await.map(JsCast::unchecked_into).map_err(|_: JsValue| Rejection::CertificateUnreadable)
    }

    pub(crate) async fn is_valid(&self, signature: &Signature<'_>) -> Result<bool, Rejection> {
        let verify =
            async { JsFuture::from(verify(RSA, self, signature.signature, signature.signed)?).await };
        verify.await.map(|valid| valid.is_truthy()).map_err(|_: JsValue| Rejection::CertificateUnreadable)
    }
}

/// Returns the SHA-256 hash of `bytes`; `None` if the runtime fails.
pub(crate) async fn sha256(bytes: &[u8]) -> Option<[u8; 32]> {
    let hash = JsFuture::from(digest(SHA_256, bytes).ok()?).await.ok()?;
    Uint8Array::new(&hash).to_vec().try_into().ok()
}
