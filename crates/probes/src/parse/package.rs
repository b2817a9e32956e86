//! Lists of installed packages.

use closedset_core::fact::device::Package;

/// What `dpkg-query` is asked for: one line a package.
pub const DPKG_FORMAT: &str =
    "${db:Status-Abbrev}|${Package}|${Version}|${source:Package}|${source:Version}\\n";

/// What `rpm` is asked for: one line a package.
pub const RPM_FORMAT: &str = "%{NAME}|%{EPOCHNUM}|%{VERSION}|%{RELEASE}|%{SOURCERPM}\\n";

/// The installed packages in the output of `dpkg-query` with [`DPKG_FORMAT`]. A package that was
/// removed but left its configuration is not installed.
pub fn dpkg(text: &str) -> Vec<Package> {
    text.lines()
        .filter_map(|line| {
            let mut fields = line.split('|');
            let state = fields.next()?;
            if state.chars().nth(1) != Some('i') {
                return None;
            }
            let name = fields.next().filter(|name| !name.is_empty())?;
            let version = fields.next()?;
            let source = fields.next()?;
            let source_version = fields.next()?;
            Some(Package {
                name: name.into(),
                version: version.into(),
                source: if source.is_empty() { name } else { source }.into(),
                source_version: if source_version.is_empty() { version } else { source_version }
                    .into(),
            })
        })
        .collect()
}

/// The installed packages in the output of `rpm -qa` with [`RPM_FORMAT`]. Keys that rpm lists as
/// packages are left out.
pub fn rpm(text: &str) -> Vec<Package> {
    text.lines()
        .filter_map(|line| {
            let mut fields = line.split('|');
            let name = fields.next().filter(|name| !name.is_empty() && *name != "gpg-pubkey")?;
            let epoch = fields.next()?;
            let version = fields.next()?;
            let release = fields.next()?;
            let source = fields.next()?;
            let (source, source_version) = source_rpm(source).unwrap_or((name, ""));
            let with_epoch = |rest: String| match epoch {
                "0" | "" | "(none)" => rest,
                _ => format!("{epoch}:{rest}"),
            };
            let version = with_epoch(format!("{version}-{release}"));
            Some(Package {
                name: name.into(),
                source: source.into(),
                source_version: if source_version.is_empty() {
                    version.clone()
                } else {
                    with_epoch(source_version.into())
                },
                version,
            })
        })
        .collect()
}

/// The name and version of a source package's file name: `openssl-3.0.7-24.el9.src.rpm`.
fn source_rpm(file: &str) -> Option<(&str, &str)> {
    let stem = file.strip_suffix(".src.rpm").or_else(|| file.strip_suffix(".nosrc.rpm"))?;
    let release = stem.rfind('-')?;
    let version = stem.get(..release)?.rfind('-')?;
    Some((stem.get(..version)?, stem.get(version + 1..)?))
}
