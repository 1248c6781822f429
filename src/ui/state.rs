//! What pages keep track of, as plain types: no signals, no browser, tested like any other code.

pub mod badges;
pub mod decision_view;
pub mod drag;
pub mod filter;
pub mod form;
pub mod highlight;
pub mod live;
pub mod outline;
pub mod overlay;
pub mod palette;
pub mod patch;
pub mod pins;
pub mod preview;
pub mod save;
pub mod scores;
pub mod shortcuts;
pub mod tone;
pub mod trend;
pub mod viewport;
pub mod views;
pub mod ways;
pub mod words;
