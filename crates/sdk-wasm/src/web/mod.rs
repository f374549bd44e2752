//! The platform, as far as it is needed: the same few functions in browsers, Node.js and Workers.

mod exchange;
mod listener;
mod page;
mod random;
mod sleep;
mod timer;
mod value;

pub(crate) use exchange::{Answer, Asked, Target, Thrown, exchange};
pub(crate) use page::{Page, Sight};
pub(crate) use random::bytes as random_bytes;
pub(crate) use sleep::sleep;
pub(crate) use timer::Timer;
pub(crate) use value::{get, object, text};
