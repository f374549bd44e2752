//! Runs the flow's state machine with requests, a timer and the page's events.

mod view;

use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
};

use js_sys::Function;
use serde::Serialize;
use view::StateView;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{AbortController, AbortSignal};

use crate::{
    error::Error,
    flow::{ApiCall, BindingSummary, CallOutput, Command, Event, Machine},
    route::Route,
    web::{
        Endpoint, PageEvent, PageObserver, PreparedRequest, RequestError, ResponseBody, Timer, send, text,
        to_js,
    },
};

/// A running connect-and-verify flow.
#[wasm_bindgen]
pub struct Flow(Rc<Runner>);

#[wasm_bindgen]
impl Flow {
    /// Connects in the region that the customer chose.
    pub fn choose(&self, region: String) {
        self.0.handle(Event::RegionChosen { region });
    }

    /// Retries what failed, or verifies the role again.
    pub fn retry(&self) {
        self.0.handle(Event::RetryRequested);
    }

    /// Cancels. [`Self::choose`] and [`Self::retry`] continue the flow.
    pub fn cancel(&self) {
        self.0.handle(Event::CancelRequested);
    }

    /// Ends the flow: aborts its request and removes its timer and event listeners. The listener isn't called again.
    pub fn stop(&self) {
        self.0.is_over.set(true);
        self.0.page.take();
        self.0.activity.take();
    }
}

impl Flow {
    pub(crate) fn start(endpoint: Rc<Endpoint>, listener: Function) -> Self {
        let runner = Rc::new_cyclic(|this| Runner {
            this: Weak::clone(this),
            endpoint,
            listener,
            machine: RefCell::default(),
            activity: RefCell::default(),
            page: RefCell::default(),
            is_over: Cell::new(false),
        });
        let this = Rc::downgrade(&runner);
        *runner.page.borrow_mut() = PageObserver::new(move |event| {
            if let Some(runner) = this.upgrade() {
                runner.handle(match event {
                    PageEvent::Hidden => Event::PageHidden,
                    PageEvent::Visible => Event::PageVisible,
                    PageEvent::Online => Event::Online,
                });
            }
        });
        runner.handle(Event::Opened { hidden: PageObserver::is_page_hidden() });
        Self(runner)
    }
}

/// The command in progress. Dropping it ends it.
enum Activity {
    Timer { _timer: Timer },
    Call(AbortController),
}

impl Drop for Activity {
    fn drop(&mut self) {
        if let Self::Call(controller) = self {
            controller.abort();
        }
    }
}

struct Runner {
    this: Weak<Self>,
    endpoint: Rc<Endpoint>,
    listener: Function,
    machine: RefCell<Machine<ResponseBody>>,
    activity: RefCell<Option<Activity>>,
    page: RefCell<Option<PageObserver>>,
    is_over: Cell<bool>,
}

impl Runner {
    fn handle(&self, event: Event<ResponseBody>) {
        if self.is_over.get() {
            return;
        }
        let reaction = self.machine.borrow_mut().handle(event);
        match reaction.command {
            Some(Command::Call(call)) => self.call(call),
            Some(Command::StartTimer(milliseconds)) => self.start_timer(milliseconds),
            Some(Command::Stop) => drop(self.activity.take()),
            None => {}
        }
        if reaction.changed {
            let state = to_js(&StateView::new(self.machine.borrow().state()));
            // The package's own listener never throws.
            let _ = self.listener.call1(&JsValue::UNDEFINED, &state);
        }
    }

    fn start_timer(&self, milliseconds: u32) {
        let this = Weak::clone(&self.this);
        let timer = Timer::new(milliseconds, move || {
            if let Some(runner) = this.upgrade() {
                runner.handle(Event::TimerFired);
            }
        });
        self.activity.replace(Some(Activity::Timer { _timer: timer }));
    }

    fn call(&self, call: ApiCall) {
        let Ok(controller) = AbortController::new() else { return };
        let signal = controller.signal();
        self.activity.replace(Some(Activity::Call(controller)));
        let (this, endpoint) = (Weak::clone(&self.this), Rc::clone(&self.endpoint));
        spawn_local(async move {
            let result = perform(&endpoint, &call, &signal).await.map_err(|failed| failed.error);
            // An aborted call has been replaced by another command.
            if !signal.aborted()
                && let Some(runner) = this.upgrade()
            {
                runner.handle(Event::CallFinished(result));
            }
        });
    }
}

#[derive(Serialize)]
struct ConnectBody<'a> {
    region: &'a str,
}

#[derive(Serialize)]
struct EmptyBody {}

async fn perform(
    endpoint: &Endpoint,
    call: &ApiCall,
    signal: &AbortSignal,
) -> Result<CallOutput<ResponseBody>, RequestError> {
    const GET: Route = Route::named("GetAwsBinding");
    const CONNECT: Route = Route::named("ConnectAws");
    const VERIFY: Route = Route::named("VerifyAwsBinding");
    let (route, body) = match call {
        ApiCall::GetBinding => (GET, JsValue::UNDEFINED),
        ApiCall::Connect { region, .. } => (CONNECT, to_js(&ConnectBody { region })),
        ApiCall::Verify => (VERIFY, to_js(&EmptyBody {})),
    };
    let request = PreparedRequest::new(route, "", "", &body)?.with_timeout(endpoint.timeout);
    let binding = send(endpoint, &request, Some(signal)).await?.body;
    if route == CONNECT {
        return Ok(CallOutput::ConnectDetails(binding));
    }
    // A later version of the API may have a status that this version of the package can't show.
    let summary = BindingSummary::read(&|name| text(&binding.value, name))
        .ok_or_else(|| Error::unexpected(200, None))?;
    Ok(CallOutput::Binding { summary, binding })
}
