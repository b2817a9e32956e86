//! What was found on the computer, brought into a form that a server takes: what is too large or
//! has no canonical form is said to be unread, with the reason, and never left out in silence.

use crate::AgentError;
use closedset_core::{
    Digest, Time,
    canonical::CanonicalError,
    check_in::{CHECK_IN_LIMIT, FACT_LIMIT, fact_salt, facts_digest},
    fact::{BODY_LIMIT, Body},
};
use ed25519_dalek::SigningKey;
use std::collections::BTreeMap;

/// Looks at the computer and says its facts by kind.
pub type Collector = dyn Fn(Look) -> BTreeMap<String, Body> + Send + Sync;

/// One look at the computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// When.
    pub at: Time,
    /// How much of it.
    pub depth: Depth,
}

/// How much a look takes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// What costs much may be told from a look before.
    Usual,
    /// Everything is looked at now: since the look before, the computer was off or asleep.
    Whole,
}

/// What somebody saw of the computer, and when.
#[derive(Debug, Clone)]
pub struct Seen {
    /// When.
    pub at: Time,
    /// The facts by kind.
    pub bodies: BTreeMap<String, Body>,
}

/// What all bodies may take; the rest of a check-in is for its digests and signature.
const BODIES_LIMIT: usize = CHECK_IN_LIMIT - (64 << 10);

/// The facts of one look.
pub(crate) struct Collected {
    pub(crate) at: Time,
    pub(crate) bodies: BTreeMap<String, Body>,
    pub(crate) digests: BTreeMap<String, Digest>,
    /// The digest of the digests, which is signed.
    pub(crate) whole: Digest,
}

/// Looks once.
pub(crate) fn collect(
    collector: &Collector,
    look: Look,
    key: &SigningKey,
) -> Result<Collected, AgentError> {
    measure(Seen { at: look.at, bodies: collector(look) }, key)
}

/// Brings what was seen into the form that travels: each body with its salt, since its digest stands also where the
/// body does not.
pub(crate) fn measure(seen: Seen, key: &SigningKey) -> Result<Collected, AgentError> {
    let mut sized: BTreeMap<String, (Body, usize, Digest)> = BTreeMap::new();
    for (kind, body) in seen.bodies {
        if sized.len() == FACT_LIMIT {
            tracing::error!(kind, "more kinds of facts than a check-in holds; left out");
            continue;
        }
        let body = measured(body, fact_salt(key, &kind))?;
        sized.insert(kind, body);
    }
    while sized.values().map(|(_, size, _)| size).sum::<usize>() > BODIES_LIMIT {
        let Some((kind, largest)) = sized.iter_mut().max_by_key(|(_, (_, size, _))| *size) else {
            break;
        };
        let why = format!("a check-in has no room for its {} bytes", largest.1);
        *largest = measured(Body::unreadable(why), fact_salt(key, kind))?;
    }
    let digests: BTreeMap<String, Digest> =
        sized.iter().map(|(kind, (_, _, digest))| (kind.clone(), *digest)).collect();
    Ok(Collected {
        at: seen.at,
        whole: facts_digest(&digests)?,
        digests,
        bodies: sized.into_iter().map(|(kind, (body, _, _))| (kind, body)).collect(),
    })
}

/// The salted body with its size and digest, or one that says why it cannot travel.
fn measured(body: Body, salt: String) -> Result<(Body, usize, Digest), CanonicalError> {
    let body = body.salted(salt.clone());
    let why = match body.canonical() {
        Ok(bytes) if bytes.len() <= BODY_LIMIT => {
            return Ok((body, bytes.len(), Digest::of(&bytes)));
        }
        Ok(bytes) => format!("{} bytes are more than a fact may have", bytes.len()),
        Err(error) => format!("what was read has no canonical form: {error}"),
    };
    let body = Body::unreadable(why).salted(salt);
    let bytes = body.canonical()?;
    Ok((body, bytes.len(), Digest::of(&bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use closedset_core::canonical;
    use serde_json::{Value, json};

    fn body(value: Value) -> Body {
        serde_json::from_value(value).unwrap()
    }

    fn collected(facts: Vec<(String, Body)>) -> Collected {
        let bodies = facts.into_iter().collect();
        measure(Seen { at: Time::from_millis(1), bodies }, &SigningKey::from_bytes(&[7; 32]))
            .unwrap()
    }

    #[test]
    fn what_has_no_canonical_form_is_said_to_be_unread() {
        let found = collected(vec![
            ("load".into(), body(json!({"average": 0.5}))),
            ("screen_lock".into(), body(json!({"longest_s": 900}))),
        ]);
        assert!(found.bodies["load"].unread()[0].why.contains("canonical"));
        assert!(found.bodies["screen_lock"].unread().is_empty());
        for (kind, body) in &found.bodies {
            assert_eq!(found.digests[kind], body.digest().unwrap());
        }
    }

    #[test]
    fn a_body_too_large_for_a_fact_or_for_the_check_in_gives_way_with_a_reason() {
        let large = |bytes: usize| body(json!({"text": "a".repeat(bytes)}));
        let found = collected(vec![
            ("beyond_any_fact".into(), large(BODY_LIMIT)),
            ("a".into(), large(1_700_000)),
            ("b".into(), large(1_800_000)),
            ("c".into(), large(1_600_000)),
        ]);
        let unread: Vec<&str> = found
            .bodies
            .iter()
            .filter(|(_, body)| !body.unread().is_empty())
            .map(|(kind, _)| kind.as_str())
            .collect();
        assert_eq!(unread, ["b", "beyond_any_fact"]);
        assert!(canonical::to_vec(&found.bodies).unwrap().len() <= BODIES_LIMIT);
    }

    /// What somebody's screen does is said in few words: who has the digest tries them all.
    #[test]
    fn nobody_finds_what_was_said_by_trying() {
        let said = || body(json!({"users": [{"name": "ada"}]}));
        let of = |key: u8, kind: &str| {
            let bodies = BTreeMap::from([(kind.to_owned(), said())]);
            let seen = Seen { at: Time::from_millis(1), bodies };
            measure(seen, &SigningKey::from_bytes(&[key; 32])).unwrap().digests[kind]
        };
        let digest = of(7, "screen_lock");
        assert_ne!(digest, said().digest().unwrap());
        assert_ne!(digest, of(8, "screen_lock"), "another computer");
        assert_ne!(digest, of(7, "local_accounts"), "another kind");
        assert_eq!(digest, of(7, "screen_lock"), "what does not change is no news");
    }

    #[test]
    fn kinds_beyond_the_limit_are_left_out_and_the_rest_is_told() {
        let many = (0..FACT_LIMIT + 3).map(|n| (format!("kind_{n:03}"), body(json!({}))));
        assert_eq!(collected(many.collect()).bodies.len(), FACT_LIMIT);
    }
}
