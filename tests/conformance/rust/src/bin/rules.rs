//! The rules natively: a user, a patch and limits in each line of the input, what
//! comes of them in a line of the output.

use std::io::{BufRead, BufWriter, Write};

use palm_user::{Error, Limits, apply_patch, apply_patch_in_place, diff_users, validate_patch};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut output = BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let line: Value = serde_json::from_str(&line?)?;
        let (user, patch) = (&line["user"], &line["patch"]);
        let limits: Limits = match line.get("limits") {
            Some(limits) => serde_json::from_value(limits.clone())?,
            None => Limits::default(),
        };
        let current = line["counts_user"].as_bool().unwrap_or_default().then_some(user);
        let report = validate_patch(patch, current, &limits);
        let applied = apply_patch(user, patch, &limits).map(|after| after.into_owned());
        let mut in_place = user.clone();
        let changed = apply_patch_in_place(&mut in_place, patch, &limits);
        // Both ways of this crate come to the same.
        assert_eq!(applied.is_ok(), changed.is_ok());
        assert_eq!(applied.as_ref().unwrap_or(user).to_string(), in_place.to_string());
        let back = applied.as_ref().ok().map(|after| told(diff_users(after, user)));
        let line = json!({"report": report, "applied": told(applied), "back": back});
        writeln!(output, "{line}")?;
        output.flush()?;
    }
    Ok(())
}

fn told(result: Result<Value, Error>) -> Value {
    match result {
        Ok(value) => json!({"value": value}),
        Err(error) => json!({"code": error.code(), "issues": error.issues()}),
    }
}
