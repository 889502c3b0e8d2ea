//! The `harness-access` program.

fn main() {}
