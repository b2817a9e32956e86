//! What stands behind the ledger's names, in words: `account:acc_...` is a person, `control:IS-7`
//! has a page. What is not known here keeps the name that the ledger has for it.

use super::view::Party;
use crate::serve::Looker;
use closedset_app::{App, Problem, accounts, devices, people};
use closedset_core::{Subject, operator_name};
use closedset_store::ledger::EntryRow;
use std::collections::BTreeMap;

/// The names that the looker may know.
pub(crate) struct Names(BTreeMap<String, String>);

impl Names {
    /// Of the looker, the organisation's people and programs, and the devices that these entries name.
    pub(crate) async fn of(
        app: &App,
        looker: &Looker,
        entries: &[EntryRow],
    ) -> Result<Self, Problem> {
        let caller = &looker.caller;
        let mut known = BTreeMap::from([
            ("closedset".to_owned(), "Closedset".to_owned()),
            (format!("account:{}", looker.signed.account), looker.signed.name.clone()),
            (format!("organisation:{}", caller.organisation), looker.organisation.clone()),
        ]);
        let parties = entries.iter().flat_map(|row| [&row.actor_name, &row.subject_name]);
        let named: Vec<Subject> = parties.flatten().filter_map(|name| name.parse().ok()).collect();
        let names = allowed(devices::device_names(app, caller, &named).await)?;
        known.extend(names.into_iter().map(|(subject, name)| (subject.to_string(), name)));
        for row in allowed(people::person_names(app, caller, &named).await)? {
            if let Some(account) = row.account {
                known.insert(format!("account:{account}"), row.name.clone());
            }
            known.insert(format!("person:{}", row.person), row.name);
        }
        let rows = allowed(accounts::token_list(app, caller).await)?;
        known.extend(
            rows.into_iter()
                .map(|row| (format!("token:{}", row.id), token(&row.name, &row.created_by))),
        );
        Ok(Self(known))
    }

    /// Who or what a name is; none was erased.
    pub(crate) fn party(&self, name: Option<&str>) -> Party {
        let Some(name) = name else {
            return Party { words: "erased".to_owned(), ..Party::default() };
        };
        let (kind, id) = name.split_once(':').unwrap_or((name, ""));
        let words = match (self.0.get(name), kind) {
            (Some(known), _) => known.clone(),
            (None, "control") => id.to_owned(),
            (None, "pack") => "the pack".to_owned(),
            (None, "task") => "the task".to_owned(),
            (None, "enrolment") => "the link".to_owned(),
            (None, "facility") => "the facility".to_owned(),
            (None, "log") => "the ledger".to_owned(),
            (None, "invitation") => "the invitation".to_owned(),
            (None, "person") => "the person".to_owned(),
            (None, "agreement") => "the agreement".to_owned(),
            (None, "policy") => "the policy".to_owned(),
            (None, "comparison") => "the comparison".to_owned(),
            (None, "questionnaire") => "the questionnaire".to_owned(),
            (None, "risk") => "the risk".to_owned(),
            (None, "client") => "the client".to_owned(),
            (None, "title") => "the title".to_owned(),
            (None, "operator") => id.parse().map_or_else(|_| name.to_owned(), operator_name),
            (None, _) => name.to_owned(),
        };
        let href = match kind {
            "control" => format!("/controls/{id}"),
            "device" => format!("/devices/{id}"),
            "pack" => format!("/packs/{id}"),
            "person" => format!("/people/{id}"),
            "agreement" => format!("/agreements/{id}"),
            "policy" => format!("/policies/{id}"),
            "comparison" => format!("/comparisons/{id}"),
            "questionnaire" => format!("/questionnaires/{id}"),
            "risk" => format!("/risks/{id}"),
            "client" => format!("/clients/{id}"),
            "title" => format!("/titles/{id}"),
            _ => String::new(),
        };
        Party { words, name: name.to_owned(), href }
    }
}

/// A token, which whoever made it named as they liked, so that it passes for nobody.
fn token(name: &str, made_by: &str) -> String {
    format!("token {name}, made by {made_by}")
}

/// What the looker may not see is left out.
fn allowed<T: Default>(answer: Result<T, Problem>) -> Result<T, Problem> {
    match answer {
        Err(Problem::Forbidden) => Ok(T::default()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_passes_for_no_person() {
        assert_eq!(token("Nina Cut", "Ada Reel"), "token Nina Cut, made by Ada Reel");
    }

    #[test]
    fn names_are_told_in_words_and_lead_to_their_pages() {
        let names = Names(BTreeMap::from([("account:acc_1".into(), "Ada Reel".into())]));
        let told = |name: &str| {
            let party = names.party(Some(name));
            (party.words, party.href)
        };
        assert_eq!(told("account:acc_1"), ("Ada Reel".into(), String::new()));
        assert_eq!(told("account:acc_2"), ("account:acc_2".into(), String::new()));
        assert_eq!(told("control:IS-7"), ("IS-7".into(), "/controls/IS-7".into()));
        assert_eq!(told("pack:pck_1"), ("the pack".into(), "/packs/pck_1".into()));
        assert_eq!(names.party(None).words, "erased");
    }
}
