//! Writes a condition in the language of checks from the lines of a form, so that nobody has to know the
//! language to ask something. What it writes is read by the same rules as everything else.

use crate::language::TEXT_LIMIT;
use closedset_core::SubjectKind;
use closedset_core::fact::{Shape, kinds};
use std::fmt::Write as _;

/// The longest text that is compared with.
const VALUE_LIMIT: usize = 200;
/// The largest whole number in JSON.
const LARGEST: i64 = 1 << 53;

/// A field of a fact that a line can ask about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskableField {
    /// Its path, with `[]` behind a list whose every entry has it: `screen_lock.users[].name`.
    pub path: String,
    /// What the fact is called.
    pub fact: &'static str,
    /// What the field means.
    pub words: String,
    /// What it can be compared with.
    pub kind: FieldKind,
}

/// What a field can be compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// Yes or no.
    YesNo,
    /// A whole number.
    Number,
    /// A text.
    Text,
    /// A list of texts: what is in it, and how many.
    Texts,
    /// A list of other things: how many.
    Entries,
}

macro_rules! compared {
    ($($(#[$doc:meta])* $variant:ident = $word:literal, $words:literal, [$($kind:ident),*];)*) => {
        /// How a field is compared.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Compared { $($(#[$doc])* $variant),* }

        impl Compared {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];
            /// Its word.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
            /// Its words for people.
            pub const fn words(self) -> &'static str {
                match self { $(Self::$variant => $words),* }
            }
            /// The one with this word.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == word)
            }
            /// What can be compared so.
            pub const fn of(self) -> &'static [FieldKind] {
                match self { $(Self::$variant => &[$(FieldKind::$kind),*]),* }
            }
        }
    };
}

compared! {
    /// It is that.
    Is = "is", "is", [YesNo, Number, Text];
    /// It is something else.
    IsNot = "is_not", "is not", [YesNo, Number, Text];
    /// It is that or less.
    AtMost = "at_most", "is at most", [Number];
    /// It is that or more.
    AtLeast = "at_least", "is at least", [Number];
    /// A text that begins so.
    StartsWith = "starts_with", "begins with", [Text];
    /// The list has that.
    Contains = "contains", "contains", [Texts];
    /// The list does not have that.
    Lacks = "lacks", "does not contain", [Texts];
    /// The list has so many entries or fewer.
    CountAtMost = "count_at_most", "has at most so many entries:", [Texts, Entries];
    /// The list has so many entries or more.
    CountAtLeast = "count_at_least", "has at least so many entries:", [Texts, Entries];
}

/// What holds of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joined {
    /// Every one.
    All,
    /// At least one.
    Any,
}

impl Joined {
    /// The one with this word: `all` or `any`.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "all" => Some(Self::All),
            "any" => Some(Self::Any),
            _ => None,
        }
    }

    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Any => "any",
        }
    }
}

/// One line of the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The path of a field that can be asked about.
    pub field: String,
    /// Of a field of a list: of every entry, or of at least one.
    pub each: Joined,
    /// How it is compared.
    pub compared: Compared,
    /// With what, as it was typed.
    pub value: String,
}

/// What the lines say in the language of checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composed {
    /// The condition.
    pub pass: String,
    /// What was found.
    pub because: Vec<String>,
}

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineProblem {
    /// The line, from 0.
    pub line: usize,
    /// What is wrong, as a sentence.
    pub message: String,
}

/// Every field that a line can ask about, by fact.
pub fn askable_fields() -> Vec<AskableField> {
    let mut fields = Vec::new();
    for kind in kinds().iter().filter(|kind| kind.subject == SubjectKind::Device) {
        collect(&kind.shape, kind.name, kind.title, &mut fields);
    }
    fields
}

fn collect(shape: &Shape, path: &str, fact: &'static str, fields: &mut Vec<AskableField>) {
    let Shape::Record(inner) = shape else { return };
    for field in inner {
        let shape = match &field.shape {
            Shape::Optional(shape) => shape,
            shape => shape,
        };
        let path = format!("{path}.{}", field.name);
        let mut add = |kind| {
            let words = field.words.trim().trim_end_matches('.').replace('`', "");
            fields.push(AskableField { path: path.clone(), fact, words, kind });
        };
        let is_in_list = path.contains("[]");
        match shape {
            Shape::Bool => add(FieldKind::YesNo),
            Shape::Integer => add(FieldKind::Number),
            Shape::Text => add(FieldKind::Text),
            Shape::List(element) if !is_in_list => match &**element {
                Shape::Text => add(FieldKind::Texts),
                element => {
                    add(FieldKind::Entries);
                    collect(element, &format!("{path}[]"), fact, fields);
                }
            },
            Shape::Record(_) => collect(shape, &path, fact, fields),
            Shape::List(_) | Shape::Time | Shape::Duration | Shape::Optional(_) => {}
        }
    }
}

/// A line that was read.
struct Part {
    /// The list whose entries it asks about, and what of each.
    list: Option<(String, Joined)>,
    condition: String,
    said: String,
    line: usize,
}

/// Writes what the lines ask, all of them or at least one.
pub fn compose(lines: &[Line], joined: Joined) -> Result<Composed, Vec<LineProblem>> {
    let fields = askable_fields();
    let (mut parts, mut problems): (Vec<Part>, Vec<LineProblem>) = (Vec::new(), Vec::new());
    for (at, line) in lines.iter().enumerate() {
        match part(at, line, &fields) {
            Ok(part) => parts.push(part),
            Err(message) => problems.push(LineProblem { line: at, message }),
        }
    }
    if lines.is_empty() {
        let message = "Choose at least one field to ask about.".to_owned();
        problems.push(LineProblem { line: 0, message });
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let word = match joined {
        Joined::All => " && ",
        Joined::Any => " || ",
    };
    let said: Vec<String> = parts.iter().map(|part| part.said.clone()).collect();
    let pass = conditions(parts, joined, word)?;
    let because = said.join(" + '; ' + ");
    let because = if because.len() <= TEXT_LIMIT { vec![because] } else { Vec::new() };
    Ok(Composed { pass, because })
}

/// The conditions joined; what asks the same of each entry of one list is asked together.
fn conditions(parts: Vec<Part>, joined: Joined, word: &str) -> Result<String, Vec<LineProblem>> {
    let mut texts: Vec<String> = Vec::new();
    let mut of_list: Option<(usize, String, Joined, Vec<String>)> = None;
    for part in parts {
        let Some((list, each)) = part.list else {
            texts.push(part.condition);
            continue;
        };
        match &mut of_list {
            None => {
                of_list = Some((texts.len(), list, each, vec![part.condition]));
                texts.push(String::new());
            }
            Some((_, known, of, conditions)) if *known == list && *of == each && each == joined => {
                conditions.push(part.condition);
            }
            Some(_) => {
                let message =
                    "One check looks through one list, of all lines in the same way. Write \
                               a second check for this line."
                        .to_owned();
                return Err(vec![LineProblem { line: part.line, message }]);
            }
        }
    }
    if let Some((place, list, each, conditions)) = of_list
        && let Some(text) = texts.get_mut(place)
    {
        let name = match each {
            Joined::All => "all",
            Joined::Any => "exists",
        };
        *text = format!("{list}.{name}(one, {})", conditions.join(word));
    }
    Ok(texts.join(word))
}

fn part(at: usize, line: &Line, fields: &[AskableField]) -> Result<Part, String> {
    let field = fields.iter().find(|field| field.path == line.field);
    let field = field.ok_or_else(|| "Choose one of the fields.".to_owned())?;
    if !line.compared.of().contains(&field.kind) {
        let fitting: Vec<&str> = Compared::ALL
            .iter()
            .filter(|one| one.of().contains(&field.kind))
            .map(|one| one.words().trim_end_matches(':'))
            .collect();
        return Err(format!("This field can be compared so: {}.", fitting.join(", ")));
    }
    let (list, path) = match field.path.split_once("[]") {
        Some((list, below)) => (Some((list.to_owned(), line.each)), format!("one{below}")),
        None => (None, field.path.clone()),
    };
    let value = line.value.trim();
    let condition = match (field.kind, line.compared) {
        (FieldKind::YesNo, compared) => {
            let is_wanted = yes_no(value)? == (compared == Compared::Is);
            if is_wanted { path.clone() } else { format!("!{path}") }
        }
        (FieldKind::Number, compared) => {
            let sign = match compared {
                Compared::IsNot => "!=",
                Compared::AtMost => "<=",
                Compared::AtLeast => ">=",
                _ => "==",
            };
            format!("{path} {sign} {}", number(value)?)
        }
        (FieldKind::Texts | FieldKind::Entries, Compared::CountAtMost) => {
            format!("size({path}) <= {}", number(value)?)
        }
        (FieldKind::Texts | FieldKind::Entries, Compared::CountAtLeast) => {
            format!("size({path}) >= {}", number(value)?)
        }
        (FieldKind::Texts | FieldKind::Entries, Compared::Lacks) => {
            format!("!({} in {path})", quoted(value)?)
        }
        (FieldKind::Texts | FieldKind::Entries, _) => format!("{} in {path}", quoted(value)?),
        (FieldKind::Text, Compared::StartsWith) => {
            format!("{path}.startsWith({})", quoted(value)?)
        }
        (FieldKind::Text, Compared::IsNot) => format!("{path} != {}", quoted(value)?),
        (FieldKind::Text, _) => format!("{path} == {}", quoted(value)?),
    };
    let said = said(field, &path, fields);
    Ok(Part { list, condition, said, line: at })
}

/// What was found in the field, as a wording.
fn said(field: &AskableField, path: &str, fields: &[AskableField]) -> String {
    let name = field.path.rsplit('.').next().unwrap_or_default().replace('_', " ");
    let mut said = format!("'{} ({name}): ' + ", field.fact.replace('\'', ""));
    // Writing to a text does not fail.
    let _ = match (field.kind, field.path.split_once("[]")) {
        (_, Some((list, _))) => {
            let has_name = fields.iter().any(|other| {
                other.path == format!("{list}[].name") && other.kind == FieldKind::Text
            });
            let name = if has_name { "one.name + ' ' + " } else { "" };
            write!(said, "{list}.map(one, {name}string({path})).join(', ')")
        }
        (FieldKind::Texts, None) => write!(said, "{path}.join(', ')"),
        (FieldKind::Entries, None) => write!(said, "string(size({path}))"),
        (FieldKind::YesNo, None) => write!(said, "({path} ? 'yes' : 'no')"),
        (FieldKind::Number | FieldKind::Text, None) => write!(said, "string({path})"),
    };
    said
}

fn yes_no(value: &str) -> Result<bool, String> {
    match value.to_lowercase().as_str() {
        "yes" | "true" => Ok(true),
        "no" | "false" => Ok(false),
        _ => Err("Compare this field with yes or no.".to_owned()),
    }
}

fn number(value: &str) -> Result<i64, String> {
    let number: Option<i64> = value.parse().ok();
    number
        .filter(|number| (-LARGEST..=LARGEST).contains(number))
        .ok_or_else(|| "Compare this field with a whole number, in digits.".to_owned())
}

fn quoted(value: &str) -> Result<String, String> {
    if value.is_empty() || value.chars().count() > VALUE_LIMIT {
        return Err(format!("Compare this field with a text of 1 to {VALUE_LIMIT} characters."));
    }
    if value.contains('\\') || value.chars().any(char::is_control) {
        return Err("A backslash or a control character cannot be compared with.".to_owned());
    }
    match (value.contains('\''), value.contains('"')) {
        (false, _) => Ok(format!("'{value}'")),
        (true, false) => Ok(format!("\"{value}\"")),
        (true, true) => Err("A text with both kinds of quotes cannot be compared with.".to_owned()),
    }
}
