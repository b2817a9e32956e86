//! Who may import whom: the house as a table. ARCHITECTURE.md draws the same.
//!
//! To let a crate import another is a decision: change the line here, the drawing there, and say why
//! in a record under docs/src/decisions/.

/// Every member of the workspace, lowest floor first, and the members that it may import. A member
/// may import only what stands above it in this list, so that no two can need each other; its tests may
/// import whatever stands above it.
pub(crate) const FLOORS: &[(&str, &[&str])] = &[
    ("closedset-core", &[]),
    ("closedset-merkle", &[]),
    ("closedset-catalogue", &["closedset-core"]),
    ("closedset-probes", &["closedset-core"]),
    ("closedset-agent", &["closedset-core"]),
    ("closedset-store", &["closedset-core", "closedset-merkle"]),
    ("closedset-objects", &["closedset-core"]),
    ("closedset-outbound", &["closedset-core"]),
    ("closedset-https", &[]),
    ("closedset-openid", &["closedset-core", "closedset-https"]),
    ("closedset-pdf", &["closedset-core"]),
    ("closedset-sheets", &[]),
    ("closedset-pack", &["closedset-core", "closedset-merkle", "closedset-pdf"]),
    ("closedset-backup", &["closedset-core"]),
    ("closedset-certificates", &["closedset-core", "closedset-https"]),
    (
        "closedset-app",
        &[
            "closedset-core",
            "closedset-catalogue",
            "closedset-merkle",
            "closedset-store",
            "closedset-objects",
            "closedset-openid",
            "closedset-outbound",
            "closedset-pack",
            "closedset-pdf",
            "closedset-backup",
            "closedset-certificates",
            "closedset-sheets",
        ],
    ),
    (
        "closedset-pages",
        &[
            "closedset-core",
            "closedset-catalogue",
            "closedset-store",
            "closedset-objects",
            "closedset-app",
        ],
    ),
    (
        "closedset-api",
        &[
            "closedset-core",
            "closedset-catalogue",
            "closedset-store",
            "closedset-objects",
            "closedset-app",
        ],
    ),
    ("closedset-demonstration", &["closedset-core", "closedset-store", "closedset-app"]),
    ("closedset-web", &["closedset-core", "closedset-app", "closedset-pages", "closedset-api"]),
    (
        "closedset",
        &[
            "closedset-core",
            "closedset-catalogue",
            "closedset-probes",
            "closedset-agent",
            "closedset-store",
            "closedset-objects",
            "closedset-outbound",
            "closedset-pack",
            "closedset-backup",
            "closedset-certificates",
            "closedset-app",
            "closedset-api",
            "closedset-demonstration",
            "closedset-web",
        ],
    ),
    ("closedset-testing", &[]),
    ("xtask", &[]),
];

/// Helpers that every member may use in its tests, and none outside them.
pub(crate) const FOR_TESTS: &[&str] = &["closedset-testing"];

/// Members that look at the others from outside, beside peers, and may import whatever that takes. No
/// member may import them.
pub(crate) const OUTSIDE: &[&str] = &["closedset-bench"];

/// Foreign crates that carry the design of a floor, and the members that may import them outside
/// tests: SQL stays in the store, HTTP in the upper floors, the expression language in the
/// catalogue, sign-in in the use cases, TLS to a server in the agent, arguments in the binary.
pub(crate) const KEPT: &[(&str, &[&str])] = &[
    ("rusqlite", &["closedset-store"]),
    ("postgres", &["closedset-store"]),
    ("cel", &["closedset-catalogue"]),
    ("age", &["closedset-backup", "closedset-pack"]),
    ("lettre", &["closedset-outbound"]),
    ("x25519-dalek", &["closedset-pack"]),
    ("krilla", &["closedset-pdf"]),
    ("quick-xml", &["closedset-sheets"]),
    ("argon2", &["closedset-app"]),
    ("totp-rs", &["closedset-app"]),
    ("webauthn-rs", &["closedset-app"]),
    ("askama", &["closedset-pages", "closedset-pack"]),
    ("axum", &["closedset-pages", "closedset-api", "closedset-web", "closedset"]),
    ("ureq", &["closedset-agent"]),
    ("jsonwebtoken", &["closedset-openid"]),
    ("instant-acme", &["closedset-certificates"]),
    ("rcgen", &["closedset-certificates", "closedset-testing"]),
    ("clap", &["closedset"]),
    ("anyhow", &["closedset", "xtask"]),
];
