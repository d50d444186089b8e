//! Steps out of turn.

/// The machine was told of something that it has not asked for. Nothing has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Misuse {
    /// No call of this id waits for an answer.
    #[error("no call {given} waits for an answer{}; call next() for what does", of(*.expected, "call"))]
    NoSuchCall {
        /// The id that was given.
        given: u64,
        /// The id of the call that waits, if one does.
        expected: Option<u64>,
    },
    /// The answer is of another kind of call.
    #[error("call {given} is of another kind than this answer: hand over what Client::carry_out made of its request")]
    OtherCall {
        /// The id that was given.
        given: u64,
    },
    /// No commit of this id waits for its acknowledgement.
    #[error("no commit {given} waits for its acknowledgement{}; call next() for what does", of(*.expected, "commit"))]
    NoSuchCommit {
        /// The id that was given.
        given: u64,
        /// The id of the commit that waits, if one does.
        expected: Option<u64>,
    },
    /// No definition of this id waits for its UUID.
    #[error("no definition {given} waits for its UUID{}; call next() for what does", of(*.expected, "definition"))]
    NoSuchDefinition {
        /// The id that was given.
        given: u64,
        /// The id of the definition that waits, if one does.
        expected: Option<u64>,
    },
}

fn of(expected: Option<u64>, what: &str) -> String {
    expected.map_or_else(String::new, |id| format!(", but {what} {id} does"))
}
