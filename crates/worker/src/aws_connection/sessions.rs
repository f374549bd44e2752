//! Credentials borrowed from the customer's role. They are in memory only, and end with the instance.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use aws_sans_io::{
    Credentials, Error as AwsError, Region, RoleArn,
    sts::{AssumeRole, SessionDuration},
};
use domain::{onboarding::SessionPurpose, settings::Settings};
use futures_util::lock::Mutex;
use time::Duration;

use crate::{aws, clock, database::organisations::Organisation};

/// Credentials that end sooner are renewed before they are used.
const MARGIN: Duration = Duration::minutes(5);

type Slot = Rc<Mutex<Option<Credentials>>>;

/// One session for each role and purpose, limited to that purpose.
#[derive(Default)]
pub(super) struct Sessions(RefCell<HashMap<(RoleArn, SessionPurpose), Slot>>);

impl Sessions {
    /// Credentials of the role for a purpose. Where they have to be borrowed anew, all who wait share one call.
    ///
    /// # Errors
    /// What STS answered.
    pub(super) async fn get(
        &self,
        settings: &Settings,
        organisation: &Organisation,
        role: &RoleArn,
        region: Region,
        purpose: SessionPurpose,
    ) -> Result<Credentials, AwsError> {
        let slot = Rc::clone(self.0.borrow_mut().entry((role.clone(), purpose)).or_default());
        let mut known = slot.lock().await;
        if let Some(credentials) = known.as_ref().filter(|known| known.is_valid_for(MARGIN, clock::now())) {
            return Ok(credentials.clone());
        }
        let ask = AssumeRole {
            role_arn: role.clone(),
            role_session_name: domain::connection::role_session_name(&organisation.id),
            external_id: Some(organisation.external_id.to_string()),
            policy: Some(purpose.policy().to_compact_json()),
            duration: SessionDuration::HOUR,
        };
        let session = aws::call_with_own_keys(&ask, settings, region).await?;
        *known = Some(session.credentials.clone());
        Ok(session.credentials)
    }

    /// Drops credentials that AWS no longer takes; not those that somebody has borrowed anew meanwhile.
    pub(super) async fn forget(&self, role: &RoleArn, purpose: SessionPurpose, refused: &Credentials) {
        let slot = self.0.borrow().get(&(role.clone(), purpose)).map(Rc::clone);
        if let Some(slot) = slot {
            let mut known = slot.lock().await;
            if known.as_ref().is_some_and(|known| known.access_key_id() == refused.access_key_id()) {
                *known = None;
            }
        }
    }

    /// Drops all.
    pub(super) fn forget_all(&self) {
        self.0.borrow_mut().clear();
    }
}
