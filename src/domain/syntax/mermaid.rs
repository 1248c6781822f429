//! Mermaid flowcharts, as far as Lintel speaks them: writing a view as one. How: `print` beside this file.

pub mod architecture;
pub mod c4;
pub mod print;
