//! The manifest against the files.

use super::{
    About, FINDING_LIMIT, Finding, FindingKind::*, Report, container::Contents, report::bounded,
};
use crate::manifest::{
    FORM_NAME, FORMAT, FORMAT_6, FORMAT_7, LEDGER, LISTS, MANIFEST, Manifest, VIEWER,
};
use crate::{spelling, zip::name};
use closedset_core::Digest;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The manifest, and the digest of its bytes.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) manifest: Manifest,
    pub(super) digest: Digest,
    listed: BTreeMap<String, Digest>,
}

impl Opened {
    /// Whether every list is the one that the manifest lists. From any other nothing follows, and it
    /// may be made to be slow to follow.
    pub(super) fn has_lists(&self, contents: &Contents) -> bool {
        let is_it = |path: &&str| {
            let seen = contents.files.get(*path).map(|seen| seen.digest);
            seen.is_some() && seen == self.digest_of(path)
        };
        LISTS.iter().all(is_it)
    }

    /// The digest that the manifest gives a file.
    pub(super) fn digest_of(&self, path: &str) -> Option<Digest> {
        self.listed.get(path).copied()
    }
}

/// As much of a manifest as says whether the rest is known here.
#[derive(Deserialize)]
struct Form {
    format: String,
}

/// As much of a manifest as says what made it, whatever its form.
#[derive(Deserialize)]
struct Origin {
    heading: Made,
}

#[derive(Deserialize)]
struct Made {
    made_with: String,
}

/// A pack of another form is no forgery, and nothing shows that it is none: it was not looked into.
fn other_form(format: &str, bytes: &[u8]) -> Finding {
    let number = |format: &str| format.strip_prefix(FORM_NAME)?.parse::<u32>().ok();
    let (Some(given), Some(known)) = (number(format), number(FORMAT)) else {
        let what = format!("its form is {format:?}, only {FORMAT_6} to {FORMAT} are known here");
        return Finding::new(NotAPack, MANIFEST, what);
    };
    let age = if given < known { "an older" } else { "a newer" };
    let made_with = match serde_json::from_slice(bytes) {
        Ok(Origin { heading: Made { made_with } }) => {
            format!(": it says, with {}", bounded(made_with, 100))
        }
        Err(_) => String::new(),
    };
    let what = format!(
        "it has {age} form, {format}, and this program reads {FORMAT_6} to {FORMAT}: nothing in it was looked at, and nothing is shown \
         of it. Verify it with the version that made it{made_with}; or ask the facility for a new pack of the period"
    );
    Finding::new(OtherForm, MANIFEST, what)
}

/// Reads the manifest and compares every file outside the ledger's folder with it.
pub(super) fn check(contents: &Contents, report: &mut Report) -> Option<Opened> {
    let Some(bytes) = contents.bytes(MANIFEST) else {
        if !contents.is_broken(MANIFEST) {
            let has_ledger = contents.paths().any(|path| path.starts_with(LEDGER));
            let kind = if has_ledger { Removed } else { NotAPack };
            report.add(Finding::new(kind, MANIFEST, "the pack has no manifest"));
        }
        return None;
    };
    let manifest = read(bytes, report)?;
    if let Some(what) = too_many(contents, &manifest) {
        report.add(Finding::new(TooLarge, MANIFEST, what));
        return None;
    }
    let digest = Digest::of(bytes);
    report.about = Some(About {
        pack: manifest.heading.pack,
        organisation: manifest.heading.organisation,
        organisation_name: manifest.heading.organisation_name.clone(),
        framework: manifest.heading.scope.framework_title.clone(),
        controls: manifest.heading.scope.controls.clone(),
        without_names: manifest.heading.without_names,
        from: manifest.heading.scope.from,
        to: manifest.heading.scope.to,
        record_begins_at: Some(manifest.log.begins_at)
            .filter(|begins_at| *begins_at > manifest.heading.scope.from),
        made_at: manifest.heading.made_at,
        zone: manifest.heading.zone.clone(),
        manifest: digest,
        recipients: Vec::new(),
    });
    compare(contents, &manifest, report);
    for left_out in &manifest.left_out {
        let what = format!("{}: {}", left_out.what, left_out.why);
        report.add(Finding::new(LeftOut, "", what));
    }
    let listed = manifest.files.iter().map(|file| (file.path.clone(), file.sha256)).collect();
    Some(Opened { manifest, digest, listed })
}

fn read(bytes: &[u8], report: &mut Report) -> Option<Manifest> {
    let Ok(Form { format }) = serde_json::from_slice(bytes) else {
        let what = "the manifest is not canonical JSON that says its form";
        report.add(Finding::new(Changed, MANIFEST, what));
        return None;
    };
    if ![FORMAT, FORMAT_7, FORMAT_6].contains(&format.as_str()) {
        report.add(other_form(&format, bytes));
        return None;
    }
    let manifest: Manifest = match spelling::read(bytes) {
        Ok(manifest) => manifest,
        Err(error) => {
            let what = format!("the manifest cannot be understood: {error}");
            report.add(Finding::new(Changed, MANIFEST, what));
            return None;
        }
    };
    if format == FORMAT_6 && manifest.heading.without_names {
        let what = format!("it is to be without people's names, and {format} has no such packs");
        report.add(Finding::new(Changed, MANIFEST, what));
        return None;
    }
    let paths: BTreeSet<&str> = manifest.files.iter().map(|file| file.path.as_str()).collect();
    let is_sorted =
        manifest.entries.is_sorted_by(|a, b| a < b) && manifest.erased.is_sorted_by(|a, b| a < b);
    if !is_sorted || paths.len() < manifest.files.len() {
        let what = "its lists are not in order, or name something twice";
        report.add(Finding::new(Changed, MANIFEST, what));
        return None;
    }
    Some(manifest)
}

/// Why the manifest is not gone into: it names far more than there is, which would only take time.
fn too_many(contents: &Contents, manifest: &Manifest) -> Option<String> {
    let entries = contents.paths().filter(|path| path.starts_with("ledger/entries/")).count();
    let all = contents.paths().count();
    let lists = [
        ("entries", manifest.entries.len(), entries),
        ("erased entries", manifest.erased.len(), entries),
        ("files", manifest.files.len(), all),
    ];
    lists.into_iter().find(|(_, named, there)| *named > there + FINDING_LIMIT).map(
        |(what, named, there)| format!("it names {named} {what}, and the pack has {there} of them"),
    )
}

fn compare(contents: &Contents, manifest: &Manifest, report: &mut Report) {
    let mut listed = BTreeSet::new();
    for file in &manifest.files {
        let path = file.path.as_str();
        listed.insert(path);
        if path != VIEWER && !name::is_harmless(path) {
            let what = "a browser could open it as a page that imitates the pack's own, or a desktop run it";
            report.add(Finding::new(UnsafeName, path, what));
        }
        match contents.files.get(path) {
            _ if contents.is_broken(path) => {}
            None => {
                let what = "the manifest lists it, and it is not in the pack";
                report.add(Finding::new(Removed, path, what));
            }
            Some(seen) if seen.digest != file.sha256 || seen.size != file.size => {
                let what = format!(
                    "it has {} bytes with the digest {}; recorded were {} bytes with {}",
                    seen.size,
                    seen.digest.short(),
                    file.size,
                    file.sha256.short()
                );
                report.add(Finding::new(Changed, path, what));
            }
            Some(_) => {}
        }
    }
    for path in contents.paths() {
        if path != MANIFEST && !path.starts_with(LEDGER) && !listed.contains(path) {
            let what = "the manifest does not list it";
            report.add(Finding::new(Added, path, what));
        }
    }
}
