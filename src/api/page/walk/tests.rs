use std::hash::Hash as _;

use super::*;

/// What one page holds: rows, totalItems, totalPages.
type Answer = (std::ops::Range<u32>, i64, i64);

fn page_of(index: u32, (rows, items, pages): Answer) -> Page<u32> {
    Page {
        page_item_count: Some(i64::try_from(rows.len()).expect("small")),
        content: rows.collect(),
        total_pages: Some(pages),
        total_items: Some(items),
        page_size: Some(100),
        page_index: Some(index.into()),
    }
}

/// Walks over scripted pages, each used once, in order.
fn walk_pages(script: Vec<Page<u32>>) -> (Result<Walked, ApiError>, Vec<u32>, usize) {
    let site = CallSite {
        endpoint: "GET /x".to_owned(),
        scope: "account".to_owned(),
        page: None,
    };
    let mut left = script.into_iter();
    let fetch = |_| {
        let data = left.next().expect("no more pages than scripted");
        Ok(Reply {
            data,
            attempts: 1,
            server_date: None,
        })
    };
    let mut rows = Vec::new();
    let result = walk(&site, fetch, u32::hash, &mut rows);
    (result, rows, left.len())
}

fn whole(total: u32) -> Vec<Page<u32>> {
    let pages = i64::from(total.div_ceil(100));
    (0..total.div_ceil(100).max(1))
        .map(|i| {
            let rows = i * 100..total.min(i * 100 + 100);
            page_of(i, (rows, i64::from(total), pages))
        })
        .collect()
}

/// Walks `broken`, then the whole list of 205; the second walk must give it exactly.
fn recovers_from(broken: Vec<Page<u32>>) {
    let script = broken.into_iter().chain(whole(205)).collect();
    let (result, rows, left) = walk_pages(script);
    let walked = result.expect("the second walk is whole");
    assert_eq!((walked.rewalks, walked.rows, walked.pages), (1, 205, 3));
    assert_eq!(rows, (0..205).collect::<Vec<_>>());
    assert_eq!(left, 0);
}

fn impossible(page: Page<u32>) -> String {
    match *walk_pages(vec![page]).0.expect_err("refused").kind {
        ApiErrorKind::Impossible { reason } => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn lists_of_every_size_are_walked_to_their_end() {
    for total in [0, 1, 99, 100, 101, 200, 205, 1_000] {
        let (result, rows, left) = walk_pages(whole(total));
        let walked = result.expect("whole");
        assert_eq!(rows, (0..total).collect::<Vec<_>>());
        assert_eq!(
            (walked.rows, walked.reported_total),
            (total.into(), total.into())
        );
        assert_eq!(walked.requests, walked.pages);
        assert_eq!((walked.retries, walked.rewalks, left), (0, 0, 0));
        assert!(!walked.filtered_to_nothing);
    }
}

#[test]
fn too_many_pages_announced_end_at_the_first_empty_one() {
    let script = vec![
        page_of(0, (0..100, 150, 9)),
        page_of(1, (100..150, 150, 9)),
        page_of(2, (0..0, 150, 9)),
    ];
    let walked = walk_pages(script).0.expect("whole");
    assert_eq!((walked.rows, walked.pages), (150, 3));
}

#[test]
fn a_short_page_is_not_the_end() {
    let mut short = whole(205);
    short[0] = page_of(0, (0..95, 200, 3));
    short[1] = page_of(1, (95..195, 200, 3));
    short[2] = page_of(2, (195..200, 200, 3));
    assert_eq!(walk_pages(short).0.expect("whole").rows, 200);
}

#[test]
fn a_smaller_page_size_than_asked_for_is_followed() {
    let script = (0..3).map(|i| Page {
        page_size: Some(10),
        ..page_of(i, (i * 10..i * 10 + 10, 30, 3))
    });
    assert_eq!(walk_pages(script.collect()).0.expect("whole").rows, 30);
}

#[test]
fn counts_that_are_missing_are_done_without() {
    let page = Page {
        total_pages: None,
        page_item_count: None,
        page_size: None,
        page_index: None,
        ..page_of(0, (0..3, 3, 1))
    };
    assert_eq!(walk_pages(vec![page]).0.expect("whole").rows, 3);
}

#[test]
fn filtered_to_nothing_is_told_from_empty() {
    let page = Page {
        page_size: Some(0),
        ..page_of(0, (0..0, 0, 1))
    };
    let walked = walk_pages(vec![page]).0.expect("whole");
    assert!(walked.filtered_to_nothing);
    assert_eq!((walked.rows, walked.pages), (0, 1));
}

#[test]
fn a_total_that_changes_is_walked_again() {
    recovers_from(vec![
        page_of(0, (0..100, 205, 3)),
        page_of(1, (100..200, 206, 3)),
    ]);
}

#[test]
fn a_row_that_comes_twice_is_walked_again() {
    recovers_from(vec![
        page_of(0, (0..100, 205, 3)),
        page_of(1, (99..199, 205, 3)),
    ]);
}

#[test]
fn a_page_that_repeats_is_walked_again() {
    recovers_from(vec![
        page_of(0, (0..100, 205, 3)),
        page_of(0, (0..100, 205, 3)),
    ]);
}

#[test]
fn fewer_or_more_rows_than_reported_are_walked_again() {
    recovers_from(vec![
        page_of(0, (0..100, 205, 2)),
        page_of(1, (100..200, 205, 2)),
    ]);
    recovers_from(vec![
        page_of(0, (0..100, 205, 3)),
        page_of(1, (0..0, 205, 3)),
    ]);
    recovers_from(vec![page_of(0, (0..100, 50, 1))]);
    let miscounted = Page {
        page_item_count: Some(99),
        ..page_of(0, (0..100, 205, 3))
    };
    recovers_from(vec![miscounted]);
}

#[test]
fn pages_that_never_end_are_cut_off() {
    let trickle = (0..4).map(|i| page_of(i, (i..i + 1, 205, 1_000_000)));
    recovers_from(trickle.collect());
}

#[test]
fn a_list_that_never_agrees_is_given_up_after_four_walks() {
    let script = vec![page_of(0, (0..0, 7, 1)); 4];
    let (result, _, left) = walk_pages(script);
    let error = result.expect_err("inconsistent");
    assert_eq!(
        error.to_string(),
        "GET /x in account, page 0: the list was inconsistent in 4 reads: 0 rows received, 7 reported"
    );
    assert_eq!(left, 0);
}

#[test]
fn what_cannot_be_true_is_an_error_at_once() {
    assert_eq!(impossible(page_of(0, (0..1, -1, 1))), "totalItems is -1");
    assert_eq!(impossible(page_of(0, (0..1, 1, -4))), "totalPages is -4");
    assert_eq!(
        impossible(page_of(0, (0..101, 101, 2))),
        "101 rows received, 100 requested"
    );
    let no_total = Page {
        total_items: None,
        ..page_of(0, (0..1, 1, 1))
    };
    assert!(impossible(no_total).contains("totalItems"));
    let size_zero = Page {
        page_size: Some(0),
        ..page_of(0, (0..1, 1, 1))
    };
    assert_eq!(impossible(size_zero), "pageSize is 0 with 1 rows of 1");
}

#[test]
fn an_objection_of_the_sink_ends_the_walk() {
    struct Objects;
    impl RowSink<u32> for Objects {
        fn restart(&mut self) {}
        fn rows(&mut self, _: Vec<u32>) -> Result<(), String> {
            Err("a row of another scope".to_owned())
        }
    }
    let site = CallSite {
        endpoint: "GET /x".to_owned(),
        scope: "account".to_owned(),
        page: None,
    };
    let fetch = |_| {
        Ok(Reply {
            data: page_of(0, (0..1, 1, 1)),
            attempts: 1,
            server_date: None,
        })
    };
    let error = walk(&site, fetch, u32::hash, &mut Objects).expect_err("objected");
    assert_eq!(
        error.to_string(),
        "GET /x in account, page 0: invalid response: a row of another scope"
    );
}
