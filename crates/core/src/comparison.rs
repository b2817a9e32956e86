//! Lists of people from elsewhere, and the ways in which one may not agree with the register.

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$one:meta])* $variant:ident = $word:literal, $said:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$one])* $variant),* }

        impl $name {
            /// All of them, in the order in which they are shown.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word used in text and JSON.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// What people call it.
            pub const fn words(self) -> &'static str {
                match self { $(Self::$variant => $said),* }
            }

            /// The one with this word.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == word)
            }
        }
    };
}

words! {
    /// Where a list comes from.
    ListKind {
        /// Who is paid.
        Payroll = "payroll", "Payroll";
        /// The accounts that the identity provider has.
        Identities = "identities", "Accounts of the identity provider";
        /// Who has a badge.
        Badges = "badges", "Badge holders";
    }
}

words! {
    /// In which way a list and the register do not agree, or what a list of accounts says that is not well.
    DifferenceKind {
        /// In the list, and not in the register, or there without any engagement.
        NotKnown = "not_known", "Works here and is not known";
        /// In the list, and every engagement is over.
        Gone = "gone", "Gone, still listed";
        /// Engaged today, and not in the list.
        Missing = "missing", "Works here, not in the list";
        /// Somebody of this name is known, and only a person can tell whether it is them.
        ByName = "by_name", "Same name: is it them?";
        /// An account that several may use: of a desk or a machine, or the second of one person.
        Shared = "shared", "Shared accounts";
        /// An account without a second factor, or of which nobody can tell.
        NoMfa = "no_mfa", "Accounts without a second factor";
        /// An account that nobody signed in to for long.
        Dormant = "dormant", "Accounts nobody uses";
    }
}

words! {
    /// How a difference was settled.
    Settlement {
        /// There is a task for it.
        Task = "task", "there is a task for it";
        /// Somebody said why it is well.
        Aside = "aside", "set aside";
        /// Somebody said who it is.
        Tied = "tied", "confirmed as the same person";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_found_by_its_word() {
        for one in ListKind::ALL {
            assert_eq!(ListKind::from_word(one.as_str()), Some(*one));
        }
        for one in DifferenceKind::ALL {
            assert_eq!(DifferenceKind::from_word(one.as_str()), Some(*one));
        }
        for one in Settlement::ALL {
            assert_eq!(Settlement::from_word(one.as_str()), Some(*one));
        }
        assert_eq!(ListKind::from_word("crew"), None);
    }
}
