//! What takes texts from anywhere: fingerprints, IDs, keys, Retry-After, answers.

#![no_main]

use libfuzzer_sys::fuzz_target;
use palm_user::{
    Answer, ApiKey, Attempt, Call, CallOptions, Fingerprint, FingerprintKind, Moment, fingerprint,
    fingerprint_many, retry_after_ms, user_path,
};
use sha2::{Digest, Sha256};

fuzz_target!(|data: &[u8]| {
    let digest: [u8; 32] = Sha256::digest(data).into();
    assert_eq!(*Fingerprint::of(data).as_bytes(), digest);
    let options = CallOptions::new().base_url("https://gateway.example");
    let status = data.first().map_or(0, |byte| u16::from(*byte) * 4);
    let answer = Answer::new(status, data.to_vec()).header("content-type", "application/json");
    let mut call = Call::get_user("u", &options).unwrap();
    let _ = call.settle(Attempt::answered(answer), Moment::default());
    let Ok(text) = std::str::from_utf8(data) else { return };
    for kind in [FingerprintKind::Exact, FingerprintKind::Email, FingerprintKind::Phone] {
        let one = fingerprint(text, kind);
        let many = fingerprint_many(&[text], kind);
        assert_eq!(one.is_ok(), many.is_ok());
        match one {
            Ok(one) => assert_eq!(many.unwrap(), [one]),
            // One of a few sentences, whatever the value.
            Err(error) => assert!(error.to_string().is_ascii() && error.to_string().len() < 90),
        }
    }
    if let Ok(path) = user_path(text) {
        let segment = path.strip_prefix("/v1/user/").unwrap();
        assert!(!segment.is_empty() && segment != "." && segment != "..");
        assert!(segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte)));
    }
    if let Err(error) = ApiKey::parse(text) {
        assert!(error.to_string().is_ascii() && error.to_string().len() < 90);
    }
    let _ = retry_after_ms(text, Some(text), 0);
});
