//! The macro that makes a fact's struct and its schema from one text.

/// Declares records: a serde struct with public fields, and its [`Shape`](crate::fact::Shape) with
/// the fields' documentation as words.
///
/// `Name = "kind" about Subject, "title"` makes a record the body of a kind of fact; a record
/// without a kind is part of another. Field types are `bool`, `i64`, `String`, `Time`, `Duration`,
/// `Vec` of these or of records, and `Option` of these.
macro_rules! records {
    ($(
        $(#[doc = $doc:literal])*
        $name:ident $(= $kind:literal about $subject:ident, $title:literal)? {
            $( $(#[doc = $words:literal])* $field:ident: $type:ty, )*
        }
    )*) => {
        $(
            $(#[doc = $doc])*
            #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
            pub struct $name { $( $(#[doc = $words])* pub $field: $type, )* }

            impl $crate::fact::Shaped for $name {
                fn shape() -> $crate::fact::Shape {
                    $crate::fact::Shape::Record(vec![$(
                        $crate::fact::Field {
                            name: stringify!($field),
                            words: concat!($($words),*),
                            shape: <$type as $crate::fact::Shaped>::shape(),
                        },
                    )*])
                }
            }

            $(impl $crate::fact::FactRecord for $name {
                const KIND: &'static str = $kind;
                const SUBJECT: $crate::SubjectKind = $crate::SubjectKind::$subject;
                const TITLE: &'static str = $title;
            })?
        )*

        /// Every kind of fact declared in this module.
        pub(super) fn kinds() -> Vec<$crate::fact::FactKind> {
            let mut kinds = Vec::new();
            $($(
                let _ = $kind;
                kinds.push($crate::fact::FactKind::of::<$name>());
            )?)*
            kinds
        }
    };
}
pub(super) use records;
