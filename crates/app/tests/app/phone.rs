//! An authenticator app, after RFC 6238 and not after the code under test.

use aws_lc_rs::hmac;
use closedset_core::Time;

/// The bytes of a secret that was shown in base 32 (RFC 4648, without padding).
pub fn secret(text: &str) -> Vec<u8> {
    let mut bits = 0u64;
    let mut count = 0;
    let mut bytes = Vec::new();
    for letter in text.trim_end_matches('=').bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'2'..=b'7' => letter - b'2' + 26,
            other => panic!("{other} is no letter of base 32"),
        };
        bits = bits << 5 | u64::from(value);
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    bytes
}

/// The code that the app shows at `now`.
pub fn code(secret: &[u8], now: Time) -> String {
    let step = u64::try_from(now.seconds() / 30).unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let digest = tag.as_ref();
    let offset = usize::from(digest[19] & 15);
    let number = u32::from_be_bytes(digest[offset..offset + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

#[test]
fn the_vector_of_rfc_6238_comes_out() {
    let code = code(b"12345678901234567890", Time::from_millis(59_000));
    assert_eq!(code, "287082");
}
