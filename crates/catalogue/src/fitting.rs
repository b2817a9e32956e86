//! The commands that fit this computer, out of those that the catalogue gives for its platform.
//!
//! A fix is shell text in blocks under comments that say for whom they are: `# Debian and Ubuntu`.
//! A block for others is left out. Whatever is not plainly for others stays, and if nothing would
//! stay, all does.

use crate::{check::Check, facts::SubjectFacts, framework::Platform};
use closedset_core::fact::{
    FactRecord,
    device::{HostFirewall, OperatingSystem, ScreenLock},
};

/// What this computer is like, as far as commands differ by it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fitting {
    /// Its operating system.
    pub platform: Option<Platform>,
    /// The distribution: `debian`.
    pub product: Option<String>,
    /// The desktops of the people who work on it.
    pub desktops: Vec<String>,
    /// What filters the network.
    pub firewall: Option<String>,
}

impl Fitting {
    /// The kinds of facts that say so.
    pub const KINDS: [&str; 3] = [OperatingSystem::KIND, ScreenLock::KIND, HostFirewall::KIND];

    /// What these facts say of it.
    pub fn of(facts: &SubjectFacts) -> Self {
        let system = facts.latest::<OperatingSystem>();
        Self {
            platform: system.as_ref().and_then(|system| Platform::from_word(&system.family)),
            product: system.map(|system| system.product),
            desktops: facts
                .latest::<ScreenLock>()
                .map(|lock| lock.users.into_iter().map(|user| user.desktop).collect())
                .unwrap_or_default(),
            firewall: facts.latest::<HostFirewall>().map(|firewall| firewall.backend),
        }
    }

    /// The commands that mend `check` on it, if the catalogue has some.
    pub fn fix(&self, check: &Check) -> Option<String> {
        self.platform
            .and_then(|platform| check.fix.on(platform))
            .map(|fix| fitting(fix, check, self))
    }
}

/// Distributions in facts and in comments.
const PRODUCTS: [(&str, &str); 6] = [
    ("debian", "Debian"),
    ("ubuntu", "Ubuntu"),
    ("rocky", "Rocky"),
    ("almalinux", "Alma"),
    ("rhel", "Red Hat"),
    ("fedora", "Fedora"),
];
/// Desktops in facts and in comments.
const DESKTOPS: [(&str, &str); 5] = [
    ("gnome", "GNOME"),
    ("kde", "KDE"),
    ("cinnamon", "Cinnamon"),
    ("xfce", "XFCE"),
    ("mate", "MATE"),
];
/// Firewalls in facts and in comments.
const FIREWALLS: [(&str, &str); 3] =
    [("ufw", "ufw"), ("firewalld", "firewalld"), ("nftables", "nftables")];

/// What of `fix` fits this computer.
fn fitting(fix: &str, check: &Check, fitting: &Fitting) -> String {
    let needs = |kind: &str| check.needs.iter().any(|needed| needed == kind);
    let mut choices = vec![Choice::new(Place::Anywhere, &PRODUCTS, fitting.product.iter())];
    if needs(ScreenLock::KIND) {
        choices.push(Choice::new(Place::First, &DESKTOPS, fitting.desktops.iter()));
    }
    if needs(HostFirewall::KIND) {
        choices.push(Choice::new(Place::First, &FIREWALLS, fitting.firewall.iter()));
    }
    chosen(fix.trim(), &choices)
}

fn chosen(fix: &str, choices: &[Choice]) -> String {
    let is_for_others = |comment: &str| choices.iter().any(|choice| choice.is_for_others(comment));
    let mut kept = Vec::new();
    let mut is_left_out = false;
    for line in fix.lines() {
        if let Some(comment) = line.strip_prefix('#') {
            is_left_out = is_for_others(comment.trim());
        }
        let aside = line.rsplit_once(" # ").map(|(_, aside)| aside.trim());
        if !is_left_out && !aside.is_some_and(is_for_others) {
            kept.push(line);
        }
    }
    if kept.iter().all(|line| line.starts_with('#')) { fix.to_owned() } else { kept.join("\n") }
}

/// Where in a comment the word stands that says for whom it is.
#[derive(Debug, Clone, Copy)]
enum Place {
    First,
    Anywhere,
}

/// Words of which some are ours.
struct Choice {
    place: Place,
    ours: Vec<&'static str>,
    others: Vec<&'static str>,
}

impl Choice {
    fn new<'a>(
        place: Place,
        words: &[(&'static str, &'static str)],
        ours: impl Iterator<Item = &'a String> + Clone,
    ) -> Self {
        let is_ours = |word: &str| ours.clone().any(|our| our == word);
        let (ours, others): (Vec<_>, Vec<_>) = words.iter().partition(|(word, _)| is_ours(word));
        let shown = |words: Vec<(&'static str, &'static str)>| {
            words.into_iter().map(|(_, shown)| shown).collect()
        };
        Self { place, ours: shown(ours), others: shown(others) }
    }

    /// Whether a comment names others and not us. Where we are none of those it knows, it is for
    /// nobody else either.
    fn is_for_others(&self, comment: &str) -> bool {
        let names = |words: &[&str]| {
            words.iter().any(|word| match self.place {
                Place::First => comment.starts_with(word),
                Place::Anywhere => comment.contains(word),
            })
        };
        !self.ours.is_empty() && names(&self.others) && !names(&self.ours)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn for_product(product: &str, fix: &str) -> String {
        chosen(fix, &[Choice::new(Place::Anywhere, &PRODUCTS, [product.to_owned()].iter())])
    }

    #[test]
    fn blocks_and_lines_for_other_distributions_are_left_out() {
        let fix =
            "# Debian and Ubuntu\napt\n# Rocky and Fedora\ndnf\n# Both\ntrue     # Fedora\nend";
        assert_eq!(for_product("debian", fix), "# Debian and Ubuntu\napt\n# Both\nend");
        assert_eq!(
            for_product("fedora", fix),
            "# Rocky and Fedora\ndnf\n# Both\ntrue     # Fedora\nend"
        );
    }

    #[test]
    fn nothing_is_left_out_for_an_unknown_distribution_or_where_nothing_would_stay() {
        let fix = "# Debian\napt\n# Rocky\ndnf";
        assert_eq!(for_product("arch", fix), fix);
        assert_eq!(for_product("ubuntu", fix), fix);
    }

    #[test]
    fn a_firewall_named_in_passing_does_not_decide() {
        let choice = Choice::new(Place::First, &FIREWALLS, ["nftables".to_owned()].iter());
        assert!(!choice.is_for_others("over SSH, first: sudo ufw allow OpenSSH"));
        assert!(choice.is_for_others("ufw"));
    }
}
