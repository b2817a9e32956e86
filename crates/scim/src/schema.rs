//! The attributes that are kept of users and groups (RFC 7643, sections 4.1, 4.2 and 7). One table is what is published,
//! what is read, and what filters and paths are held against.

use serde_json::{Value, json};

/// Of what type a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A text.
    Text,
    /// True or false.
    Truth,
    /// A time as RFC 3339 writes it.
    Time,
    /// The address of another resource.
    Reference,
    /// Parts of their own.
    Parts,
}

/// Who may change a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mutability {
    /// Whoever sends it.
    Free,
    /// Nobody once it is there.
    Once,
    /// Closedset alone.
    Ours,
}

/// One attribute, or a part of one.
#[derive(Debug)]
pub struct Attribute {
    /// As the schema writes it.
    pub name: &'static str,
    /// Of what type.
    pub kind: Kind,
    /// Whether it is a list.
    pub is_many: bool,
    /// Whether there is none without it.
    pub is_required: bool,
    /// Whether capitals are told apart.
    pub is_case_exact: bool,
    /// Who changes it.
    pub mutability: Mutability,
    /// Whether no two have the same.
    pub is_unique: bool,
    /// What it is.
    pub words: &'static str,
    /// What it may be called, where that is told.
    pub known: &'static [&'static str],
    /// To which type of resource it leads.
    pub leads_to: &'static [&'static str],
    /// Its parts.
    pub parts: &'static [Self],
}

const fn text(name: &'static str, words: &'static str) -> Attribute {
    Attribute {
        name,
        kind: Kind::Text,
        is_many: false,
        is_required: false,
        is_case_exact: false,
        mutability: Mutability::Free,
        is_unique: false,
        words,
        known: &[],
        leads_to: &[],
        parts: &[],
    }
}

const fn of_kind(kind: Kind, attribute: Attribute) -> Attribute {
    Attribute { kind, ..attribute }
}

const fn ours(attribute: Attribute) -> Attribute {
    Attribute { mutability: Mutability::Ours, ..attribute }
}

const fn with_parts(attribute: Attribute, parts: &'static [Attribute]) -> Attribute {
    Attribute { kind: Kind::Parts, parts, ..attribute }
}

const fn many(attribute: Attribute) -> Attribute {
    Attribute { is_many: true, ..attribute }
}

/// What every resource has beside the attributes of its schema (RFC 7643, section 3.1).
const COMMON: &[Attribute] = &[
    ours(Attribute { is_case_exact: true, ..text("id", "The id in Closedset.") }),
    Attribute { is_case_exact: true, ..text("externalId", "The directory's own id.") },
    ours(with_parts(
        text("meta", "When it came and changed."),
        &[
            ours(text("resourceType", "The type.")),
            ours(of_kind(Kind::Time, text("created", "When it came."))),
            ours(of_kind(Kind::Time, text("lastModified", "When it changed."))),
            ours(of_kind(Kind::Reference, text("location", "Its address."))),
            ours(text("version", "Its edition.")),
        ],
    )),
];

/// A schema.
#[derive(Debug)]
pub struct Schema {
    /// Its name, a URN.
    pub id: &'static str,
    /// What it is called.
    pub name: &'static str,
    /// What it describes.
    pub words: &'static str,
    /// Where its resources are, below `/scim/v2`.
    pub endpoint: &'static str,
    /// Its attributes.
    pub attributes: &'static [Attribute],
}

/// Somebody who works here.
pub const USER: Schema = Schema {
    id: "urn:ietf:params:scim:schemas:core:2.0:User",
    name: "User",
    words: "Somebody in the register of people",
    endpoint: "/Users",
    attributes: &[
        Attribute {
            is_required: true,
            is_unique: true,
            ..text("userName", "The name by which the directory knows them.")
        },
        with_parts(
            text("name", "What they are called, in parts."),
            &[
                text("formatted", "The whole name."),
                text("familyName", "The family name."),
                text("givenName", "The given name."),
            ],
        ),
        text("displayName", "What they are called; goes before the parts."),
        text("title", "What they do: the job of their engagement."),
        text(
            "userType",
            "As what they work here: employee, contractor, freelancer or trainee; anything else is an employee.",
        ),
        of_kind(Kind::Truth, text("active", "Whether they are engaged.")),
        many(with_parts(
            text(
                "emails",
                "Their addresses; the primary one, or that for work, is kept in the register.",
            ),
            &[
                text("value", "The address."),
                Attribute { known: &["work", "home", "other"], ..text("type", "What it is for.") },
                of_kind(Kind::Truth, text("primary", "Whether it goes before the others.")),
            ],
        )),
        ours(many(with_parts(
            text("groups", "The groups that they are in."),
            &[
                ours(Attribute { is_case_exact: true, ..text("value", "The group's id.") }),
                ours(Attribute {
                    leads_to: &["Group"],
                    ..of_kind(Kind::Reference, text("$ref", "The group's address."))
                }),
                ours(text("display", "The group's name.")),
            ],
        ))),
    ],
};

/// Several of them, by a name. It grants nothing.
pub const GROUP: Schema = Schema {
    id: "urn:ietf:params:scim:schemas:core:2.0:Group",
    name: "Group",
    words: "People by a name; it grants nothing",
    endpoint: "/Groups",
    attributes: &[
        Attribute { is_required: true, ..text("displayName", "What it is called.") },
        many(with_parts(
            text("members", "Who is in it."),
            &[
                Attribute {
                    is_case_exact: true,
                    mutability: Mutability::Once,
                    ..text("value", "The user's id.")
                },
                Attribute {
                    mutability: Mutability::Once,
                    leads_to: &["User"],
                    ..of_kind(Kind::Reference, text("$ref", "The user's address."))
                },
                Attribute {
                    mutability: Mutability::Once,
                    known: &["User"],
                    ..text("type", "The type of the member.")
                },
            ],
        )),
    ],
};

impl Schema {
    /// The attribute with this name, in whatever case, its own or one that every resource has.
    pub fn attribute(&self, name: &str) -> Option<&'static Attribute> {
        find(self.attributes, name).or_else(|| find(COMMON, name))
    }

    /// As it is published.
    pub(crate) fn published(&self, base: &str) -> Value {
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
            "id": self.id,
            "name": self.name,
            "description": self.words,
            "attributes": self.attributes.iter().map(Attribute::published).collect::<Vec<_>>(),
            "meta": {"resourceType": "Schema", "location": format!("{base}/Schemas/{}", self.id)},
        })
    }
}

impl Attribute {
    /// The part with this name, in whatever case.
    pub fn part(&self, name: &str) -> Option<&'static Self> {
        find(self.parts, name)
    }

    fn published(&self) -> Value {
        let mut published = json!({
            "name": self.name,
            "type": match self.kind {
                Kind::Text => "string",
                Kind::Truth => "boolean",
                Kind::Time => "dateTime",
                Kind::Reference => "reference",
                Kind::Parts => "complex",
            },
            "multiValued": self.is_many,
            "description": self.words,
            "required": self.is_required,
            "mutability": match self.mutability {
                Mutability::Free => "readWrite",
                Mutability::Once => "immutable",
                Mutability::Ours => "readOnly",
            },
            "returned": "default",
        });
        if matches!(self.kind, Kind::Text | Kind::Reference) {
            published["caseExact"] = self.is_case_exact.into();
            published["uniqueness"] = if self.is_unique { "server" } else { "none" }.into();
        }
        if !self.known.is_empty() {
            published["canonicalValues"] = json!(self.known);
        }
        if !self.leads_to.is_empty() {
            published["referenceTypes"] = json!(self.leads_to);
        }
        if !self.parts.is_empty() {
            published["subAttributes"] = self.parts.iter().map(Self::published).collect();
        }
        published
    }
}

fn find(among: &'static [Attribute], name: &str) -> Option<&'static Attribute> {
    among.iter().find(|one| one.name.eq_ignore_ascii_case(name))
}
