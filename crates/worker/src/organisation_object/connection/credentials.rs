//! Sessions of the customer's role. Their credentials are in memory only and end with the instance.

use std::{cell::RefCell, rc::Rc};

use aws_sans_io::{
    Credentials, Error as AwsError, Operation, RoleArn,
    sts::{AssumeRole, SessionDuration},
};
use domain::{
    connection::{CallTarget, ConnectionError, ConnectionEvent, role_session_name},
    onboarding::{SessionLimits, SessionPurpose},
};
use futures_util::lock::Mutex;
use time::Duration;

use super::ConnectionManager;
use crate::{aws, clock, http::Error};

/// Credentials that expire sooner are renewed before they are used.
const MIN_VALIDITY: Duration = Duration::minutes(5);

/// The credentials of one session. The lock is held while they are renewed, so that all who wait share one renewal.
type Slot = Rc<Mutex<Option<Credentials>>>;

/// The restricted sessions in memory: queued emails may have restrictions of keys that were deleted.
const MAX_RESTRICTED: usize = 16;

/// Credentials of one session per role and limits, the most recently used last.
#[derive(Default)]
pub(super) struct CredentialCache(RefCell<Vec<(RoleArn, SessionLimits, Slot)>>);

impl CredentialCache {
    fn find(&self, role: &RoleArn, limits: &SessionLimits) -> Option<Slot> {
        let mut entries = self.0.borrow_mut();
        let index = entries.iter().position(|(known, of, _)| known == role && of == limits)?;
        entries[index..].rotate_left(1);
        entries.last().map(|(_, _, slot)| Rc::clone(slot))
    }

    fn find_or_insert(&self, role: &RoleArn, limits: &SessionLimits) -> Slot {
        self.find(role, limits).unwrap_or_else(|| {
            let (slot, mut entries) = (Slot::default(), self.0.borrow_mut());
            let restricted = |(_, limits, _): &(_, SessionLimits, _)| limits.is_restricted();
            if limits.is_restricted()
                && entries.iter().filter(|entry| restricted(entry)).count() >= MAX_RESTRICTED
                && let Some(oldest) = entries.iter().position(restricted)
            {
                entries.remove(oldest);
            }
            entries.push((role.clone(), limits.clone(), Rc::clone(&slot)));
            slot
        })
    }
}

impl ConnectionManager {
    /// Returns credentials of the target's role with these limits, valid for at least five minutes. Concurrent callers share one
    /// renewal.
    ///
    /// The inner error is the one that STS returned.
    ///
    /// # Errors
    /// Fails if the organisation was deleted or a setting is invalid.
    pub(crate) async fn credentials(
        &self,
        target: &CallTarget,
        limits: &SessionLimits,
    ) -> Result<Result<Credentials, AwsError>, Error> {
        let role = &target.binding.role_arn;
        let slot = self.credentials.find_or_insert(role, limits);
        let mut cached = slot.lock().await;
        if let Some(credentials) =
            cached.as_ref().filter(|known| known.is_valid_for(MIN_VALIDITY, clock::now()))
        {
            return Ok(Ok(credentials.clone()));
        }
        let organisation = self.context.organisation()?;
        let assume = AssumeRole {
            role_arn: role.clone(),
            role_session_name: role_session_name(&organisation.id.to_string()),
            external_id: Some(organisation.external_id.to_string()),
            policy: Some(limits.policy()),
            duration: SessionDuration::HOUR,
        };
        let settings = self.context.settings()?;
        let response = aws::assume_role(&assume, &settings, target.region, &self.aws_calls).await;
        Ok(response.map(|session| {
            *cached = Some(session.credentials.clone());
            session.credentials
        }))
    }

    /// Removes credentials that AWS rejected. Credentials that were renewed since are kept.
    pub(crate) async fn forget(&self, target: &CallTarget, limits: &SessionLimits, rejected: &Credentials) {
        let Some(slot) = self.credentials.find(&target.binding.role_arn, limits) else { return };
        let mut cached = slot.lock().await;
        if cached.as_ref().is_some_and(|known| known.access_key_id() == rejected.access_key_id()) {
            *cached = None;
        }
    }

    /// Removes all credentials.
    pub(crate) fn forget_credentials(&self) {
        self.credentials.0.borrow_mut().clear();
    }

    /// Calls an operation with the target's role, limited to `purpose`. If AWS rejects the credentials, renews them and calls once more.
    ///
    /// The inner error is the one that the operation's service returned.
    ///
    /// # Errors
    /// As [`Self::require_credentials`].
    pub(crate) async fn with_role<O: Operation>(
        &self,
        target: &CallTarget,
        purpose: SessionPurpose,
        operation: &O,
    ) -> Result<Result<O::Output, AwsError>, Error> {
        let settings = self.context.settings()?;
        let mut is_retry = false;
        loop {
            let credentials = self.require_credentials(target, purpose).await?;
            let response =
                aws::call(operation, &settings.endpoint, target.region, &credentials, &self.aws_calls).await;
            let is_rejected = response.as_ref().is_err_and(AwsError::rejects_credentials);
            if is_rejected {
                self.forget(target, &purpose.into(), &credentials).await;
            }
            if !is_rejected || is_retry {
                return Ok(response);
            }
            is_retry = true;
        }
    }

    /// As [`Self::credentials`], but if STS returns an error, requests a check of the role and fails.
    ///
    /// # Errors
    /// [`api_contract::ApiError::ConnectionUnusable`] if the role can't be assumed.
    pub(crate) async fn require_credentials(
        &self,
        target: &CallTarget,
        purpose: SessionPurpose,
    ) -> Result<Credentials, Error> {
        match self.credentials(target, &purpose.into()).await? {
            Ok(credentials) => Ok(credentials),
            Err(error) => {
                self.happen(ConnectionEvent::CheckRequested).await?;
                Err(ConnectionError::from_refusal(&error, target.region).into())
            }
        }
    }
}
