//! The first message of a TLS client, just enough for a server to answer.
//!
//! Nothing secret is ever sent after it and nothing is believed of the answer but that it came, so
//! there is no cryptography here and no certificate is looked at: a filter that answers in the
//! server's name counts as reached, which can never turn into a false pass.

/// A `ClientHello` (RFC 8446 4.1.2) for the server called `name`.
pub(super) fn client_hello(name: &str) -> Vec<u8> {
    let mut extensions = Vec::new();
    if !name.is_empty() && name.parse::<std::net::IpAddr>().is_err() {
        // server_name (RFC 6066 3): a list of one host name.
        let host = with_length(name.as_bytes());
        let entry = [&[0][..], &host].concat();
        extension(&mut extensions, 0, &with_length(&entry));
    }
    // supported_groups: x25519, secp256r1; signature_algorithms; supported_versions: 1.2 alone, so
    // that no key share is needed.
    extension(&mut extensions, 10, &with_length(&[0x00, 0x1d, 0x00, 0x17]));
    extension(
        &mut extensions,
        13,
        &with_length(&[0x04, 0x03, 0x08, 0x04, 0x04, 0x01, 0x05, 0x03, 0x08, 0x05]),
    );
    extension(&mut extensions, 43, &[2, 0x03, 0x03]);

    let mut body = vec![0x03, 0x03];
    body.extend((0_u8..32).map(|index| index.wrapping_mul(37).wrapping_add(11)));
    body.push(0);
    // ECDHE with AES-128-GCM and AES-256-GCM, by ECDSA and by RSA.
    body.extend(with_length(&[0xc0, 0x2b, 0xc0, 0x2f, 0xc0, 0x2c, 0xc0, 0x30]));
    body.extend([1, 0]);
    body.extend(with_length(&extensions));

    let mut handshake = vec![1, 0];
    handshake.extend(with_length(&body));
    let mut record = vec![22, 0x03, 0x01];
    record.extend(with_length(&handshake));
    record
}

/// Whether `answer` begins a TLS record: a handshake message or an alert.
pub(super) fn is_tls_answer(answer: &[u8]) -> bool {
    matches!(answer, [21 | 22, 3, 0..=4, ..])
}

fn with_length(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
    [&length.to_be_bytes()[..], bytes].concat()
}

fn extension(all: &mut Vec<u8>, kind: u16, content: &[u8]) {
    all.extend(kind.to_be_bytes());
    all.extend(with_length(content));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_the_hello_add_up() {
        let hello = client_hello("example.com");
        let record = usize::from(u16::from_be_bytes([hello[3], hello[4]]));
        let message = usize::from(u16::from_be_bytes([hello[7], hello[8]]));
        assert_eq!(hello.len(), 5 + record);
        assert_eq!(record, 4 + message);
        assert!(hello.windows(11).any(|part| part == b"example.com"));
    }

    #[test]
    fn an_alert_and_a_server_hello_are_answers_and_a_web_page_is_none() {
        assert!(is_tls_answer(&[21, 3, 1, 0, 2, 2, 40]));
        assert!(is_tls_answer(&[22, 3, 3, 0, 60]));
        assert!(!is_tls_answer(b"HTTP/1.1 400"));
        assert!(!is_tls_answer(&[]));
    }
}
