//! Why the server ends a live connection, and the close code that tells the client whether to come back.

/// Why a connection is closed. The message is the close frame's reason: at most 123 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Closing {
    /// A text frame, or a kind of message that clients do not send.
    #[error("this kind of message is not understood")]
    Unsupported,
    /// Bytes that are not what their kind says.
    #[error("the message is malformed: {0}")]
    Malformed(&'static str),
    #[error("the message is larger than allowed")]
    TooLarge,
    #[error("too many messages; slow down and connect again")]
    TooFast,
    /// The client did not read for too long; its queue was given up. It comes back with its state and misses nothing.
    #[error("the connection was too slow; connect again to catch up")]
    Slow,
    #[error("the server restarts; connect again")]
    Restarting,
    /// The room lost its ground, such as after a fault in the CRDT; a new connection gets a new one.
    #[error("the document was reloaded; connect again")]
    Reloaded,
    #[error("the document needs repair; the server's log says more")]
    NeedsRepair,
    #[error("the session ended; sign in again")]
    SessionEnded,
    #[error("you no longer have access to this document")]
    NoAccess,
    /// An update wrote in the name of another person.
    #[error("the update was written under another person's client id")]
    Forged,
    #[error("the document was deleted")]
    Gone,
    /// An update changes what a decision that was made says, or its status. The client keeps the words for its person and begins anew.
    #[error("the decision was made: its text is locked, and its status changes by its menu")]
    Locked,
}

impl Closing {
    /// The WebSocket close code. Clients stay away after 4401, 4403 and 4404, come back without what
    /// they sent after 4423, and as they are after all others.
    pub const fn code(self) -> u16 {
        match self {
            Self::Unsupported => 1003,
            Self::Malformed(_) => 1007,
            Self::TooFast => 1008,
            Self::TooLarge => 1009,
            Self::NeedsRepair => 1011,
            Self::Restarting | Self::Reloaded => 1012,
            Self::Slow => 1013,
            Self::SessionEnded => 4401,
            Self::NoAccess | Self::Forged => 4403,
            Self::Gone => 4404,
            Self::Locked => 4423,
        }
    }
}
