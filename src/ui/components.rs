//! What pages are made of. A component shows what it is given and reports what people do; it loads nothing.

pub mod dialogs;
pub mod forms;
pub mod frame;
pub mod gate;
pub mod icon;
pub mod identity;
pub mod loading;
pub mod palette;
pub mod review;
pub mod status;
pub mod workspace;
