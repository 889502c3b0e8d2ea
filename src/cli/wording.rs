//! The parser's words about a wrong command line, as this program says such things: one line, the value first.

/// The message in our words; one that is not known stays as it is.
pub(super) fn reworded(message: &str) -> String {
    let message = message.trim_end();
    missing(message)
        .or_else(|| without_value(message))
        .or_else(|| unfit(message))
        .or_else(|| unknown(message))
        .unwrap_or_else(|| message.to_owned())
}

/// `Required options not provided:` and what they are, a line each.
fn missing(message: &str) -> Option<String> {
    if !message.starts_with("Required ") {
        return None;
    }
    let named = message.lines().filter(|line| line.starts_with(' '));
    let named: Vec<&str> = named.map(str::trim).collect();
    Some(format!("missing: {}", named.join(", ")))
}

/// `No value provided for option '--db'.`
fn without_value(message: &str) -> Option<String> {
    let flag = message.strip_prefix("No value provided for option '")?;
    Some(format!("{} needs a value", flag.strip_suffix("'.")?))
}

/// `Error parsing option '--keep-last' with value 'x': expected a number`
fn unfit(message: &str) -> Option<String> {
    let rest = message
        .strip_prefix("Error parsing option '")
        .or_else(|| message.strip_prefix("Error parsing positional argument '"))?;
    let (name, rest) = rest.split_once("' with value '")?;
    let (value, why) = rest.rsplit_once("': ")?;
    if why == "duplicate values provided" {
        return Some(format!("{name} is given twice; the second is `{value}`"));
    }
    Some(format!("`{value}` does not fit {name}: {why}"))
}

/// `Unrecognized argument: 3`
fn unknown(message: &str) -> Option<String> {
    let argument = message.strip_prefix("Unrecognized argument: ")?;
    Some(format!("`{argument}` is one argument too many"))
}

#[cfg(test)]
mod tests {
    use super::reworded;

    #[test]
    fn the_value_comes_first() {
        let said = [
            (
                "Required positional arguments not provided:\n    principal\n    permission-or-role\n",
                "missing: principal, permission-or-role",
            ),
            (
                "No value provided for option '--db'.\n",
                "--db needs a value",
            ),
            (
                "Error parsing option '--keep-last' with value 'a': b': expected a number\n",
                "`a': b` does not fit --keep-last: expected a number",
            ),
            (
                "Error parsing option '--db' with value 'b.db': duplicate values provided\n",
                "--db is given twice; the second is `b.db`",
            ),
            (
                "Unrecognized argument: more\n",
                "`more` is one argument too many",
            ),
            ("Something else\n", "Something else"),
        ];
        for (theirs, ours) in said {
            assert_eq!(reworded(theirs), ours);
        }
    }
}
