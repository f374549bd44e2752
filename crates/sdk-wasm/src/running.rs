//! A flow that runs: the machine with a request, a timer and the page's events.

use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
};

use js_sys::Function;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::AbortController;

use crate::{
    failure::Failure,
    flow::{Act, Answer, Ask, Event, Glance, Machine, State},
    route::Route,
    web::{self, Asked, Page, Sight, Target, Timer, exchange, get, object, text},
};

/// A running connect-and-verify flow.
#[wasm_bindgen]
pub struct Flow(Rc<Runner>);

#[wasm_bindgen]
impl Flow {
    /// The customer chose a region.
    pub fn choose(&self, region: String) {
        self.0.take(Event::Start { region });
    }

    /// The customer wants it tried again.
    pub fn retry(&self) {
        self.0.take(Event::Retry);
    }

    /// The customer calls it off.
    pub fn cancel(&self) {
        self.0.take(Event::Cancel);
    }

    /// Ends everything: no request, no timer, no listener is left, and nothing is told any more.
    pub fn stop(&self) {
        self.0.is_over.set(true);
        self.0.page.take();
        self.0.doing.take();
    }
}

impl Flow {
    pub(crate) fn start(target: Rc<Target>, listener: Function) -> Self {
        let runner = Rc::new_cyclic(|own| Runner {
            own: Weak::clone(own),
            target,
            listener,
            machine: RefCell::default(),
            doing: RefCell::default(),
            page: RefCell::default(),
            is_over: Cell::new(false),
        });
        let own = Rc::downgrade(&runner);
        *runner.page.borrow_mut() = Page::watch(move |sight| {
            if let Some(runner) = own.upgrade() {
                runner.take(match sight {
                    Sight::Hidden => Event::Hidden,
                    Sight::Returned => Event::Returned,
                    Sight::Online => Event::Online,
                });
            }
        });
        runner.take(Event::Opened { hidden: Page::is_hidden() });
        Self(runner)
    }
}

/// What the API answered, as it came. Two answers are the same where their texts are.
#[derive(Clone)]
struct Payload(web::Answer);

impl PartialEq for Payload {
    fn eq(&self, other: &Self) -> bool {
        self.0.text == other.0.text
    }
}

/// The one thing that goes on; dropping it ends it.
enum Doing {
    Waiting { _timer: Timer },
    Asking(AbortController),
}

impl Drop for Doing {
    fn drop(&mut self) {
        if let Self::Asking(controller) = self {
            controller.abort();
        }
    }
}

struct Runner {
    own: Weak<Self>,
    target: Rc<Target>,
    listener: Function,
    machine: RefCell<Machine<Payload>>,
    doing: RefCell<Option<Doing>>,
    page: RefCell<Option<Page>>,
    is_over: Cell<bool>,
}

impl Runner {
    fn take(&self, event: Event<Payload>) {
        if self.is_over.get() {
            return;
        }
        let reaction = self.machine.borrow_mut().on(event);
        match reaction.act {
            Some(Act::Ask(ask)) => self.ask(ask),
            Some(Act::WakeIn(milliseconds)) => self.wake_in(milliseconds),
            Some(Act::Rest) => drop(self.doing.take()),
            None => {}
        }
        if reaction.changed {
            let state = view(self.machine.borrow().state());
            // What a listener throws is the listener's; the package's own one throws nothing.
            let _ = self.listener.call1(&JsValue::UNDEFINED, &state);
        }
    }

    fn wake_in(&self, milliseconds: u32) {
        let own = Weak::clone(&self.own);
        let timer = Timer::new(milliseconds, move || {
            if let Some(runner) = own.upgrade() {
                runner.take(Event::Woken);
            }
        });
        self.doing.replace(Some(Doing::Waiting { _timer: timer }));
    }

    fn ask(&self, ask: Ask) {
        let Ok(controller) = AbortController::new() else { return };
        let signal = controller.signal();
        self.doing.replace(Some(Doing::Asking(controller)));
        let (own, target) = (Weak::clone(&self.own), Rc::clone(&self.target));
        spawn_local(async move {
            let answer = answer(&target, &ask, &signal).await;
            // Aborted: something else goes on by now.
            if !signal.aborted()
                && let Some(runner) = own.upgrade()
            {
                runner.take(Event::Answered(answer));
            }
        });
    }
}

async fn answer(
    target: &Target,
    ask: &Ask,
    signal: &web_sys::AbortSignal,
) -> Result<Answer<Payload>, Failure> {
    let (route, body) = match ask {
        Ask::Binding => (Route::GetAwsBinding, JsValue::UNDEFINED),
        Ask::Connect { region, .. } => (Route::ConnectAws, object([("region", region.as_str().into())])),
        Ask::Verify => (Route::VerifyAwsBinding, object([])),
    };
    let asked = Asked::new(route, "", &body, None).map_err(|thrown| thrown.failure)?;
    let answer = exchange(target, &asked, Some(signal)).await.map_err(|thrown| thrown.failure)?;
    if route == Route::ConnectAws {
        return Ok(Answer::Details(Payload(answer)));
    }
    // A status that this version of the package doesn't know can't be shown.
    let glance =
        Glance::read(&|name| text(&answer.value, name)).ok_or_else(|| Failure::unexpected(200, None))?;
    Ok(Answer::Binding { glance, binding: Payload(answer) })
}

/// A state as the package shows it: `FlowState` in `index.d.ts`.
fn view(state: &State<Payload>) -> JsValue {
    let step = ("step", JsValue::from_str(state.name()));
    match state {
        State::Loading | State::Cancelled => object([step]),
        State::Offline { last } => {
            object([step, ("last", last.as_ref().map_or(JsValue::NULL, |last| view(last)))])
        }
        State::ChooseRegion { binding } => object([step, ("regions", binding.get("regions"))]),
        State::OpenLink { details, binding } => object([
            step,
            ("link", details.get("quickCreateUrl")),
            ("details", details.whole()),
            ("binding", binding.whole()),
        ]),
        State::Connected { binding } => object([step, ("binding", binding.whole())]),
        State::Verifying { binding } | State::NeedsAttention { binding } => {
            let reason = ("reason", binding.get("reason"));
            let view = [step, ("binding", binding.whole())];
            object(view.into_iter().chain((!reason.1.is_null()).then_some(reason)))
        }
        State::Failed { failure, can_retry } => {
            object([step, ("error", failure.to_js()), ("canRetry", (*can_retry).into())])
        }
    }
}

impl Payload {
    fn whole(&self) -> JsValue {
        self.0.value.clone()
    }

    fn get(&self, name: &str) -> JsValue {
        get(&self.0.value, name)
    }
}
