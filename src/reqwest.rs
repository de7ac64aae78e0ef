//! The call over the crate `reqwest`, for services and command-line programs.
//!
//! It needs a Tokio runtime. Dropping a future ends its call. [`Client::from_builder`]
//! takes a builder of reqwest 0.13.
//!
//! ```no_run
//! use palm_user::reqwest::Client;
//! use palm_user::{ApiKey, CallOptions, UserPatch};
//!
//! # async fn example() -> Result<(), palm_user::Error> {
//! let client = Client::new()?;
//! let options = CallOptions::new().api_key(ApiKey::parse("sk_test_0000")?);
//! let patch = UserPatch::new().set("customer_tier", "premium").remove("notes");
//! let user = client.update_user("palm_usr_1a2b3c4d5e6f7g8h", &patch, &options).await?;
//! println!("{}", user.updated_at());
//! # Ok(())
//! # }
//! ```

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::time::Duration;
use std::hash::{BuildHasher, RandomState};
use std::time::{Instant, SystemTime};

use ::reqwest::redirect::Policy;
use ::reqwest::{ClientBuilder, Response};
use rustls::crypto::{CryptoProvider, ring};

use crate::error::{Error, Message, Outcome};
use crate::http::attempt::MAX_BODY_BYTES;
use crate::native::attempt::{Answer, Attempt};
use crate::native::call::{Call, Moment, Step};
use crate::native::patch::UserPatch;
use crate::native::request::CallOptions;
use crate::native::user::User;
use crate::text::Params;

/// A client with a connection pool, which its clones share.
///
/// ```
/// let client = palm_user::reqwest::Client::new()?;
/// # let _ = client;
/// # Ok::<(), palm_user::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Client {
    http: ::reqwest::Client,
}

impl Client {
    /// A client with TLS by rustls, *ring* and the platform's certificates.
    ///
    /// # Errors
    ///
    /// As [`Client::from_builder`].
    pub fn new() -> Result<Self, Error> {
        Client::from_builder(::reqwest::Client::builder())
    }

    /// A client with your own settings: a proxy, certificates, the pool's size.
    ///
    /// Redirects are turned off: a redirect would take the patch to a server that
    /// nobody checked. If the process has no default [`CryptoProvider`] yet, this
    /// installs *ring*.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::Network`](crate::ErrorCode::Network) if TLS could not be set up;
    /// the [`source`](core::error::Error::source) says why.
    ///
    /// ```
    /// use palm_user::reqwest::Client;
    ///
    /// let client = Client::from_builder(reqwest::Client::builder().no_proxy())?;
    /// # let _ = client;
    /// # Ok::<(), palm_user::Error>(())
    /// ```
    pub fn from_builder(builder: ClientBuilder) -> Result<Self, Error> {
        if CryptoProvider::get_default().is_none() {
            // If another thread installs one first, that one is as good.
            drop(ring::default_provider().install_default());
        }
        match builder.redirect(Policy::none()).build() {
            Ok(http) => Ok(Client { http }),
            Err(source) => {
                let mut error = Error::new(Message::Network, Outcome::NotSent, Params::default());
                let source: Arc<dyn core::error::Error + Send + Sync> = Arc::new(source);
                error.details_mut().source = Some(source.into());
                Err(error)
            }
        }
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
    /// # async fn example(client: palm_user::reqwest::Client) -> Result<(), palm_user::Error> {
    /// use palm_user::{CallOptions, UserPatch};
    ///
    /// let gateway = CallOptions::new().base_url("https://app.example.com/api/palm");
    /// let patch = UserPatch::new().set_display_name("Ada");
    /// let user = client.update_user("me", &patch, &gateway).await?;
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
    /// # async fn example(client: palm_user::reqwest::Client) -> Result<(), palm_user::Error> {
    /// use palm_user::{ApiKey, CallOptions};
    ///
    /// let options = CallOptions::new().api_key(ApiKey::parse("sk_test_0000")?);
    /// let user = client.get_user("palm_usr_1a2b3c4d5e6f7g8h", &options).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn get_user(&self, user_id: &str, options: &CallOptions) -> Result<User, Error> {
        self.make(Call::get_user(user_id, options)?).await
    }

    async fn make(&self, mut call: Call) -> Result<User, Error> {
        let started = Instant::now();
        loop {
            let limit = call.time_limit(started.elapsed());
            let attempt = self.attempt(&call, limit).await?;
            match call.settle(attempt, moment(started)) {
                Step::Done(user) => return Ok(*user),
                Step::Retry { after, .. } => tokio::time::sleep(after).await,
                Step::Failed(error) => return Err(error),
            }
        }
    }

    /// Sends the request once. The time limit covers the body.
    async fn attempt(&self, call: &Call, limit: Duration) -> Result<Attempt, Error> {
        let request = http::Request::try_from(call.request())
            .ok()
            .and_then(|request| ::reqwest::Request::try_from(request).ok())
            .ok_or_else(|| Error::not_sent(Message::UrlNotAbsolute))?;
        let mut begun = None;
        let exchange = async {
            let mut response = self.http.execute(request).await?;
            let answer = Answer::begun(response.status().as_u16(), response.headers());
            let is_read = answer.reads_body();
            begun = Some(answer);
            body(&mut response, is_read).await
        };
        let ended = tokio::time::timeout(limit, exchange).await;
        let attempt = match (ended, begun.take()) {
            (Ok(Ok(body)), Some(answer)) => return Ok(Attempt::answered(answer.with_body(body))),
            (Err(_), answer) => (Attempt::timed_out(limit), answer),
            // The URL holds the user's ID.
            (Ok(Err(source)), answer) => (Attempt::lost().caused_by(source.without_url()), answer),
            (Ok(Ok(_)), None) => (Attempt::lost(), None),
        };
        Ok(match attempt {
            (attempt, Some(answer)) => attempt.amid(answer),
            (attempt, None) => attempt,
        })
    }
}

/// The body: one chunk past the limit if it is too long, and empty if it is not to be read.
async fn body(response: &mut Response, is_read: bool) -> Result<Vec<u8>, ::reqwest::Error> {
    let mut body = Vec::new();
    while is_read && body.len() <= MAX_BODY_BYTES {
        match response.chunk().await? {
            Some(chunk) => body.extend_from_slice(&chunk),
            None => break,
        }
    }
    Ok(body)
}

fn moment(started: Instant) -> Moment {
    // Each new hasher has different random keys.
    let random = RandomState::new().hash_one(0) as f64 / u64::MAX as f64;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Moment { elapsed: started.elapsed(), now, random }
}
