//! The tables that may change without an entry, each with its reason. Everything else leaves one.

/// Name and reason.
pub const EXEMPT: &[(&str, &str)] = &[
    (
        "session",
        "a browser's sign-in is recorded when it begins, and when it is ended from elsewhere; not with every request, nor when it signs out itself",
    ),
    ("rate_limit", "counters that slow down guessing"),
    ("lease", "which server does a periodic job"),
    ("idempotency", "what was answered to a request that may be repeated"),
    ("confirmation", "signed by the device itself; an hourly entry commits to them together"),
    ("device_state", "where a device stands in its own sequence; follows from what it signed"),
    ("derivation_due", "when a deriver looks again; follows from the registers"),
    ("ledger_head", "how far the tree is built; follows from the entries"),
    ("pack_file", "the finished file of a pack; follows from the pack's own entry"),
    ("upload", "a file that is not yet evidence"),
    (
        "import",
        "a list that somebody looks at before it is written; what is written has its entries",
    ),
    (
        "comparison_list",
        "a list that somebody looks at before it is compared; the comparison has its entry",
    ),
    ("provider_errand", "browsers on their way to the provider; what came of one has its entry"),
    ("mail_delivery", "how far a mail got; that it was written, or given up, has its entry"),
    ("mail_week", "for which week a mail was thought of; one that is written has its entry"),
];

/// Whether rows of this table may change without an entry.
pub(crate) fn is_exempt(table: &str) -> bool {
    EXEMPT.iter().any(|(name, _)| *name == table)
}

/// Tables that only the store itself writes.
pub(crate) fn is_reserved(table: &str) -> bool {
    ["log", "entry", "migration"].contains(&table)
}
