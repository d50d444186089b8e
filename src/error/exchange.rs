/// An [`Exchange`](crate::session::Exchange) was used out of turn. Nothing has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExchangeError {
    /// An answer came, but no request is out.
    #[error("no request of this exchange is out: call next() and send what it gives before receive() or fail()")]
    NothingSent,
    /// The result was taken, and the exchange is over.
    #[error("the result of this exchange has been taken: begin another exchange for another call")]
    Over,
    /// The same request was asked for again and again.
    #[error("the exchange has handed out all the requests that it may: begin another exchange, after a pause")]
    TooManyRequests,
}
