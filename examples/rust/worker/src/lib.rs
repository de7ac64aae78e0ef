//! A Worker that reads and changes whoever is signed in. The secret key is a
//! secret of the Worker: `npx wrangler secret put PALM_API_KEY`.

use std::collections::HashMap;

use palm_user::fetch::Client;
use palm_user::{ApiKey, CallOptions, ErrorCode, UserPatch};
use serde_json::{Value, json};
use worker::{Context, Env, Method, Request, Response, Result, event};

#[event(fetch)]
async fn fetch(mut request: Request, env: Env, _context: Context) -> Result<Response> {
    if request.path() != "/me" {
        return Response::error("Not found", 404);
    }
    let Some(id) = signed_in(&request, &env)? else {
        return Response::error("Signed out", 401);
    };
    let result = match request.method() {
        Method::Get => read(&id, &env).await,
        Method::Patch => {
            let body = request.text().await?;
            update(&id, &body, &env).await
        }
        _ => return Response::error("Method not allowed", 405),
    };
    match result {
        Ok(user) => Response::from_json(&shown(&user)),
        Err(error) => {
            // Neither the key nor a value of the patch is in it.
            worker::console_error!("{error:?}");
            let status = match error.code() {
                ErrorCode::InvalidPatch => 400,
                ErrorCode::NotFound => 404,
                _ => 502,
            };
            let issues = error.issues();
            let document = json!({"code": error.code(), "issues": issues});
            Ok(Response::from_json(&document)?.with_status(status))
        }
    }
}

async fn read(id: &str, env: &Env) -> std::result::Result<palm_user::User, palm_user::Error> {
    Client::new().get_user(id, &options(env)?).await
}

async fn update(
    id: &str,
    body: &str,
    env: &Env,
) -> std::result::Result<palm_user::User, palm_user::Error> {
    let document: Value = serde_json::from_str(body).unwrap_or_default();
    let patch = UserPatch::from_value(document)?;
    // What is the person's own. Tiers, limits and rights are the server's.
    let mut own = UserPatch::new();
    if let Some(name) = patch.display_name() {
        own = own.set_display_name(name);
    }
    if let Some(language) = patch.metadata().and_then(|metadata| metadata.get("language")) {
        own = own.set("language", language.clone());
    }
    Client::new().update_user(id, &own, &options(env)?).await
}

fn options(env: &Env) -> std::result::Result<CallOptions, palm_user::Error> {
    let text = |name: &str| env.var(name).map(|value| value.to_string());
    let options = CallOptions::new().api_key(ApiKey::parse(&text("PALM_API_KEY").unwrap_or_default())?);
    Ok(match text("PALM_BASE_URL") {
        Ok(base_url) => options.base_url(base_url),
        Err(_) => options,
    })
}

/// Who is signed in, by token. Yours is a signed cookie or a JWT.
fn signed_in(request: &Request, env: &Env) -> Result<Option<String>> {
    let sessions: HashMap<String, String> = serde_json::from_str(&env.var("SESSIONS")?.to_string())?;
    let header = request.headers().get("authorization")?.unwrap_or_default();
    Ok(header.strip_prefix("Bearer ").and_then(|token| sessions.get(token).cloned()))
}

/// What a person may see: not the vault, the fingerprints, the verification.
fn shown(user: &palm_user::User) -> Value {
    json!({"name": user.display_name(), "language": user.metadata().get("language")})
}
