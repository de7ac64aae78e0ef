//! The call over the platform's own `fetch`, in browsers, web workers, Cloudflare
//! Workers, Node.js and Deno.
//!
//! In a browser, leave the key out and set the base URL to your own gateway.
//! Dropping a future ends its call.
//!
//! ```no_run
//! use palm_user::fetch::Client;
//! use palm_user::{CallOptions, UserPatch};
//!
//! # async fn example() -> Result<(), palm_user::Error> {
//! let options = CallOptions::new().base_url("https://app.example.com/api/palm");
//! let patch = UserPatch::new().set("language", "en").remove("notes");
//! let user = Client::new().update_user("me", &patch, &options).await?;
//! # Ok(())
//! # }
//! ```

mod environment;
mod exchange;
mod value;

use wasm_bindgen::JsValue;
use web_sys::AbortSignal;

pub(crate) use self::environment::parse_url;
use self::environment::{is_browser, moment};
use self::exchange::{Ended, Interruption, exchange};
use crate::error::{Error, Message};
use crate::native::call::{Call, Step};
use crate::native::patch::UserPatch;
use crate::native::request::CallOptions;
use crate::native::user::User;

/// A client over `fetch`.
///
/// ```no_run
/// use palm_user::fetch::Client;
/// use web_sys::AbortController;
///
/// # fn example(binding: wasm_bindgen::JsValue) -> Result<(), wasm_bindgen::JsValue> {
/// let controller = AbortController::new()?;
/// let client = Client::new().signal(controller.signal());
/// // In a Worker, over a service binding:
/// let client = client.fetch(binding);
/// // Only where the page is yours alone, such as in a test:
/// let client = client.dangerously_allow_browser();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Client {
    signal: Option<AbortSignal>,
    fetch: Option<JsValue>,
    allows_key_in_browser: bool,
}

impl Client {
    /// A client that calls the global `fetch`.
    pub fn new() -> Self {
        Client::default()
    }

    /// A signal that ends the client's calls at any point: sending, reading or waiting.
    #[must_use]
    pub fn signal(mut self, signal: AbortSignal) -> Self {
        self.signal = Some(signal);
        self
    }

    /// A function to call instead of the global `fetch`, or an object with a `fetch`
    /// method, such as a service binding.
    #[must_use]
    pub fn fetch(mut self, fetch: impl Into<JsValue>) -> Self {
        self.fetch = Some(fetch.into());
        self
    }

    /// Allows a secret key in a browser, where anyone can read it. Without this, such
    /// a call is refused.
    #[must_use]
    pub fn dangerously_allow_browser(mut self) -> Self {
        self.allows_key_in_browser = true;
        self
    }

    /// Changes a user, and returns it as the server stored it.
    ///
    /// Everything is checked before anything is sent. 408, 429, 5xx and lost
    /// connections are retried, as [`CallOptions::retry`] says.
    ///
    /// # Errors
    ///
    /// Any [`ErrorCode`](crate::ErrorCode). [`Error::outcome`] says what the server may have done.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), palm_user::Error> {
    /// use palm_user::fetch::Client;
    /// use palm_user::{CallOptions, UserPatch};
    ///
    /// let gateway = CallOptions::new().base_url("https://app.example.com/api/palm");
    /// let patch = UserPatch::new().set_display_name("Ada");
    /// let user = Client::new().update_user("me", &patch, &gateway).await?;
    /// assert_eq!(user.display_name(), Some("Ada"));
    /// # Ok(())
    /// # }
    /// ```
    pub async fn update_user(
        &self,
        user_id: &str,
        patch: &UserPatch,
        options: &CallOptions,
    ) -> Result<User, Error> {
        self.check(options)?;
        self.make(Call::update_user(user_id, patch, options)?).await
    }

    /// Reads a user.
    ///
    /// # Errors
    ///
    /// As [`Client::update_user`]. A read changes nothing, so the outcome is `NotSent`
    /// or `Rejected`.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), palm_user::Error> {
    /// use palm_user::CallOptions;
    /// use palm_user::fetch::Client;
    ///
    /// let gateway = CallOptions::new().base_url("https://app.example.com/api/palm");
    /// let user = Client::new().get_user("me", &gateway).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn get_user(&self, user_id: &str, options: &CallOptions) -> Result<User, Error> {
        self.check(options)?;
        self.make(Call::get_user(user_id, options)?).await
    }

    /// Refuses a key in a browser, where anyone can read it.
    fn check(&self, options: &CallOptions) -> Result<(), Error> {
        if options.api_key.is_some() && !self.allows_key_in_browser && is_browser() {
            return Err(Error::not_sent(Message::KeyInBrowser));
        }
        Ok(())
    }

    async fn make(&self, mut call: Call) -> Result<User, Error> {
        let signal = self.signal.as_ref();
        let started = environment::clock();
        loop {
            if signal.is_some_and(AbortSignal::aborted) {
                return Err(call.abort());
            }
            let limit = call.time_limit(environment::since(started));
            let attempt = exchange(call.request(), limit, signal, self.fetch.as_ref()).await;
            match call.settle(attempt, moment(started)) {
                Step::Done(user) => return Ok(*user),
                Step::Failed(error) => return Err(error),
                Step::Retry { after, .. } => {
                    if Interruption::new(after, signal).await == Ended::ByCaller {
                        return Err(call.abort());
                    }
                }
            }
        }
    }
}
