//! Writes every sample page with its files into a folder, to be looked at in a browser.
//!
//! `cargo run -p closedset-pages --example gallery -- FOLDER`, then serve FOLDER over HTTP, since
//! the pages name their files from the root.

use closedset_pages::{assets, samples};
use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let folder = env::args_os().nth(1).ok_or_else(|| {
        io::Error::new(io::ErrorKind::InvalidInput, "name the folder to write to")
    })?;
    let folder = Path::new(&folder);
    for asset in assets::ASSETS {
        let path = folder.join("assets").join(asset.path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, asset.bytes)?;
    }
    for sample in samples::all() {
        fs::write(folder.join(format!("{}.html", sample.name)), sample.html)?;
    }
    Ok(())
}
