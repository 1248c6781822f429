//! Whole texts in and out.

use proptest::prelude::*;

use super::*;
use crate::domain::{
    model::{ElementKey, Level, kind::Kind},
    syntax::c4::{catalogue, tests as samples},
};

mod read;
mod round;
