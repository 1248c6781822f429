//! Tests of the domain as a whole: what no one part can show by itself.

mod fuzz;
