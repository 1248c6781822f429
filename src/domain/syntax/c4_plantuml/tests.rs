//! Whole texts in and out.

use super::*;
use crate::domain::{
    model::{
        ElementKey, GroupKey, Level,
        kind::Kind,
        view::{Direction, ViewKind},
    },
    syntax::c4::tests as samples,
};

mod damage;
mod read;
mod round;
