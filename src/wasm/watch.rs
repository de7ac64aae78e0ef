//! Time limits and abort signals: what can interrupt a future.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Poll, Waker};

use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout, catch)]
    fn set_timeout(callback: &Function, delay_ms: u32) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = clearTimeout, catch)]
    fn clear_timeout(timer: &JsValue) -> Result<(), JsValue>;
}

/// Why a future was not waited for any longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Interrupt {
    Elapsed,
    Aborted,
}

/// Waits for futures until a time has passed or a signal was aborted. Dropping
/// it takes its timer and its listener back, so neither outlives the call.
pub(crate) struct Watch {
    state: Rc<State>,
    timer: Option<(JsValue, Callback)>,
    listener: Option<(AbortSignal, Callback)>,
}

type Callback = Closure<dyn FnMut()>;

#[derive(Default)]
struct State {
    interrupt: Cell<Option<Interrupt>>,
    waker: RefCell<Option<Waker>>,
}

impl State {
    fn interrupt(&self, interrupt: Interrupt) {
        if self.interrupt.get().is_none() {
            self.interrupt.set(Some(interrupt));
        }
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

impl Watch {
    /// No time means no timer.
    pub(crate) fn new(delay_ms: Option<u32>, signal: Option<&AbortSignal>) -> Self {
        let state = Rc::new(State::default());
        let callback = |interrupt| {
            let state = Rc::clone(&state);
            Closure::new(move || state.interrupt(interrupt))
        };
        let timer = delay_ms.and_then(|delay_ms| {
            let callback: Callback = callback(Interrupt::Elapsed);
            let timer = set_timeout(callback.as_ref().unchecked_ref(), delay_ms).ok()?;
            Some((timer, callback))
        });
        let listener = signal.and_then(|signal| {
            if signal.aborted() {
                state.interrupt(Interrupt::Aborted);
            }
            let callback: Callback = callback(Interrupt::Aborted);
            let function = callback.as_ref().unchecked_ref();
            signal.add_event_listener_with_callback("abort", function).ok()?;
            Some((signal.clone(), callback))
        });
        Watch { state, timer, listener }
    }

    /// The future's output, unless something interrupts it first.
    pub(crate) async fn guard<F: Future>(&self, future: F) -> Result<F::Output, Interrupt> {
        let mut future = pin!(future);
        std::future::poll_fn(|context| {
            if let Some(interrupt) = self.state.interrupt.get() {
                return Poll::Ready(Err(interrupt));
            }
            if let Poll::Ready(output) = future.as_mut().poll(context) {
                return Poll::Ready(Ok(output));
            }
            self.state.waker.replace(Some(context.waker().clone()));
            Poll::Pending
        })
        .await
    }

    /// Waits until something interrupts.
    pub(crate) async fn interrupted(&self) -> Interrupt {
        match self.guard(std::future::pending::<std::convert::Infallible>()).await {
            Ok(never) => match never {},
            Err(interrupt) => interrupt,
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some((timer, _callback)) = self.timer.take() {
            let _ = clear_timeout(&timer);
        }
        if let Some((signal, callback)) = self.listener.take() {
            let function = callback.as_ref().unchecked_ref();
            let _ = signal.remove_event_listener_with_callback("abort", function);
        }
    }
}
