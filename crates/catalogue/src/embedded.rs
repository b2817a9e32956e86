//! The catalogue's files, built into the program.

use crate::load::CatalogueFile;

macro_rules! embedded {
    ($($name:literal),* $(,)?) => {
        &[$(CatalogueFile {
            name: concat!("catalogue/", $name),
            text: include_str!(concat!("../../../catalogue/", $name)),
        }),*]
    };
}

/// Every file under `catalogue/` that this crate reads; a test holds the list to the folder.
pub(crate) const EMBEDDED: &[CatalogueFile<'static>] = embedded!["releases/debian.toml",];
