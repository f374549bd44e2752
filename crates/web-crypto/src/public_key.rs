//! Public keys that verify SNS signatures.

use js_sys::{Array, Object, Promise, Reflect};
use sns_verify::{Signature, SignatureVersion};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

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

    /// A key for signatures of one version.
    #[derive(Clone)]
    pub type PublicKey;
}

const RSA: &str = "RSASSA-PKCS1-v1_5";

impl PublicKey {
    /// Imports the key of a signature.
    ///
    /// # Errors
    /// The runtime's error if it doesn't accept the key.
    pub async fn import(signature: &Signature<'_>) -> Result<Self, JsValue> {
        let hash = match signature.version {
            SignatureVersion::One => "SHA-1",
            SignatureVersion::Two => "SHA-256",
        };
        let algorithm = Object::new();
        Reflect::set(&algorithm, &"name".into(), &RSA.into())?;
        Reflect::set(&algorithm, &"hash".into(), &hash.into())?;
        let usages = Array::of1(&"verify".into());
        let key =
            JsFuture::from(import_key("spki", signature.public_key, &algorithm, false, &usages)?).await?;
        Ok(key.unchecked_into())
    }

    /// Returns whether a signature is valid.
    ///
    /// # Errors
    /// The runtime's error if it can't use the key.
    pub async fn is_valid(&self, signature: &Signature<'_>) -> Result<bool, JsValue> {
        let valid = JsFuture::from(verify(RSA, self, signature.signature, signature.signed)?).await?;
        Ok(valid.is_truthy())
    }
}
