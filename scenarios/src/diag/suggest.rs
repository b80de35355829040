//! Finds the word that was meant, for "did you mean" lines.

/// The candidate closest to `word`, if one is close enough to be a slip of the finger.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (word.chars().count() / 3).clamp(1, 3);
    candidates
        .into_iter()
        .map(|candidate| (strsim::osa_distance(&word.to_lowercase(), &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many letters differ.
pub fn distance(a: &str, b: &str) -> usize {
    strsim::osa_distance(a, b)
}

/// `did you mean …?` or, for short lists, what there is.
pub fn hint<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str> + Clone) -> Option<String> {
    if let Some(meant) = closest(word, candidates.clone()) {
        return Some(format!("did you mean `{meant}`?"));
    }
    let all: Vec<&str> = candidates.into_iter().collect();
    match all.len() {
        0 => None,
        1..=12 => {
            Some(format!("there is {}", all.iter().map(|c| format!("`{c}`")).collect::<Vec<_>>().join(", ")))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn slips_are_found_and_strangers_are_not() {
        let keys = ["kernel", "cpus", "seed", "scheduler", "memory"];
        assert_eq!(closest("kernle", keys), Some("kernel"));
        assert_eq!(closest("cpu", keys), Some("cpus"));
        assert_eq!(closest("banana", keys), None);
    }
}
