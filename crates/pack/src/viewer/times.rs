//! The times of which a pack speaks: over these its zone must be known.

use super::Content;
use closedset_core::Time;

/// The first and the last of these times.
pub(crate) fn span(times: &[Time]) -> (Time, Time) {
    let first = times.iter().min().copied().unwrap_or_default();
    (first, times.iter().max().copied().unwrap_or(first))
}

impl Content<'_> {
    /// All of them, in no order.
    pub(crate) fn times(&self) -> Vec<Time> {
        let heading = &self.input.heading;
        let begins_at = self.input.log.begins_at;
        let mut times = vec![heading.made_at, heading.scope.from, heading.scope.to, begins_at];
        times.extend(self.input.log.restored.iter().flat_map(|one| [one.at, one.backup_made_at]));
        times.extend(self.input.devices.iter().filter_map(|row| row.revoked_at));
        for row in &self.input.verdicts {
            times.push(row.since);
            times.extend(crate::zone::times_in(&row.because));
        }
        for row in &self.input.history {
            times.extend([row.from].into_iter().chain(row.to));
            times.extend(crate::zone::times_in(&row.because));
        }
        for row in self.facts {
            times.extend([row.collected_at].into_iter().chain(row.confirmed_at));
        }
        for row in self.documents {
            let always = [row.valid_from, row.valid_to, row.given_at];
            times.extend(always.into_iter().chain(row.withdrawn_at));
        }
        for row in self.attestations {
            let always = [row.valid_from, row.valid_to, row.signed_at];
            times.extend(always.into_iter().chain(row.withdrawn_at));
        }
        for row in &self.input.exceptions {
            let always = [row.granted_at, row.terms.valid_to];
            times.extend(always.into_iter().chain(row.withdrawn_at));
        }
        times.extend(self.excerpts.times());
        times
    }
}
