//! How long the program takes to build from nothing, and how large it is.

use std::error::Error;
use std::path::Path;

use crate::account::Folder;
use crate::measure::Runner;
use crate::table;

/// Builds as a release does, with what was downloaded before.
pub(crate) fn run(program: &Path) -> Result<(), Box<dyn Error>> {
    let folder = Folder::new("build")?;
    let target = folder.0.join("target").display().to_string();
    let runner = Runner {
        folder: folder.0.clone(),
        environment: std::env::vars().collect(),
    };
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let build = ["build", "--release", "--locked", "--offline", "--quiet"];
    let what = ["--bin", "harness-access", "--manifest-path", manifest];
    let arguments = [&build[..], &what, &["--target-dir", &target]].concat();
    println!("\nThe program (load {})", table::load());
    let cost = runner.run(Path::new(env!("CARGO")), &arguments, 0)?.cost;
    println!(
        "built from nothing in {:.0} s, {:.0} s of CPU",
        cost.wall.as_secs_f64(),
        cost.cpu.as_secs_f64()
    );
    let size = table::megabytes(std::fs::metadata(program)?.len());
    table::target(
        "its size (LTO, one codegen unit, stripped)",
        size,
        "MB",
        8.0,
    );
    Ok(())
}
