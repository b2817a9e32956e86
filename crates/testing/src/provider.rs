//! An OpenID provider on this machine that says what a test has it say, the truth or not. It holds
//! programs to what the standards ask of them: PKCE, one use of each code, its own address of return,
//! the secret. It lives as long as the process.

use crate::signing::SigningKey;
use aws_lc_rs::digest;
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    fmt,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
};

/// The program's name there.
pub const CLIENT: &str = "closedset test";
/// Its secret, with what must be encoded in it.
pub const SECRET: &str = "s3cret: with/+%&=";

/// A token made of what the provider would say.
pub type Forged = Box<dyn Fn(&Value, &SigningKey) -> String + Send>;

/// How a provider behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Manner {
    /// As it should.
    #[default]
    Good,
    /// It takes connections and says nothing.
    Hangs,
    /// It answers megabytes.
    Babbles,
    /// It answers with nonsense.
    Nonsense,
    /// It sends whoever asks elsewhere.
    LeadsElsewhere,
}

struct Grant {
    challenge: String,
    back: String,
    said: Value,
}

struct State {
    address: String,
    now_s: i64,
    keys: Vec<SigningKey>,
    grants: HashMap<String, Grant>,
    forged: Option<Forged>,
    manner: Manner,
    described: Value,
    more: Value,
    asked: Vec<String>,
    count: u64,
}

/// An OpenID provider that can lie.
#[derive(Clone)]
pub struct Provider(Arc<Mutex<State>>);

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Provider")
    }
}

impl Provider {
    /// One that signs with this key, at a free port of this machine.
    pub fn start(key: SigningKey, now_s: i64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = format!("http://{}", listener.local_addr().expect("it has an address"));
        let state = State {
            address,
            now_s,
            keys: vec![key],
            grants: HashMap::new(),
            forged: None,
            manner: Manner::Good,
            described: json!({}),
            more: Value::Null,
            asked: Vec::new(),
            count: 0,
        };
        let provider = Self(Arc::new(Mutex::new(state)));
        let own = provider.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let own = own.clone();
                thread::spawn(move || own.answer(stream));
            }
        });
        provider
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What it calls itself.
    pub fn issuer(&self) -> String {
        self.state().address.clone()
    }

    /// What time it is there.
    pub fn set_now(&self, now_s: i64) {
        self.state().now_s = now_s;
    }

    /// How it behaves from now on.
    pub fn behave(&self, manner: Manner) {
        self.state().manner = manner;
    }

    /// Gives tokens that are made so from now on.
    pub fn forge(&self, forged: impl Fn(&Value, &SigningKey) -> String + Send + 'static) {
        self.state().forged = Some(Box::new(forged));
    }

    /// Gives tokens as it should.
    pub fn be_honest(&self) {
        self.state().forged = None;
    }

    /// Says this of itself besides, or instead.
    pub fn describe(&self, described: Value) {
        self.state().described = described;
    }

    /// Says this of whoever is asked for.
    pub fn tell_more(&self, more: Value) {
        self.state().more = more;
    }

    /// Signs with another key, and names no other.
    pub fn rotate(&self, key: SigningKey) {
        self.state().keys = vec![key];
    }

    /// What it was asked so far: method and path.
    pub fn asked(&self) -> Vec<String> {
        self.state().asked.clone()
    }

    /// What becomes of a browser that was sent to this address, where somebody signs in about whom this
    /// is said: the query with which it is sent back.
    ///
    /// # Panics
    ///
    /// Where the address does not ask as it must.
    pub fn sign_in(&self, address: &str, said: &Value) -> String {
        let (base, query) = address.split_once('?').expect("it asks something");
        let asked = pairs(query);
        let mut state = self.state();
        assert_eq!(base, format!("{}/authorize", state.address));
        let field = |name: &str| asked.get(name).cloned().unwrap_or_default();
        assert_eq!(field("response_type"), "code");
        assert_eq!(field("client_id"), CLIENT);
        assert_eq!(field("code_challenge_method"), "S256", "PKCE is asked for");
        assert!(field("scope").split(' ').any(|scope| scope == "openid"));
        let mut whole = json!({
            "iss": state.address,
            "aud": CLIENT,
            "iat": state.now_s,
            "exp": state.now_s + 300,
            "nonce": field("nonce"),
        });
        if field("max_age") == "0" {
            whole["auth_time"] = state.now_s.into();
        }
        for (name, value) in said.as_object().into_iter().flatten() {
            whole[name] = value.clone();
        }
        state.count += 1;
        let code = format!("code-{}", state.count);
        let grant =
            Grant { challenge: field("code_challenge"), back: field("redirect_uri"), said: whole };
        state.grants.insert(code.clone(), grant);
        format!("code={code}&state={}", field("state"))
    }

    fn answer(&self, stream: TcpStream) {
        let mut stream = BufReader::new(stream);
        let Some(request) = Request::read(&mut stream) else { return };
        let manner = {
            let mut state = self.state();
            state.asked.push(request.line.clone());
            state.manner
        };
        let stream = stream.get_mut();
        match manner {
            Manner::Good => {
                let (status, body) = self.say(&request);
                let _ = write!(
                    stream,
                    "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                    body.len()
                );
            }
            Manner::Hangs => thread::park(),
            Manner::Babbles => {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
                let line = [b'['; 65_536];
                while stream.write_all(&line).is_ok() {}
            }
            Manner::Nonsense => {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n<html>");
            }
            Manner::LeadsElsewhere => {
                let _ = stream.write_all(
                    b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n",
                );
            }
        }
    }

    fn say(&self, request: &Request) -> (&'static str, String) {
        let mut state = self.state();
        match request.line.as_str() {
            "GET /.well-known/openid-configuration" => {
                let own = &state.address;
                let mut described = json!({
                    "issuer": own,
                    "authorization_endpoint": format!("{own}/authorize"),
                    "token_endpoint": format!("{own}/token"),
                    "jwks_uri": format!("{own}/keys"),
                    "userinfo_endpoint": format!("{own}/me"),
                    "response_types_supported": ["code"],
                    "code_challenge_methods_supported": ["S256"],
                    "id_token_signing_alg_values_supported": ["RS256", "ES256", "EdDSA"],
                });
                for (name, value) in state.described.as_object().into_iter().flatten() {
                    described[name] = value.clone();
                }
                ("200 OK", described.to_string())
            }
            "GET /keys" => {
                let keys: Vec<Value> = state.keys.iter().map(SigningKey::public).collect();
                // One of a kind that nobody here knows stands among them.
                let strange =
                    json!({"kty": "AKP", "kid": "strange", "alg": "ML-DSA-44", "pub": "AA"});
                let keys: Vec<Value> = std::iter::once(strange).chain(keys).collect();
                ("200 OK", json!({"keys": keys}).to_string())
            }
            "GET /me" if request.shown.as_deref() != Some("Bearer access") => {
                ("401 Unauthorized", "{}".into())
            }
            "GET /me" if state.more.is_object() => ("200 OK", state.more.to_string()),
            "POST /token" => state.redeem(request),
            _ => ("404 Not Found", "{}".into()),
        }
    }
}

impl State {
    fn redeem(&mut self, request: &Request) -> (&'static str, String) {
        let refused = |word: &str| ("400 Bad Request", json!({"error": word}).to_string());
        let shown = format!("{}:{}", form(CLIENT), form(SECRET));
        if request.shown != Some(format!("Basic {}", STANDARD.encode(shown))) {
            return ("401 Unauthorized", json!({"error": "invalid_client"}).to_string());
        }
        let asked = pairs(&request.body);
        let field = |name: &str| asked.get(name).cloned().unwrap_or_default();
        // A code opens once.
        let Some(grant) = self.grants.remove(&field("code")) else {
            return refused("invalid_grant");
        };
        let digest = digest::digest(&digest::SHA256, field("code_verifier").as_bytes());
        let challenge = URL_SAFE_NO_PAD.encode(digest);
        let is_right = challenge == grant.challenge
            && grant.back == field("redirect_uri")
            && field("grant_type") == "authorization_code";
        if !is_right {
            return refused("invalid_grant");
        }
        let key = &self.keys[0];
        let token = match &self.forged {
            Some(forged) => forged(&grant.said, key),
            None => key.token(&grant.said),
        };
        let given = json!({"id_token": token, "access_token": "access", "token_type": "Bearer"});
        ("200 OK", given.to_string())
    }
}

struct Request {
    line: String,
    shown: Option<String>,
    body: String,
}

impl Request {
    fn read(stream: &mut BufReader<TcpStream>) -> Option<Self> {
        let mut first = String::new();
        stream.read_line(&mut first).ok()?;
        let mut words = first.split(' ');
        let line = format!("{} {}", words.next()?, words.next()?);
        let (mut shown, mut length) = (None, 0);
        loop {
            let mut head = String::new();
            stream.read_line(&mut head).ok()?;
            let Some((name, value)) = head.trim_end().split_once(": ") else { break };
            match name.to_lowercase().as_str() {
                "authorization" => shown = Some(value.to_owned()),
                "content-length" => length = value.parse().ok()?,
                _ => {}
            }
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).ok()?;
        Some(Self { line, shown, body: String::from_utf8(body).ok()? })
    }
}

/// As a form writes it.
fn form(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b' ' => "+".to_owned(),
            byte if byte.is_ascii_alphanumeric() || b"*-._".contains(&byte) => {
                char::from(byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

/// The fields of a query.
pub fn pairs(query: &str) -> HashMap<String, String> {
    let read = |text: &str| {
        let mut bytes = Vec::new();
        let mut rest = text.bytes();
        while let Some(byte) = rest.next() {
            bytes.push(match byte {
                b'+' => b' ',
                b'%' => {
                    let pair: Vec<u8> = rest.by_ref().take(2).collect();
                    let digits = String::from_utf8(pair).expect("two digits follow");
                    u8::from_str_radix(&digits, 16).expect("two digits follow")
                }
                byte => byte,
            });
        }
        String::from_utf8(bytes).expect("it is a text")
    };
    let fields = query.split('&').filter_map(|pair| pair.split_once('='));
    fields.map(|(name, value)| (read(name), read(value))).collect()
}
