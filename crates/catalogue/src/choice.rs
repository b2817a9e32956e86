//! Which frameworks a facility answers. A choice changes what is asked, never what is known: texts and names
//! of the others stay.

use crate::catalogue::Catalogue;
use closedset_core::Digest;

/// The framework that everybody answers who did not choose.
pub const FIRST: &str = "netflix-minimum";

impl Catalogue {
    /// The frameworks of whoever did not choose: the content owner's minimum, and those that the
    /// facility's own files have. Of a catalogue without either, its first.
    pub fn default_choice(&self) -> Vec<String> {
        let is_default = |id: &str, is_own: bool| id == FIRST || is_own;
        let frameworks = self.frameworks().iter();
        let mut chosen: Vec<String> = frameworks
            .filter(|framework| is_default(&framework.id, framework.is_own))
            .map(|framework| framework.id.clone())
            .collect();
        // The minimum comes first, wherever it stands.
        chosen.sort_by_key(|id| id != FIRST);
        if chosen.is_empty() {
            chosen.extend(self.frameworks().first().map(|framework| framework.id.clone()));
        }
        chosen
    }

    /// The same catalogue, asking what these frameworks ask and nothing else. Those that there are not
    /// are left out; if none is left, those of whoever did not choose are asked.
    pub fn choosing(&self, frameworks: &[String]) -> Self {
        let places = |ids: &[String]| -> Vec<usize> {
            let mut places = Vec::new();
            for id in ids {
                let place = self.frameworks().iter().position(|framework| framework.id == *id);
                places.extend(place.filter(|place| !places.contains(place)));
            }
            places
        };
        let mut chosen = places(frameworks);
        if chosen.is_empty() {
            chosen = places(&self.default_choice());
        }
        let mut text = format!("closedset/catalogue/chosen/v1\n{}\n", self.digest());
        for framework in chosen.iter().filter_map(|place| self.frameworks().get(*place)) {
            text.push_str(&framework.id);
            text.push('\n');
        }
        self.with_chosen(chosen, Digest::of(text.as_bytes()))
    }
}
