use apple_ade::error::BoxError;

/// Why a store did not do what it was asked for. Nothing of it is stored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// There is something else at this place.
    #[error(
        "{place}: this is {found}, and no database of this program; name another one, nothing in this one was changed"
    )]
    NotOurs {
        /// The file, or the schema.
        place: String,
        /// What it is.
        found: String,
    },
    /// The database was written by a newer version.
    #[error("{place}: its tables are of version {found}, and this program knows {known}; use the newer program")]
    Newer {
        /// The file, or the schema.
        place: String,
        /// The version.
        found: i64,
        /// The one that this program writes.
        known: i64,
    },
    /// The database cannot be opened.
    #[error("{place}: the database cannot be opened: {reason}")]
    Open {
        /// The file, or the server.
        place: String,
        /// The database's own words.
        reason: String,
    },
    /// Somebody else holds the token by now.
    #[error("another process has taken over this token's sync; nothing was stored, and that process goes on")]
    LeaseLost,
    /// The machine wants a change that is not known here.
    #[error("this program does not know the change {0}; update it with the library")]
    UnknownChange(String),
    /// A column holds what this program does not write.
    #[error("column {column} of an answer is no {expected}; the database was changed by something else")]
    Column {
        /// Its place, from 0.
        column: usize,
        /// What belongs there.
        expected: &'static str,
    },
    /// The database failed.
    #[error("the database failed: {0}")]
    Database(#[source] BoxError),
}

impl StoreError {
    pub(super) fn database(error: impl Into<BoxError>) -> Self {
        Self::Database(error.into())
    }
}
