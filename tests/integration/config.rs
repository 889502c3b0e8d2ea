//! Where settings come from: the command line, the environment, a configuration file, the defaults; in this order.

use serde_json::Value;

use crate::support::{Outcome, Run, TempDir, Test};

/// A folder, and runs in it with a configuration file.
struct Place(TempDir);

impl Place {
    fn with(file: &str) -> Self {
        let folder = TempDir::new();
        folder.write("settings.toml", file);
        Self(folder)
    }

    fn run(&self, arguments: &[&str]) -> Run {
        Run::new(self.0.path(), arguments).env("HARNESS_ACCESS_CONFIG", "settings.toml")
    }
}

/// What `config` says about a setting of a command: its value and where that comes from.
#[track_caller]
fn in_force(run: Run, command: &str, setting: &str) -> (String, String) {
    let document: Value = serde_json::from_str(&run.run().exits(0).stdout).unwrap();
    let settings = document["settings"].as_array().unwrap();
    let found = settings
        .iter()
        .find(|one| one["command"] == command && one["setting"] == setting);
    let text = |key: &str| found.unwrap()[key].as_str().unwrap_or_default().to_owned();
    (text("value"), text("from"))
}

const CONFIG: [&str; 3] = ["config", "--format", "json"];

fn pair(value: &str, from: &str) -> (String, String) {
    (value.to_owned(), from.to_owned())
}

#[test]
fn the_environment_wins_over_the_file_and_the_file_over_the_default() {
    let place = Place::with("db = \"file.db\"\n[sync]\njobs = 2\n");
    let of_file = in_force(place.run(&CONFIG), "sync", "db");
    assert_eq!(of_file, pair("file.db", "file settings.toml"));
    let of_environment = in_force(
        place.run(&CONFIG).env("HARNESS_ACCESS_DB", "env.db"),
        "sync",
        "db",
    );
    assert_eq!(
        of_environment,
        pair("env.db", "environment HARNESS_ACCESS_DB")
    );
    assert_eq!(
        in_force(place.run(&CONFIG), "sync", "jobs"),
        pair("2", "file settings.toml")
    );
    assert_eq!(
        in_force(place.run(&CONFIG), "sync", "max-rate"),
        pair("360", "default")
    );
}

#[test]
fn the_command_line_wins_over_everything() {
    let place = Place::with("db = \"file.db\"\n");
    let run = |arguments: &[&str]| {
        place
            .run(arguments)
            .env("HARNESS_ACCESS_DB", "env.db")
            .run()
    };
    run(&["snapshots", "--db", "typed.db"])
        .exits(6)
        .says("typed.db");
    run(&["snapshots", "--db=typed.db"])
        .exits(6)
        .says("typed.db");
    run(&["snapshots", "--db", "typed.db", "label", "1", "x"])
        .exits(6)
        .says("typed.db");
    run(&["snapshots"]).exits(6).says("env.db");
}

#[test]
fn a_command_has_settings_of_its_own() {
    let place = Place::with(
        "format = \"json\"\n[diff]\nformat = \"csv\"\n[snapshots.label]\nquiet = true\n",
    );
    let format = |command: &str| in_force(place.run(&CONFIG), command, "format").0;
    assert_eq!(
        (format("diff").as_str(), format("snapshots").as_str()),
        ("csv", "json")
    );
    assert_eq!(
        in_force(place.run(&CONFIG), "snapshots label", "quiet").0,
        "true"
    );
    let own = place
        .run(&CONFIG)
        .env("HARNESS_ACCESS_DIFF_FORMAT", "ndjson");
    assert_eq!(
        in_force(own, "diff", "format").1,
        "environment HARNESS_ACCESS_DIFF_FORMAT"
    );
}

#[test]
fn a_value_for_all_counts_for_the_commands_that_know_it() {
    let place = Place::with("format = \"csv\"\n");
    assert_eq!(in_force(place.run(&CONFIG), "history", "format").0, "csv");
    assert_eq!(
        in_force(place.run(&CONFIG), "snapshots", "format").1,
        "default"
    );
    let misspelt = Place::with("format = \"jsno\"\n");
    misspelt
        .run(&["snapshots"])
        .run()
        .exits(3)
        .says("--format cannot be \"jsno\"")
        .says("settings.toml");
}

#[test]
fn switches_and_lists_are_read() {
    let place = Place::with(
        "[sync]\nquiet = true\nverbose = 2\norg = [\"one\", \"two\"]\nwith = \"tokens\"\n",
    );
    let value = |setting: &str| in_force(place.run(&CONFIG), "sync", setting).0;
    assert_eq!(
        (value("quiet").as_str(), value("org").as_str()),
        ("true", "one, two")
    );
    assert_eq!(value("with"), "tokens");
    let both = place
        .run(&CONFIG)
        .env("HARNESS_ACCESS_ORG", "three,four")
        .env("HARNESS_ACCESS_QUIET", "no");
    assert_eq!(in_force(both, "sync", "org").0, "three, four");
    place
        .run(&CONFIG)
        .env("HARNESS_ACCESS_QUIET", "perhaps")
        .run()
        .exits(3)
        .says("HARNESS_ACCESS_QUIET");
}

#[test]
fn a_file_that_sets_what_is_no_flag_is_refused() {
    for (file, said) in [
        ("dbb = \"x\"\n", "`dbb` is not a flag of harness-access"),
        (
            "[sync]\nscope = \"all\"\n",
            "`scope` is not a flag of harness-access sync",
        ),
        ("[synch]\njobs = 1\n", "`synch` is not a flag"),
        ("[sync]\njobs = [1, 2]\n", "`sync.jobs` is a array"),
        ("[sync]\nquiet = \"yes\"\n", "`sync.quiet` is a string"),
        ("config = \"other.toml\"\n", "`config` is not a flag"),
        ("db = \n", "settings.toml"),
    ] {
        Place::with(file)
            .run(&["snapshots"])
            .run()
            .exits(3)
            .says(said);
    }
}

#[test]
fn a_wrong_value_is_told_with_where_it_comes_from() {
    let place = Place::with("[sync]\njobs = 1000\n");
    place
        .run(&["sync"])
        .run()
        .exits(3)
        .says("expected a number from 1 to 64")
        .says("--jobs comes from the file settings.toml");
}

#[test]
fn the_file_may_be_named_anywhere_and_must_exist() {
    let place = Place::with("db = \"usual.db\"\n");
    place.0.write("other.toml", "db = \"other.db\"\n");
    let run = |arguments: &[&str]| place.run(arguments).run();
    run(&["--config", "other.toml", "snapshots"])
        .exits(6)
        .says("other.db");
    run(&["snapshots", "--config", "other.toml"])
        .exits(6)
        .says("other.db");
    run(&["snapshots", "--config=other.toml"])
        .exits(6)
        .says("other.db");
    run(&["snapshots", "--config", "none.toml"])
        .exits(3)
        .says("none.toml");
    run(&["snapshots", "--config", "/dev/null"])
        .exits(6)
        .says("harness-access.db");
    run(&["snapshots", "--config"])
        .exits(3)
        .says("--config needs the path of a file");
}

#[test]
fn the_file_of_the_user_is_found() {
    let folder = TempDir::new();
    std::fs::create_dir_all(folder.file("home/.config/harness-access")).unwrap();
    folder.write(
        "home/.config/harness-access/config.toml",
        "db = \"mine.db\"\n",
    );
    let home = folder.file("home").display().to_string();
    let run = || Run::new(folder.path(), &["snapshots"]);
    run().env("HOME", &home).run().exits(6).says("mine.db");
    run()
        .env("XDG_CONFIG_HOME", &format!("{home}/.config"))
        .run()
        .exits(6)
        .says("mine.db");
    run()
        .env("XDG_CONFIG_HOME", "home/.config")
        .run()
        .exits(6)
        .says("harness-access.db");
}

#[test]
fn a_key_is_never_shown() {
    let key = "sat.AbCdEfGhIjKlMnOpQrStUv.tokenIdAAAAAAAAAAAAAA.SECRETkeyDoNotLeak";
    let place = Place::with(&format!("api-key = \"{key}\"\nlabel = \"{key}\"\n"));
    for arguments in [&["config"][..], &CONFIG] {
        let shown = place.run(arguments).run().exits(0).hides("SECRET");
        shown.prints("(set, not shown)");
    }
}

#[test]
fn one_way_to_give_the_key_keeps_the_other_out() {
    let test = Test::new();
    let key = test.folder.write("key", test.fake.api_key());
    test.folder
        .write("settings.toml", format!("api-key-file = \"{key}\"\n"));
    // The wrong key of the environment is nearer to the command line than the file.
    let sync = |arguments: &[&str]| -> Outcome {
        test.run(arguments)
            .env("HARNESS_ACCESS_CONFIG", "settings.toml")
            .env("HARNESS_BASE_URL", &test.server.base_url())
            .env(
                "HARNESS_API_KEY",
                "sat.AbCdEfGhIjKlMnOpQrStUv.tokenIdAAAAAAAAAAAAAA.wrong",
            )
            .run()
    };
    sync(&["sync"]).exits(4);
    sync(&["sync", "--api-key-file", &key]).exits(0);
}

#[test]
fn the_help_of_a_command_lists_a_variable_for_every_flag() {
    let folder = TempDir::new();
    let help = Run::new(folder.path(), &["sync", "--help"]).exits(0).stdout;
    for name in [
        "HARNESS_ACCESS_MAX_RATE",
        "HARNESS_ACCESS_API_KEY_FILE",
        "BATON_BASE_URL",
    ] {
        assert!(help.contains(name), "{name}: {help}");
    }
    // Whatever stands in a file, help can be had.
    Place::with("nonsense")
        .run(&["sync", "--help"])
        .run()
        .exits(0);
}

#[test]
fn a_switch_that_is_on_in_a_file_can_be_turned_off() {
    let test = Test::synced();
    test.folder.write("settings.toml", "quiet = true\n");
    let snapshots = |arguments: &[&str]| {
        let run = test
            .run(arguments)
            .env("HARNESS_ACCESS_CONFIG", "settings.toml");
        run.exits(0).stderr
    };
    assert_eq!(snapshots(&["snapshots"]), "");
    assert!(snapshots(&["snapshots", "--quiet=false"]).contains("1 snapshot"));
}

#[test]
fn a_shared_value_that_a_command_does_not_know_is_told() {
    let test = Test::synced();
    let snapshots = |name: &str| test.run(&["snapshots"]).env(name, "csv");
    let told = "snapshots does not know --format \"csv\" of the environment HARNESS_ACCESS_FORMAT";
    snapshots("HARNESS_ACCESS_FORMAT").run().exits(0).says(told);
    snapshots("HARNESS_ACCESS_FORMAT")
        .args(&["--quiet"])
        .run()
        .exits(0)
        .says_nothing();
    snapshots("HARNESS_ACCESS_SNAPSHOTS_FORMAT")
        .run()
        .exits(3)
        .says("environment HARNESS_ACCESS_SNAPSHOTS_FORMAT");
}

#[test]
fn a_wrong_gate_is_told_with_its_variable() {
    let place = Place::with("");
    for name in ["HARNESS_ACCESS_FAIL_ON", "HARNESS_ACCESS_DIFF_FAIL_ON"] {
        let diff = place.run(&["diff", "1", "2"]).env(name, "error");
        diff.run().exits(3).says(&format!("environment {name}"));
    }
}

#[cfg(unix)]
#[test]
fn a_usual_file_that_is_closed_counts_as_absent() {
    use std::os::unix::fs::PermissionsExt;
    let folder = TempDir::new();
    let home = folder.file("home");
    let settings = home.join(".config/harness-access/config.toml");
    std::fs::create_dir_all(settings.parent().unwrap()).unwrap();
    std::fs::write(&settings, "db = \"mine.db\"\n").unwrap();
    std::fs::set_permissions(&home, std::fs::Permissions::from_mode(0o000)).unwrap();
    let run = |arguments: &[&str]| {
        let run = Run::new(folder.path(), arguments).without_privileges();
        run.env("HOME", home.to_str().unwrap()).run()
    };
    run(&["snapshots"])
        .exits(6)
        .says("may not be read by this user, and counts as absent")
        .says("harness-access.db");
    run(&["man"]).exits(0).says_nothing();
    let named = settings.to_str().unwrap();
    run(&["snapshots", "--config", named])
        .exits(3)
        .says("cannot read");
    std::fs::set_permissions(&home, std::fs::Permissions::from_mode(0o700)).unwrap();
}
