//! Keys that sign tokens, and tokens that nobody should believe.

use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256,
        RsaKeyPair,
    },
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// A key that signs tokens.
#[derive(Debug)]
pub struct SigningKey {
    /// What it is called.
    pub name: String,
    pair: Pair,
}

#[derive(Debug)]
enum Pair {
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
}

impl SigningKey {
    /// One for RS256.
    pub fn rsa(name: &str) -> Self {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).expect("a key is made");
        Self { name: name.into(), pair: Pair::Rsa(pair) }
    }

    /// One for ES256.
    pub fn ec(name: &str) -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key is made");
        Self { name: name.into(), pair: Pair::Ec(pair) }
    }

    /// One for EdDSA.
    pub fn ed(name: &str) -> Self {
        let pair = Ed25519KeyPair::generate().expect("a key is made");
        Self { name: name.into(), pair: Pair::Ed(pair) }
    }

    /// The algorithm that it signs by.
    pub fn algorithm(&self) -> &'static str {
        match self.pair {
            Pair::Rsa(_) => "RS256",
            Pair::Ec(_) => "ES256",
            Pair::Ed(_) => "EdDSA",
        }
    }

    /// Its public half, as a provider names it.
    pub fn public(&self) -> Value {
        let mut key = match &self.pair {
            Pair::Rsa(pair) => {
                let public = pair.public_key();
                json!({
                    "kty": "RSA",
                    "n": encode(public.modulus().big_endian_without_leading_zero()),
                    "e": encode(public.exponent().big_endian_without_leading_zero()),
                })
            }
            Pair::Ec(pair) => {
                let point = pair.public_key().as_ref();
                json!({
                    "kty": "EC",
                    "crv": "P-256",
                    "x": encode(&point[1..33]),
                    "y": encode(&point[33..]),
                })
            }
            Pair::Ed(pair) => {
                json!({"kty": "OKP", "crv": "Ed25519", "x": encode(pair.public_key().as_ref())})
            }
        };
        key["kid"] = self.name.clone().into();
        key["use"] = "sig".into();
        key["alg"] = self.algorithm().into();
        key
    }

    /// A token that says this.
    pub fn token(&self, said: &Value) -> String {
        let head = json!({"alg": self.algorithm(), "kid": self.name, "typ": "JWT"});
        self.token_under(&head, said)
    }

    /// A token with this head.
    pub fn token_under(&self, head: &Value, said: &Value) -> String {
        let text = joined(head, said);
        let random = SystemRandom::new();
        let signature = match &self.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, text.as_bytes(), &mut signature)
                    .expect("it signs");
                signature
            }
            Pair::Ec(pair) => {
                pair.sign(&random, text.as_bytes()).expect("it signs").as_ref().to_vec()
            }
            Pair::Ed(pair) => pair.sign(text.as_bytes()).as_ref().to_vec(),
        };
        format!("{text}.{}", encode(&signature))
    }

    /// A token that takes the public half for a secret that both sides share.
    pub fn confused(&self, said: &Value) -> String {
        let text = joined(&json!({"alg": "HS256", "kid": self.name}), said);
        let secret = match &self.pair {
            Pair::Rsa(pair) => pair.public_key().as_ref().to_vec(),
            Pair::Ec(pair) => pair.public_key().as_ref().to_vec(),
            Pair::Ed(pair) => pair.public_key().as_ref().to_vec(),
        };
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &secret), text.as_bytes());
        format!("{text}.{}", encode(tag.as_ref()))
    }
}

/// A token that nobody signed.
pub fn unsigned(said: &Value) -> String {
    format!("{}.", joined(&json!({"alg": "none"}), said))
}

fn joined(head: &Value, said: &Value) -> String {
    format!("{}.{}", encode(head.to_string().as_bytes()), encode(said.to_string().as_bytes()))
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
