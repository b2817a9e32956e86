//! Canonical JSON after RFC 8785, restricted to what every reader keeps exactly: no floating point,
//! integers within ±2^53 (larger ones travel as text), and bounds on depth and size.

use serde::Serialize;
use serde_json::{Map, Number, Value};

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
    let mut bytes = Vec::with_capacity(256);
    write(&value, 0, &mut bytes)?;
    Ok(bytes)
}

/// The value whose canonical bytes are exactly `bytes`.
pub fn from_slice(bytes: &[u8]) -> Result<Value, CanonicalError> {
    let value: Value = serde_json::from_slice(bytes)?;
    if to_vec(&value)? == bytes { Ok(value) } else { Err(CanonicalError::NotCanonical) }
}

fn write(value: &Value, depth: usize, bytes: &mut Vec<u8>) -> Result<(), CanonicalError> {
    if depth > DEPTH_LIMIT {
        return Err(CanonicalError::Depth);
    }
    match value {
        Value::Null => bytes.extend_from_slice(b"null"),
        Value::Bool(true) => bytes.extend_from_slice(b"true"),
        Value::Bool(false) => bytes.extend_from_slice(b"false"),
        Value::Number(number) => serde_json::to_writer(bytes, &whole(number)?)?,
        // serde_json escapes what RFC 8785, section 3.2.2.2, escapes, in the same form.
        Value::String(text) => serde_json::to_writer(bytes, text)?,
        Value::Array(items) => {
            bytes.push(b'[');
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    bytes.push(b',');
                }
                write(item, depth + 1, bytes)?;
            }
            bytes.push(b']');
        }
        Value::Object(fields) => write_object(fields, depth, bytes)?,
    }
    Ok(())
}

/// Sorted by the UTF-16 code units of the keys (RFC 8785, section 3.2.3).
fn write_object(
    fields: &Map<String, Value>,
    depth: usize,
    bytes: &mut Vec<u8>,
) -> Result<(), CanonicalError> {
    let mut sorted: Vec<(&String, &Value)> = fields.iter().collect();
    sorted.sort_unstable_by(|(one, _), (other, _)| one.encode_utf16().cmp(other.encode_utf16()));
    bytes.push(b'{');
    for (place, (key, item)) in sorted.into_iter().enumerate() {
        if place > 0 {
            bytes.push(b',');
        }
        serde_json::to_writer(&mut *bytes, key)?;
        bytes.push(b':');
        write(item, depth + 1, bytes)?;
    }
    bytes.push(b'}');
    Ok(())
}

fn whole(number: &Number) -> Result<i64, CanonicalError> {
    match number.as_i64() {
        Some(whole) if whole.unsigned_abs() <= INTEGER_LIMIT.unsigned_abs() => Ok(whole),
        Some(_) => Err(CanonicalError::Integer),
        None if number.is_u64() => Err(CanonicalError::Integer),
        None => Err(CanonicalError::Float),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (-INTEGER_LIMIT..=INTEGER_LIMIT).prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map(any::<String>(), inner, 0..6)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn an_independent_writer_gives_the_same_bytes(value in values()) {
            prop_assert_eq!(to_vec(&value).unwrap(), serde_json_canonicalizer::to_vec(&value).unwrap());
        }
    }

    #[test]
    fn keys_are_sorted_by_utf_16_and_control_characters_are_escaped() {
        let value =
            json!({"\u{ffff}": 1, "\u{10000}": 2, "\u{80}": 3, "a\u{1f}\n\u{8}\"/\u{7f}": 4});
        let bytes = to_vec(&value).unwrap();
        assert_eq!(bytes, serde_json_canonicalizer::to_vec(&value).unwrap());
        let text = "{\"a\\u001f\\n\\b\\\"/\u{7f}\":4,\"\u{80}\":3,\"\u{10000}\":2,\"\u{ffff}\":1}";
        assert_eq!(String::from_utf8(bytes).unwrap(), text);
    }

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
