//! What somebody may have meant by a word that names nothing.

use std::collections::HashSet;

/// At most so many suggestions.
const SUGGESTIONS: usize = 5;

/// What is longer, in bytes, is pasted rather than typed: nobody misspells it, and a suggestion of it helps nobody.
const LONGEST: usize = 200;

/// `did you mean a, b?` for words that look like one of the candidates.
#[must_use]
pub(crate) fn did_you_mean(similar: &[String]) -> Option<String> {
    (!similar.is_empty()).then(|| format!("did you mean {}?", similar.join(" or ")))
}

/// The nearest of many ids, by id or name.
pub(crate) fn closest(
    text: &str,
    candidates: impl Iterator<Item = (String, String)>,
) -> Vec<String> {
    let wanted = text.to_lowercase();
    if wanted.len() > LONGEST {
        return Vec::new();
    }
    let mut near: Vec<(usize, String)> = candidates
        .filter(|(id, _)| id.len() <= LONGEST)
        .filter_map(|(id, name)| {
            let (of_id, of_name) = (id.to_lowercase(), name.to_lowercase());
            let whole = [&of_id, &of_name]
                .into_iter()
                .filter_map(|candidate| nearness(&wanted, candidate));
            let both = format!("{of_id} {of_name}");
            let distance = whole
                .min()
                .or_else(|| nearest_word(&wanted, &both))
                .or_else(|| has_words(&wanted, &both).then_some(wanted.len()))?;
            Some((distance, id))
        })
        .collect();
    near.sort();
    let mut seen = HashSet::new();
    near.into_iter()
        .map(|(_, id)| id)
        .filter(|id| seen.insert(id.clone()))
        .take(SUGGESTIONS)
        .collect()
}

/// Whether all words of a phrase, but the shortest, are in a text: "execute a pipeline" in `core_pipeline_execute`.
fn has_words(phrase: &str, text: &str) -> bool {
    let mut words = phrase
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.len() > 2)
        .peekable();
    words.peek().is_some() && words.all(|word| text.contains(word))
}

/// The same for one word of a text: a first name, or what stands before the `@` of an address, which may have another
/// domain. Farther than a text that is alike as a whole.
fn nearest_word(wanted: &str, text: &str) -> Option<usize> {
    let word = wanted.split('@').next().unwrap_or_default();
    let words = text.split(|c: char| !c.is_alphanumeric());
    let near = words
        .filter(|other| other.len() > 2 && word.len() > 2)
        .filter_map(|other| nearness(word, other));
    near.min().map(|distance| distance + wanted.len())
}

/// Small = near; `None` = not alike. A part of a name is nearer than a misspelling.
fn nearness(wanted: &str, candidate: &str) -> Option<usize> {
    if candidate.is_empty() || wanted.is_empty() {
        return None;
    }
    if wanted.len() >= 3 && candidate.contains(wanted) {
        return Some(0);
    }
    let most = 1 + wanted.len() / 5;
    if wanted.len().abs_diff(candidate.len()) > most {
        return None;
    }
    let distance = edits(wanted, candidate);
    (distance <= most).then_some(distance)
}

/// Letters to add, drop, change or swap with their neighbour.
fn edits(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let change = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                let best = change.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
                let is_swap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                if is_swap {
                    best.min(rows[i - 2][j - 2] + 1)
                } else {
                    best
                }
            };
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::{closest, edits};

    #[test]
    fn words_in_another_order_are_alike() {
        let names = [(
            "core_pipeline_execute".to_owned(),
            "Run Pipeline".to_owned(),
        )];
        assert_eq!(
            closest("Execute a Pipeline", names.into_iter()),
            ["core_pipeline_execute"]
        );
    }

    #[test]
    fn a_first_name_and_an_address_of_another_domain_are_near() {
        let people = || {
            [("user/u1", "Ada Admin"), ("user/u2", "bob@example.test")]
                .map(|(id, name)| (id.to_owned(), name.to_owned()))
                .into_iter()
        };
        assert_eq!(closest("adda", people()), ["user/u1"]);
        assert_eq!(closest("bobb@example.com", people()), ["user/u2"]);
        assert!(closest("zoe@example.com", people()).is_empty());
    }

    #[test]
    fn misspellings_are_near() {
        assert_eq!(edits("core_pipline_view", "core_pipeline_view"), 1);
        assert_eq!(edits("snyc", "sync"), 1);
        assert_eq!(edits("", "ab"), 2);
        let names = ["core_pipeline_view", "core_secret_view"];
        let names = names.map(|name| (name.to_owned(), String::new()));
        assert_eq!(
            closest("core_pipline_view", names.into_iter()),
            ["core_pipeline_view"]
        );
    }
}
