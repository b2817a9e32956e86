//! Red Hat and its kin: dnf's cache.

use super::{Lists, Waiting, age_of};
use crate::{
    look::{Look, Why},
    parse::dnf,
};
use closedset_core::{Duration, Time};

const CACHES: [&str; 2] = ["/var/cache/dnf", "/var/cache/libdnf5"];
/// Repositories that a system's security hangs on; others may be switched off and stay in the
/// cache.
const CORE: [&str; 6] = ["baseos", "appstream", "rhel", "updates", "fedora", "base"];

/// How old the cached metadata are: dnf touches the file of primary data when it fetched or
/// confirmed it. The oldest of the core repositories counts.
pub(super) fn lists(look: &Look<'_>) -> Lists {
    let mut core: Option<Duration> = None;
    let mut other: Option<Duration> = None;
    let mut has_advisories = false;
    for cache in CACHES {
        for repository in look.names(cache).unwrap_or_default() {
            let directory = format!("{cache}/{repository}/repodata");
            let files = look.names(&directory).unwrap_or_default();
            has_advisories |= files.iter().any(|file| file.contains("updateinfo"));
            let Some(age) = files
                .iter()
                .filter(|file| file.contains("primary"))
                .filter_map(|file| look.host.file_meta(&format!("{directory}/{file}")).ok())
                .map(|meta| Time::from_millis(meta.modified_s.saturating_mul(1000)))
                .max()
                .map(|time| age_of(look, time))
            else {
                continue;
            };
            let is_core = CORE.iter().any(|name| repository.starts_with(name));
            let kept = if is_core { &mut core } else { &mut other };
            *kept =
                Some(kept.map_or(age, |kept| if is_core { kept.max(age) } else { kept.min(age) }));
        }
    }
    Lists {
        age: core
            .or(other)
            .ok_or_else(|| Why::new("dnf has no cached metadata; run dnf makecache")),
        without_security: (!has_advisories).then(|| {
            Why::new("the repositories carry no advisories, so security updates cannot be told")
        }),
    }
}

pub(super) fn waiting(look: &Look<'_>) -> Waiting {
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let security = look
        .output("dnf -q -C updateinfo list --security")
        .map(|text| count(dnf::security_updates(&text).len()));
    // `dnf list --upgrades` ends with 1 when there is none.
    let all = match look.run("dnf -q -C list --upgrades") {
        Ok(output) if output.status == 0 => Ok(count(dnf::upgrades(&output.text()))),
        Ok(output) if output.complaint().contains("No matching") => Ok(0),
        Ok(output) => Err(look.refused("dnf", &output)),
        Err(error) => Err(Why::of("dnf", &error)),
    };
    Waiting { security, all }
}

/// Whether a restart is needed: `dnf needs-restarting -r` ends with 1 if so.
pub(super) fn restart_needed(look: &Look<'_>) -> Result<bool, Why> {
    match look.run("dnf -q -C needs-restarting -r") {
        Ok(output) if output.status == 0 => Ok(false),
        Ok(output) if output.status == 1 && output.text().to_lowercase().contains("reboot") => {
            Ok(true)
        }
        Ok(output) => Err(look.refused("dnf needs-restarting", &output)),
        Err(error) => Err(Why::of("dnf", &error)),
    }
}
