//! "Did you mean …?"

/// The longest text that may be a misspelt word.
const LONGEST: usize = 64;

/// The word that this text was probably meant to be: the one that the fewest changed, missing, surplus or swapped letters are away
/// from it, without regard to case. At most one in a word of up to 4 letters, two in one of up to 9, else three. Of several, the
/// first.
pub(crate) fn closest<'w, W>(text: &str, words: &'w [W], spelt: impl Fn(&'w W) -> &'w str) -> Option<&'w W> {
    let text = text.trim();
    if text.len() > LONGEST {
        return None;
    }
    let text = text.to_lowercase();
    let near = words.iter().filter_map(|word| {
        let letters = spelt(word).to_lowercase();
        let most = match letters.len() {
            ..=4 => 1,
            5..=9 => 2,
            _ => 3,
        };
        let distance = distance(&text, &letters);
        (distance <= most).then_some((distance, word))
    });
    near.min_by_key(|(distance, _)| *distance).map(|(_, word)| word)
}

/// How many letters have to be changed, put in, taken out or swapped with their neighbour.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    // The distances of the text so far from each beginning of `to`, and those of a letter earlier.
    let mut last: Vec<usize> = (0..=to.len()).collect();
    let mut before: Vec<usize> = Vec::new();
    let mut previous = None;
    for (done, letter) in from.chars().enumerate() {
        let mut row = vec![done + 1];
        let mut left = done + 1;
        let mut left_letter = None;
        for (at, expected) in to.iter().enumerate() {
            let take = |row: &[usize], at: usize| row.get(at).copied().unwrap_or(usize::MAX / 2);
            let mut best =
                (take(&last, at) + usize::from(letter != *expected)).min(take(&last, at + 1) + 1).min(left + 1);
            if at > 0 && previous == Some(*expected) && left_letter == Some(letter) {
                best = best.min(take(&before, at - 1) + 1);
            }
            row.push(best);
            (left, left_letter) = (best, Some(*expected));
        }
        before = std::mem::replace(&mut last, row);
        previous = Some(letter);
    }
    last.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (from, to, expected) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("abc", "abc", 0),
            ("abd", "abc", 1),
            ("ab", "abc", 1),
            ("abcd", "abc", 1),
            ("acb", "abc", 1),
            ("ca", "abc", 3),
            ("kitten", "sitting", 3),
            ("siir", "siri", 1),
        ] {
            assert_eq!(distance(from, to), expected, "{from:?} to {to:?}");
        }
    }
}
