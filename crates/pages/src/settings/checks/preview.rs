//! A preview as a page shows it.

use crate::{components::Status, serve::status};
use closedset_app::own_checks::{PREVIEW_LIMIT, Preview};

/// What a check would say of every computer.
#[derive(Debug, Clone)]
pub struct PreviewView {
    /// The condition in the language of checks.
    pub condition: String,
    /// How many there are of each status, worst first.
    pub counts: Vec<(Status, u64)>,
    /// The first computers of each status.
    pub lines: Vec<PreviewRow>,
    /// Some are not listed.
    pub is_cut: bool,
}

/// What a check would say of one computer.
#[derive(Debug, Clone)]
pub struct PreviewRow {
    /// What people call it.
    pub name: String,
    /// The answer.
    pub status: Status,
    /// Why.
    pub because: String,
}

pub(super) fn view(preview: Preview) -> PreviewView {
    let limit = PREVIEW_LIMIT as u64;
    PreviewView {
        condition: preview.check.condition().to_owned(),
        is_cut: preview.counts.values().any(|count| *count > limit),
        counts: preview.counts.into_iter().map(|(of, count)| (status(of), count)).collect(),
        lines: preview
            .lines
            .into_iter()
            .map(|line| PreviewRow {
                name: line.name,
                status: status(line.status),
                because: line.because,
            })
            .collect(),
    }
}
