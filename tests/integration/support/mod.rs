//! What the integration tests share: the real binary, a fake Harness, and eyes on the database.

#[path = "../../support/account.rs"]
pub(crate) mod account;

#[path = "../../support/schema.rs"]
pub(crate) mod schema;

mod answers;
mod as_function;
mod database;
pub(crate) mod documents;
pub(crate) mod in_process;
mod outcome;
mod patient;
mod run;
#[path = "../../support/temp_dir.rs"]
mod temp_dir;
mod terminal;
mod test;
pub(crate) mod tools;
#[cfg(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu"))]
pub(crate) mod traced;

pub(crate) use answers::{Answers, all_answers, answers_at, answers_until};
pub(crate) use database::Database;
pub(crate) use outcome::Outcome;
pub(crate) use run::{Run, run};
pub(crate) use temp_dir::TempDir;
pub(crate) use terminal::on_terminal;
pub(crate) use test::{SYNC_EVERYTHING, Test};

use std::path::PathBuf;

/// A folder of `fixtures/`.
pub(crate) fn fixtures(folder: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(folder)
}

/// Compares with a reviewed file; `UPDATE_EXPECT=1` writes it instead.
#[track_caller]
pub(crate) fn matches_file(file: &str, actual: &str) {
    let path = fixtures("expected").join(file);
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, actual).unwrap();
        return;
    }
    let expected = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert!(
        expected == actual,
        "{} differs; UPDATE_EXPECT=1 rewrites it\n--- expected\n{expected}\n--- actual\n{actual}",
        path.display()
    );
}
