//! The Worker's settings, read from its environment.

use std::{cell::OnceCell, rc::Rc};

use kraiter_core::settings::{SettingError, Settings};
use worker::Env;

thread_local! {
    // The environment of an isolate never changes: a new deployment gets new isolates.
    static SETTINGS: OnceCell<Rc<Settings>> = const { OnceCell::new() };
}

/// The settings; read once an isolate, or refused at each request.
///
/// # Errors
/// [`SettingError`] with the one that is missing or wrong.
pub(crate) fn of(env: &Env) -> Result<Rc<Settings>, SettingError> {
    SETTINGS.with(|known| {
        if let Some(settings) = known.get() {
            return Ok(Rc::clone(settings));
        }
        // A variable and a secret are read alike.
        let settings = Rc::new(Settings::parse(|name| env.var(name).ok().map(|value| value.to_string()))?);
        Ok(Rc::clone(known.get_or_init(|| settings)))
    })
}
