//! What `doctor` foretells against what a sync then makes of the same server: the exit status, and each gap.

use std::collections::BTreeSet;

use super::expect;
use crate::support::{Outcome, Test};

/// `kind scope` of each gap.
type Gaps = BTreeSet<String>;

/// Whether `doctor` foretells what a sync of a new, equal server comes to.
pub(super) fn as_it_comes(selection: &[&str], server: &dyn Fn() -> Test) -> Result<(), String> {
    let plain = server().at_once(&[&["sync"], selection].concat());
    let test = server();
    let partial = test.at_once(&[&["sync", "--allow-partial"], selection].concat());
    if plain.status != partial.status {
        return Err(format!("{plain:#?} plainly, but {partial:#?} with gaps"));
    }
    let doctor = server().at_once(&[&["doctor"], selection].concat());
    said(&doctor, &test, &partial, &|| {
        server().at_once(&[&["doctor", "--format", "json"], selection].concat())
    })
}

/// Whether what `doctor` said is what a sync with `--allow-partial` came to.
pub(super) fn said(
    doctor: &Outcome,
    test: &Test,
    partial: &Outcome,
    document: &dyn Fn() -> Outcome,
) -> Result<(), String> {
    expect(doctor, partial.status)?;
    let says = match partial.status {
        0 => "this sync                would be complete",
        2 => "this sync                would have the gaps above",
        _ => "",
    };
    if !doctor.stdout.contains(says) {
        return Err(format!("doctor does not say {says:?}: {doctor:#?}"));
    }
    if partial.status == 0 || partial.status == 2 {
        let (come, foretold) = (come(test), foretold(&document()));
        if come != foretold {
            let odd: Vec<_> = come.symmetric_difference(&foretold).collect();
            return Err(format!("doctor and sync differ in {odd:#?}: {doctor:#?}"));
        }
    }
    Ok(())
}

fn come(test: &Test) -> Gaps {
    let gaps = test.ask("SELECT kind || ' ' || scope FROM listings WHERE state <> 'complete'");
    gaps.lines().map(str::to_owned).collect()
}

fn foretold(document: &Outcome) -> Gaps {
    let document = document.json();
    let lists = document["lists"].as_array().into_iter().flatten();
    let gaps = lists.flat_map(|list| {
        let kind = list["kind"].as_str().unwrap_or_default();
        let gaps = list["gaps"].as_array().into_iter().flatten();
        gaps.map(move |gap| format!("{kind} {}", gap["scope"].as_str().unwrap_or_default()))
    });
    gaps.collect()
}
