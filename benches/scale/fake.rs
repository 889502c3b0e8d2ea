//! The fake Harness in a process of its own, so that its CPU time is not counted.

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

pub(crate) struct Fake {
    process: Child,
    pub(crate) base_url: String,
    pub(crate) account_id: String,
    pub(crate) api_key: String,
}

impl Fake {
    pub(crate) fn start(program: &Path, arguments: &[String]) -> Result<Self, Box<dyn Error>> {
        let mut process = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| {
                format!(
                    "{}: {error}; `make bench` builds it first",
                    program.display()
                )
            })?;
        let mut ready = String::new();
        let stdout = process.stdout.take().ok_or("no standard output")?;
        BufReader::new(stdout).read_line(&mut ready)?;
        let ready: Value = serde_json::from_str(&ready)?;
        let text = |name: &str| ready[name].as_str().unwrap_or_default().to_owned();
        Ok(Self {
            process,
            base_url: text("base_url"),
            account_id: text("account_id"),
            api_key: text("api_key"),
        })
    }

    pub(crate) fn environment(&self) -> Vec<(String, String)> {
        vec![
            ("HARNESS_BASE_URL".to_owned(), self.base_url.clone()),
            ("HARNESS_API_KEY".to_owned(), self.api_key.clone()),
        ]
    }

    /// Gives an order, and returns how many rows it changed.
    pub(crate) fn order(&self, order: &str) -> Result<u64, Box<dyn Error>> {
        let url = format!("{}/__control/{order}", self.base_url);
        let body = ureq::post(url).send_empty()?.body_mut().read_to_string()?;
        let answer: Value = serde_json::from_str(&body)?;
        answer["changed"]
            .as_u64()
            .ok_or_else(|| format!("{order}: {answer}").into())
    }

    /// One page of a list, in an order that stays: without one Harness may show a row on two pages and another on none.
    pub(crate) fn page(
        &self,
        method: &str,
        path: &str,
        sort: &str,
        page: u64,
    ) -> Result<Vec<u8>, Box<dyn Error>> {
        let url = format!(
            "{}{path}?accountIdentifier={}&pageIndex={page}&pageSize=100&sortOrders={sort}",
            self.base_url, self.account_id
        );
        let key = ("x-api-key", &self.api_key);
        let mut answer = if method == "GET" {
            ureq::get(url).header(key.0, key.1).call()?
        } else {
            ureq::post(url)
                .header(key.0, key.1)
                .content_type("application/json")
                .send("{}")?
        };
        Ok(answer.body_mut().read_to_vec()?)
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        drop(self.process.stdin.take()); // it serves until then
        let _ = self.process.wait();
    }
}
