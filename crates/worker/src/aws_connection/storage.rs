//! What a connection keeps: its state, and what is due.

use aws_sans_io::{Region, RoleArn};
use domain::connection::{self, AccountFacts, RegionFacts, audit::PermissionAudit};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use time::OffsetDateTime;
use worker::{SqlStorage, SqlStorageValue};

use crate::{clock, database::organisations::Organisation, http::Error};

/// Every read and write is synchronous: nothing comes between a read, a decision and a write.
pub(super) struct Storage(SqlStorage);

impl Storage {
    /// The storage, with its table.
    pub(super) fn open(sql: SqlStorage) -> Result<Self, Error> {
        sql.exec(
            "CREATE TABLE IF NOT EXISTS connection (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT",
            None,
        )?;
        Ok(Self(sql))
    }

    /// The connection's state.
    pub(super) fn state(&self) -> Result<connection::ConnectionState, Error> {
        Ok(self.kept_state()?.unwrap_or_default())
    }

    /// The connection's state, where anything ever happened to it.
    pub(super) fn kept_state(&self) -> Result<Option<connection::ConnectionState>, Error> {
        self.get("state")
    }

    /// Writes the connection's state.
    pub(super) fn set_state(&self, state: &connection::ConnectionState) -> Result<(), Error> {
        self.set("state", state)
    }

    /// The organisation that the connection is of.
    pub(super) fn organisation(&self) -> Result<Option<Organisation>, Error> {
        self.get("organisation")
    }

    /// Notes it, so that an alarm knows it too.
    pub(super) fn set_organisation(&self, organisation: &Organisation) -> Result<(), Error> {
        self.set("organisation", organisation)
    }

    /// The role that was proven to be the organisation's.
    pub(super) fn claim(&self) -> Result<Option<RoleArn>, Error> {
        Ok(self.get::<Option<RoleArn>>("claim")?.flatten())
    }

    /// Writes the role that was proven to be the organisation's.
    pub(super) fn set_claim(&self, claim: Option<&RoleArn>) -> Result<(), Error> {
        self.set("claim", &claim)
    }

    /// What was last found out about the account in the regions beside the stack's.
    pub(super) fn region_facts(&self) -> Result<Vec<RegionFacts>, Error> {
        Ok(self.get("regions")?.unwrap_or_default())
    }

    /// What was last found out about the account in a region, if it isn't the stack's.
    pub(super) fn facts_of(&self, region: Region) -> Result<Option<RegionFacts>, Error> {
        Ok(self.region_facts()?.into_iter().find(|facts| facts.region == region))
    }

    /// What AWS last said of the account in a region.
    pub(super) fn account_in(&self, region: Region) -> Result<Option<AccountFacts>, Error> {
        Ok(self.state()?.account_in(region, self.facts_of(region)?.as_ref()).cloned())
    }

    /// Writes what was found out about them.
    pub(super) fn set_region_facts(&self, facts: &[RegionFacts]) -> Result<(), Error> {
        self.set("regions", &facts)
    }

    /// When the connection wants to be woken.
    pub(super) fn wake_at(&self) -> Result<Option<OffsetDateTime>, Error> {
        Ok(self.get::<Option<i64>>("wake_at")?.flatten().map(clock::from_milliseconds))
    }

    /// Writes when it wants to be woken.
    pub(super) fn set_wake_at(&self, at: Option<OffsetDateTime>) -> Result<(), Error> {
        self.set("wake_at", &at.map(clock::to_milliseconds))
    }

    /// When a check is due that wasn't made yet.
    pub(super) fn check_at(&self) -> Result<Option<OffsetDateTime>, Error> {
        Ok(self.get::<Option<i64>>("check_at")?.flatten().map(clock::from_milliseconds))
    }

    /// Writes when a check is due.
    pub(super) fn set_check_at(&self, at: Option<OffsetDateTime>) -> Result<(), Error> {
        self.set("check_at", &at.map(clock::to_milliseconds))
    }

    /// What was last found out about the role's permissions.
    pub(super) fn audit(&self) -> Result<Option<PermissionAudit>, Error> {
        Ok(self.get::<Option<PermissionAudit>>("audit")?.flatten())
    }

    /// Writes what was found out about them.
    pub(super) fn set_audit(&self, audit: Option<&PermissionAudit>) -> Result<(), Error> {
        self.set("audit", &audit)
    }

    /// When they are to be looked at.
    pub(super) fn audit_at(&self) -> Result<Option<OffsetDateTime>, Error> {
        Ok(self.get::<Option<i64>>("audit_at")?.flatten().map(clock::from_milliseconds))
    }

    /// Writes when they are to be looked at.
    pub(super) fn set_audit_at(&self, at: Option<OffsetDateTime>) -> Result<(), Error> {
        self.set("audit_at", &at.map(clock::to_milliseconds))
    }

    /// When idempotency keys that have expired are let go of.
    pub(super) fn purge_at(&self) -> Result<Option<OffsetDateTime>, Error> {
        Ok(self.get::<Option<i64>>("purge_at")?.flatten().map(clock::from_milliseconds))
    }

    /// Writes when they are let go of.
    pub(super) fn set_purge_at(&self, at: Option<OffsetDateTime>) -> Result<(), Error> {
        self.set("purge_at", &at.map(clock::to_milliseconds))
    }

    fn get<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, Error> {
        #[derive(Deserialize)]
        struct Row {
            value: String,
        }
        let rows: Vec<Row> =
            self.0.exec("SELECT value FROM connection WHERE name = ?", vec![name.into()])?.to_array()?;
        let text = rows.into_iter().next().map(|row| row.value);
        Ok(text.as_deref().map(serde_json::from_str).transpose()?)
    }

    fn set(&self, name: &str, value: &impl Serialize) -> Result<(), Error> {
        let value = serde_json::to_string(value)?;
        // What hasn't changed costs no write.
        let sql = "INSERT INTO connection (name, value) VALUES (?, ?) ON CONFLICT (name) \
                   DO UPDATE SET value = excluded.value WHERE value IS NOT excluded.value";
        let values: Vec<SqlStorageValue> = vec![name.into(), value.into()];
        self.0.exec(sql, values)?;
        Ok(())
    }
}
