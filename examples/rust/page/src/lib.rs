//! A page where a person changes a name. It shows the new one at once, tells
//! when it is stored, and shows the old one again where it is refused.
//!
//! The page has no key: a gateway on its own origin adds it.

use std::cell::RefCell;
use std::rc::Rc;

use palm_user::fetch::Client;
use palm_user::{CallOptions, Limits, Outcome, User, UserPatch};
use wasm_bindgen::prelude::{Closure, JsCast, JsError, JsValue, wasm_bindgen};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Document, HtmlInputElement};

struct Page {
    document: Document,
    options: CallOptions,
    /// As the server stored it.
    user: RefCell<User>,
}

#[wasm_bindgen(start)]
async fn start() -> Result<(), JsValue> {
    let window = web_sys::window().ok_or_else(|| JsError::new("there is no window"))?;
    let document = window.document().ok_or_else(|| JsError::new("there is no document"))?;
    let gateway = format!("{}/api/palm", window.location().origin()?);
    let options = CallOptions::new().base_url(gateway).limits(Limits::default());
    let user = Client::new().get_user("me", &options).await.map_err(JsError::from)?;
    let page = Rc::new(Page { document, options, user: RefCell::new(user) });
    page.show(&page.user.borrow(), "stored");
    let input: HtmlInputElement = page.element("name")?.unchecked_into();
    let listener = Closure::<dyn Fn()>::new({
        let (page, input) = (Rc::clone(&page), input.clone());
        move || spawn_local(Rc::clone(&page).rename(input.value()))
    });
    input.add_event_listener_with_callback("change", listener.as_ref().unchecked_ref())?;
    // The page keeps it as long as the input.
    listener.forget();
    Ok(())
}

impl Page {
    async fn rename(self: Rc<Self>, name: String) {
        let patch = UserPatch::new().set_display_name(name);
        let limits = Limits::default();
        let Ok(after) = self.user.borrow().patched(&patch, &limits) else {
            return self.show(&self.user.borrow(), "refused");
        };
        self.show(&after, "pending");
        match Client::new().update_user("me", &patch, &self.options).await {
            Ok(stored) => {
                self.show(&stored, "stored");
                self.user.replace(stored);
            }
            Err(error) if error.outcome() >= Outcome::Unknown => self.show(&after, "unknown"),
            Err(error) => self.show(&self.user.borrow(), error.code().as_str()),
        }
    }

    fn show(&self, user: &User, state: &str) {
        for (id, text) in [("shown", user.display_name().unwrap_or("nameless")), ("state", state)] {
            if let Ok(element) = self.element(id) {
                element.set_text_content(Some(text));
            }
        }
    }

    fn element(&self, id: &str) -> Result<web_sys::Element, JsValue> {
        let missing = || JsError::new("an element is missing");
        Ok(self.document.get_element_by_id(id).ok_or_else(missing)?)
    }
}
