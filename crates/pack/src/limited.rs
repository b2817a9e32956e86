//! Packs that are limited to some controls, and hold nothing that only others need.
//!
//! Such a pack can be limited to controls that rest on what people give: documents, statements, exceptions of
//! theirs. Each of the log's entries about one of these is about nothing else, and its envelope says by its
//! pseudonym about which. What the log says of a computer it says for all controls together, so that nothing
//! of computers stands in such a pack, nor what the facility itself asks of them.

use crate::verify::{ASSESSED_KIND, ERASED_KIND, FACILITY_KIND, ORGANISATION_KIND, RESTORED_KIND};

/// What an entry of a kind is about, as far as it matters to a limited pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// The whole organisation: it stands in every pack.
    Organisation,
    /// What its subject is: it stands in the pack if that is a control of the pack's.
    Control,
    /// An entry that was erased: it stands in the pack if that one does.
    Erased,
    /// What no limited pack holds.
    Other,
}

/// What an entry of this kind is about.
pub fn about(kind: &str) -> About {
    const OF_CONTROLS: [&str; 4] = ["document.", "attestation.", "evidence.", "exception."];
    match kind {
        ORGANISATION_KIND | FACILITY_KIND | RESTORED_KIND => About::Organisation,
        ERASED_KIND => About::Erased,
        ASSESSED_KIND => About::Control,
        _ if OF_CONTROLS.iter().any(|area| kind.starts_with(area)) => About::Control,
        _ => About::Other,
    }
}

/// What a limited pack says of itself, on its first page and wherever it is spoken of.
pub(crate) fn words(controls: &[String]) -> String {
    let count = match controls.len() {
        1 => "1 control".to_owned(),
        count => format!("{count} controls"),
    };
    format!("{count}: {}", controls.join(", "))
}

/// What that means.
pub(crate) const MEANS: &str = "The framework has other controls. This says nothing about them, neither good nor bad, and \
                                nothing about any computer.";

#[cfg(test)]
mod tests {
    use super::{About, about, words};
    use crate::verify::{counts, counts_of_period};
    use closedset_core::Time;

    #[test]
    fn whatever_counts_is_about_something_and_computers_are_about_none_of_it() {
        for kind in ["organisation.created", "facility.changed", "log.restored"] {
            assert_eq!(about(kind), About::Organisation);
        }
        for kind in
            ["document.added", "attestation.withdrawn", "evidence.began", "exception.granted"]
        {
            assert!(counts(kind));
            assert_eq!(about(kind), About::Control);
        }
        let at = Time::from_millis(0);
        assert!(counts_of_period("subject.assessed", at, at));
        assert_eq!(about("subject.assessed"), About::Control);
        assert_eq!(about("entry.erased"), About::Erased);
        for kind in [
            "device.enrolled",
            "device.confirmed",
            "device.revoked",
            "device.checked_in",
            "confirmations.rolled_up",
            "catalogue.check_written",
            "pack.created",
            "door.opened",
        ] {
            assert_eq!(about(kind), About::Other, "{kind}");
        }
    }

    #[test]
    fn it_is_said_in_words() {
        assert_eq!(words(&["AD-5".into()]), "1 control: AD-5");
        assert_eq!(words(&["AD-5".into(), "PH-1".into()]), "2 controls: AD-5, PH-1");
    }
}
