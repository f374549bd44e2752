//! JavaScript's streams of bytes, read part by part.

use std::cell::Cell;

use js_sys::{Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::{JsFuture, spawn_local};

#[wasm_bindgen]
extern "C" {
    type ReadableStream;
    #[wasm_bindgen(method, catch, js_name = getReader)]
    fn get_reader(this: &ReadableStream) -> Result<Reader, JsValue>;

    type Reader;
    #[wasm_bindgen(method, catch)]
    fn read(this: &Reader) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method)]
    fn cancel(this: &Reader) -> Promise;
}

/// Reads a stream. Dropping the reader cancels what was not read.
pub(crate) struct StreamReader {
    reader: Reader,
    has_ended: Cell<bool>,
}

impl Drop for StreamReader {
    fn drop(&mut self) {
        if !self.has_ended.get() {
            let cancelled = JsFuture::from(self.reader.cancel());
            // Nothing waits for it, and an error says only that the stream has failed before.
            spawn_local(async move { drop(cancelled.await) });
        }
    }
}

impl StreamReader {
    /// Locks `stream`, a `ReadableStream`.
    ///
    /// # Errors
    /// Fails if it is locked.
    pub(crate) fn new(stream: JsValue) -> Result<Self, JsValue> {
        let reader = stream.unchecked_into::<ReadableStream>().get_reader()?;
        Ok(Self { reader, has_ended: Cell::default() })
    }

    /// Returns the next bytes, or `None` at the end. They stay in JavaScript's memory.
    ///
    /// # Errors
    /// Fails if the other side breaks off.
    pub(crate) async fn next(&self) -> Result<Option<Uint8Array>, JsValue> {
        let part = JsFuture::from(self.reader.read()?).await?;
        let value: Option<Uint8Array> = Reflect::get(&part, &"value".into())?.dyn_into().ok();
        self.has_ended.set(value.is_none());
        Ok(value)
    }
}

/// Raises the capacity of `bytes` to `capacity`, and adds `part`.
pub(crate) fn append(bytes: &mut Vec<u8>, part: &Uint8Array, capacity: usize) {
    bytes.reserve_exact(capacity.saturating_sub(bytes.len()));
    let start = bytes.len();
    bytes.resize(start + part.length() as usize, 0);
    part.copy_to(&mut bytes[start..]);
}
