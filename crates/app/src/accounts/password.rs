//! Passwords: Argon2id (RFC 9106) with the OWASP minimum of 19 MiB, two passes, one lane.

use crate::Problem;
use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use closedset_core::{Randomness, randomness};
use tokio::sync::Semaphore;

/// The shortest password taken, in characters.
const MINIMUM: usize = 12;
/// The longest password taken.
pub(super) const MAXIMUM_BYTES: usize = 1024;

fn argon2() -> Argon2<'static> {
    let params =
        Params::new(19 * 1024, 2, 1, None).expect("these parameters are within Argon2's limits");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Refuses a password that is not to protect the account of this address and name.
pub(crate) fn check_new(password: &str, email: &str, name: &str) -> Result<(), String> {
    let local_part = email.split('@').next().unwrap_or_default();
    check_strength(password, &[email, local_part, name])
}

/// Refuses passwords that are too short, too long, or contain what anybody would guess first.
fn check_strength(password: &str, known: &[&str]) -> Result<(), String> {
    if password.chars().count() < MINIMUM {
        return Err(format!(
            "Choose a password of at least {MINIMUM} characters; three or four words do well."
        ));
    }
    if password.len() > MAXIMUM_BYTES {
        return Err(format!("Choose a password of at most {MAXIMUM_BYTES} bytes."));
    }
    let lower = password.to_lowercase();
    let mut distinct: Vec<char> = lower.chars().collect();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() < 5 {
        return Err("Choose a password with more different characters.".into());
    }
    let is_in = |word: &&&str| word.chars().count() >= 4 && lower.contains(&word.to_lowercase());
    if known.iter().any(|word| is_in(&word)) {
        return Err(
            "Your name and your address are the first thing anybody would try; choose other words."
                .into(),
        );
    }
    for word in ["password", "closedset", "123456", "qwerty", "letmein"] {
        let rest = lower.replace(&word.to_lowercase(), "");
        if rest.chars().count() < 8 && rest.len() < lower.len() {
            return Err(format!(
                "“{word}” is the first thing anybody would try; choose other words."
            ));
        }
    }
    Ok(())
}

/// The PHC text of the password's hash. Takes tens of milliseconds: runs on a blocking thread.
pub(crate) async fn hash(password: String, randomness: &dyn Randomness) -> Result<String, Problem> {
    let salt: [u8; 16] = randomness::bytes(randomness);
    blocking(move || {
        argon2()
            .hash_password_with_salt(password.as_bytes(), &salt)
            .map(|hash| hash.to_string())
            .map_err(|error| Problem::fault("a password could not be hashed", error))
    })
    .await?
}

/// Whether the password is the one hashed. Without a hash the same time is spent and the answer is
/// no, so that nobody learns which addresses have accounts.
pub(super) async fn verify(password: String, hash: Option<String>) -> Result<bool, Problem> {
    const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$m/Aj2jUkxJzqjsGzGBBAgs0OLJyyDGuR4/9lwv4BmIM";
    blocking(move || {
        let is_known = hash.is_some();
        let text = hash.unwrap_or_else(|| NOBODY.to_owned());
        let matches = PasswordHash::new(&text)
            .is_ok_and(|hash| argon2().verify_password(password.as_bytes(), &hash).is_ok());
        is_known && matches
    })
    .await
}

/// How many passwords are looked at at once: each takes 19 MiB, and anybody may send one.
static AT_ONCE: Semaphore = Semaphore::const_new(4);

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    let turn = AT_ONCE.acquire().await.map_err(|error| Problem::fault("no turn came", error))?;
    // The turn ends with the work, even if nobody waits for its result any more.
    let work = move || {
        let result = work();
        drop(turn);
        result
    };
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Problem::fault("a thread ended early", error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use closedset_core::randomness::Seeded;

    #[tokio::test]
    async fn only_the_same_password_verifies() {
        let hash = hash("four words of film".into(), &Seeded::new(1)).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify("four words of film".into(), Some(hash.clone())).await.unwrap());
        assert!(!verify("four words of Film".into(), Some(hash)).await.unwrap());
        assert!(!verify("four words of film".into(), None).await.unwrap());
    }

    #[test]
    fn what_anybody_would_guess_is_refused() {
        for weak in [
            "short",
            "aaaaaaaaaaaaaa",
            "password1234",
            "Closedset2026",
            "alice.smith12",
            "1234567890123456123456",
        ] {
            assert!(check_strength(weak, &["alice.smith"]).is_err(), "{weak}");
        }
        let known = ["carla@post.example", "carla", "Carla Ruiz", "Ana"];
        for weak in [
            "carla@post.example",
            "xx CARLA@post.example xx",
            "carla tungsten gate slate",
            "I am Carla Ruiz of the post house",
        ] {
            assert!(check_strength(weak, &known).is_err(), "{weak}");
        }
        assert_eq!(check_strength("a banana in the gate", &known), Ok(()));
        assert_eq!(check_strength("tungsten gate slate", &["alice.smith"]), Ok(()));
    }
}
