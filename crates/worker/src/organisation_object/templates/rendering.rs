//! Rendering of the templates that the emails of a request use.

use std::collections::HashMap;

use api_contract::{FieldError, TemplateUse};
use email_message::template::{Budget, Rendered, Template};
use time::Duration;

use super::{TemplateStore, parse_stored};
use crate::{clock, http::Error};

/// Renders the templates that the emails of one request use. Each is loaded and parsed once, and all share one rendering budget.
pub(crate) struct TemplateRenderer<'a> {
    store: &'a TemplateStore,
    budget: Budget,
    loaded: HashMap<(String, Option<u32>), Result<Template, FieldError>>,
}

impl<'a> TemplateRenderer<'a> {
    pub(crate) fn new(store: &'a TemplateStore, budget: Budget) -> Self {
        Self { store, budget, loaded: HashMap::new() }
    }

    /// Renders the template that an email uses.
    ///
    /// The outer error fails the request, the inner one only this email.
    pub(crate) fn render(&mut self, used: &TemplateUse) -> Result<Result<Rendered, FieldError>, Error> {
        let key = (used.id.clone(), used.version);
        if !self.loaded.contains_key(&key) {
            if self.budget.is_used_up() {
                return Ok(Err(TemplateUse::batch_budget_exceeded()));
            }
            let template = self.load(used)?;
            if let Ok(template) = &template {
                self.budget.spend_parsing(template);
            }
            self.loaded.insert(key.clone(), template);
        }
        Ok(match &self.loaded[&key] {
            Ok(template) => used.render(template, &mut self.budget),
            Err(error) => Err(error.clone()),
        })
    }

    /// Lets other requests run if rendering has used the instance's only thread for long.
    pub(crate) async fn pause_if_due(&mut self) {
        if self.budget.is_pause_due() {
            clock::sleep(Duration::MILLISECOND).await;
        }
    }

    /// Loads the template that an email uses.
    fn load(&self, used: &TemplateUse) -> Result<Result<Template, FieldError>, Error> {
        let Ok(id) = used.id.parse() else { return Ok(Err(TemplateUse::unknown())) };
        if let Some(found) = self.store.find(id, used.version)? {
            return Ok(Ok(parse_stored(&found)?));
        }
        let exists = used.version.is_some() && self.store.find(id, None)?.is_some();
        Ok(Err(if exists { TemplateUse::unknown_version() } else { TemplateUse::unknown() }))
    }
}
