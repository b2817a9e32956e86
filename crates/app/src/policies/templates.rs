//! Words from which a facility's own policies begin: one text for each topic, and all of them as one handbook.

use crate::{App, Caller, Problem};
use closedset_core::{Action, Role, policy::Topic};
use closedset_store::{organisations, people};
use std::collections::BTreeSet;

/// The template of all topics.
pub const EVERYTHING: &str = "handbook";

/// Members looked at in one go.
const BATCH: i64 = 200;

/// Words to begin with, in which names stand already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Its word: a topic's, or [`EVERYTHING`].
    pub id: &'static str,
    /// What it is called.
    pub name: &'static str,
    /// What it is about.
    pub topics: BTreeSet<Topic>,
    /// Its words, in Markdown.
    pub text: String,
}

const fn words(topic: Topic) -> &'static str {
    match topic {
        Topic::Responsibilities => {
            include_str!("../../../../catalogue/policies/responsibilities.md")
        }
        Topic::SecureHandling => include_str!("../../../../catalogue/policies/secure-handling.md"),
        Topic::PersonalDevices => {
            include_str!("../../../../catalogue/policies/personal-devices.md")
        }
        Topic::SocialMedia => include_str!("../../../../catalogue/policies/social-media.md"),
        Topic::BusinessResiliency => {
            include_str!("../../../../catalogue/policies/business-resiliency.md")
        }
        Topic::BreachNotification => {
            include_str!("../../../../catalogue/policies/breach-notification.md")
        }
        Topic::IncidentResponse => {
            include_str!("../../../../catalogue/policies/incident-response.md")
        }
    }
}

/// Who is named in the words.
struct Names {
    facility: String,
    contact: String,
    reach: String,
}

impl Names {
    fn fill(&self, words: &str) -> String {
        words
            .replace("{facility}", &self.facility)
            .replace("{security_contact}", &self.contact)
            .replace("{reach}", &self.reach)
    }
}

/// The templates with the facility's and its security contact's name in them: all topics as one handbook, then one for
/// each.
pub async fn template_list(app: &App, caller: &Caller) -> Result<Vec<Template>, Problem> {
    caller.require(Action::PeopleRead)?;
    let names = names(app, caller).await?;
    let one = |topic: &Topic| Template {
        id: topic.as_str(),
        name: topic.title(),
        topics: BTreeSet::from([*topic]),
        text: names.fill(words(*topic)),
    };
    let each: Vec<Template> = Topic::ALL.iter().map(one).collect();
    let whole: Vec<String> =
        each.iter().map(|one| format!("# {}\n\n{}", one.name, one.text.trim())).collect();
    let all = Template {
        id: EVERYTHING,
        name: "Content security handbook",
        topics: Topic::ALL.iter().copied().collect(),
        text: whole.join("\n\n"),
    };
    Ok(std::iter::once(all).chain(each).collect())
}

async fn names(app: &App, caller: &Caller) -> Result<Names, Problem> {
    let organisation = caller.organisation;
    app.store()
        .read(move |tx| -> Result<_, Problem> {
            let here = organisations::organisation_by_id(tx, organisation)?;
            let facility = here.ok_or(Problem::NotFound("organisation"))?.name;
            let (mut contact, mut owner, mut after) = (None, None, None);
            while contact.is_none() {
                let page = people::member_list(tx, organisation, after, BATCH)?;
                let Some(last) = page.last() else { break };
                after = Some(last.person);
                for member in page {
                    match member.role {
                        Role::SecurityContact if contact.is_none() => contact = Some(member),
                        Role::Owner if owner.is_none() => owner = Some(member),
                        _ => {}
                    }
                }
            }
            let Some(member) = contact.or(owner) else {
                return Ok(Names {
                    facility,
                    contact: "the security contact".into(),
                    reach: "[telephone number]".into(),
                });
            };
            let known = people::person_by_id(tx, organisation, member.person)?;
            let phone = known.map(|row| row.phone).filter(|phone| !phone.is_empty());
            Ok(Names { facility, contact: member.name, reach: phone.unwrap_or(member.email) })
        })
        .await
}
