//! Speaks HTTP and JSON exactly as Harness does; knows nothing of snapshots or SQL.
