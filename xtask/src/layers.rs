//! Holds the manifests against the table of who may import whom.

use crate::{
    table::{FLOORS, FOR_TESTS, KEPT, OUTSIDE},
    workspace::{Dependency, Package, Workspace},
};

/// Every breach, in words that say what to do about it; none if imports run one way.
pub(crate) fn breaches(workspace: &Workspace) -> Vec<String> {
    let mut found = Vec::new();
    let inside = |package: &&Package| !OUTSIDE.contains(&package.name.as_str());
    for package in workspace.packages.iter().filter(inside) {
        let Some(allowed) = allowed(&package.name) else {
            found.push(format!("{} has no line in xtask/src/table.rs; give it one", package.name));
            continue;
        };
        for dependency in &package.dependencies {
            found.extend(if dependency.path.is_some() {
                among_members(package, dependency, allowed)
            } else {
                of_foreign(package, dependency)
            });
        }
    }
    for (name, _) in FLOORS {
        if !workspace.packages.iter().any(|package| package.name == *name) {
            found.push(format!(
                "{name} stands in xtask/src/table.rs but not in the workspace; remove its line"
            ));
        }
    }
    found.sort();
    found.dedup();
    found
}

fn allowed(name: &str) -> Option<&'static [&'static str]> {
    FLOORS.iter().find(|(member, _)| *member == name).map(|(_, allowed)| *allowed)
}

/// How high a member lies; what is not in the table lies above everything.
fn floor(name: &str) -> usize {
    FLOORS.iter().position(|(member, _)| *member == name).unwrap_or(FLOORS.len())
}

fn among_members(package: &Package, dependency: &Dependency, allowed: &[&str]) -> Option<String> {
    let (from, to) = (package.name.as_str(), dependency.name.as_str());
    if dependency.is_for_tests() {
        // A package may be its own dependency in tests, with more features.
        let is_known = from == to || FOR_TESTS.contains(&to) || floor(to) < floor(from);
        return (!is_known)
            .then(|| format!("the tests of {from} import {to}, which does not lie below it"));
    }
    if FOR_TESTS.contains(&to) {
        return Some(format!("{from} imports {to} outside its tests; make it a dev-dependency"));
    }
    (!allowed.contains(&to)).then(|| match allowed {
        [] => format!("{from} imports {to}, but may import no other member"),
        allowed => format!("{from} imports {to}, but may import only {}", allowed.join(", ")),
    })
}

fn of_foreign(package: &Package, dependency: &Dependency) -> Option<String> {
    let (_, keepers) = KEPT.iter().find(|(name, _)| *name == dependency.name)?;
    let is_kept = dependency.is_for_tests() || keepers.contains(&package.name.as_str());
    (!is_kept).then(|| {
        format!(
            "{} imports {}, which is kept to {}",
            package.name,
            dependency.name,
            keepers.join(", ")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn member(name: &str, kind: Option<&str>) -> Dependency {
        Dependency { path: Some(PathBuf::from("/somewhere")), ..foreign(name, kind) }
    }

    fn foreign(name: &str, kind: Option<&str>) -> Dependency {
        Dependency { name: name.into(), kind: kind.map(Into::into), path: None }
    }

    /// Every member of the table without a dependency, but for one that has `dependency`.
    fn workspace(name: &str, dependency: Dependency) -> Workspace {
        let mut packages: Vec<_> = FLOORS
            .iter()
            .map(|(name, _)| Package { name: (*name).into(), dependencies: Vec::new() })
            .collect();
        packages
            .iter_mut()
            .find(|package| package.name == name)
            .unwrap()
            .dependencies
            .push(dependency);
        Workspace { packages, root: PathBuf::new(), target_directory: PathBuf::new() }
    }

    fn found(name: &str, dependency: Dependency) -> Vec<String> {
        breaches(&workspace(name, dependency))
    }

    #[test]
    fn what_the_table_allows_is_no_breach() {
        assert_eq!(found("closedset-app", member("closedset-store", None)), Vec::<String>::new());
        assert_eq!(found("closedset-store", foreign("rusqlite", None)), Vec::<String>::new());
    }

    #[test]
    fn what_stands_outside_may_import_everything_and_is_imported_by_nobody() {
        let outside = |name: &str, to| {
            let mut workspace = workspace("closedset-core", foreign("serde", None));
            workspace.packages.push(Package { name: name.into(), dependencies: vec![to] });
            breaches(&workspace)
        };
        for to in [member("closedset-app", None), foreign("rusqlite", None)] {
            assert_eq!(outside("closedset-bench", to), Vec::<String>::new());
        }
        assert_eq!(found("closedset-app", member("closedset-bench", None)).len(), 1);
    }

    #[test]
    fn an_import_upwards_or_sideways_is_named() {
        for (from, to) in [
            ("closedset-core", "closedset-store"),
            ("closedset-store", "closedset-objects"),
            ("closedset-api", "closedset-pages"),
            ("closedset-app", "closedset-api"),
            ("closedset-agent", "closedset-app"),
        ] {
            let found = found(from, member(to, None));
            assert_eq!(found.len(), 1, "{from} to {to}: {found:?}");
            assert!(
                found[0].starts_with(&format!("{from} imports {to}, but may import")),
                "{found:?}"
            );
        }
        let build = found("closedset-core", member("closedset-store", Some("build")));
        assert_eq!(build.len(), 1, "a build script is no way round");
    }

    #[test]
    fn helpers_of_tests_stay_in_tests() {
        assert_eq!(
            found("closedset-store", member("closedset-testing", Some("dev"))),
            Vec::<String>::new()
        );
        let outside = found("closedset-store", member("closedset-testing", None));
        assert_eq!(
            outside,
            [
                "closedset-store imports closedset-testing outside its tests; make it a dev-dependency"
            ]
        );
        let upwards = found("closedset-core", member("closedset-app", Some("dev")));
        assert_eq!(
            upwards,
            ["the tests of closedset-core import closedset-app, which does not lie below it"]
        );
    }

    #[test]
    fn a_crate_that_carries_a_floor_is_kept_to_it() {
        let found = found("closedset-app", foreign("rusqlite", None));
        assert_eq!(found, ["closedset-app imports rusqlite, which is kept to closedset-store"]);
    }

    #[test]
    fn a_member_without_a_line_and_a_line_without_a_member_are_named() {
        let mut workspace = workspace("closedset-core", foreign("serde", None));
        workspace.packages.retain(|package| package.name != "closedset-pack");
        workspace.packages.push(Package { name: "closedset-new".into(), dependencies: Vec::new() });
        let found = breaches(&workspace);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("closedset-new has no line"), "{found:?}");
        assert!(
            found[1].starts_with("closedset-pack stands in xtask/src/table.rs but not"),
            "{found:?}"
        );
    }

    #[test]
    fn the_table_itself_runs_one_way() {
        for (position, (name, allowed)) in FLOORS.iter().enumerate() {
            for to in *allowed {
                let below = FLOORS[..position].iter().any(|(lower, _)| lower == to);
                assert!(
                    below,
                    "{name} may import {to}, which does not stand above it in the table"
                );
            }
        }
    }

    #[test]
    fn the_workspace_keeps_to_the_table() {
        assert_eq!(breaches(&crate::workspace::read().unwrap()), Vec::<String>::new());
    }
}
