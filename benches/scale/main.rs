//! What syncs and questions cost at 10,000, 100,000 and 1,000,000 role assignments, beside the least they must cost.
//!
//! `make bench` measures everything, `make bench PARTS="10000 tree"` some of it: a number of role assignments, the `tree`
//! of organizations and projects, the `build`. The program runs as it is released, against the fake Harness in a process
//! of its own. Every answer is checked before its time is printed.
//! Times of one run compare with each other; those of another run had another computer beside them.

#![allow(
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "its output is its result, and nothing in it is as large as 2^52"
)]

mod account;
mod build;
mod fake;
mod floor;
mod measure;
mod questions;
mod readers;
mod table;
mod tree;

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1).peekable();
    match arguments.peek().map(String::as_str) {
        Some(measure::IN_BETWEEN) => return measure::in_between(arguments.skip(1)),
        Some(floor::SCAN) => {
            println!("{}", floor::scan(arguments.skip(1))?);
            return Ok(ExitCode::SUCCESS);
        }
        _ => {}
    }
    let words: Vec<String> = arguments.filter(|word| word != "--bench").collect();
    // `cargo test --benches` calls with this: nothing here is a test.
    if words.iter().any(|word| word == "--test") {
        return Ok(ExitCode::SUCCESS);
    }
    let program = Path::new(env!("CARGO_BIN_EXE_harness-access"));
    let bench = std::env::current_exe()?;
    let built = bench.ancestors().nth(2).ok_or("no build folder")?;
    let fake = built.join(format!("fake_harness{}", std::env::consts::EXE_SUFFIX));

    let asked = |part: &str| words.is_empty() || words.iter().any(|word| word == part);
    println!(
        "{} cores. CPU counts the program alone, not the fake Harness; the floors are of this run.",
        std::thread::available_parallelism()?
    );
    let mut answers = Vec::new();
    for size in [10_000, 100_000, 1_000_000] {
        if asked(&size.to_string()) {
            answers.push((size, account::run(program, &fake, size)?));
        }
    }
    questions::compare(&answers);
    if asked("tree") {
        tree::run(program, &fake)?;
    }
    if asked("build") {
        build::run(program)?;
    }
    Ok(ExitCode::SUCCESS)
}
