//! Where a form was drawn, by the token that it carries: one that was opened in an organisation does nothing
//! once the browser looks at another, whatever tab it stands in.

use super::{PageProblem, Visitor};
use closedset_app::{App, Problem, organisations};
use closedset_core::id::{Id, Organisation};

/// What a form's token says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Drawn {
    /// This browser's, where it looks now.
    Here,
    /// This browser's, in another organisation, or in none.
    Elsewhere(Option<Id<Organisation>>),
    /// Missing, or not this browser's.
    Unknown,
}

/// Two organisations, by name: where a form was opened, and where its browser is now. None stands for no
/// organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Moved {
    pub(crate) from: Option<String>,
    pub(crate) to: Option<String>,
}

impl Visitor {
    /// Where a form with this token was drawn.
    pub(crate) fn drawn(&self, token: &str) -> Drawn {
        if self.token.is_none() {
            return Drawn::Unknown;
        }
        let here = self.place();
        if same(token, &self.csrf_in(here)) {
            return Drawn::Here;
        }
        let memberships = self.signed.iter().flat_map(|signed| &signed.memberships);
        memberships
            .map(|membership| Some(membership.organisation))
            .chain([None])
            .find(|place| *place != here && same(token, &self.csrf_in(*place)))
            .map_or(Drawn::Unknown, Drawn::Elsewhere)
    }

    /// The names of where a form was drawn and of where its browser is.
    pub(crate) async fn moved(
        &self,
        app: &App,
        from: Option<Id<Organisation>>,
    ) -> Result<Moved, Problem> {
        let Some(signed) = &self.signed else { return Ok(Moved { from: None, to: None }) };
        let names = organisations::organisation_names(app, signed).await?;
        let name = |place: Option<Id<Organisation>>| {
            let named = names.iter().find(|named| Some(named.organisation) == place);
            named.map(organisations::Named::full)
        };
        Ok(Moved { from: name(from), to: name(self.place()) })
    }
}

impl Moved {
    /// What happened, in words.
    pub(crate) fn sentence(&self) -> String {
        match (&self.from, &self.to) {
            (Some(from), Some(to)) => {
                format!("This form belongs to {from}; you are now in {to}. Nothing was done.")
            }
            (Some(from), None) => {
                format!(
                    "This form belongs to {from}, where you are not any more. Nothing was done."
                )
            }
            (None, Some(to)) => format!(
                "This form was opened before you went to {to}, where you are now. Nothing was done."
            ),
            (None, None) => PageProblem::OUT_OF_DATE.to_owned(),
        }
    }
}

/// Compares without telling by its time where the difference is.
fn same(one: &str, other: &str) -> bool {
    one.len() == other.len()
        && one.bytes().zip(other.bytes()).fold(0, |sum, (one, other)| sum | (one ^ other)) == 0
}
