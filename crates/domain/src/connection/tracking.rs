//! Tracking of opens and clicks: the organisation's setting and what it needs in each region.
//!
//! SES tracks an email if its configuration set has an event destination with opens or clicks, or if the account's settings say so. So
//! emails that ask for tracking are sent with a configuration set of their own, and all others say that they must not be tracked.

use aws_sans_io::{Region, TopicArn};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::{Binding, CallTarget, EventSource, Subscription};
use crate::email::{SendOptions, Tracking};

/// The time after which a region is expected to support overrides, although SES refused one.
const REFUSED_FOR: Duration = Duration::days(7);

/// The tracking of an organisation's emails.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TrackingState {
    /// The organisation's setting. While it is off, no email is tracked.
    pub enabled: bool,
    /// The configuration sets that exist.
    sets: Vec<TrackingSet>,
    /// The regions in which SES refused an override, and when.
    without_overrides: Vec<(Region, i64)>,
}

/// A configuration set that reports opens and clicks to a topic, in the topic's region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrackingSet {
    pub name: String,
    pub topic: TopicArn,
}

/// The reason why opens and clicks can't be tracked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrackingRefusal {
    /// The organisation's setting is off.
    Off,
    /// The region has no active events that could report them.
    NoEvents(Region),
}

impl TrackingState {
    /// Returns the state with the organisation's setting.
    #[must_use]
    pub fn with_setting(self, enabled: bool) -> Self {
        Self { enabled, ..self }
    }

    /// Returns the state with a configuration set that was created.
    #[must_use]
    pub fn with_set(mut self, set: TrackingSet) -> Self {
        self.sets.retain(|known| known.topic != set.topic);
        self.sets.push(set);
        self
    }

    /// Returns the state after a configuration set in `region` was deleted. It is created again when the next email asks for tracking.
    #[must_use]
    pub fn without_set(mut self, region: Region, name: &str) -> Self {
        self.sets.retain(|set| set.topic.region() != region || set.name != name);
        self
    }

    /// Returns the state without what depends on the AWS account.
    #[must_use]
    pub fn disconnected(self) -> Self {
        Self { enabled: self.enabled, ..Self::default() }
    }

    /// Returns the state after SES refused an override in `region`.
    #[must_use]
    pub fn with_refused_overrides(mut self, region: Region, now: OffsetDateTime) -> Self {
        self.without_overrides.retain(|(known, _)| *known != region);
        self.without_overrides.push((region, now.unix_timestamp()));
        self
    }

    /// Returns the configuration sets that report to active topics of the binding.
    pub fn sets<'a>(&'a self, binding: &'a Binding) -> impl Iterator<Item = &'a TrackingSet> {
        binding.events.iter().filter_map(|source| self.set_of(source))
    }

    /// Returns the active topics of the binding that have no configuration set yet.
    pub fn topics_without_set<'a>(&'a self, binding: &'a Binding) -> impl Iterator<Item = &'a TopicArn> {
        let without = binding.events.iter().filter(|source| self.set_of(source).is_none());
        without.filter_map(active_topic)
    }

    /// Returns the topic that needs a configuration set before an email that asks for `tracking` can be accepted; `None` if
    /// nothing is missing.
    ///
    /// # Errors
    /// A [`TrackingRefusal`] if the email can't be tracked.
    pub fn missing_set<'a>(
        &self,
        target: &'a CallTarget,
        tracking: Tracking,
    ) -> Result<Option<&'a TopicArn>, TrackingRefusal> {
        if tracking.is_none() {
            return Ok(None);
        }
        if !self.enabled {
            return Err(TrackingRefusal::Off);
        }
        let source = target.binding.events_in(target.region);
        let topic = source.and_then(active_topic).ok_or(TrackingRefusal::NoEvents(target.region))?;
        Ok(source.is_none_or(|source| self.set_of(source).is_none()).then_some(topic))
    }

    /// Returns how to send an email that asks for `tracking`. It is never tracked more than it asks for. It is tracked less if the setting
    /// was switched off or the events have ended since it was accepted, or if SES can't be asked for opens without clicks or the reverse.
    #[must_use]
    pub fn send_options(&self, target: &CallTarget, tracking: Tracking, now: OffsetDateTime) -> SendOptions {
        let has_overrides = self.supports_overrides(target.region, now);
        let wanted = if has_overrides || tracking.is_complete() { tracking } else { Tracking::default() };
        let source = target.binding.events_in(target.region).filter(|_| self.enabled && !wanted.is_none());
        let set = source.and_then(|source| self.set_of(source));
        let granted = if set.is_some() { wanted } else { Tracking::default() };
        let configuration_set = set.map_or_else(|| target.configuration_set(), |set| Some(&set.name));
        SendOptions {
            configuration_set: configuration_set.map(str::to_owned),
            tracking: has_overrides.then(|| granted.into()),
        }
    }

    fn supports_overrides(&self, region: Region, now: OffsetDateTime) -> bool {
        let refused = self.without_overrides.iter().find(|(known, _)| *known == region);
        refused.is_none_or(|(_, at)| now.unix_timestamp() - at >= REFUSED_FOR.whole_seconds())
    }

    fn set_of(&self, source: &EventSource) -> Option<&TrackingSet> {
        let topic = active_topic(source)?;
        self.sets.iter().find(|set| set.topic == *topic)
    }
}

fn active_topic(source: &EventSource) -> Option<&TopicArn> {
    source.topic.as_ref().filter(|_| source.subscription == Subscription::Active)
}

#[cfg(test)]
mod tests {
    use aws_sans_io::ses::TrackingOverrides;
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);
    const OPENS: Tracking = Tracking { opens: true, clicks: false };
    const BOTH: Tracking = Tracking { opens: true, clicks: true };

    fn topic() -> TopicArn {
        "arn:aws:sns:eu-west-1:111111111111:kraiter".parse().unwrap()
    }

    fn target(subscription: Subscription) -> CallTarget {
        let region = "eu-west-1".parse().unwrap();
        let source = EventSource {
            region,
            configuration_set: "plain".into(),
            topic: Some(topic()),
            subscription,
            stack: None,
        };
        let binding = Binding {
            role_arn: "arn:aws:iam::111111111111:role/a".parse().unwrap(),
            stack_region: region,
            events: vec![source],
        };
        CallTarget { binding, region }
    }

    fn state() -> TrackingState {
        TrackingState::default()
            .with_setting(true)
            .with_set(TrackingSet { name: "tracking".into(), topic: topic() })
    }

    fn options(
        state: &TrackingState,
        target: &CallTarget,
        tracking: Tracking,
    ) -> (String, Option<[bool; 2]>) {
        let options = state.send_options(target, tracking, NOW);
        let overrides = options.tracking.map(|TrackingOverrides { opens, clicks }| [opens, clicks]);
        (options.configuration_set.unwrap_or_default(), overrides)
    }

    #[test]
    fn an_email_is_tracked_only_if_it_asks_for_it_while_the_setting_is_on() {
        let active = target(Subscription::Active);
        assert_eq!(options(&state(), &active, OPENS), ("tracking".into(), Some([true, false])));
        assert_eq!(options(&state(), &active, BOTH), ("tracking".into(), Some([true, true])));
        let untracked = ("plain".to_owned(), Some([false, false]));
        assert_eq!(options(&state(), &active, Tracking::default()), untracked);
        assert_eq!(options(&state().with_setting(false), &active, BOTH), untracked);
        assert_eq!(options(&TrackingState::default().with_setting(true), &active, BOTH), untracked);
        assert_eq!(options(&state(), &target(Subscription::Ended), BOTH).1, Some([false, false]));
    }

    #[test]
    fn without_overrides_an_email_is_not_tracked_more_than_it_asks_for() {
        let (active, refused) =
            (target(Subscription::Active), state().with_refused_overrides(topic().region(), NOW));
        assert_eq!(options(&refused, &active, Tracking::default()), ("plain".into(), None));
        assert_eq!(options(&refused, &active, OPENS), ("plain".into(), None));
        assert_eq!(options(&refused, &active, BOTH), ("tracking".into(), None));
    }

    #[test]
    fn overrides_are_tried_again_after_a_week_and_in_other_regions() {
        let refused = state().with_refused_overrides(topic().region(), NOW);
        let active = target(Subscription::Active);
        let later = |duration| refused.send_options(&active, BOTH, NOW + duration).tracking;
        assert_eq!(later(REFUSED_FOR - Duration::SECOND), None);
        assert_eq!(later(REFUSED_FOR), Some(BOTH.into()));
        let elsewhere = CallTarget { region: "us-east-1".parse().unwrap(), ..active.clone() };
        assert_eq!(refused.send_options(&elsewhere, BOTH, NOW).tracking, Some(Tracking::default().into()));
    }

    #[test]
    fn an_email_that_can_not_be_tracked_is_refused() {
        let active = target(Subscription::Active);
        assert_eq!(state().missing_set(&active, BOTH), Ok(None));
        let without_set = TrackingState::default().with_setting(true);
        assert_eq!(without_set.missing_set(&active, OPENS), Ok(Some(&topic())));
        let off = TrackingState::default();
        assert_eq!(off.missing_set(&active, OPENS), Err(TrackingRefusal::Off));
        assert_eq!(off.missing_set(&active, Tracking::default()), Ok(None));
        let pending = target(Subscription::Pending);
        assert_eq!(state().missing_set(&pending, BOTH), Err(TrackingRefusal::NoEvents(pending.region)));
    }

    #[test]
    fn a_configuration_set_that_was_deleted_is_created_again() {
        let set = TrackingSet { name: "tracking".into(), topic: topic() };
        let state = TrackingState { enabled: true, ..TrackingState::default() }.with_set(set);
        let target = target(Subscription::Active);
        assert_eq!(state.clone().without_set("us-east-1".parse().unwrap(), "tracking"), state);
        let deleted = state.without_set(topic().region(), "tracking");
        assert!(deleted.topics_without_set(&target.binding).eq([&topic()]));
    }

    #[test]
    fn a_new_topic_needs_a_new_configuration_set() {
        let other = "arn:aws:sns:eu-west-1:111111111111:other".parse().unwrap();
        let mut binding = target(Subscription::Active).binding;
        assert_eq!(state().topics_without_set(&binding).count(), 0);
        binding.events[0].topic = Some(other);
        assert_eq!(state().topics_without_set(&binding).count(), 1);
        assert_eq!(state().sets(&binding).count(), 0);
        assert_eq!(state().disconnected(), TrackingState::default().with_setting(true));
    }
}
