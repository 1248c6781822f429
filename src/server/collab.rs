//! Live editing: one room per open document, and the protocol its connections speak.
//!
//! The way of a change: [`session`] takes a frame apart and checks it without a socket, [`room`] applies what arrived
//! together as one step, [`log`] commits the steps of all rooms at once, and only then the room acknowledges the change to
//! its author and shows it to the others. "Saved" means on disk, and nobody sees text that a crash can take back.
//!
//! Reading order: [`rooms`] is what the rest of the server calls; [`session`], [`frame`] and [`outline`] are the protocol;
//! [`room`] with [`replica`], [`presence`] and [`outbox`] is the live document; [`log`] is the way to disk.

pub mod closing;
pub mod difference;
pub mod frame;
pub mod lib0;
pub mod log;
pub mod outbox;
pub mod outline;
pub mod presence;
pub mod registry;
pub mod replica;
pub mod room;
pub mod rooms;
pub mod session;
pub mod together;
