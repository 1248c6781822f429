//! The real program as a process: starting, refusing to start, stopping, and working beside its own command line.
//!
//! A target of its own, because only such tests know where the binary is. To add a suite: a file in `tests/process/` and
//! its line here.
#![expect(clippy::unwrap_used, reason = "a test that finds nothing there has failed")]

mod process {
    mod adr;
    mod crash;
    mod harness;
    mod history;
    mod life;
    mod operator;
    mod provider;
    mod review;
}
