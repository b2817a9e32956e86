//! Which column of such a list says what, found by the words at its head: those that payrolls, badge systems, Google
//! Workspace, Microsoft Entra and Okta write. Whoever brought the list may say otherwise.

use crate::{Problem, people::head_word};

macro_rules! says {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $said:literal, $heads:literal;)*) => {
        /// What a column can say.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Says { $($(#[$doc])* $name),* }

        impl Says {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The word used in forms and entries.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word),* }
            }

            /// What people call it.
            pub const fn words(self) -> &'static str {
                match self { $(Self::$name => $said),* }
            }

            const fn heads(self) -> &'static str {
                match self { $(Self::$name => $heads),* }
            }
        }
    };
}

says! {
    /// The whole name.
    Name = "name", "Name",
        "name fullname displayname userdisplayname employeename personname person cardholder cardholdername holder badgeholder employee \
         nombre nombrecompleto nombreyapellidos apellidosynombre empleado vollername vorundnachname namevorname mitarbeiter \
         nom nomcomplet nometprenom prenometnom";
    /// The given name.
    Given = "given", "First name",
        "firstname firstnamerequired givenname forename nombredepila vorname prenom";
    /// The family name.
    Family = "family", "Last name",
        "lastname lastnamerequired surname familyname apellido apellidos nachname familienname nomdefamille";
    /// The address.
    Email = "email", "E-mail",
        "email mail emailaddress emailaddressrequired mailaddress primaryemail workemail correo correoelectronico emailadresse \
         mailadresse courriel adressemail adresseemail adresseelectronique";
    /// What somebody signs in with, which may be another address.
    Login = "login", "Sign-in name", "login userprincipalname upn username userlogin signinname";
    /// Whether there is a second factor.
    Mfa = "mfa", "Second factor (MFA)",
        "mfa mfaenrolled mfaenabled mfastatus mfaregistered ismfaregistered multifactorauthregistered multifactorauthenticationregistered \
         2svenrolled 2svenrolledreadonly 2fa 2faenabled 2stepverificationenrollment mfafactors factors enrolledfactors";
    /// When somebody last signed in.
    SignIn = "sign_in", "Last sign-in",
        "lastsignin lastsigninreadonly lastlogin lastsignindate lastsignindatetime lastsignintime lastinteractivesignin \
         lastinteractivesignintime lastinteractivesignindatetime lastsuccessfulsignin lastsuccessfulsignindatetime";
    /// Whether the account, or the badge, is on.
    On = "on", "On or off (status)",
        "status statusreadonly accountenabled accountstatus userstatus active enabled isactive badgestatus cardstatus";
    /// Whether it is off.
    Off = "off", "Blocked, suspended or disabled", "blockcredential blocked suspended disabled signinblocked";
}

impl Says {
    /// The one with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.as_str() == word)
    }

    fn of(head: &str) -> Option<Self> {
        let wanted = head_word(head);
        let is_it = |one: &&Self| {
            !wanted.is_empty() && one.heads().split_whitespace().any(|head| head == wanted)
        };
        Self::ALL.iter().find(is_it).copied()
    }
}

/// A column, what stands at its head, and what it is read as; as nothing where that is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaysColumn {
    /// Its place from 0.
    pub column: usize,
    /// What stands at its head.
    pub head: String,
    /// As what it is read.
    pub says: Option<Says>,
}

/// Where each thing stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Columns(Vec<(Says, usize)>);

impl Columns {
    /// Whether this looks like the heads of such a list.
    pub(super) fn are(heads: &[&str]) -> bool {
        let found = Self::guess(heads);
        found.is_enough() && (found.0.len() > 1 || heads.len() == 1)
    }

    /// As the heads say; where two say the same, the first.
    pub(super) fn guess(heads: &[&str]) -> Self {
        let mut found = Self::default();
        for (column, head) in heads.iter().enumerate() {
            if let Some(says) = Says::of(head).filter(|says| found.at(*says).is_none()) {
                found.0.push((says, column));
            }
        }
        found
    }

    /// As a person says.
    pub(super) fn chosen(chosen: &[(usize, Says)], width: usize) -> Result<Self, Problem> {
        let mut found = Self::default();
        for (column, says) in chosen {
            if *column >= width {
                return Err(Problem::field(
                    "columns",
                    "The list has no such column. Load the page again.",
                ));
            }
            if found.at(*says).is_some() {
                return Err(Problem::field(
                    "columns",
                    format!(
                        "Two columns are read as “{}”. Choose the one that counts.",
                        says.words()
                    ),
                ));
            }
            found.0.push((*says, *column));
        }
        if !found.is_enough() {
            return Err(Problem::field(
                "columns",
                "Say which column holds the name, or the e-mail address: by one of them people are found.",
            ));
        }
        Ok(found)
    }

    fn is_enough(&self) -> bool {
        use Says::{Email, Family, Given, Login, Name};
        [Name, Given, Family, Email, Login].into_iter().any(|one| self.at(one).is_some())
    }

    /// The column that says this.
    pub(super) fn at(&self, says: Says) -> Option<usize> {
        self.0.iter().find(|(one, _)| *one == says).map(|(_, column)| *column)
    }

    /// As what a column is read.
    pub(super) fn says(&self, column: usize) -> Option<Says> {
        self.0.iter().find(|(_, at)| *at == column).map(|(says, _)| *says)
    }

    /// The columns whose cells together are the name, in their order.
    pub(super) fn name(&self) -> Vec<usize> {
        // “Name” beside “Vorname” is the family name, “nombre” beside “apellidos” the given one.
        let (name, given, family) =
            (self.at(Says::Name), self.at(Says::Given), self.at(Says::Family));
        match (given, name, family) {
            (Some(given), _, Some(family)) => vec![given, family],
            (None, Some(name), Some(family)) => vec![name, family],
            (Some(given), Some(family), None) => vec![given, family],
            (one, other, another) => [one, other, another].into_iter().flatten().collect(),
        }
    }

    /// The words of what is read, with a space between two.
    pub(super) fn told(&self) -> String {
        self.0.iter().map(|(says, _)| says.as_str()).collect::<Vec<_>>().join(" ")
    }
}
