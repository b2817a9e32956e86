//! Writes the audit pack of a made-up facility: `sample_pack FILE [DEVICES]`.

use closedset_pack::sample::Sample;
use std::{env, error::Error, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let file = arguments.next().ok_or("which file is to be written?")?;
    let devices = arguments.next().map_or(Ok(6), |count| count.parse())?;
    fs::write(file, Sample::with_devices(devices).build()?)?;
    Ok(())
}
