//! The organisation's connection to its AWS account.
//!
//! State is in memory after its first read, so a target and its credentials cost no statement on the path of a send.
//!
//! | module | contents |
//! |---|---|
//! | `binding` | connecting, verifying and disconnecting, and confirmations from SNS |
//! | `check` | verifying the role |
//! | `claim` | the role that the organisation holds in the directory |
//! | `configuration_sets` | configuration sets that may have been deleted |
//! | `permissions` | the audit of the role's permissions |
//! | `regions` | the account in the regions other than the stack's |
//! | `events` | event publishing without a stack |
//! | `credentials` | sessions of the role, in memory |
//! | `tracking` | configuration sets that track opens and clicks, and which of them an email uses |
//! | `sandbox` | recipients while the account is in the sandbox |
//! | `backup` | backup and restore of the connection |

mod backup;
mod binding;
mod check;
mod claim;
mod configuration_sets;
mod credentials;
mod events;
mod permissions;
mod regions;
mod sandbox;
mod tracking;

use std::rc::Rc;

use aws_sans_io::{Region, RoleArn};
use domain::connection::{
    AccountFacts, Binding, CallTarget, Confirmations, Connection, ConnectionEffect, ConnectionEvent,
    ConnectionState, DueTimes, RefusedRole, RegionFacts, TrackingState, audit::PermissionAudit,
};
use domain::{feed::FeedEntry, onboarding::TemplateVersion};
use futures_util::lock::Mutex;
use time::OffsetDateTime;

use super::{Context, access::Access, aws_calls::AwsCalls, feed::Feed, sql::Sql, stored::Stored};
use crate::{clock, http::Error};
use credentials::CredentialCache;

pub(crate) use sandbox::Recipients;

/// The maximum number of calls to AWS that one operation has in flight. The runtime opens six connections at a time for all requests of an
/// object together, and emails need the others.
pub(super) const CONCURRENT_CALLS: usize = 4;

/// An organisation's connection to its AWS account.
pub(crate) struct ConnectionManager {
    context: Rc<Context>,
    access: Rc<Access>,
    feed: Rc<Feed>,
    pub(super) aws_calls: Rc<AwsCalls>,
    credentials: CredentialCache,
    state: Stored<ConnectionState>,
    due: Stored<DueTimes>,
    /// The roles that the organisation may hold in the directory.
    claims: Stored<Vec<RoleArn>>,
    /// Held while roles are claimed or released.
    claiming: Mutex<()>,
    confirmations: Stored<Confirmations>,
    refused_role: Stored<RefusedRole>,
    region_facts: Stored<Vec<RegionFacts>>,
    audit: Stored<PermissionAudit>,
    tracking: Stored<TrackingState>,
    /// The published template that stacks were reported not to have.
    missed_template: Stored<TemplateVersion>,
}

impl ConnectionManager {
    pub(crate) fn new(
        context: Rc<Context>,
        access: Rc<Access>,
        feed: Rc<Feed>,
        aws_calls: Rc<AwsCalls>,
    ) -> Self {
        Self {
            context,
            access,
            feed,
            aws_calls,
            credentials: CredentialCache::default(),
            state: Stored::new("connection"),
            due: Stored::new("connection_due"),
            claims: Stored::new("connection_claims"),
            claiming: Mutex::default(),
            confirmations: Stored::new("confirmations"),
            refused_role: Stored::new("refused_role"),
            region_facts: Stored::new("connection_regions"),
            audit: Stored::new("connection_audit"),
            tracking: Stored::new("tracking"),
            missed_template: Stored::new("missed_template"),
        }
    }

    /// Returns the state of the connection.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn state(&self) -> Result<Rc<ConnectionState>, Error> {
        Ok(self.state.get(self.sql())?.unwrap_or_default())
    }

    /// Returns the target of calls in `region`, which defaults to the stack's region.
    ///
    /// # Errors
    /// [`api_contract::ApiError::NotConnected`] or [`api_contract::ApiError::ConnectionUnusable`].
    pub(crate) fn call_target(&self, region: Option<Region>) -> Result<CallTarget, Error> {
        Ok(CallTarget::new(&*self.state()?, region)?)
    }

    /// Returns the facts of a region other than the stack's, as of the last check.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn facts_of(&self, region: Region) -> Result<Option<RegionFacts>, Error> {
        let facts = self.region_facts.get(self.sql())?;
        Ok(facts.and_then(|facts| facts.iter().find(|facts| facts.region == region).cloned()))
    }

    /// Returns the account's last known facts in `region`.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn account_in(&self, region: Region) -> Result<Option<AccountFacts>, Error> {
        Ok(self.state()?.account_in(region, self.facts_of(region)?.as_ref()).cloned())
    }

    /// Applies an event to the connection and carries out the effects, except [`ConnectionEffect::ConfirmSubscription`], which is up to the
    /// caller, and [`ConnectionEffect::CheckRole`], which the alarm carries out. Returns all effects.
    ///
    /// # Errors
    /// Fails if the storage or the directory fails. If only the directory fails, the event has been applied.
    pub(crate) async fn happen(&self, event: ConnectionEvent) -> Result<Vec<ConnectionEffect>, Error> {
        let applied = self.apply(event, clock::now())?;
        self.finish(applied).await
    }

    /// Writes the next state and what is due.
    fn apply(&self, event: ConnectionEvent, now: OffsetDateTime) -> Result<Applied, Error> {
        self.context.organisation()?;
        let before = self.state()?;
        let is_registration = matches!(event, ConnectionEvent::RoleRegistered { .. });
        let mut connection = Connection { state: (*before).clone(), due: self.due()? };
        let effects = connection.apply(event, now);
        let Connection { state, due } = connection;
        let can_send_now = before.sending_binding().is_none() && state.sending_binding().is_some();
        let role_in_force = |state: &ConnectionState| {
            state.in_force().binding().map(|binding: &Binding| binding.role_arn.clone())
        };
        let is_replaced = role_in_force(&before) != role_in_force(&state);
        let news = FeedEntry::of_connection(&before, &state, now);
        let refused_role = effects.iter().find_map(|effect| match effect {
            ConnectionEffect::ReportRefusedRole(refused) => Some(refused.clone()),
            _ => None,
        });
        self.sql().transaction(|| {
            if is_replaced {
                // They describe the role before.
                self.region_facts.set(self.sql(), None)?;
                self.audit.set(self.sql(), None)?;
            }
            if is_replaced || is_registration || refused_role.is_some() {
                self.refused_role.set(self.sql(), refused_role)?;
            }
            self.state.set(self.sql(), Some(state))?;
            self.feed.append(news)?;
            self.due.set(self.sql(), Some(due))
        })?;
        if effects.contains(&ConnectionEffect::ForgetCredentials) {
            self.forget_credentials();
        }
        Ok(Applied { effects, can_send_now })
    }

    /// Does what an applied event requires outside of the storage. Returns the effects.
    async fn finish(&self, applied: Applied) -> Result<Vec<ConnectionEffect>, Error> {
        self.wake(&applied).await?;
        self.release_unused_claims().await?;
        Ok(applied.effects)
    }

    /// Sets the alarm for what is due after an event.
    async fn wake(&self, applied: &Applied) -> Result<(), Error> {
        // Queued emails must not wait until something else is due.
        let now = applied.can_send_now.then(clock::now);
        match now.or(self.next_due()?) {
            Some(at) => self.context.alarm.ring_by(at).await,
            None => Ok(()),
        }
    }

    /// Returns when [`Self::do_due`] has something to do, or `None` if nothing is planned.
    ///
    /// # Errors
    /// Fails if the storage fails.
    pub(crate) fn next_due(&self) -> Result<Option<OffsetDateTime>, Error> {
        let release = self.has_unused_claim()?.then(clock::now);
        Ok(self.due()?.next().into_iter().chain(release).min())
    }

    /// Does what is due at `now`: the timer's event, then an audit, then a check. Releases roles that the organisation no longer uses.
    ///
    /// # Errors
    /// Fails if the storage or the directory fails.
    pub(crate) async fn do_due(&self, now: OffsetDateTime) -> Result<(), Error> {
        if self.update_due(|due| due.take_timer(now))? {
            self.happen(ConnectionEvent::TimerFired).await?;
            let (state, audit) = (self.state()?, self.audit.get(self.sql())?);
            self.update_due(|due| due.request_audit_if_old(&state, audit.as_deref(), clock::now()))?;
        }
        // The steps before may have made these due.
        if self.due()?.is_audit_due(clock::now()) {
            self.repeat_audit().await?;
        }
        if self.due()?.is_check_due(clock::now()) {
            self.check().await?;
        }
        self.release_unused_claims().await
    }

    fn due(&self) -> Result<DueTimes, Error> {
        Ok(self.due.get(self.sql())?.map(|due| (*due).clone()).unwrap_or_default())
    }

    /// Changes what is due. Returns the result of `change`.
    fn update_due<T>(&self, change: impl FnOnce(&mut DueTimes) -> T) -> Result<T, Error> {
        let before = self.due()?;
        let mut due = before.clone();
        let result = change(&mut due);
        if due != before {
            self.due.set(self.sql(), Some(due))?;
        }
        Ok(result)
    }

    /// Returns whether this role is in force. It may have been replaced during a call to AWS.
    fn is_bound_to(&self, role: &RoleArn) -> Result<bool, Error> {
        Ok(self.state()?.in_force().binding().is_some_and(|binding| binding.role_arn == *role))
    }

    fn sql(&self) -> &Sql {
        &self.context.sql
    }
}

/// An event that was written. Its effects outside of the storage are still to be carried out.
struct Applied {
    effects: Vec<ConnectionEffect>,
    /// Whether sending became possible.
    can_send_now: bool,
}
