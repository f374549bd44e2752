//! Search in an organisation's emails.
//!
//! An index would cost a row per email, so there is none. Instead, blocks of consecutive emails are summarised in a small row each, and a
//! search reads only the emails of the blocks that may contain a match.
//!
//! | module | contents |
//! |---|---|
//! | `filter` | what is searched for, and whether an email matches |
//! | `token` | the values of an email that a summary can exclude |
//! | `summary` | the summary of a block |
//! | `run` | a search with bounded work, newest email first |

mod filter;
mod run;
mod summary;
mod token;

pub use filter::{AddressFilter, EmailFilter, ParseTagFilterError, TagFilter};
pub use run::{Block, Found, Range, SEARCHED_BLOCKS, SEARCHED_EMAILS, SearchStore, Searched, search};
pub use summary::{BLOCK_EMAILS, BlockBuilder, Summary};
pub use token::{Token, tokens};
