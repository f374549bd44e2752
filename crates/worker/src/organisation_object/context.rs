//! What every component of the object shares: the storage, the alarm, the settings and the organisation.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use api_contract::ApiError;
use domain::{OrganisationId, Quota, RequestEffect, Standing, onboarding::ExternalId, settings::Settings};
use futures_util::FutureExt;
use time::{Duration, OffsetDateTime};
use worker::{Env, State};

use super::{
    alarm::Alarm,
    run_while::run_while,
    schema,
    sql::{Sql, blob, optional, time},
};
use crate::{http::Error, log, settings};

/// The organisation that the object belongs to.
#[derive(Clone, Debug)]
pub(crate) struct Organisation {
    pub(crate) id: OrganisationId,
    pub(crate) name: String,
    pub(crate) external_id: ExternalId,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) suspended_at: Option<OffsetDateTime>,
}

impl Organisation {
    const fn standing(&self) -> Standing {
        if self.suspended_at.is_some() { Standing::Suspended } else { Standing::Active }
    }
}

/// Shared by the components of an object.
pub(crate) struct Context {
    pub(crate) env: Env,
    pub(crate) sql: Sql,
    pub(crate) alarm: Alarm,
    state: State,
    organisation: RefCell<Option<Rc<Organisation>>>,
    /// Whether the organisation was deleted while this instance runs.
    is_erased: Cell<bool>,
    /// When the database was last found to be within its quota.
    measured_at: Cell<Option<OffsetDateTime>>,
}

impl Context {
    pub(crate) fn new(state: State, env: Env) -> Self {
        Self {
            env,
            sql: Sql::new(&state),
            alarm: Alarm::new(&state),
            state,
            organisation: RefCell::default(),
            is_erased: Cell::default(),
            measured_at: Cell::default(),
        }
    }

    /// Returns the organisation. It is read once per instance.
    ///
    /// # Errors
    /// [`ApiError::Unauthorized`] if the object was never created or was erased. Nothing is written then.
    pub(crate) fn organisation(&self) -> Result<Rc<Organisation>, Error> {
        if self.is_erased.get() {
            return Err(ApiError::Unauthorized.into());
        }
        if let Some(organisation) = self.organisation.borrow().as_ref() {
            return Ok(Rc::clone(organisation));
        }
        let organisation = Rc::new(self.read_organisation()?.ok_or(ApiError::Unauthorized)?);
        *self.organisation.borrow_mut() = Some(Rc::clone(&organisation));
        Ok(organisation)
    }

    fn has_tables(&self) -> Result<bool, Error> {
        let sql = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'organisation'";
        Ok(self.sql.row(sql, [])?.is_some())
    }

    fn read_organisation(&self) -> Result<Option<Organisation>, Error> {
        // An object that was never created has no tables, and must not get any.
        if !self.has_tables()? {
            return Ok(None);
        }
        let sql = "SELECT id, name, external_id, created_at, suspended_at FROM organisation WHERE erased_at IS NULL";
        let Some(row) = self.sql.row(sql, [])? else { return Ok(None) };
        let unreadable = || Error::internal("the storage holds an unreadable organisation");
        Ok(Some(Organisation {
            id: OrganisationId::from_bytes(row.array(0)?).ok_or_else(unreadable)?,
            name: row.text(1)?,
            external_id: row.text(2)?.parse().map_err(|_| unreadable())?,
            created_at: row.time(3)?,
            suspended_at: row.optional_time(4)?,
        }))
    }

    /// Creates the tables and the organisation's row, unless they exist. Returns whether the organisation can be used: one that was erased
    /// can't be created again.
    ///
    /// # Errors
    /// Fails if the storage fails; then nothing is created.
    pub(crate) fn create(&self, organisation: &Organisation) -> Result<bool, Error> {
        if self.has_tables()? {
            return Ok(self.read_organisation()?.is_some());
        }
        self.sql.transaction(|| {
            for statement in schema::statements() {
                self.sql.run(statement, [])?;
            }
            self.sql.run(
                "INSERT INTO organisation (id, name, external_id, created_at, suspended_at) VALUES (?, ?, ?, ?, ?)",
                [
                    blob(&organisation.id.to_bytes()),
                    (&organisation.name).into(),
                    organisation.external_id.as_str().into(),
                    time(organisation.created_at),
                    optional(organisation.suspended_at.map(time)),
                ],
            )?;
            Ok(true)
        })
    }

    /// Renames, suspends or resumes the organisation.
    ///
    /// # Errors
    /// [`ApiError::Unauthorized`] if the object was never created or was erased.
    pub(crate) fn update(&self, changed: &api_contract::Organisation) -> Result<(), Error> {
        self.organisation()?;
        let values = [changed.name.as_str().into(), optional(changed.suspended_at.map(time))];
        self.sql.run("UPDATE organisation SET name = ?, suspended_at = ?", values)?;
        self.organisation.replace(None);
        Ok(())
    }

    /// Checks that the organisation may do what a request does.
    ///
    /// # Errors
    /// [`ApiError::Unauthorized`] if there is no organisation. [`ApiError::OrganisationSuspended`].
    pub(crate) fn check_standing(&self, effect: RequestEffect) -> Result<(), Error> {
        if self.organisation()?.standing().permits(effect) {
            Ok(())
        } else {
            Err(ApiError::OrganisationSuspended.into())
        }
    }

    /// Deletes everything, and keeps one row that says so: requests in progress and late messages find no organisation.
    ///
    /// # Errors
    /// Fails if the storage fails. Erasing again is safe.
    pub(crate) async fn erase(&self, now: OffsetDateTime) -> Result<(), Error> {
        self.is_erased.set(true);
        // Stored before the first await: another instance must not find the organisation either.
        if self.has_tables()? {
            let sql = "UPDATE organisation SET erased_at = ? WHERE erased_at IS NULL";
            self.sql.run(sql, [time(now)])?;
        }
        self.alarm.cancel().await?;
        self.state.storage().delete_all().await?;
        self.sql.transaction(|| {
            self.sql.run(schema::ORGANISATION, [])?;
            let sql = "INSERT INTO organisation (id, name, external_id, created_at, erased_at) VALUES (x'', '', '', 0, ?)";
            self.sql.run(sql, [time(now)]).map(drop)
        })
    }

    /// Checks that the organisation may store more. Call it in the transaction that writes. Measures at most once in a second: much less
    /// than the rest of the object's storage is written in that time.
    ///
    /// # Errors
    /// [`Quota::StoredBytes`].
    pub(crate) fn check_size(&self, now: OffsetDateTime) -> Result<(), Error> {
        if self.measured_at.get().is_none_or(|at| now - at >= Duration::SECOND) {
            Quota::StoredBytes.check(self.sql.size())?;
            self.measured_at.set(Some(now));
        }
        Ok(())
    }

    /// Runs `work` as long as the organisation exists.
    ///
    /// # Errors
    /// [`ApiError::Unauthorized`] if there is no organisation, or if it is deleted before `work` has ended.
    pub(super) async fn while_organisation_exists<T>(
        &self,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        run_while(|| self.organisation().map(drop), work).await
    }

    /// Runs a future that nothing waits for, as long as the organisation exists. The object stays in memory until it ends, which is billed.
    pub(crate) fn run_in_background(self: &Rc<Self>, future: impl Future<Output = ()> + 'static) {
        let this = Rc::clone(self);
        self.state.wait_until(async move {
            // An error says that the organisation was deleted.
            let _ = this.while_organisation_exists(future.map(Ok)).await;
        });
    }

    /// Sets the alarm to `at`, unless it rings earlier anyway. A failure is logged.
    pub(crate) async fn try_ring_by(&self, at: OffsetDateTime) {
        if let Err(error) = self.alarm.ring_by(at).await {
            log::error("alarm_not_set", serde_json::json!({ "error": format!("{error:?}") }));
        }
    }

    /// Starts [`Self::try_ring_by`] for callers that can't wait for it, such as in a transaction.
    pub(crate) fn start_ring_by(self: &Rc<Self>, at: OffsetDateTime) {
        let this = Rc::clone(self);
        self.run_in_background(async move { this.try_ring_by(at).await });
    }

    /// Returns the Worker's settings.
    ///
    /// # Errors
    /// Names the setting that is missing or invalid.
    pub(crate) fn settings(&self) -> Result<Rc<Settings>, Error> {
        Ok(settings::load(&self.env)?)
    }
}
