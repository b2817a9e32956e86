//! Mail: the installation's mail server, the weekly mail that says what to do next, and the outbox that
//! it leaves by.
//!
//! A mail goes over foreign machines and lies in foreign inboxes. It says what the requirements are
//! called, and how many; no computer's name, nobody's but the recipient's, and no reason. What the
//! protocol is, `closedset-outbound` knows.

mod course;
mod letter;
mod outbox;
mod personal;
mod resume;
mod schedule;
mod server;
mod test_mail;
mod unsubscribe;
mod weekly;
mod wish;

pub(crate) use course::hold;
pub use outbox::deliver;
pub use personal::goes_out;
pub(crate) use personal::{PERSONAL, Way, way, write as write_personal};
pub use resume::resume;
pub(crate) use server::keeper;
pub use server::{
    MailSettings, NewMailServer, ServerShown, Source, server_put, server_remove, settings,
};
pub use test_mail::{TestAnswer, test};
pub use unsubscribe::{unsubscribe, unsubscribe_offer};
pub(crate) use weekly::{control_words, write_due};
pub use wish::{Reminders, WeeklyDay, reminders, weekly_day_set};

use closedset_outbound::{MailServer, Patience, Trust};

/// How mail goes out, as far as the binary decides it.
#[derive(Debug, Clone, Default)]
pub struct MailOptions {
    /// The mail server of the configuration, which goes before what was set on the screen.
    pub server: Option<MailServer>,
    /// Whose certificates are believed.
    pub trust: Trust,
    /// How long a mail server may take.
    pub patience: Patience,
}

/// What is answered where nothing says how mail goes out.
const NO_SERVER: crate::Problem = crate::Problem::Conflict {
    code: "mail.no_server",
    sentence: "There is no mail server yet.",
    remedy: "Enter it under Settings, Mail, or in the configuration.",
};

/// What a demonstration answers.
const DEMONSTRATION: crate::Problem = crate::Problem::Conflict {
    code: "mail.demonstration",
    sentence: "A demonstration sends nothing anywhere.",
    remedy: "Set up an installation of your own to send mail.",
};
