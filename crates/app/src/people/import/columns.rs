//! Which column says what, found by the words at its head; and as what somebody works, by the words in it.

use crate::{Problem, csv::Table};
use closedset_core::engagement::EngagementForm;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// What a column can say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Says {
    Name,
    Given,
    Family,
    Email,
    Phone,
    Form,
    Job,
    First,
    Last,
    Title,
}

/// The words at the heads of columns, in English, Spanish, German and French, as [`word`] writes them.
const HEADS: [(Says, &str); 10] = [
    (
        Says::Name,
        "name fullname displayname employeename personname person nombre nombrecompleto nombreyapellidos \
         apellidosynombre persona vollername vorundnachname namevorname nom nomcomplet nometprenom prenometnom personne",
    ),
    (Says::Given, "firstname givenname forename nombredepila vorname prenom"),
    (
        Says::Family,
        "lastname surname familyname apellido apellidos nachname familienname nomdefamille",
    ),
    (
        Says::Email,
        "email mail emailaddress mailaddress correo correoelectronico direcciondecorreo emailadresse mailadresse \
         courriel adressemail adresseemail adresseelectronique",
    ),
    (
        Says::Phone,
        "phone phonenumber telephone telephonenumber tel mobile mobilephone cellphone telefono numerodetelefono movil \
         telefon telefonnummer handy mobil mobiltelefon portable numerodetelephone",
    ),
    (
        Says::Form,
        "form aswhat type employmenttype contracttype engagementtype engagedas forma tipo tipodecontrato comoque \
         relacionlaboral art alswas anstellungsart beschaftigungsart beschaeftigungsart vertragsart typedecontrat \
         entantque statut",
    ),
    (
        Says::Job,
        "job jobtitle role position function whattheydo puesto cargo funcion trabajo rol beruf tatigkeit taetigkeit \
         funktion stelle rolle poste fonction metier emploi",
    ),
    (
        Says::First,
        "firstday from start startdate startday startson begin begins beginson begindate hiredate primerdia desde inicio \
         fechadeinicio fechainicio fechadealta alta erstertag von ab beginn startdatum eintritt eintrittsdatum \
         premierjour du debut datededebut datedebut datedentree entree",
    ),
    (
        Says::Last,
        "lastday to until end enddate endday endson leavingdate ultimodia hasta fin fechadefin fechafin fechadebaja \
         baja letztertag bis ende enddatum austritt austrittsdatum dernierjour au jusquau datedefin datefin \
         datedesortie sortie",
    ),
    (
        Says::Title,
        "title titlealias titlebyalias alias production project show titulo aliasdeltitulo proyecto produccion titel \
         titelalias projekt produktion titre aliasdutitre projet",
    ),
];

/// As what somebody works, in the words that lists have for it.
pub const FORM_WORDS: [(EngagementForm, &str); 4] = [
    (
        EngagementForm::Employee,
        "employee staff permanent payroll empleado empleada enplantilla plantilla fijo fija angestellt angestellte \
         angestellter arbeitnehmer arbeitnehmerin mitarbeiter mitarbeiterin fest festangestellt employe employee salarie salariee cdi",
    ),
    (
        EngagementForm::Contractor,
        "contractor contract contratista subcontratista contrata auftragnehmer auftragnehmerin dienstleister \
         dienstleisterin werkvertrag prestataire soustraitant soustraitante",
    ),
    (
        EngagementForm::Freelancer,
        "freelancer freelance autonomo autonoma porobra freiberufler freiberuflerin freelancerin frei freier freie \
         freiermitarbeiter freiemitarbeiterin independant independante pigiste intermittent intermittente",
    ),
    (
        EngagementForm::Trainee,
        "trainee intern apprentice becario becaria aprendiz practicante auszubildende auszubildender azubi praktikant \
         praktikantin volontar volontarin volontaer volontaerin lehrling stagiaire apprenti apprentie alternant alternante",
    ),
];

/// A head or a word without case, accents, blanks and marks: `Día (inicio)` is `diainicio`.
pub(crate) fn word(text: &str) -> String {
    let plain = text.nfkd().filter(|letter| !is_combining_mark(*letter));
    let lowered = plain.flat_map(char::to_lowercase).filter(|letter| letter.is_alphanumeric());
    lowered.collect::<String>().replace('ß', "ss")
}

fn is_among(words: &str, wanted: &str) -> bool {
    !wanted.is_empty() && words.split(' ').any(|one| one == wanted)
}

/// As what somebody works, if this is a word for it.
pub(super) fn form_of(text: &str) -> Option<EngagementForm> {
    let wanted = word(text);
    let found = FORM_WORDS.iter().find(|(_, words)| is_among(words, &wanted));
    found.map(|(form, _)| *form)
}

fn says(head: &str) -> Option<Says> {
    let wanted = word(head);
    HEADS.iter().find(|(_, words)| is_among(words, &wanted)).map(|(says, _)| *says)
}

/// Where each thing stands, by the columns from 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Columns {
    /// The columns whose cells together are the name, in their order.
    pub(super) name: Vec<usize>,
    pub(super) email: Option<usize>,
    pub(super) phone: Option<usize>,
    pub(super) form: usize,
    pub(super) job: usize,
    pub(super) first: usize,
    pub(super) last: Option<usize>,
    pub(super) title: Option<usize>,
}

impl Columns {
    /// Whether this looks like the heads of such a list.
    pub(super) fn are(heads: &[&str]) -> bool {
        let said: Vec<Says> = heads.iter().filter_map(|head| says(head)).collect();
        let has_name =
            said.iter().any(|one| matches!(one, Says::Name | Says::Given | Says::Family));
        has_name && said.len() > 1
    }

    /// The columns of these heads.
    pub(super) fn of(heads: &[&str]) -> Result<Self, Problem> {
        let mut found: [Option<usize>; HEADS.len()] = [None; HEADS.len()];
        for (column, head) in heads.iter().enumerate() {
            let Some(says) = says(head) else { continue };
            let Some(place) = found.get_mut(says as usize) else { continue };
            if let Some(other) = *place {
                let twice = heads.get(other).copied().unwrap_or_default();
                return Err(refused(format!(
                    "Two columns say the same, “{twice}” and “{head}”. Leave the one that counts."
                )));
            }
            *place = Some(column);
        }
        let column = |says: Says| found.get(says as usize).copied().flatten();
        let needed = |says: Says, what: &str| {
            column(says).ok_or_else(|| {
                refused(format!(
                    "No column says {what}. The heads found are: {}. Name them as in the template.",
                    listed(heads)
                ))
            })
        };
        // “Name” beside “Vorname” is the family name, “nombre” beside “apellidos” the given one.
        let name = match (column(Says::Given), column(Says::Name), column(Says::Family)) {
            (Some(given), _, Some(family)) => vec![given, family],
            (Some(given), Some(family), None) => vec![given, family],
            (None, Some(given), Some(family)) => vec![given, family],
            (None, Some(name), None) => vec![name],
            (Some(_), None, None) | (None, None, _) => {
                vec![needed(Says::Name, "what people are called (name)")?]
            }
        };
        Ok(Self {
            name,
            email: column(Says::Email),
            phone: column(Says::Phone),
            form: needed(Says::Form, "as what they work here (form)")?,
            job: needed(Says::Job, "what they do (job)")?,
            first: needed(Says::First, "from when they work here (first day)")?,
            last: column(Says::Last),
            title: column(Says::Title),
        })
    }

    /// Every column that is read.
    pub(super) fn read(&self) -> Vec<usize> {
        let optional = [self.email, self.phone, self.last, self.title];
        let mut read: Vec<usize> = self.name.clone();
        read.extend([self.form, self.job, self.first]);
        read.extend(optional.into_iter().flatten());
        read.sort_unstable();
        read
    }
}

/// The heads in one line.
fn listed(heads: &[&str]) -> String {
    let shown = heads.iter().filter(|head| !head.is_empty()).take(20);
    let cut = shown.map(|head| head.chars().take(40).collect::<String>());
    cut.collect::<Vec<_>>().join(", ")
}

/// What is wrong with the file as a whole.
pub(super) fn refused(message: String) -> Problem {
    Problem::field("file", message)
}

/// An empty list with the heads that are read, as a file.
pub fn template() -> Vec<u8> {
    let heads = ["Name", "E-mail", "Phone", "Form", "Job", "First day", "Last day", "Title alias"];
    Table::new(&heads).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(heads: &str) -> Columns {
        Columns::of(&heads.split(',').collect::<Vec<_>>()).unwrap()
    }

    fn refusal(heads: &str) -> String {
        Columns::of(&heads.split(',').collect::<Vec<_>>()).unwrap_err().sentence()
    }

    #[test]
    fn no_word_means_two_things() {
        let mut heads: Vec<&str> = HEADS.iter().flat_map(|(_, words)| words.split(' ')).collect();
        let many = heads.len();
        heads.sort_unstable();
        heads.dedup();
        assert_eq!(heads.len(), many);
        for (form, words) in FORM_WORDS {
            for one in words.split(' ') {
                assert_eq!(form_of(one), Some(form), "{one}");
                assert_eq!(word(one), one);
            }
        }
        for (place, (says, words)) in HEADS.iter().enumerate() {
            assert_eq!(*says as usize, place);
            assert!(words.split(' ').all(|one| word(one) == one && !one.is_empty()), "{words}");
        }
    }

    #[test]
    fn columns_are_found_in_four_languages() {
        let all = Columns {
            name: vec![0],
            email: Some(1),
            phone: Some(2),
            form: 3,
            job: 4,
            first: 5,
            last: Some(6),
            title: Some(7),
        };
        for heads in [
            "Name,E-mail,Phone,Form,Job,First day,Last day,Title alias",
            "NOMBRE COMPLETO,Correo electrónico,Teléfono,Tipo de contrato,Puesto,Fecha de inicio,Fecha de fin,Proyecto",
            "Name,E-Mail-Adresse,Telefon,Beschäftigungsart,Tätigkeit,Erster Tag,Letzter Tag,Titel",
            "Nom,Courriel,Téléphone,Statut,Métier,Premier jour,Dernier jour,Titre",
        ] {
            assert_eq!(columns(heads), all, "{heads}");
            assert!(Columns::are(&heads.split(',').collect::<Vec<_>>()));
        }
        assert_eq!(columns("Vorname,Name,Art,Funktion,von").name, [0, 1]);
        assert_eq!(columns("Apellidos,Nombre,Tipo,Puesto,Desde").name, [1, 0]);
        assert_eq!(columns("Prénom,Nom,Statut,Poste,Du").name, [0, 1]);
        assert_eq!(columns("x,First name,y,Surname,Form,Job,From").name, [1, 3]);
        assert!(!Columns::are(&["Staff", "Name"]));
    }

    #[test]
    fn what_is_missing_or_there_twice_is_named() {
        assert!(refusal("Name,Form,Job").contains("from when they work here"));
        assert!(refusal("First name,Form,Job,From").contains("what people are called"));
        assert!(refusal("Name,Form,Job,From,Start").contains("“From” and “Start”"));
    }
}
