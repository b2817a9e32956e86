//! What does not agree: the first things that were found, in words, and how many there are.

use super::BackupProblem;

/// No more faults are told one by one, or kept in memory.
const TOLD: usize = 20;

/// What faults are about, by which it shows what helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// The installation that is saved does not agree with itself.
    Installation,
    /// The backup does not agree with itself.
    Backup,
    /// Documents or packs of the installation were lost or damaged, and nothing else.
    Objects,
    /// Entries of the installation are not signed yet, and that is all.
    Unsigned,
    /// The master key is another installation's, and that is all.
    MasterKey,
}

impl About {
    pub(super) const fn remedy(self) -> &'static str {
        match self {
            Self::Installation => {
                "No backup was made of it. Run closedset ledger verify, keep the newest backup that is \
                 whole, and restore that one into another folder."
            }
            Self::Backup => {
                "Nothing was made of it. Take another copy of this backup, or another one."
            }
            Self::Objects => {
                "Put these files back from an older backup, or save everything else with --despite-missing: \
                 then the backup lists them as missing."
            }
            Self::Unsigned => {
                "Start the server, which signs what was recorded within a second, and try again."
            }
            Self::MasterKey => {
                "Take this installation's own master key from where it is kept: as master.key in its data \
                 folder, or for a restore with --master-key FILE."
            }
        }
    }
}

/// The faults that were found so far.
#[derive(Debug, Default)]
pub(super) struct Faults {
    told: Vec<String>,
    count: usize,
    about: Option<About>,
}

impl Faults {
    pub(super) fn add(&mut self, about: About, what: String) {
        self.count += 1;
        if self.told.len() < TOLD {
            self.told.push(what);
        }
        // Where several kinds meet, it is the whole that does not agree.
        self.about = match self.about {
            None => Some(about),
            Some(before) if before == about => Some(about),
            Some(About::Backup) => Some(About::Backup),
            Some(_) if about == About::Backup => Some(About::Backup),
            Some(_) => Some(About::Installation),
        };
    }

    /// The problem that they are; none if there are none.
    pub(super) fn problem(mut self) -> Option<BackupProblem> {
        let about = self.about?;
        if self.count > self.told.len() {
            self.told.push(format!("and {} more", self.count - self.told.len()));
        }
        Some(BackupProblem::Faults { told: self.told, about })
    }
}
