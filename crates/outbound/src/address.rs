//! Addresses as a mail server takes them.

use std::fmt;

/// An address that can stand in an envelope: its domain in ASCII (RFC 5891), whatever was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address(lettre::Address);

/// Why a text is no address to which mail can go.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this is no address to which mail can be sent")]
pub struct AddressError;

impl Address {
    /// The address in `text`.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let (local, domain) = text.trim().rsplit_once('@').ok_or(AddressError)?;
        let domain = idna::domain_to_ascii_cow(domain.as_bytes(), idna::AsciiDenyList::URL)
            .map_err(|_| AddressError)?;
        let address = lettre::Address::new(local, &*domain).map_err(|_| AddressError)?;
        // What would end a line or an argument of the protocol never gets there.
        let is_plain = |letter: char| !letter.is_control() && !letter.is_whitespace();
        match text.trim().chars().all(|letter| is_plain(letter) && !"<>".contains(letter)) {
            true => Ok(Self(address)),
            false => Err(AddressError),
        }
    }

    /// What stands behind the `@`.
    pub fn domain(&self) -> &str {
        self.0.domain()
    }

    /// Whether only servers that know SMTPUTF8 (RFC 6531) take it.
    pub fn is_internationalised(&self) -> bool {
        !self.0.user().is_ascii()
    }

    pub(crate) fn inner(&self) -> &lettre::Address {
        &self.0
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn domains_become_ascii_and_local_parts_stay() {
        let of = |text: &str| Address::parse(text).unwrap();
        assert_eq!(of(" ann@halide.example ").to_string(), "ann@halide.example");
        assert_eq!(of("ann@bücher.example").to_string(), "ann@xn--bcher-kva.example");
        assert!(!of("ann@bücher.example").is_internationalised());
        assert!(of("jörg@halide.example").is_internationalised());
    }

    #[test]
    fn what_would_end_a_line_or_an_argument_is_no_address() {
        for bad in [
            "",
            "ann",
            "@halide.example",
            "ann@",
            "ann@halide.example\r\nRCPT TO:<eve@evil.example>",
            "ann\r\n@halide.example",
            "a b@halide.example",
            "ann@halide.example>",
            "\"a\rb\"@halide.example",
            "ann@ha\u{2028}lide.example",
            "ann\u{85}@halide.example",
        ] {
            assert!(Address::parse(bad).is_err(), "{bad:?}");
        }
    }
}
