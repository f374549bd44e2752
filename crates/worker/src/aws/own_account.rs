//! Compares `KRAITER_AWS_ACCOUNT_ID` with the account of Kraiter's own keys, once per isolate. With another account, customers would trust a
//! stranger, and every role would be refused.

use std::{cell::RefCell, rc::Rc};

use aws_sans_io::{Region, sts::GetCallerIdentity};
use domain::settings::{SettingError, Settings};
use time::{Duration, OffsetDateTime};
use worker::Context;

use super::call_in_own_account;
use crate::clock;

/// How long to wait after AWS didn't respond.
const RETRY_AFTER: Duration = Duration::minutes(1);

/// What is known of the account.
enum Known {
    /// Unknown until it is asked for again at this time.
    Unknown(OffsetDateTime),
    Compared(Result<(), SettingError>),
}

thread_local! {
    static KNOWN: RefCell<Known> = const { RefCell::new(Known::Unknown(OffsetDateTime::UNIX_EPOCH)) };
}

/// Fails if the account is known to be another one. If nothing is known yet, finds out in the background.
///
/// # Errors
/// Names the setting.
pub(crate) fn require(settings: &Rc<Settings>, context: &Context) -> Result<(), SettingError> {
    let now = clock::now();
    let is_due = KNOWN.with_borrow_mut(|known| match known {
        Known::Compared(result) => result.clone().map(|()| false),
        Known::Unknown(at) if *at > now => Ok(false),
        Known::Unknown(at) => {
            *at = now + RETRY_AFTER;
            Ok(true)
        }
    })?;
    if is_due {
        let settings = Rc::clone(settings);
        context.wait_until(async move {
            // After the first response, which needn't wait until the request is signed.
            clock::sleep(Duration::MILLISECOND).await;
            // The next request fails.
            let _ = compare(&settings).await;
        });
    }
    Ok(())
}

/// Compares the account, unless that has been done.
///
/// # Errors
/// Names the setting if it is another account.
pub(crate) async fn compare(settings: &Settings) -> Result<(), SettingError> {
    if let Some(result) = KNOWN.with_borrow(|known| match known {
        Known::Compared(result) => Some(result.clone()),
        Known::Unknown(_) => None,
    }) {
        return result;
    }
    let Some(region) = Region::from_number(1) else { return Ok(()) };
    let mut result = None;
    for (_, name, keys) in settings.own_credentials.starting_at(0) {
        if let Ok(caller) = call_in_own_account(&GetCallerIdentity, &settings.endpoint, region, keys).await {
            result = Some(settings.check_own_account(name, &caller.account));
            if matches!(result, Some(Err(_))) {
                break;
            }
        }
    }
    match result {
        Some(result) => {
            KNOWN.set(Known::Compared(result.clone()));
            result
        }
        None => Ok(()),
    }
}
