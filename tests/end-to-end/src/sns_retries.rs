//! The retries of SNS, which the webhook proxy does in the emulator's place: the emulator knows neither a movable clock nor all phases of
//! a delivery policy.

use std::{
    collections::HashMap,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use aws_sans_io::{Endpoint, TopicArn};
use test_support::{Error, Result, customer::Customer, emulator, sns_retries::retry_delays};

use crate::wire::Message;

/// User with keys that read the subscriptions of an account.
const READER: &str = "webhook-proxy";

/// SNS's side of the webhook proxy.
pub(crate) struct SnsRetries {
    /// Origin of the emulator.
    emulator: String,
    /// Owners of the topics by account.
    readers: Mutex<HashMap<String, Customer>>,
    started_at: Instant,
    /// How far the Worker's clock is ahead.
    ahead: Mutex<Duration>,
    moved: Condvar,
}

impl SnsRetries {
    pub(crate) fn new(emulator: String) -> Self {
        Self {
            emulator,
            readers: Mutex::default(),
            started_at: Instant::now(),
            ahead: Mutex::default(),
            moved: Condvar::new(),
        }
    }

    /// Sets how far the Worker's clock is ahead.
    pub(crate) fn set_clock(&self, ahead: Duration) {
        *lock(&self.ahead) = ahead;
        self.moved.notify_all();
    }

    /// Waits until the Worker's clock has moved on by `delay`.
    pub(crate) fn wait(&self, delay: Duration) {
        let mut ahead = lock(&self.ahead);
        let due = self.started_at.elapsed() + *ahead + delay;
        while let Some(left) =
            due.checked_sub(self.started_at.elapsed() + *ahead).filter(|left| !left.is_zero())
        {
            ahead = self.moved.wait_timeout(ahead, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Returns the delays before the retries of a notification, from the delivery policy of its subscription.
    pub(crate) fn delays(&self, notification: &Message) -> Result<Vec<Duration>> {
        let header = |name: &str| notification.header(name).unwrap_or_default().to_owned();
        let topic: TopicArn = header("x-amz-sns-topic-arn").parse().map_err(unexpected)?;
        let subscription = header("x-amz-sns-subscription-arn");
        let owner = self.owner(&topic)?;
        retry_delays(
            owner.subscription_attribute(topic.region(), &subscription, "DeliveryPolicy")?.as_deref(),
        )
    }

    fn owner(&self, topic: &TopicArn) -> Result<Customer> {
        let account = topic.account();
        let mut readers = lock(&self.readers);
        if let Some(customer) = readers.get(account.as_str()) {
            return Ok(customer.clone());
        }
        let user = format!("{READER}-{}", fastrand::u64(..));
        let credentials = emulator::create_administrator(&self.emulator, account, &user)?;
        let endpoint: Endpoint = self.emulator.parse().map_err(unexpected)?;
        let customer = Customer::new(account.clone(), credentials, endpoint);
        readers.insert(account.to_string(), customer.clone());
        Ok(customer)
    }
}

fn unexpected(error: impl std::fmt::Display) -> Error {
    Error::Unexpected(error.to_string())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
