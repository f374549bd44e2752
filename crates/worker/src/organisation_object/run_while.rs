//! Work that ends with its permission.
//!
//! An object runs other work only while this one awaits. So a permission that is checked whenever work continues holds for everything that
//! the work does until its next `await`, and no handler has to check it again: neither after the body has arrived, nor after a call.

use std::{
    future::poll_fn,
    pin::pin,
    task::{Context, Poll},
};

use crate::http::Error;

/// Runs `work`. Calls `permission` each time before it continues, and drops it with the error of `permission` if that fails.
pub(super) async fn run_while<T>(
    permission: impl Fn() -> Result<(), Error>,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let mut work = pin!(work);
    poll_fn(|context: &mut Context<'_>| match permission() {
        Ok(()) => work.as_mut().poll(context),
        Err(error) => Poll::Ready(Err(error)),
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use api_contract::ApiError;
    use futures_channel::oneshot;
    use futures_util::FutureExt;

    use super::*;

    /// Runs work that has an effect, waits for something, and has another effect. Returns how many effects it had.
    fn effects(is_revoked_meanwhile: bool) -> u32 {
        let (is_revoked, effects) = (Cell::new(false), Cell::new(0));
        let (sender, receiver) = oneshot::channel::<()>();
        let work = async {
            effects.set(1);
            let _ = receiver.await;
            effects.set(2);
            Ok(())
        };
        let permission = || if is_revoked.get() { Err(ApiError::Unauthorized.into()) } else { Ok(()) };
        let mut running = pin!(run_while(permission, work));
        assert!(running.as_mut().now_or_never().is_none());
        is_revoked.set(is_revoked_meanwhile);
        drop(sender);
        assert_eq!(running.now_or_never().unwrap().is_err(), is_revoked_meanwhile);
        effects.get()
    }

    #[test]
    fn work_continues_only_while_it_is_permitted() {
        assert_eq!(effects(false), 2);
        assert_eq!(effects(true), 1);
    }

    #[test]
    fn work_that_is_not_permitted_does_not_begin() {
        let begun = Cell::new(false);
        let refuse = || Err(ApiError::Unauthorized.into());
        let result = run_while(refuse, async {
            begun.set(true);
            Ok(())
        });
        assert!(result.now_or_never().unwrap().is_err());
        assert!(!begun.get());
    }
}
