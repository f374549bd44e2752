//! The Worker's settings, read from its environment.

use std::{cell::OnceCell, rc::Rc};

use domain::settings::{SettingError, Settings};
use worker::Env;

thread_local! {
    // An isolate's environment never changes: a new deployment starts new isolates.
    static SETTINGS: OnceCell<Rc<Settings>> = const { OnceCell::new() };
}

/// Returns the Worker's public origin, if valid settings have been loaded.
pub(crate) fn public_origin() -> Option<String> {
    SETTINGS.with(|cached| cached.get().map(|settings| settings.public_url.origin().to_owned()))
}

/// Returns the settings. Valid settings are parsed once per isolate.
///
/// # Errors
/// [`SettingError`] names the setting that is missing or invalid.
pub(crate) fn load(env: &Env) -> Result<Rc<Settings>, SettingError> {
    SETTINGS.with(|cached| {
        if let Some(settings) = cached.get() {
            return Ok(Rc::clone(settings));
        }
        // `Env::var` also reads secrets.
        let settings = Rc::new(Settings::parse(|name| env.var(name).ok().map(|value| value.to_string()))?);
        Ok(Rc::clone(cached.get_or_init(|| settings)))
    })
}
