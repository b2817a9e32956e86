//! Canonical JSON after RFC 8785, restricted to what every reader keeps exactly: no floating point,
//! integers within ±2^53 (larger ones travel as text), and bounds on depth and size.

use serde::Serialize;
use serde_json::Value;

/// The deepest nesting that is written or read.
pub const DEPTH_LIMIT: usize = 32;
/// The largest integer that is written as a number: 2^53.
pub const INTEGER_LIMIT: i64 = 1 << 53;

/// Why a value has no canonical form.
#[derive(Debug, thiserror::Error)]
pub enum CanonicalError {
    /// A floating-point number.
    #[error("a number in canonical JSON is whole")]
    Float,
    /// An integer beyond 2^53.
    #[error("an integer beyond 2^53 is written as text")]
    Integer,
    /// Nested deeper than [`DEPTH_LIMIT`].
    #[error("nested deeper than {DEPTH_LIMIT}")]
    Depth,
    /// Not representable as JSON, or not JSON.
    #[error("not JSON")]
    Json(#[from] serde_json::Error),
    /// JSON, but not in its canonical form.
    #[error("JSON, but not in canonical form")]
    NotCanonical,
}

/// The canonical bytes of `value`.
pub fn to_vec<T: Serialize>(value: &T) -> Result<Vec<u8>, CanonicalError> {
    let value = serde_json::to_value(value)?;
    check(&value, 0)?;
    Ok(serde_json_canonicalizer::to_vec(&value)?)
}

/// The value whose canonical bytes are exactly `bytes`.
pub fn from_slice(bytes: &[u8]) -> Result<Value, CanonicalError> {
    let value: Value = serde_json::from_slice(bytes)?;
    if to_vec(&value)? == bytes { Ok(value) } else { Err(CanonicalError::NotCanonical) }
}

fn check(value: &Value, depth: usize) -> Result<(), CanonicalError> {
    if depth > DEPTH_LIMIT {
        return Err(CanonicalError::Depth);
    }
    match value {
        Value::Null | Value::Bool(_) | Value::String(_) => Ok(()),
        Value::Number(number) => match number.as_i64() {
            Some(number) if number.unsigned_abs() <= INTEGER_LIMIT.unsigned_abs() => Ok(()),
            Some(_) => Err(CanonicalError::Integer),
            None if number.is_u64() => Err(CanonicalError::Integer),
            None => Err(CanonicalError::Float),
        },
        Value::Array(items) => items.iter().try_for_each(|item| check(item, depth + 1)),
        Value::Object(fields) => fields.values().try_for_each(|item| check(item, depth + 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys_are_sorted_and_white_space_is_gone() {
        assert_eq!(
            to_vec(&json!({"b": 1, "a": [true, null, "é"]})).unwrap(),
            "{\"a\":[true,null,\"é\"],\"b\":1}".as_bytes()
        );
    }

    #[test]
    fn floats_large_integers_and_depth_are_refused() {
        assert!(matches!(to_vec(&json!(1.5)), Err(CanonicalError::Float)));
        assert!(matches!(to_vec(&json!(i64::MAX)), Err(CanonicalError::Integer)));
        assert!(matches!(to_vec(&json!(i64::MIN + 1)), Err(CanonicalError::Integer)));
        assert!(matches!(to_vec(&json!(u64::MAX)), Err(CanonicalError::Integer)));
        let mut deep = json!(0);
        for _ in 0..40 {
            deep = json!([deep]);
        }
        assert!(matches!(to_vec(&deep), Err(CanonicalError::Depth)));
    }

    #[test]
    fn other_spellings_of_the_same_value_are_refused() {
        assert!(from_slice(br#"{"a":1}"#).is_ok());
        for other in
            [&br#"{"a": 1}"#[..], br#"{"a":1,"a":1}"#, br#"{"b":1,"a":1}"#, br#"{"a":1.0}"#]
        {
            assert!(from_slice(other).is_err());
        }
    }
}
