//! The names of the organisations that an account belongs to, told apart where several are called the same.

use crate::{App, Problem, accounts::Signed};
use closedset_core::id::{Id, Organisation};
use closedset_store::organisations::{self, FacilityRow};

/// An organisation by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Which.
    pub organisation: Id<Organisation>,
    /// Its name.
    pub name: String,
    /// Where it is; only where the account belongs to another of the same name.
    pub site: Option<String>,
}

impl Named {
    /// The name, and the site where that is said: `Halide Post (Kvarngatan)`.
    pub fn full(&self) -> String {
        match &self.site {
            Some(site) => format!("{} ({site})", self.name),
            None => self.name.clone(),
        }
    }
}

/// How names compare for whoever reads them.
fn plain(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// The organisations that the session reaches, by name.
pub async fn organisation_names(app: &App, signed: &Signed) -> Result<Vec<Named>, Problem> {
    let names: Vec<_> = signed
        .memberships
        .iter()
        .map(|one| (one.organisation, one.organisation_name.clone()))
        .collect();
    let is_clear = |(at, (_, name)): (usize, &(_, String))| {
        names[..at].iter().all(|(_, other)| plain(other) != plain(name))
    };
    if names.iter().enumerate().all(is_clear) {
        let named = |(organisation, name)| Named { organisation, name, site: None };
        return Ok(names.into_iter().map(named).collect());
    }
    let read = move |tx: &mut closedset_store::Tx<'_>| -> Result<_, Problem> {
        let mut all = Vec::new();
        for (organisation, name) in names.iter().cloned() {
            let first = organisations::facility_list(tx, organisation)?.into_iter().next();
            all.push((organisation, name, first));
        }
        Ok(told_apart(&all))
    };
    app.store().read(read).await
}

/// By the site's name, else by its address too, else by what tells them apart for certain.
fn told_apart(all: &[(Id<Organisation>, String, Option<FacilityRow>)]) -> Vec<Named> {
    let short = |site: &Option<FacilityRow>| {
        site.as_ref().map(|site| site.name.clone()).unwrap_or_default()
    };
    let long = |site: &Option<FacilityRow>| {
        site.as_ref()
            .map(|site| format!("{}, {}, {}", site.name, site.address, site.country))
            .unwrap_or_default()
    };
    all.iter()
        .map(|(organisation, name, site)| {
            let same: Vec<_> = all
                .iter()
                .filter(|(other, called, _)| other != organisation && plain(called) == plain(name))
                .collect();
            let tells = |words: &dyn Fn(&Option<FacilityRow>) -> String| {
                let own = plain(&words(site));
                !own.is_empty() && same.iter().all(|(.., other)| plain(&words(other)) != own)
            };
            let site = match () {
                () if same.is_empty() => None,
                () if tells(&short) => Some(short(site)),
                () if tells(&long) => Some(long(site)),
                () => Some(organisation.to_string()),
            };
            Named { organisation: *organisation, name: name.clone(), site }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(
        id: u128,
        name: &str,
        site: &str,
        address: &str,
    ) -> (Id<Organisation>, String, Option<FacilityRow>) {
        let site = FacilityRow {
            id: Id::from_bits(id),
            name: site.into(),
            address: address.into(),
            country: "SE".into(),
            time_zone: "UTC".into(),
        };
        (Id::from_bits(id), name.into(), Some(site))
    }

    #[test]
    fn organisations_of_one_name_are_told_apart_by_as_little_as_does() {
        let names =
            |all: &[_]| -> Vec<String> { told_apart(all).iter().map(Named::full).collect() };
        let all = [
            one(1, "Halide Post", "Kvarngatan", "Kvarngatan 4"),
            one(2, "halide  post", "Annex", "Kvarngatan 4"),
            one(3, "Southpaw", "Annex", "Lane 1"),
        ];
        assert_eq!(names(&all), ["Halide Post (Kvarngatan)", "halide  post (Annex)", "Southpaw"]);
        let all = [one(1, "Halide", "Main", "Street 1"), one(2, "Halide", "main", "Street 2")];
        assert_eq!(names(&all), ["Halide (Main, Street 1, SE)", "Halide (main, Street 2, SE)"]);
        let all = [one(1, "Halide", "Main", "Street 1"), one(2, "Halide", "Main", "Street 1")];
        let names = names(&all);
        assert_ne!(names[0], names[1]);
        assert!(names[0].contains("org_"), "{names:?}");
    }
}
