//! Commands that readers can run themselves, ready for a shell.

use super::material::{Audience, Material};

/// What prints the data of the checksum on the cover.
pub(super) fn checksum(material: &Material<'_>) -> String {
    format!(
        "{} export --db {} --at {} --format ndjson | sha256sum",
        crate::NAME,
        quoted(material.file),
        material.snapshot.id
    )
}

/// What writes the whole list as a table.
pub(super) fn matrix(material: &Material<'_>) -> String {
    format!(
        "{} export --db {} --at {} --format csv --preset matrix --output access.csv",
        crate::NAME,
        quoted(material.file),
        material.snapshot.id
    )
}

/// What makes this report again.
pub(super) fn again(material: &Material<'_>) -> String {
    let mut words = vec![crate::NAME.to_owned(), "report".to_owned()];
    match material.comparison.filter(|_| material.reviews) {
        Some(comparison) => {
            let two_files = comparison.from.file != comparison.to.file;
            words.extend([&comparison.from, &comparison.to].map(|side| {
                if two_files {
                    quoted(&format!("{}@{}", side.file, side.snapshot.id))
                } else {
                    side.snapshot.id.to_string()
                }
            }));
        }
        None => words.extend(["--at".to_owned(), material.snapshot.id.to_string()]),
    }
    words.extend(["--db".to_owned(), quoted(material.file)]);
    if let Some(scope) = material.scope {
        words.extend(["--scope".to_owned(), quoted(&scope.to_string())]);
    }
    match material.audience {
        Audience::Everybody => {}
        Audience::Auditor => words.push("--for auditor".to_owned()),
        Audience::Owner => words.push("--for owner".to_owned()),
    }
    if let Some(approvals) = material.approvals {
        words.extend(["--approvals".to_owned(), quoted(approvals)]);
    }
    if material.max_rows != Material::MAX_ROWS {
        words.extend(["--max-rows".to_owned(), material.max_rows.to_string()]);
    }
    words.push("--output report.html".to_owned());
    words.join(" ")
}

/// What answers why somebody holds something, and who else does.
pub(super) fn questions(material: &Material<'_>) -> [String; 2] {
    let (name, db, at) = (crate::NAME, quoted(material.file), material.snapshot.id);
    [
        format!("{name} why NAME core_secret_access --db {db} --at {at}"),
        format!("{name} who-can core_secret_access --db {db} --at {at}"),
    ]
}

/// A word for a shell.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./@~+".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn words_stay_one_word() {
        assert_eq!(quoted("access.db"), "access.db");
        assert_eq!(quoted("my access.db"), "'my access.db'");
        assert_eq!(quoted("it's; rm -rf"), r"'it'\''s; rm -rf'");
    }
}
