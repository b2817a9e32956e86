//! A questionnaire with some of its questions, each with what was answered to the like before and how its control
//! stands.

use super::{SAVED, alike::Library, known, needs_to_read};
use crate::{
    App, Caller, Problem,
    answers::{Answer, Hidden, told_today},
    people::today,
};
use closedset_core::id::{Id, Organisation, Questionnaire};
use closedset_store::{
    Tx,
    questionnaires::{
        QuestionRow, QuestionnaireRow, SavedAnswer, question_list, saved_answer_list,
    },
};
use jiff::civil::Date;

/// Which of its questions are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuestionsOf {
    /// Those alone that are not answered.
    pub is_open: bool,
    /// Those after this place.
    pub after: i64,
    /// At most so many.
    pub limit: i64,
}

/// An answer to what was asked in the same or in like words before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The answer.
    pub saved: SavedAnswer,
    /// How like the questions are, of 100: then they are the same.
    pub likeness: usize,
}

impl Proposal {
    /// Whether the same words were asked.
    pub const fn is_same(&self) -> bool {
        self.likeness == 100
    }
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuestionShown {
    /// The question.
    pub question: QuestionRow,
    /// What is proposed while it is open.
    pub proposal: Option<Proposal>,
    /// How its control stands, as its owner may read it.
    pub told: Option<Answer>,
    /// The answer names another client's work.
    pub names_others: bool,
}

/// A questionnaire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuestionnaireShown {
    /// The questionnaire.
    pub row: QuestionnaireRow,
    /// How many questions it has.
    pub questions: usize,
    /// How many are answered.
    pub answered: usize,
    /// To how many open ones the same words were answered before.
    pub same: usize,
    /// The places of those whose answers name another client's work.
    pub naming: Vec<i64>,
    /// Those that are wanted.
    pub shown: Vec<QuestionShown>,
    /// There are some after these.
    pub more: bool,
    /// After which place those before these begin; none if these are the first.
    pub before: Option<i64>,
    /// The day that it is.
    pub today: Date,
}

/// A questionnaire with the wanted ones of its questions.
pub async fn questionnaire_one(
    app: &App,
    caller: &Caller,
    id: Id<Questionnaire>,
    of: QuestionsOf,
) -> Result<QuestionnaireShown, Problem> {
    caller.require_all(needs_to_read())?;
    let (unit_app, caller) = (app.clone(), caller.clone());
    app.store()
        .read(move |tx| -> Result<_, Problem> {
            let organisation = caller.organisation;
            let row = known(tx, organisation, id)?;
            let all = question_list(tx, organisation, id)?;
            let beside = Beside::of(tx, organisation, &row)?;
            let answered = all.iter().filter(|one| !one.answer.is_empty()).count();
            let same = all.iter().filter(|one| one.answer.is_empty() && beside.same(one)).count();
            let naming = all.iter().filter(|one| beside.hidden.is_named(&one.answer));
            let naming = naming.map(|one| one.position).collect();
            let wanted: Vec<&QuestionRow> =
                all.iter().filter(|one| !of.is_open || one.answer.is_empty()).collect();
            let first = wanted.iter().position(|one| one.position > of.after);
            let first = first.unwrap_or(wanted.len());
            let limit = usize::try_from(of.limit.clamp(1, 200)).unwrap_or(1);
            let last = (first + limit).min(wanted.len());
            let before = first.checked_sub(1).map(|_| match first.checked_sub(limit + 1) {
                Some(place) => wanted.get(place).map_or(0, |one| one.position),
                None => 0,
            });
            let asked = wanted.get(first..last).unwrap_or_default();
            let asked = asked.iter().map(|one| (*one).clone()).collect();
            Ok(QuestionnaireShown {
                questions: all.len(),
                answered,
                same,
                naming,
                shown: beside.shown(tx, (&unit_app, &caller), &row, asked)?,
                more: last < wanted.len(),
                before,
                today: today(tx, organisation)?,
                row,
            })
        })
        .await
}

/// One question, and the questionnaire that asks it.
pub async fn question_one(
    app: &App,
    caller: &Caller,
    (id, position): (Id<Questionnaire>, i64),
) -> Result<(QuestionnaireRow, QuestionShown), Problem> {
    caller.require_all(needs_to_read())?;
    let (unit_app, caller) = (app.clone(), caller.clone());
    app.store()
        .read(move |tx| -> Result<_, Problem> {
            let organisation = caller.organisation;
            let row = known(tx, organisation, id)?;
            let one = super::question(tx, organisation, (id, position))?;
            let beside = Beside::of(tx, organisation, &row)?;
            let shown = beside.shown(tx, (&unit_app, &caller), &row, vec![one])?;
            let one = shown.into_iter().next().ok_or(Problem::NotFound("question"))?;
            Ok((row, one))
        })
        .await
}

/// What is looked at beside questions.
struct Beside {
    library: Library,
    hidden: Hidden,
}

impl Beside {
    fn of(
        tx: &mut Tx<'_>,
        organisation: Id<Organisation>,
        row: &QuestionnaireRow,
    ) -> Result<Self, Problem> {
        let library = Library::new(saved_answer_list(tx, organisation, SAVED)?);
        Ok(Self { library, hidden: Hidden::from(tx, organisation, row.client)? })
    }

    /// Whether the same words were answered before, as this owner may read it.
    fn same(&self, one: &QuestionRow) -> bool {
        let same = self.library.same(one);
        same.is_some_and(|same| !self.hidden.is_named(&same.question.answer))
    }

    fn proposal(&self, one: &QuestionRow) -> Option<Proposal> {
        let near = self.library.near(one);
        near.into_iter()
            .find(|(saved, _)| !self.hidden.is_named(&saved.question.answer))
            .map(|(saved, likeness)| Proposal { saved: saved.clone(), likeness })
    }

    fn shown(
        &self,
        tx: &mut Tx<'_>,
        (app, caller): (&App, &Caller),
        row: &QuestionnaireRow,
        asked: Vec<QuestionRow>,
    ) -> Result<Vec<QuestionShown>, Problem> {
        let controls = asked.iter().map(|one| one.control.as_str());
        let controls = controls.filter(|control| !control.is_empty()).collect();
        let owner = ((row.client, row.client_name.as_str()), &self.hidden);
        let told = told_today(tx, (app, caller), owner, &controls)?;
        let shown = asked.iter().map(|one| QuestionShown {
            proposal: one.answer.is_empty().then(|| self.proposal(one)).flatten(),
            told: told.iter().find(|told| told.control == one.control).cloned(),
            names_others: self.hidden.is_named(&one.answer),
            question: one.clone(),
        });
        Ok(shown.collect())
    }
}
