//! Tracking of opens and clicks.

use std::rc::Rc;

use api_contract::{FieldError, OrganisationSettings};
use aws_sans_io::{Region, TopicArn};
use domain::{
    connection::{CallTarget, TrackingSet, TrackingState},
    email::{SendOptions, Tracking},
    onboarding::tracking_set_name,
};

use super::ConnectionManager;
use crate::{clock, http::Error};

impl ConnectionManager {
    /// Returns the organisation's settings.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn settings(&self) -> Result<OrganisationSettings, Error> {
        let (state, tracking) = (self.state()?, self.tracking_state()?);
        let sets = state.in_force().binding().map(|binding| tracking.sets(binding).map(Into::into).collect());
        Ok(OrganisationSettings {
            tracking: tracking.enabled,
            tracking_configuration_sets: sets.unwrap_or_default(),
            feed: self.feed.is_on()?,
            retention_days: self.context.settings()?.retention.days(),
        })
    }

    /// Changes the setting. Switching tracking on first creates what is missing in the regions with active events.
    ///
    /// # Errors
    /// The error of AWS; then the setting is unchanged.
    pub(crate) async fn set_tracking(&self, enabled: bool) -> Result<(), Error> {
        let state = self.state()?;
        if let Some(binding) = state.sending_binding().filter(|_| enabled) {
            let tracking = self.tracking_state()?;
            for topic in tracking.topics_without_set(binding) {
                let target = CallTarget { binding: binding.clone(), region: topic.region() };
                self.create_tracking_set(&target, topic).await?;
            }
        }
        self.update_tracking(|tracking| tracking.with_setting(enabled)).map(drop)
    }

    /// Prepares an email that asks for `tracking`: creates the configuration set if the region has none yet.
    ///
    /// # Errors
    /// A [`FieldError`] if the email can't be tracked, or the error of AWS.
    pub(crate) async fn prepare_tracking(
        &self,
        target: &CallTarget,
        tracking: Tracking,
    ) -> Result<(), Error> {
        if tracking.is_none() {
            return Ok(());
        }
        let missing = self.tracking_state()?.missing_set(target, tracking).map_err(FieldError::from)?;
        match missing {
            Some(topic) => self.create_tracking_set(target, topic).await,
            None => Ok(()),
        }
    }

    /// Returns how to send an email that asks for `tracking`.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn send_options(&self, target: &CallTarget, tracking: Tracking) -> Result<SendOptions, Error> {
        Ok(self.tracking_state()?.send_options(target, tracking, clock::now()))
    }

    /// Records that SES refused an override in `region`.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn record_refused_overrides(&self, region: Region) -> Result<(), Error> {
        self.update_tracking(|tracking| tracking.with_refused_overrides(region, clock::now())).map(drop)
    }

    /// Drops a configuration set that SES doesn't find. Returns whether it was one for tracking.
    pub(super) fn drop_tracking_set(&self, region: Region, name: &str) -> Result<bool, Error> {
        self.update_tracking(|tracking| tracking.without_set(region, name))
    }

    async fn create_tracking_set(&self, target: &CallTarget, topic: &TopicArn) -> Result<(), Error> {
        let name = tracking_set_name(&self.context.organisation()?.external_id, topic);
        self.ensure_configuration_set(target, &name).await?;
        self.ensure_event_destination(target, &name, topic, true).await?;
        if !self.is_bound_to(&target.binding.role_arn)? {
            return Ok(());
        }
        self.update_tracking(|tracking| tracking.with_set(TrackingSet { name, topic: topic.clone() }))
            .map(drop)
    }

    /// Changes the state, and returns whether it is another one now.
    pub(super) fn update_tracking(
        &self,
        change: impl FnOnce(TrackingState) -> TrackingState,
    ) -> Result<bool, Error> {
        let before = self.tracking_state()?;
        let after = change((*before).clone());
        let is_changed = after != *before;
        if is_changed {
            self.tracking.set(self.sql(), Some(after))?;
        }
        Ok(is_changed)
    }

    fn tracking_state(&self) -> Result<Rc<TrackingState>, Error> {
        Ok(self.tracking.get(self.sql())?.unwrap_or_default())
    }
}
