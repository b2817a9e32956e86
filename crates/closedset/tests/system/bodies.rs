//! Bodies that are no request: refused by code, with a remedy, and nothing is written.

use crate::{
    computer::{CHECK_INS, ENROL},
    hostile::Target,
};

#[test]
fn bodies_that_are_no_request_are_refused_by_code() {
    let target = Target::new(0);
    let client = &target.client;
    let deep = |depth: usize| [vec![b'['; depth], vec![b']'; depth]].concat();
    let long_key = format!("{{\"{}\":1}}", "k".repeat(900_000)).into_bytes();
    let (json, invalid) = ("application/json", "input.invalid");
    let cases: Vec<(&str, &str, Vec<u8>, u16, &str)> = vec![
        (CHECK_INS, json, b"".to_vec(), 422, invalid),
        (CHECK_INS, json, b"{".to_vec(), 422, invalid),
        (CHECK_INS, json, b"null".to_vec(), 422, invalid),
        (CHECK_INS, json, b"{\"statement\":[]}".to_vec(), 422, invalid),
        (CHECK_INS, json, deep(100_000), 422, invalid),
        (CHECK_INS, json, b"{\"a\":".repeat(50_000), 422, invalid),
        (CHECK_INS, json, vec![0xff; 1000], 422, invalid),
        (CHECK_INS, json, vec![0; 1000], 422, invalid),
        (CHECK_INS, json, b"\"\xc3\x28\"".to_vec(), 422, invalid),
        (CHECK_INS, json, vec![b' '; 5 << 20], 413, "too_large"),
        (CHECK_INS, "text/plain", b"{}".to_vec(), 415, "media_type.unknown"),
        (CHECK_INS, "application/xml", b"<a/>".to_vec(), 415, "media_type.unknown"),
        (ENROL, json, b"{\"token\":1}".to_vec(), 422, invalid),
        (ENROL, json, deep(100_000), 422, invalid),
        ("/api/v1/attestations", json, long_key, 422, invalid),
        ("/api/v1/attestations", json, vec![b'x'; 2 << 20], 413, "too_large"),
        ("/api/v1/packs", json, b"{\"from\":1e999}".to_vec(), 422, invalid),
    ];
    for (path, kind, body, status, code) in cases {
        let begin = String::from_utf8_lossy(&body[..body.len().min(20)]).into_owned();
        let answer = match client.send("POST", path, kind, &body) {
            Ok(answer) => answer,
            // Let go in the middle of what is too large, before the answer could be read.
            Err(_) if status == 413 => continue,
            Err(error) => panic!("{path} {kind} {begin:?}: {error}"),
        };
        assert_eq!(answer.status, status, "{path} {kind} {begin:?} {answer:?}");
        assert_eq!(answer.problem(), code, "{path} {kind} {begin:?}");
    }
    target.prove_unharmed();
}
