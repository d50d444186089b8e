/// A request that is not sent, because Apple would refuse it or it would do harm.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// A field that the call cannot do without is missing or empty.
    #[error("{call}: `{field}` is missing; Apple would answer {word}. Set it before the call")]
    Missing {
        /// The call, as in `POST /profile`.
        call: &'static str,
        /// The field, in Apple's spelling.
        field: &'static str,
        /// The word that Apple would have answered.
        word: &'static str,
    },
    /// A value is longer, or there are more of them, than the call takes.
    #[error("{call}: `{field}` has {found}, and the call takes at most {most}. Shorten it, or send several requests")]
    TooMany {
        /// The call.
        call: &'static str,
        /// The field, in Apple's spelling.
        field: &'static str,
        /// How many there are.
        found: usize,
        /// How many there may be.
        most: usize,
    },
    /// A value is of the wrong form.
    #[error("{call}: `{field}` is {found:?}, where {expected} is expected")]
    Malformed {
        /// The call.
        call: &'static str,
        /// The field or header, in Apple's spelling.
        field: &'static str,
        /// What was found.
        found: String,
        /// What is expected there.
        expected: &'static str,
    },
    /// A documented key has a value of another type than the documented one, as it was read.
    #[error(
        "{call}: `{field}` is {}, where {expected} is expected. Set the field, or send it as it is by `DefineProfile::with_unknown_keys`",
        found.as_deref().unwrap_or("something else")
    )]
    WrongType {
        /// The call.
        call: &'static str,
        /// The key, in Apple's spelling.
        field: &'static str,
        /// What was found, as JSON and shortened; `None` where it may be a private key.
        found: Option<String>,
        /// What is expected there.
        expected: &'static str,
    },
    /// The base URL of the service is not one.
    #[error("the base URL {found:?} cannot be used: {problem}")]
    BaseUrl {
        /// The URL that was given.
        found: String,
        /// What is wrong with it, and what would be right.
        problem: &'static str,
    },
}
