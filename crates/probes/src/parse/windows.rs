//! What the programs of Windows write.

/// Whether an administrator's rights are in force, by the integrity level in the output of `whoami
/// /groups`: high, or the system's own. To be of the administrators' group is not enough.
pub fn is_elevated(groups: &str) -> Option<bool> {
    const HIGH: u32 = 0x3000;
    let level = groups.split("S-1-16-").nth(1)?;
    let digits: String = level.chars().take_while(char::is_ascii_digit).collect();
    digits.parse::<u32>().ok().map(|level| level >= HIGH)
}
