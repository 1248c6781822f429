//! Models over a real connection: a server that sends bytes as it is told, the client, the guard, and what comes out of it.
//!
//! `server` is that server; `spoken` writes what providers say in both protocols; `bench` puts a model before a server. The
//! suites: `faults` (both protocols, everything that goes wrong on the way), `anthropic` and `openai` (what only one of them
//! has), `cuts` (any division into pieces is the same answer), `stopping`, `guard`, `secrets`, `reviews` (whole ones), and
//! `interop` (another project's imitation of providers, where it is installed).

mod anthropic;
mod bench;
mod cuts;
mod faults;
mod guard;
mod interop;
mod openai;
mod reviews;
mod secrets;
mod server;
mod spoken;
mod stopping;
