//! Workers: a few threads that take tasks from one queue.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::plan::{Task, each};
use super::record::ListedRows;
use super::walk::Walker;
use crate::api::error::ApiError;
use crate::model::{ListingKind, Scope};

/// How far the work is; read by the line of progress.
#[derive(Debug, Default)]
pub struct Progress {
    /// Tasks planned so far.
    pub planned: AtomicU64,
    /// Tasks done.
    pub done: AtomicU64,
}

/// What a task needs.
pub(super) struct WorkerPool<'a> {
    pub(super) walker: Walker<'a>,
    pub(super) scopes: &'a [Scope],
    /// Whether these are all there are.
    pub(super) every_scope: bool,
    pub(super) jobs: usize,
    pub(super) progress: &'a Progress,
}

/// What came of a task: listings, and tasks to do instead.
type TaskOutcome = Result<(Vec<ListedRows>, Vec<Task>), ApiError>;

impl WorkerPool<'_> {
    /// Does the tasks and hands on their listings in the order of the tasks, whoever did them, so that the same account
    /// gives the same file. The first failure ends the work.
    pub(super) fn run(
        &self,
        tasks: Vec<Task>,
        mut take: impl FnMut(ListedRows),
    ) -> Result<(), ApiError> {
        let queue = Queue::new(tasks, self.progress);
        let (done, outcomes) = mpsc::channel();
        thread::scope(|threads| {
            for started in 0..self.jobs {
                let (of_worker, queue) = (done.clone(), &queue);
                let worker = thread::Builder::new()
                    .spawn_scoped(threads, move || self.run_worker(queue, &of_worker));
                if let Err(error) = worker {
                    log::warn!("only {started} of {} workers: {error}", self.jobs);
                    if started == 0 {
                        self.run_worker(queue, &done); // then this thread does the work
                    }
                    break;
                }
            }
            drop(done);
            let mut waiting: BTreeMap<usize, Vec<ListedRows>> = BTreeMap::new();
            let mut next = 0;
            for (number, outcome) in outcomes {
                match outcome {
                    Ok(listed) => waiting.insert(number, listed),
                    Err(error) => {
                        queue.abandon();
                        self.walker.client.interrupt();
                        return Err(error);
                    }
                };
                while let Some(listed) = waiting.remove(&next) {
                    listed.into_iter().for_each(&mut take);
                    next += 1;
                }
            }
            Ok(())
        })
    }

    fn run_worker(
        &self,
        queue: &Queue<'_>,
        done: &mpsc::Sender<(usize, Result<Vec<ListedRows>, ApiError>)>,
    ) {
        while let Some((number, task)) = queue.next() {
            let guard = TaskGuard(queue);
            let outcome = self.perform(task).map(|(listed, more)| {
                queue.add(more);
                listed
            });
            self.progress.done.fetch_add(1, Ordering::Relaxed);
            drop(guard);
            if done.send((number, outcome)).is_err() {
                return;
            }
        }
    }

    fn perform(&self, task: Task) -> TaskOutcome {
        let walker = self.walker;
        Ok(match task {
            Task::List(kind, scope) => {
                let listed = walker.listing(kind, &scope)?;
                (listed.into_iter().collect(), Vec::new())
            }
            Task::WholeAccount(kind) => {
                match walker.whole_account(kind, self.scopes, self.every_scope)? {
                    Some(listed) => (listed, Vec::new()),
                    None => (Vec::new(), each(kind, self.scopes)),
                }
            }
            Task::AssignmentsOf(scopes) => {
                let kind = ListingKind::RoleAssignments;
                match walker.assignments_of_many(&scopes)? {
                    Some(many) => {
                        let unclear: Vec<Scope> = many.unclear.into_iter().collect();
                        (many.listed, each(kind, &unclear))
                    }
                    None => (Vec::new(), each(kind, &scopes)),
                }
            }
        })
    }
}

/// A task under way. Should the worker panic, the others must not wait for what it would have added.
struct TaskGuard<'a>(&'a Queue<'a>);

impl Drop for TaskGuard<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.abandon();
        }
        self.0.finished();
    }
}

/// Tasks to do, numbered in order. A task under way may add more.
struct Queue<'a> {
    state: Mutex<State>,
    changed: Condvar,
    progress: &'a Progress,
}

struct State {
    tasks: VecDeque<(usize, Task)>,
    numbered: usize,
    under_way: usize,
}

impl<'a> Queue<'a> {
    fn new(tasks: Vec<Task>, progress: &'a Progress) -> Self {
        let queue = Self {
            state: Mutex::new(State {
                tasks: VecDeque::new(),
                numbered: 0,
                under_way: 0,
            }),
            changed: Condvar::new(),
            progress,
        };
        queue.add(tasks);
        queue
    }

    fn add(&self, tasks: Vec<Task>) {
        self.progress
            .planned
            .fetch_add(tasks.len() as u64, Ordering::Relaxed);
        let mut state = self.lock();
        for task in tasks {
            let number = state.numbered;
            state.numbered += 1;
            state.tasks.push_back((number, task));
        }
        drop(state);
        self.changed.notify_all();
    }

    /// The next task; waits while a task under way may add some. `None` when there is nothing left.
    fn next(&self) -> Option<(usize, Task)> {
        let mut state = self.lock();
        loop {
            if let Some(task) = state.tasks.pop_front() {
                state.under_way += 1;
                return Some(task);
            }
            if state.under_way == 0 {
                return None;
            }
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn finished(&self) {
        self.lock().under_way -= 1;
        self.changed.notify_all();
    }

    fn abandon(&self) {
        self.lock().tasks.clear();
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
