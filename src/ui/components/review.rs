//! What the review page is made of: the band with the verdict, the list, one finding in full, the facts of the run.

pub mod agents;
pub mod band;
pub mod baseline;
pub mod change;
pub mod detail;
pub mod differences;
pub mod evidence;
pub mod list;
pub mod part;
pub mod run;
pub mod trend;
pub mod triage;
