//! A service that lets a person choose a language. The secret key stays in it.
//!
//! ```sh
//! PALM_API_KEY=sk_test_… SESSIONS='{"token": "palm_usr_…"}' cargo run -p palm-user-axum
//! curl -X PUT http://127.0.0.1:3000/me/language -H 'authorization: Bearer token' \
//!   -H 'content-type: application/json' -d '{"language": "en"}'
//! ```

use std::collections::HashMap;
use std::env;
use std::error::Error;
use std::sync::Arc;

use axum::extract::{Json, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};
use axum::{Router, serve};
use palm_user::reqwest::Client;
use palm_user::{ApiKey, CallOptions, ErrorCode, Outcome, User, UserPatch};
use serde::Deserialize;
use serde_json::json;
use tokio::net::TcpListener;

struct Service {
    palm: Client,
    options: CallOptions,
    /// Who is signed in, by token. Yours is a signed cookie or a JWT.
    sessions: HashMap<String, String>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut options = CallOptions::new().api_key(ApiKey::parse(&env::var("PALM_API_KEY")?)?);
    if let Ok(base_url) = env::var("PALM_BASE_URL") {
        options = options.base_url(base_url);
    }
    let sessions = serde_json::from_str(&env::var("SESSIONS")?)?;
    let service = Arc::new(Service { palm: Client::new()?, options, sessions });
    let router = Router::new()
        .route("/me", get(show))
        .route("/me/language", put(choose))
        .with_state(service);
    let port = env::var("PORT").unwrap_or_else(|_| "3000".to_owned());
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    println!("listening on http://{}", listener.local_addr()?);
    Ok(serve(listener, router).await?)
}

/// What a person may see: not the vault, the fingerprints, the verification.
fn shown(user: &User) -> Response {
    let language = user.metadata().get("language");
    Json(json!({"name": user.display_name(), "language": language})).into_response()
}

async fn show(State(service): State<Arc<Service>>, headers: HeaderMap) -> Result<Response, Refusal> {
    let id = service.signed_in(&headers).ok_or(Refusal::SignedOut)?;
    Ok(shown(&service.palm.get_user(id, &service.options).await?))
}

#[derive(Deserialize)]
struct Choice {
    language: String,
}

async fn choose(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    Json(choice): Json<Choice>,
) -> Result<Response, Refusal> {
    let id = service.signed_in(&headers).ok_or(Refusal::SignedOut)?;
    let patch = UserPatch::new().set("language", choice.language);
    Ok(shown(&service.palm.update_user(id, &patch, &service.options).await?))
}

impl Service {
    fn signed_in(&self, headers: &HeaderMap) -> Option<&str> {
        let token = headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")?;
        self.sessions.get(token).map(String::as_str)
    }
}

enum Refusal {
    SignedOut,
    Palm(palm_user::Error),
}

impl From<palm_user::Error> for Refusal {
    fn from(error: palm_user::Error) -> Self {
        Refusal::Palm(error)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Refusal::Palm(error) = self else {
            return StatusCode::UNAUTHORIZED.into_response();
        };
        // Neither the key nor a value of the patch is in it.
        eprintln!("{error:?}");
        let status = match error.code() {
            ErrorCode::InvalidPatch | ErrorCode::BadRequest => StatusCode::BAD_REQUEST,
            ErrorCode::NotFound => StatusCode::NOT_FOUND,
            ErrorCode::Timeout => StatusCode::GATEWAY_TIMEOUT,
            _ => StatusCode::BAD_GATEWAY,
        };
        let may_be_stored = error.outcome() >= Outcome::Unknown;
        (status, Json(json!({"code": error.code(), "may_be_stored": may_be_stored}))).into_response()
    }
}
