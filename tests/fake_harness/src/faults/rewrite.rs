//! The account's answer, changed on the way: how a server that differs from the reference says the same.

use std::fmt;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::http::Answer;

type Change = Arc<dyn Fn(&mut Answer) + Send + Sync>;

/// A change of every answer that it applies to; several add up.
#[derive(Clone)]
pub struct Rewrite(Change);

impl Rewrite {
    /// Of head and body.
    pub fn answer(change: impl Fn(&mut Answer) + Send + Sync + 'static) -> Self {
        Self(Arc::new(change))
    }

    /// Of the bytes of a successful answer.
    pub fn bytes(change: impl Fn(Vec<u8>) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self::answer(move |answer| {
            if answer.status == 200 {
                answer.body = change(std::mem::take(&mut answer.body));
            }
        })
    }

    /// Of the JSON of a successful answer, envelope and all.
    pub fn envelope(change: impl Fn(&mut Value) + Send + Sync + 'static) -> Self {
        Self::bytes(move |body| {
            let mut value = serde_json::from_slice(&body).unwrap_or_default();
            change(&mut value);
            value.to_string().into_bytes()
        })
    }

    /// Of what a successful answer holds.
    pub fn data(change: impl Fn(&mut Value) + Send + Sync + 'static) -> Self {
        Self::envelope(move |value| change(&mut value["data"]))
    }

    /// Of all rows of a page or array.
    pub fn rows(change: impl Fn(&mut Vec<Value>) + Send + Sync + 'static) -> Self {
        Self::data(move |data| {
            let rows = match data {
                Value::Array(rows) => Some(rows),
                data => data.get_mut("content").and_then(Value::as_array_mut),
            };
            if let Some(rows) = rows {
                change(rows);
            }
        })
    }

    /// Of each row of a page or array.
    pub fn row(change: impl Fn(&mut Value) + Send + Sync + 'static) -> Self {
        Self::rows(move |rows| rows.iter_mut().for_each(&change))
    }

    /// Of a page: some of its rows, which count these alone.
    pub fn keeping(kept: impl Fn(&Value) -> bool + Send + Sync + 'static) -> Self {
        Self::data(move |data| {
            let rows = data.get_mut("content").and_then(Value::as_array_mut);
            let Some(rows) = rows else {
                return;
            };
            let before = rows.len();
            rows.retain(&kept);
            let (left, gone) = (rows.len(), before - rows.len());
            let total = data["totalItems"].as_u64().unwrap_or_default();
            let total = total.saturating_sub(gone as u64);
            data["totalItems"] = json!(total);
            data["totalPages"] = json!(total.div_ceil(100));
            data["pageItemCount"] = json!(left);
            data["empty"] = json!(left == 0);
        })
    }

    /// Of the number of rows that a page says there are in all.
    pub fn total(total: impl Fn(i64) -> Value + Send + Sync + 'static) -> Self {
        Self::data(move |data| {
            if let Some(said) = data.get_mut("totalItems") {
                *said = total(said.as_i64().unwrap_or_default());
            }
        })
    }

    /// A value that every row has at a place, such as `/role/name`, becomes another.
    pub fn field(pointer: &'static str, value: Value) -> Self {
        Self::row(move |row| {
            if let Some(field) = row.pointer_mut(pointer) {
                *field = value.clone();
            }
        })
    }

    pub(crate) fn apply(&self, mut answer: Answer) -> Answer {
        (self.0)(&mut answer);
        answer
    }
}

impl fmt::Debug for Rewrite {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Rewrite")
    }
}
