//! The frameworks that there are, as pages and the API show them.

use crate::{App, Caller, Problem};
use closedset_catalogue::Framework;
use closedset_core::Action;
use closedset_store::frameworks::{self, ChoiceRow};

/// The frameworks as they stand in an organisation.
#[derive(Debug, Clone)]
pub struct Standing {
    /// Those that are chosen, in the order of the choice, then the others.
    pub frameworks: Vec<KnownFramework>,
    /// The ids of those that the choice names and that there are not any more: nobody asks for what they asked.
    pub missing: Vec<String>,
    /// Every choice, newest first; none while nobody chose and the default holds.
    pub choices: Vec<ChoiceRow>,
}

impl Standing {
    /// The ids of those that are chosen, in the order of the choice.
    pub fn chosen(&self) -> Vec<String> {
        let chosen = self.frameworks.iter().filter(|one| one.is_chosen);
        chosen.map(|one| one.framework.id.clone()).collect()
    }
}

/// A framework that can be chosen.
#[derive(Debug, Clone)]
pub struct KnownFramework {
    /// It.
    pub framework: Framework,
    /// It is answered here.
    pub is_chosen: bool,
    /// How many of its controls computers answer, at least in part.
    pub technical: usize,
}

/// Every framework that there is, and what was chosen.
pub async fn framework_list(app: &App, caller: &Caller) -> Result<Standing, Problem> {
    caller.require(Action::BoardRead)?;
    let (organisation, unit_app) = (caller.organisation, app.clone());
    app.store()
        .read(move |tx| {
            let asked = super::in_force(tx, &unit_app, organisation, None)?;
            let known = |framework: &Framework, is_chosen| KnownFramework {
                is_chosen,
                technical: framework.controls.iter().filter(|one| one.is_technical).count(),
                framework: framework.clone(),
            };
            let choices = frameworks::framework_choice_list(tx, organisation)?;
            let named = choices.first().into_iter().flat_map(|row| &row.frameworks);
            let missing = named.filter(|id| asked.framework(id).is_none()).cloned().collect();
            let others = asked.frameworks().iter().filter(|one| !asked.is_chosen(&one.id));
            Ok(Standing {
                frameworks: asked
                    .chosen()
                    .map(|one| known(one, true))
                    .chain(others.map(|one| known(one, false)))
                    .collect(),
                missing,
                choices,
            })
        })
        .await
}
