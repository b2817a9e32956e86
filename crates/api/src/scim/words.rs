//! What a directory says, in the words of the register.

use closedset_app::{
    Problem,
    people::scim::{GroupWords, Said, UserWords},
};
use closedset_core::{
    engagement::EngagementForm,
    id::{Id, Person},
};
use closedset_scim::Resource;
use serde_json::Value;
use std::collections::BTreeSet;

/// What stands as a job where the directory names none.
const NO_JOB: &str = "Not said by the directory";
/// The longest job, in characters.
const JOB_LIMIT: usize = 80;

fn text<'r>(resource: &'r Resource, name: &str) -> Option<&'r str> {
    resource.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
}

/// What a user is in the register.
pub(super) fn user(mut resource: Resource, active: Said) -> UserWords {
    resource.remove("active");
    let user_name = text(&resource, "userName").unwrap_or_default().to_owned();
    let (form, job) = work(&resource);
    UserWords {
        external_id: text(&resource, "externalId").map(str::to_owned),
        name: name(&resource).unwrap_or_else(|| user_name.clone()),
        email: email(&resource),
        user_name,
        form,
        job,
        active,
        resource: Value::Object(resource).to_string(),
    }
}

/// As what somebody works here, and what they do.
pub(super) fn work(resource: &Resource) -> (EngagementForm, String) {
    let kind = text(resource, "userType").unwrap_or_default().to_lowercase();
    let form = match kind.as_str() {
        "contractor" | "external" | "guest" | "vendor" => EngagementForm::Contractor,
        "freelancer" | "freelance" => EngagementForm::Freelancer,
        "trainee" | "intern" | "apprentice" => EngagementForm::Trainee,
        _ => EngagementForm::Employee,
    };
    let job = text(resource, "title").unwrap_or(NO_JOB);
    (form, job.chars().take(JOB_LIMIT).collect::<String>().trim().to_owned())
}

/// What somebody is called.
fn name(resource: &Resource) -> Option<String> {
    let part = |name: &str| {
        let text = resource.get("name")?.get(name)?.as_str()?.trim();
        (!text.is_empty()).then_some(text)
    };
    if let Some(name) = text(resource, "displayName").or_else(|| part("formatted")) {
        return Some(name.to_owned());
    }
    match (part("givenName"), part("familyName")) {
        (Some(given), Some(family)) => Some(format!("{given} {family}")),
        (one, other) => one.or(other).map(str::to_owned),
    }
}

/// The address that is kept in the register: the primary one, else that for work, else the first.
fn email(resource: &Resource) -> Option<String> {
    let all = resource.get("emails").and_then(Value::as_array)?;
    let address = |one: &Value| one.get("value").and_then(Value::as_str).map(str::to_owned);
    let is_primary = |one: &&Value| one.get("primary") == Some(&Value::Bool(true));
    let is_for_work = |one: &&Value| {
        one.get("type")
            .and_then(Value::as_str)
            .is_some_and(|word| word.eq_ignore_ascii_case("work"))
    };
    let primary = all.iter().find(is_primary).and_then(address);
    primary
        .or_else(|| all.iter().find(is_for_work).and_then(address))
        .or_else(|| all.iter().find_map(address))
}

/// What a group is here.
pub(super) fn group(resource: &Resource) -> Result<GroupWords, Problem> {
    let mut members = BTreeSet::new();
    let sent = resource.get("members").and_then(Value::as_array);
    for sent in sent.map_or(&[][..], Vec::as_slice) {
        let kind = sent.get("type").and_then(Value::as_str).unwrap_or("User");
        if !kind.eq_ignore_ascii_case("user") {
            return Err(Problem::field("members", "Users alone are members of groups here."));
        }
        members.insert(member(sent)?);
    }
    Ok(GroupWords {
        name: text(resource, "displayName").unwrap_or_default().to_owned(),
        external_id: text(resource, "externalId").map(str::to_owned),
        members,
    })
}

fn member(sent: &Value) -> Result<Id<Person>, Problem> {
    let id = sent.get("value").and_then(Value::as_str).unwrap_or_default();
    let shown: String = id.chars().take(40).collect();
    id.parse().map_err(|_| Problem::field("members", format!("There is no user {shown}.")))
}
