//! Findings as SARIF 2.1.0, by the rules of GitHub code scanning: what it requires, what it shows, and how much it takes.
//! <https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning>

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use super::{Examined, RuleFindings};
use crate::findings::{Finding, Rule, Severity};
use crate::output::text::{line, named};

/// GitHub refuses a run with more results.
const MOST_RESULTS: usize = 25_000;

/// Where Harness explains what the findings are about.
const HELP: &str =
    "https://developer.harness.io/docs/platform/role-based-access-control/rbac-in-harness";

/// Writes the findings, the worst first, and says how many were left out because there are too many. A finding keeps its
/// fingerprint as long as rule, subject and scope stay.
///
/// # Errors
/// When the output fails.
pub fn write(
    found: &[RuleFindings],
    examined: Examined<'_>,
    out: &mut dyn Write,
) -> io::Result<usize> {
    let mut results: Vec<(usize, &Rule, &Finding)> = found
        .iter()
        .enumerate()
        .flat_map(|(at, (rule, findings))| findings.iter().map(move |finding| (at, rule, finding)))
        .collect();
    results.sort_by_key(|(_, rule, _)| std::cmp::Reverse(rule.severity)); // stable: rules stay in order
    let left_out = results.len().saturating_sub(MOST_RESULTS);
    results.truncate(MOST_RESULTS);
    let uri = uri(examined.file);
    let mut seen = HashMap::new();
    let results: Vec<Value> = results
        .into_iter()
        .map(|(at, rule, finding)| {
            let print = fingerprint(rule, finding);
            let nth: &mut u32 = seen.entry(print.clone()).or_default();
            *nth += 1;
            result(at, rule, finding, &uri, &format!("{print}:{nth}"))
        })
        .collect();
    let mut document = document(found, examined, left_out);
    document["runs"][0]["results"] = Value::Array(results); // `json!` would copy them
    crate::output::write_json(&document, out)?;
    Ok(left_out)
}

fn document(found: &[RuleFindings], examined: Examined<'_>, left_out: usize) -> Value {
    let left_out = (left_out > 0)
        .then(|| format!("{left_out} findings of the lowest severities were left out"));
    let told = left_out
        .into_iter()
        .chain(super::unanswered(examined.unanswered));
    let notifications: Vec<Value> = told
        .map(|told| json!({"level": "warning", "message": {"text": text(&told)}}))
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": crate::NAME,
                "semanticVersion": crate::VERSION,
                "rules": found.iter().map(|(rule, _)| described(rule)).collect::<Vec<_>>(),
            }},
            "invocations": [{
                "executionSuccessful": true,
                "toolExecutionNotifications": notifications,
            }],
            "results": [],
            "properties": {
                "snapshot": examined.snapshot.id,
                "finishedAt": examined.snapshot.finished_at,
                "state": examined.snapshot.state,
                "unverified": examined.unverified,
            },
        }],
    })
}

fn described(rule: &Rule) -> Value {
    let (title, remedy) = (text(&rule.title), text(&rule.remedy));
    json!({
        "id": rule.code,
        "name": rule.code,
        "shortDescription": {"text": title},
        "fullDescription": {"text": format!("{title}. {remedy}")},
        "help": {"text": remedy, "markdown": remedy},
        "helpUri": HELP,
        "defaultConfiguration": {"level": rule.severity.as_str()},
        "properties": {
            "tags": ["security", "access"],
            "precision": "high",
            "problem.severity": match rule.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Note => "recommendation",
            },
            // GitHub's scale: high from 7.0, medium from 4.0, low below.
            "security-severity": match rule.severity {
                Severity::Error => "8.0",
                Severity::Warning => "5.0",
                Severity::Note => "2.0",
            },
        },
    })
}

fn result(at: usize, rule: &Rule, finding: &Finding, uri: &str, print: &str) -> Value {
    let scope = finding.scope.as_deref().unwrap_or_default();
    let name = named(finding.name.as_deref(), &finding.subject);
    let detail = finding.detail.as_deref().unwrap_or_default();
    let message = format!(
        "{}: {name} ({}) in {scope}: {detail}",
        rule.title, finding.subject
    );
    let mut result = json!({
        "ruleId": rule.code,
        "ruleIndex": at,
        "level": rule.severity.as_str(),
        "message": {"text": text(&message)},
        "locations": [{
            // A database has no lines, but a result without a region is not shown.
            "physicalLocation": {"artifactLocation": {"uri": uri}, "region": {"startLine": 1}},
            "logicalLocations": [{"fullyQualifiedName": line(&finding.subject), "kind": "resource"}],
        }],
        "partialFingerprints": {"primaryLocationLineHash": print, "ruleSubjectScope/v1": print},
    });
    if let Some(agreement) = finding.accepted.as_deref() {
        let justification = text(&super::accepted(agreement));
        result["suppressions"] = json!([{
            "kind": "external", "status": "accepted", "justification": justification,
        }]);
    }
    result
}

fn fingerprint(rule: &Rule, finding: &Finding) -> String {
    let scope = finding.scope.as_deref().unwrap_or_default();
    let of = format!("{}\0{}\0{scope}", rule.code, finding.subject);
    let mut print = String::new();
    for byte in &Sha256::digest(of)[..8] {
        let _ = write!(print, "{byte:02x}"); // writing to a String cannot fail
    }
    print
}

/// Text of strangers in a message, where `[text](target)` would be a link.
fn text(text: &str) -> String {
    line(text).replace('[', "\\[").replace(']', "\\]")
}

/// A path as a URI reference: relative to the repository as GitHub wants it, or a `file:` URI.
fn uri(path: &str) -> String {
    let path = path.strip_prefix("./").unwrap_or(path);
    let mut uri = if path.starts_with('/') { "file://" } else { "" }.to_owned();
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            other => {
                let _ = write!(uri, "%{other:02X}"); // writing to a String cannot fail
            }
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::{text, uri};

    /// codeql-action#1553, sarif-sdk#2985.
    #[test]
    fn a_path_is_a_uri() {
        assert_eq!(uri("50%.db"), "50%25.db");
        assert_eq!(uri("q1:2026.db"), "q1%3A2026.db");
        assert_eq!(uri("./a b/ö.db"), "a%20b/%C3%B6.db");
        assert_eq!(uri("/var/lib/a.db"), "file:///var/lib/a.db");
    }

    #[test]
    fn a_name_is_no_link() {
        assert_eq!(text("[x](http://y)\n"), r"\[x\](http://y)\u{a}");
    }
}
