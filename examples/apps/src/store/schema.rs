//! The tables, in SQL that both databases know.

/// The version of the tables.
pub(super) const VERSION: i64 = 1;

pub(super) const TABLES: &[&str] = &[
    // `state` is that of the sync, `assigner` that of the assignment. `why` says why there is nothing to do before `due_at`, in the words
    // of `apple_ade::sync::Why`.
    "CREATE TABLE tokens (
        token TEXT NOT NULL PRIMARY KEY,
        state TEXT,
        assigner TEXT,
        due_at TEXT NOT NULL,
        why TEXT,
        holder TEXT,
        fence BIGINT NOT NULL,
        expires_at TEXT NOT NULL
    )",
    // `profile` is the one that Apple says is assigned; `stored_at` is when `json` came.
    "CREATE TABLE devices (
        token TEXT NOT NULL,
        serial TEXT NOT NULL,
        json TEXT NOT NULL,
        generation BIGINT NOT NULL,
        profile TEXT,
        removed_at TEXT,
        first_seen TEXT NOT NULL,
        last_seen TEXT NOT NULL,
        stored_at TEXT NOT NULL,
        PRIMARY KEY (token, serial)
    )",
    "CREATE TABLE leases (
        token TEXT NOT NULL,
        fence BIGINT NOT NULL,
        holder TEXT NOT NULL,
        taken_at TEXT NOT NULL,
        until TEXT NOT NULL,
        ended_at TEXT,
        PRIMARY KEY (token, fence)
    )",
    "CREATE TABLE profiles (
        token TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        profile TEXT NOT NULL,
        PRIMARY KEY (token, fingerprint)
    )",
    // What became of each device last. `outcome` is in the words of `apple_ade::assign::Outcome`, or `parked` (the state waits for it), or
    // `withheld` (nobody has confirmed what the profile would do to it). `profile` is what it was to be given.
    "CREATE TABLE assignments (
        token TEXT NOT NULL,
        serial TEXT NOT NULL,
        profile TEXT,
        outcome TEXT NOT NULL,
        reason TEXT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (token, serial)
    )",
];
