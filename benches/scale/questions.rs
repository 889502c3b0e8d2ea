//! Every question of the cookbook, in plain SQL as a shell asks it, and every command that asks the file: what each costs,
//! and how that grows from one size of the account to the next.
//!
//! Whoever is asked about is chosen so that the answers are about as long at every size. What an answer costs is its CPU
//! time: these are single threads, and the wall time of a busy computer says nothing.

mod page;

use std::error::Error;
use std::path::Path;
use std::time::Duration;

use harness_access::cookbook::{Recipe, recipes};
use rusqlite::Connection;

use crate::floor;
use crate::measure::{Cost, Runner};
use crate::table;

/// What design allows a question, by kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Of the cookbook: 100 ms when the answer is short.
    Recipe,
    /// About one thing: 50 ms and 30 MB, however large the account is.
    OneThing,
    /// All rules together: 1 s.
    Findings,
    /// Nothing was promised.
    Other,
}

/// The most rows of a short answer.
const SHORT: u64 = 10_000;

/// Commands that ask the file; `:name` stands for a subject.
const COMMANDS: [(&str, Kind, &str); 16] = [
    (
        "what-can PERSON",
        Kind::OneThing,
        "what-can :person --format csv",
    ),
    (
        "what-can, by name",
        Kind::Other,
        "what-can :name --format csv",
    ),
    (
        "what-can GROUP",
        Kind::OneThing,
        "what-can :group --format csv",
    ),
    (
        "why PERSON PERMISSION",
        Kind::OneThing,
        "why :person core_pipeline_view",
    ),
    ("why PERSON ROLE", Kind::OneThing, "why :person :held_role"),
    (
        "history PERSON",
        Kind::OneThing,
        "history :person --format csv",
    ),
    (
        "history GROUP",
        Kind::OneThing,
        "history :group --format csv",
    ),
    (
        "history PERSON ROLE",
        Kind::OneThing,
        "history :id :held_role --format csv",
    ),
    ("who-can ROLE", Kind::Other, "who-can :role --format csv"),
    (
        "who-can PERMISSION",
        Kind::Other,
        "who-can :permission --format csv",
    ),
    ("findings", Kind::Findings, "findings"),
    ("snapshots", Kind::OneThing, "snapshots"),
    (
        "query of one person",
        Kind::OneThing,
        "query --name what-can-one-person-do --param :parameter --format csv",
    ),
    ("export ndjson", Kind::Other, "export --format ndjson"),
    (
        "export vanta",
        Kind::Other,
        "export --format csv --preset vanta",
    ),
    (
        "export history",
        Kind::Other,
        "export --history --format ndjson",
    ),
];

/// What one question took.
#[derive(Clone, Debug)]
pub(crate) struct Answered {
    what: String,
    kind: Kind,
    cost: Cost,
    rows: u64,
}

/// What questions are about, by the names of the parameters of the cookbook and some more.
struct Subjects(Vec<(&'static str, String)>);

/// Asks everything of one file.
pub(crate) fn ask(
    program: &Path,
    runner: &Runner,
    database: &str,
) -> Result<Vec<Answered>, Box<dyn Error>> {
    let subjects = Subjects::of(&floor::open_to_read(&runner.folder.join(database))?)?;
    let mut answers = Vec::new();
    for recipe in recipes() {
        answers.push(ask_in_sql(&recipe, &subjects, runner, database)?);
    }
    for (what, kind, line) in COMMANDS {
        let arguments: Vec<&str> = line
            .split(' ')
            .map(|word| {
                word.strip_prefix(':')
                    .map_or(word, |name| subjects.value(name))
            })
            .collect();
        let ended = runner.cheapest(program, &[&arguments[..], &["--db", database]].concat(), 0)?;
        answers.push(Answered {
            what: what.to_owned(),
            kind,
            cost: ended.cost,
            rows: ended.out.lines().skip(1).count() as u64,
        });
    }
    Ok(answers)
}

fn ask_in_sql(
    recipe: &Recipe,
    subjects: &Subjects,
    runner: &Runner,
    database: &str,
) -> Result<Answered, Box<dyn Error>> {
    let mut arguments = vec![
        floor::SCAN.to_owned(),
        database.to_owned(),
        recipe.sql.to_owned(),
    ];
    for parameter in &recipe.parameters {
        let value = subjects.value(parameter.name);
        arguments.push(format!("{}={value}", parameter.name));
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let ended = runner.cheapest(&std::env::current_exe()?, &arguments, 0)?;
    Ok(Answered {
        what: recipe.name.to_owned(),
        kind: Kind::Recipe,
        cost: ended.cost,
        rows: ended.out.trim().parse()?,
    })
}

impl Subjects {
    /// A person with about 100 roles, a group with about 40 and 10 members, and so on.
    fn of(file: &Connection) -> Result<Self, Box<dyn Error>> {
        let one = |sql: &str| file.query_row(sql, [], |row| row.get::<_, String>(0));
        let roles_of = |id: &str| {
            format!("(SELECT count(*) FROM effective_access e WHERE e.principal_id = {id})")
        };
        let of_100_roles = format!("ORDER BY abs({} - 100), id LIMIT 1", roles_of("id"));
        let person = one(&format!(
            "SELECT email FROM (SELECT id, email FROM users ORDER BY id LIMIT 300) {of_100_roles}"
        ))?;
        let id = one(&format!("SELECT id FROM users WHERE email = '{person}'"))?;
        let held =
            "SELECT count(*) FROM grants g WHERE g.principal_id = id AND g.slug = 'assigned'";
        let group = one(&format!(
            "SELECT id FROM (SELECT id, members FROM user_groups ORDER BY id LIMIT 300)
             ORDER BY abs(members - 10) + abs(({held}) - 40), id LIMIT 1"
        ))?;
        Ok(Self(vec![
            (
                "name",
                one(&format!("SELECT name FROM users WHERE id = '{id}'"))?,
            ),
            (
                "held_role",
                one(&format!(
                    "SELECT min(role_id) FROM effective_access WHERE principal_id = '{id}'"
                ))?,
            ),
            ("id", id),
            (
                "other",
                one(&format!(
                    "SELECT max(email) FROM users WHERE email < '{person}'"
                ))?,
            ),
            ("parameter", format!("person={person}")),
            ("person", person),
            ("group", group),
            (
                "service_account",
                one("SELECT min(id) FROM service_accounts")?,
            ),
            ("role", "role/account/role_000003".to_owned()),
            (
                "resource_group",
                "resource_group/account/resources_000003".to_owned(),
            ),
            ("permission", "core_secret_access".to_owned()),
            ("scope", "account".to_owned()),
            ("domain", "example.test".to_owned()),
            (
                "day",
                one("SELECT substr(max(finished_at), 1, 10) FROM snapshots")?,
            ),
        ]))
    }

    fn value(&self, name: &str) -> &str {
        let of_name = self.0.iter().find(|(known, _)| *known == name);
        of_name.map_or("", |(_, value)| value)
    }
}

/// Prints what was answered at each size, beside the size before.
pub(crate) fn compare(sizes: &[(u64, Vec<Answered>)]) {
    let before = [None].into_iter().chain(sizes.iter().map(Some));
    for ((size, answers), before) in sizes.iter().zip(before) {
        println!(
            "\nQuestions at {size} role assignments (load {})",
            table::load()
        );
        println!(
            "{:<44}{:>9}{:>9}{:>9}{:>9}{:>10}  target",
            "", "CPU ms", "peak MB", "rows", "times", "per row"
        );
        for answer in answers {
            let smaller = before.and_then(|(_, answers)| {
                answers.iter().find(|smaller| smaller.what == answer.what)
            });
            line(answer, smaller, *size);
        }
    }
    let of = |wanted: u64| sizes.iter().find(|(size, _)| *size == wanted);
    if let (Some((_, small)), Some((_, large))) = (of(100_000), of(1_000_000)) {
        page::print(small, large);
    }
}

fn line(answer: &Answered, smaller: Option<&Answered>, size: u64) {
    let cpu = |of: &Answered| of.cost.cpu.as_secs_f64();
    let times = smaller.map(|smaller| cpu(answer) / cpu(smaller));
    let rows = |of: &Answered| of.rows.max(1) as f64;
    let growth = smaller.map(|smaller| (rows(answer) / rows(smaller)).max(1.0));
    let shown =
        |ratio: Option<f64>| ratio.map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.1}"));
    let per_row = times.zip(growth).map(|(times, growth)| times / growth);
    println!(
        "{:<44}{:>9.1}{:>9.1}{:>9}{:>9}{:>10}  {}",
        answer.what,
        cpu(answer) * 1e3,
        table::megabytes(answer.cost.peak),
        answer.rows,
        shown(times),
        shown(per_row),
        verdict(answer, per_row, size),
    );
}

/// Whether what was promised of a million role assignments is held.
fn verdict(answer: &Answered, per_row: Option<f64>, size: u64) -> &'static str {
    const MB: u64 = 1_000_000;
    let within = |most: u64| answer.cost.cpu <= Duration::from_millis(most);
    let held = match answer.kind {
        _ if size < MB => return "",
        Kind::Other => return "",
        Kind::Recipe if answer.rows >= SHORT => return "long answer",
        Kind::Recipe => within(100),
        Kind::Findings => within(1_000),
        Kind::OneThing => {
            within(50) && answer.cost.peak <= 30 * MB && per_row.is_none_or(|ratio| ratio <= 1.5)
        }
    };
    if held { "held" } else { "MISSED" }
}
