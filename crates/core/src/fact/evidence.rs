//! What people give by hand for a control: documents and attestations.

use super::record::records;
use crate::Time;

records! {
    /// The documents and attestations given for one control that are in force.
    Evidence = "evidence" about Control, "Documents and attestations" {
        /// How many are in force now.
        in_force: i64,
        /// How many were given and have expired or were withdrawn.
        lapsed: i64,
        /// Those in force.
        items: Vec<EvidenceItem>,
        /// When the last one in force expires.
        valid_to: Option<Time>,
    }
    /// One document or attestation.
    EvidenceItem {
        /// Its id.
        id: String,
        /// `document` or `attestation`.
        form: String,
        /// Its title, or the statement's first words.
        title: String,
        /// SHA-256 of the file, or of the statement.
        digest: String,
        /// From when it says something.
        valid_from: Time,
        /// Until when it counts.
        valid_to: Time,
    }
}
