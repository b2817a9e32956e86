//! The words in which a pack says why a control has its status, made anew by the catalogue.

use crate::packs::Remake;
use closedset_catalogue::Tally;
use closedset_pack::{
    ControlWords,
    rows::{Control, VerdictRow},
};
use std::collections::BTreeMap;

impl ControlWords for Remake<'_> {
    fn because(&self, control: &Control, verdicts: &[&VerdictRow]) -> Option<String> {
        let known = self.0.control(&control.id)?;
        let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
        for verdict in verdicts {
            if let Some(check) = self.0.check(&verdict.check) {
                tallies.entry(check.id.as_str()).or_default().add(verdict.status);
            }
        }
        Some(self.0.control_status(known, &tallies, None).because)
    }
}
