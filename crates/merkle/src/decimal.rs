//! Decimal numbers as the C2SP texts write them: ASCII digits, no sign, no leading zero.

/// Reads a number that has exactly one spelling; `None` for anything else.
pub(crate) fn parse(text: &str) -> Option<u64> {
    let has_one_spelling = text == "0" || !text.starts_with('0');
    let is_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if has_one_spelling && is_digits { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_number_has_one_spelling() {
        assert_eq!(parse("0"), Some(0));
        assert_eq!(parse("18446744073709551615"), Some(u64::MAX));
        for refused in ["", "00", "01", "+1", "-1", " 1", "1 ", "1_0", "٣", "18446744073709551616"]
        {
            assert_eq!(parse(refused), None, "{refused:?}");
        }
    }
}
