//! What surrounds every page: who is looking, on behalf of whom, and where they are.

use closedset_core::{Action, Actions};

/// The frame around a page. Pages outside an organisation (sign-in, set-up) use
/// [`Shell::outside`].
#[derive(Debug, Clone)]
pub struct Shell {
    /// What stands before every path of the product, without a slash at its end; often empty.
    pub base: String,
    /// The organisation on whose behalf the person looks; empty outside an organisation.
    pub organisation: String,
    /// The signed-in person's name; empty when nobody is signed in.
    pub person: String,
    /// The area to mark in the menu.
    pub area: Option<Area>,
    /// The token that every form posts back.
    pub csrf: String,
    /// A message about what was just done.
    pub flash: Option<Flash>,
    /// Whether this is a demonstration with invented data.
    pub demonstration: bool,
    /// Tasks that are open for this person, shown in the menu when not zero.
    pub open_tasks: i64,
    /// What the person may do here.
    pub allowed: Actions,
    /// There is another organisation to go to, or one to be set up.
    pub may_switch: bool,
}

impl Default for Shell {
    fn default() -> Self {
        Self {
            base: String::new(),
            organisation: String::new(),
            person: String::new(),
            area: None,
            csrf: String::new(),
            flash: None,
            demonstration: crate::serve::is_demonstration(),
            open_tasks: 0,
            allowed: Actions::default(),
            may_switch: false,
        }
    }
}

impl Shell {
    /// The shell of a page that stands outside any organisation.
    pub fn outside(csrf: impl Into<String>) -> Self {
        Self { csrf: csrf.into(), ..Self::default() }
    }

    /// Whether the person may do this here.
    pub fn may(&self, action: Action) -> bool {
        self.allowed.contains(action)
    }

    /// The places of the menu that the person may see.
    pub fn areas(&self) -> Vec<Area> {
        Area::seen_by(self.allowed).collect()
    }

    /// Where the menu leads to for `area`: into the settings, to those that anybody has, for whoever may
    /// not see the facility's.
    pub fn path(&self, area: Area) -> String {
        match area {
            Area::Settings if !self.may(Action::SettingsRead) => "/settings/security".to_owned(),
            other => format!("/{}", other.key()),
        }
    }

    /// Whether `area` is the one to mark in the menu.
    pub fn is_in(&self, area: Area) -> bool {
        self.area == Some(area)
    }
}

/// The places in the menu, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Area {
    /// All controls at a glance, and each control.
    Board,
    /// What a person must do.
    Tasks,
    /// Computers.
    Devices,
    /// Who works here.
    People,
    /// Clients, and what is worked on for them.
    Titles,
    /// Policies, certificates, reports.
    Documents,
    /// Audit packs.
    Packs,
    /// The ledger.
    Ledger,
    /// The organisation's and one's own settings.
    Settings,
}

impl Area {
    /// Every area, in the menu's order.
    pub const ALL: [Self; 9] = [
        Self::Board,
        Self::Tasks,
        Self::Devices,
        Self::People,
        Self::Titles,
        Self::Documents,
        Self::Packs,
        Self::Ledger,
        Self::Settings,
    ];

    /// Those that somebody may see who may do this.
    pub fn seen_by(allowed: Actions) -> impl Iterator<Item = Self> {
        let is_open = move |area: &Self| area.needs().is_none_or(|action| allowed.contains(action));
        Self::ALL.into_iter().filter(is_open)
    }

    /// What it takes to see it; none where one's own account is enough.
    const fn needs(self) -> Option<Action> {
        Some(match self {
            Self::Board => Action::BoardRead,
            Self::Tasks => Action::TaskRead,
            Self::Devices => Action::DeviceRead,
            Self::People => Action::PeopleRead,
            Self::Titles => Action::TitleRead,
            Self::Documents => Action::EvidenceRead,
            Self::Packs => Action::PackCreate,
            Self::Ledger => Action::LedgerRead,
            Self::Settings => return None,
        })
    }

    /// The area's path segment and icon name.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Board => "board",
            Self::Tasks => "tasks",
            Self::Devices => "devices",
            Self::People => "people",
            Self::Titles => "titles",
            Self::Documents => "documents",
            Self::Packs => "packs",
            Self::Ledger => "ledger",
            Self::Settings => "settings",
        }
    }
}

/// One sentence about what was just done, shown once at the head of the next page.
#[derive(Debug, Clone)]
pub struct Flash {
    /// How it went.
    pub kind: FlashKind,
    /// The sentence.
    pub text: String,
}

/// How the thing that a [`Flash`] reports went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlashKind {
    /// It was done.
    Done,
    /// It was not done, or not wholly.
    Warning,
}

impl FlashKind {
    /// The name used in the stylesheet.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Warning => "warning",
        }
    }
}
