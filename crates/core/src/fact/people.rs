//! What Closedset counts in the register of people.

use super::record::records;

records! {
    /// Who works here and has signed what everybody signs. It says how many, and never who.
    Signatures = "signatures" about Control, "Signatures of everybody engaged" {
        /// How many agreements that everybody signs are in force.
        agreements: i64,
        /// How many people are engaged today; nobody is counted while there is no such agreement.
        engaged: i64,
        /// How many of them have not signed one of these.
        owing: i64,
    }
}
