//! What a misspelt name was meant to be.

/// `; did you mean `name`?` or, if nothing is near, which names there are, or nothing.
pub(crate) fn did_you_mean<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.collect();
    let nearest = known.iter().map(|other| (distance(name, other), *other)).min();
    match nearest {
        Some((far, other)) if far <= 1 + name.chars().count() / 4 => {
            format!("; did you mean `{other}`?")
        }
        _ if known.is_empty() || known.len() > 24 => String::new(),
        _ => format!("; there are {}", known.join(", ")),
    }
}

/// How many letters must be put in, left out or exchanged (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().take(64).collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, letter) in one.chars().take(64).enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, against) in other.iter().enumerate() {
            let exchange = diagonal + usize::from(letter != *against);
            diagonal = row[j + 1];
            row[j + 1] = exchange.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_suggested_else_all_are_listed() {
        let known = || ["screen_lock", "host_firewall"].into_iter();
        assert_eq!(did_you_mean("screen_lok", known()), "; did you mean `screen_lock`?");
        assert_eq!(did_you_mean("zzz", known()), "; there are screen_lock, host_firewall");
        assert_eq!(did_you_mean("zzz", [].into_iter()), "");
    }
}
