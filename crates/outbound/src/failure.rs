//! Why a letter was not handed over, in words for whoever has to mend it.

use std::fmt;

/// How far it got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Finding the server and connecting to it.
    Reach,
    /// The connection's encryption.
    Secure,
    /// Signing in.
    SignIn,
    /// The sender's address.
    Sender,
    /// The recipient's address.
    Recipient,
    /// The letter itself.
    Content,
}

/// Why a letter was not handed over.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{step}: {answer}")]
pub struct Failure {
    /// How far it got.
    pub step: Step,
    /// What the server answered, or what became of the connection; one line.
    pub answer: String,
    /// The server said no for good.
    pub is_final: bool,
    /// The answer is in our own words, and names nobody.
    is_our_word: bool,
}

/// More of an answer is not kept.
const ANSWER_LIMIT: usize = 300;

impl Failure {
    pub(crate) fn new(step: Step, answer: impl fmt::Display, is_final: bool) -> Self {
        let answer = answer.to_string();
        let answer: String = answer
            .chars()
            .map(|letter| if letter.is_control() { ' ' } else { letter })
            .take(ANSWER_LIMIT)
            .collect();
        Self { step, answer: answer.trim().to_owned(), is_final, is_our_word: false }
    }

    /// The same, told in our own words.
    pub(crate) fn ours(step: Step, answer: impl fmt::Display, is_final: bool) -> Self {
        Self { is_our_word: true, ..Self::new(step, answer, is_final) }
    }

    /// What may be kept of the answer. Once a server was told who the letter is for it may name them in
    /// as many ways as it likes, so of what it says then only the codes are (RFC 5321, RFC 3463).
    pub fn lasting(&self) -> String {
        match self.step {
            Step::Reach | Step::Secure | Step::SignIn | Step::Sender => self.answer.clone(),
            Step::Recipient | Step::Content if self.is_our_word => self.answer.clone(),
            Step::Recipient | Step::Content => codes(&self.answer),
        }
    }

    /// Whether the same would befall every letter, so that the settings or the server are to be mended.
    pub fn is_the_servers(&self) -> bool {
        match self.step {
            Step::Reach | Step::Secure | Step::SignIn | Step::Sender => true,
            Step::Recipient | Step::Content => false,
        }
    }

    /// Whether this letter will never be taken.
    pub fn is_hopeless(&self) -> bool {
        self.is_final && !self.is_the_servers()
    }

    /// What happened, in plain words.
    pub fn sentence(&self) -> &'static str {
        match (self.step, self.is_final) {
            (Step::Reach, _) => "The mail server could not be reached.",
            (Step::Secure, _) => "The connection to the mail server could not be made safe.",
            (Step::SignIn, true) => "The mail server refused the user name or the password.",
            (Step::SignIn, false) => "Signing in to the mail server did not work.",
            (Step::Sender, _) => "The mail server does not take mail from this sender.",
            (Step::Recipient, true) => "The mail server does not take mail for this address.",
            (Step::Recipient, false) => {
                "The mail server takes no mail for this address at the moment."
            }
            (Step::Content, true) => "The mail server refused the mail.",
            (Step::Content, false) => "The mail server could not take the mail at the moment.",
        }
    }

    /// What to look at.
    pub fn remedy(&self) -> &'static str {
        match self.step {
            Step::Reach => "Check host and port, and whether this server may reach it.",
            Step::Secure => {
                "Check the way of encryption that belongs to the port (465 from the start, 587 STARTTLS), \
                 and that the server's certificate is valid for the host's name and known to this system."
            }
            Step::SignIn => {
                "Check the user name and the password; some services want one made for programs."
            }
            Step::Sender => {
                "Check the sender: most servers take only the address of the user who signs in, and many none \
                 beyond ASCII."
            }
            Step::Recipient => "Check the address.",
            Step::Content => "Ask whoever runs the mail server what it refused.",
        }
    }
}

/// The codes that an answer begins with: `550 5.1.1`, or nothing.
fn codes(answer: &str) -> String {
    let mut words = answer.split(' ');
    let is_number = |word: &str, most: usize| {
        (1..=most).contains(&word.len()) && word.bytes().all(|letter| letter.is_ascii_digit())
    };
    let Some(reply) = words.next().filter(|word| word.len() == 3 && is_number(word, 3)) else {
        return String::new();
    };
    let is_enhanced = |word: &&str| {
        let parts: Vec<&str> = word.split('.').collect();
        parts.len() == 3 && parts.iter().all(|part| is_number(part, 3))
    };
    match words.next().filter(is_enhanced) {
        Some(enhanced) => format!("{reply} {enhanced}"),
        None => reply.to_owned(),
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Reach => "cannot reach the mail server",
            Self::Secure => "cannot encrypt the connection to the mail server",
            Self::SignIn => "cannot sign in to the mail server",
            Self::Sender => "the mail server does not take the sender",
            Self::Recipient => "the mail server does not take the recipient",
            Self::Content => "the mail server does not take the letter",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_answer_about_a_recipient_the_codes_alone_last() {
        for (answer, lasting) in [
            ("550 5.1.1 <ann@halide.example> unknown", "550 5.1.1"),
            ("550 Ann Smith (ann at halide) is gone", "550"),
            ("550 12345 is no user", "550"),
            ("451 4.3.0", "451 4.3.0"),
            ("ann@halide.example 550", ""),
            ("5500 ann", ""),
            ("", ""),
        ] {
            for step in [Step::Recipient, Step::Content] {
                assert_eq!(Failure::new(step, answer, true).lasting(), lasting);
            }
            assert_eq!(Failure::new(Step::Sender, answer, true).lasting(), answer);
        }
        assert_eq!(Failure::ours(Step::Content, "no answer", false).lasting(), "no answer");
    }
}
