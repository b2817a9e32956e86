//! What the disk itself can do: a page written and flushed, over and over, as a commit must.

use anyhow::Result;
use std::{
    fs::File,
    io::{Seek as _, SeekFrom, Write as _},
    path::Path,
    time::Instant,
};

const PAGE: [u8; 4_096] = [0x5a; 4_096];
/// Where the file begins anew, so that most writes do not make it longer.
const LENGTH: u64 = 16 << 20;

/// Pages a second, each on disk before the next is written.
pub(crate) fn flushes_per_second(folder: &Path, seconds: f64) -> Result<f64> {
    let mut file = tempfile::tempfile_in(folder)?;
    fill(&mut file)?;
    let begun = Instant::now();
    let mut count = 0u64;
    while begun.elapsed().as_secs_f64() < seconds {
        if (count * PAGE.len() as u64).is_multiple_of(LENGTH) {
            file.seek(SeekFrom::Start(0))?;
        }
        file.write_all(&PAGE)?;
        file.sync_data()?;
        count += 1;
    }
    Ok(count as f64 / begun.elapsed().as_secs_f64())
}

fn fill(file: &mut File) -> Result<()> {
    for _ in 0..LENGTH / PAGE.len() as u64 {
        file.write_all(&PAGE)?;
    }
    Ok(file.sync_all()?)
}
