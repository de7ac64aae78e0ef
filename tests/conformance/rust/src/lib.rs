//! What both clients share: a call as JSON, and what came of it as JSON.

use std::error::Error as _;
use std::time::Duration;

use palm_user::{ApiKey, CallOptions, Error, RetryPolicy, User, UserPatch};
use serde_json::{Map, Value, json};

/// A call as `cases.json` describes it.
pub struct Described {
    pub action: String,
    pub user_id: String,
    pub options: CallOptions,
    pub patch: Value,
}

impl Described {
    pub fn read(call: &Value) -> Result<Self, Error> {
        let options = &call["options"];
        let millis = |name: &str| options[name].as_u64().map(Duration::from_millis);
        let mut policy = RetryPolicy::default();
        if let Some(retries) = options["maxRetries"].as_u64() {
            policy = policy.max_retries(u32::try_from(retries).unwrap_or(u32::MAX));
        }
        if let Some(wait) = millis("maxRetryAfterMs") {
            policy = policy.max_retry_after(wait);
        }
        let mut built = CallOptions::new().retry(policy);
        if let Some(base) = options["baseUrl"].as_str() {
            built = built.base_url(base);
        }
        if let Some(key) = options["apiKey"].as_str() {
            built = built.api_key(ApiKey::parse(key)?);
        }
        for (name, value) in options["headers"].as_object().into_iter().flatten() {
            built = built.header(name, value.as_str().unwrap_or_default());
        }
        if let Some(limit) = millis("timeoutMs") {
            built = built.timeout(limit);
        }
        if let Some(limit) = millis("totalTimeoutMs") {
            built = built.total_timeout(limit);
        }
        if let Ok(limits) = serde_json::from_value(options["limits"].clone()) {
            built = built.limits(limits);
        }
        if let Some(current) = options.get("current") {
            built = built.current(User::from_value(current.clone())?);
        }
        let text = |name: &str| call[name].as_str().unwrap_or_default().to_owned();
        Ok(Described {
            action: text("action"),
            user_id: text("userId"),
            options: built,
            patch: call["patch"].clone(),
        })
    }

    pub fn patch(&self) -> Result<UserPatch, Error> {
        UserPatch::from_value(self.patch.clone())
    }

    /// Everything that a log could show of it.
    pub fn shown(&self) -> String {
        format!("{:?} {:?}", self.options, self.patch())
    }
}

/// What came of a call, and all that a log could show.
pub fn told(result: Result<User, Error>, shown: String) -> Value {
    match result {
        Ok(user) => json!({"user": user, "shown": format!("{shown} {user:?}")}),
        Err(error) => {
            let mut source = error.source();
            let mut shown = format!("{shown} {error} {error:?} {error:#?}");
            while let Some(cause) = source {
                shown += &format!(" {cause} {cause:?}");
                source = cause.source();
            }
            json!({"error": members(&error), "shown": shown})
        }
    }
}

/// The error with the names it has in JavaScript, and only what there is.
fn members(error: &Error) -> Value {
    let issue = |issue: &palm_user::Issue| json!({"code": issue.code, "pointer": issue.pointer});
    let issues: Vec<Value> = error.issues().iter().map(issue).collect();
    let mut members = Map::from_iter([
        ("code".into(), json!(error.code())),
        ("outcome".into(), json!(error.outcome())),
        ("retryable".into(), json!(error.is_retryable())),
        ("attempts".into(), json!(error.attempts())),
    ]);
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            members.insert(name.into(), value);
        }
    };
    put("status", error.status().map(Value::from));
    put("requestId", error.request_id().map(Value::from));
    put("retryAfterMs", error.retry_after().map(|wait| json!(wait.as_millis() as u64)));
    put("problem", error.problem().map(|problem| json!(problem)));
    put("issues", Some(issues).filter(|issues| !issues.is_empty()).map(Value::from));
    members.into()
}

/// The feature `fetch`, as a module that JavaScript calls.
#[cfg(target_arch = "wasm32")]
mod exports {
    use palm_user::fetch::Client;
    use serde_json::Value;
    use wasm_bindgen::prelude::{JsValue, wasm_bindgen};
    use web_sys::AbortSignal;

    use super::{Described, told};

    /// The call as JSON, and its result as JSON.
    #[wasm_bindgen]
    pub async fn call(described: String, signal: Option<AbortSignal>) -> String {
        let value: Value = serde_json::from_str(&described).unwrap_or_default();
        let result = match Described::read(&value) {
            Ok(call) => {
                let shown = call.shown();
                // The suite has a key in a page.
                let mut client = Client::new().dangerously_allow_browser();
                if let Some(signal) = signal {
                    client = client.signal(signal);
                }
                let result = match (call.action.as_str(), call.patch()) {
                    ("get", _) => client.get_user(&call.user_id, &call.options).await,
                    (_, Ok(patch)) => {
                        client.update_user(&call.user_id, &patch, &call.options).await
                    }
                    (_, Err(error)) => Err(error),
                };
                told(result, shown)
            }
            Err(error) => told(Err(error), String::new()),
        };
        result.to_string()
    }

    /// A patch read from a JavaScript value: its JSON, or the issues.
    #[wasm_bindgen(js_name = readPatch)]
    pub fn read_patch(value: JsValue) -> JsValue {
        match palm_user::UserPatch::try_from(value) {
            Ok(patch) => JsValue::from(&patch),
            Err(error) => serde_json::to_string(error.issues()).unwrap_or_default().into(),
        }
    }

    /// A user read from a JavaScript value and given back.
    #[wasm_bindgen(js_name = copyUser)]
    pub fn copy_user(value: JsValue) -> JsValue {
        palm_user::User::try_from(value).map_or(JsValue::UNDEFINED, |user| JsValue::from(&user))
    }

    /// Whether a key is refused here.
    #[wasm_bindgen(js_name = refusesKey)]
    pub async fn refuses_key() -> String {
        let call = serde_json::json!({"options": {"apiKey": "sk_test_0", "baseUrl": "http://127.0.0.1:1"}});
        match Described::read(&call) {
            Ok(call) => match Client::new().get_user("u", &call.options).await {
                Err(error) => error.code().as_str().to_owned(),
                Ok(_) => String::new(),
            },
            Err(error) => error.to_string(),
        }
    }
}
