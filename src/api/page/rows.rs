//! The rows of a page that cannot be read as a whole, one by one.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::list_page::Page;
use crate::api::http::quote::quote;
use crate::api::misfit;

/// Reads the rows that can be read, and says of every other one which it is and what is wrong with it.
pub(super) fn read_one_by_one<T: DeserializeOwned>(page: Page<Value>) -> Page<T> {
    let mut content = Vec::with_capacity(page.content.len());
    let mut unreadable = page.unreadable;
    for (at, row) in page.content.into_iter().enumerate() {
        let name = name_of(&row);
        match misfit::read(&row) {
            Ok(row) => content.push(row),
            Err(wrong) => unreadable.push(quote(&format!("row {}{name}: {wrong}", at + 1))),
        }
    }
    Page {
        content,
        unreadable,
        has_content: page.has_content,
        total_pages: page.total_pages,
        total_items: page.total_items,
        page_size: page.page_size,
        page_index: page.page_index,
    }
}

/// What a row calls itself, in it or in what it wraps.
fn name_of(row: &Value) -> String {
    let own = |value: &Value| {
        ["identifier", "uuid"]
            .iter()
            .find_map(|member| value.get(member)?.as_str().map(str::to_owned))
    };
    let wrapped = || row.as_object()?.values().find_map(own);
    match own(row).or_else(wrapped) {
        Some(name) => format!(" ({})", quote(&name.chars().take(60).collect::<String>())),
        None => String::new(),
    }
}
