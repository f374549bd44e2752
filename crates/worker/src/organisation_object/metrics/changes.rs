//! Marking hours as outdated.

use std::{cell::RefCell, rc::Rc};

use domain::{
    EmailId,
    metrics::{Hour, HourChanges},
};

use crate::{http::Error, organisation_object::context::Context};

const MARK: &str = "UPDATE hourly_metrics SET is_outdated = 1 WHERE hour = ? AND is_outdated = 0";

/// Notes which hours change.
pub(crate) struct Changes {
    pub(super) context: Rc<Context>,
    pub(super) hours: RefCell<HourChanges>,
}

impl Changes {
    pub(crate) fn new(context: Rc<Context>) -> Self {
        Self { context, hours: RefCell::default() }
    }

    /// Notes that an email is about to change. Call it before the statement that changes it: a mark without a change is harmless.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn note(&self, id: EmailId) -> Result<(), Error> {
        let hour = Hour::of_email(id);
        if self.hours.borrow_mut().note(hour, self.context.sql.rollbacks().get()) {
            self.context.sql.run(MARK, [hour.number().into()])?;
        }
        Ok(())
    }
}
