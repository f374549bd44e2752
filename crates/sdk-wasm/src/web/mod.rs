//! The platform functions that browsers, Node.js and Workers have in common.

mod deadline;
mod http;
mod listener;
mod page;
mod random;
mod sleep;
mod timer;
mod value;

pub(crate) use http::{Endpoint, PreparedRequest, RequestError, ResponseBody, Success, send};
pub(crate) use page::{PageEvent, PageObserver};
pub(crate) use random::bytes as random_bytes;
pub(crate) use sleep::sleep;
pub(crate) use timer::Timer;
pub(crate) use value::{get, text, to_js};
