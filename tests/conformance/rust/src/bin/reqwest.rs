//! The feature `reqwest`: a call in each line of the input, its result in a line of the output.

#[cfg(not(target_arch = "wasm32"))]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    use std::io::{BufRead, Write};

    use palm_user::reqwest::Client;
    use palm_user_conformance::{Described, told};
    use serde_json::Value;

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    // A proxy of the environment has nothing to do with loopback.
    let client = Client::from_builder(reqwest::Client::builder().no_proxy())?;
    for line in std::io::stdin().lock().lines() {
        let call: Value = serde_json::from_str(&line?)?;
        let result = match Described::read(&call) {
            Ok(call) => {
                let shown = format!("{} {client:?}", call.shown());
                let result = match (call.action.as_str(), call.patch()) {
                    ("get", _) => runtime.block_on(client.get_user(&call.user_id, &call.options)),
                    (_, Ok(patch)) => {
                        runtime.block_on(client.update_user(&call.user_id, &patch, &call.options))
                    }
                    (_, Err(error)) => Err(error),
                };
                told(result, shown)
            }
            Err(error) => told(Err(error), String::new()),
        };
        println!("{result}");
        std::io::stdout().flush()?;
    }
    Ok(())
}

#[cfg(target_arch = "wasm32")]
fn main() {}
