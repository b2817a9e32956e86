//! Audit packs (made from the ledger's own evidence).
