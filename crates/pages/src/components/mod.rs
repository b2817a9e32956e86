//! Pieces that several pages share. Each is a plain type that knows its own markup, so that a
//! page writes `{{ status }}` and nothing is drawn twice in two ways.
//!
//! Form fields are askama macros instead (`templates/components/fields.html`), because their
//! labels and hints are words of the page. Here stands only what they keep: [`Field`], [`Boxes`].

pub mod command;
pub mod cover;
pub mod digest;
pub mod field;
pub mod paging;
pub mod past;
pub mod prose;
pub mod qr;
pub mod status;
pub mod time_text;
pub mod trend;
pub mod verb;

pub use command::Command;
pub use cover::Cover;
pub use digest::DigestText;
pub use field::{BoxGroup, Boxes, Choice, Field, TickBox};
pub use paging::Paging;
pub use past::Past;
pub use prose::Prose;
pub use qr::QrCode;
pub use status::{Counts, Status};
pub use time_text::TimeText;
pub use trend::{Trend, TrendWeek};
pub use verb::Verb;
