//! What pages are made of. A component shows what it is given and reports what people do; it loads nothing.

pub mod actions;
pub mod canvas;
pub mod decision_details;
pub mod decision_table;
pub mod diagram_parts;
pub mod dialogs;
pub mod finding;
pub mod forms;
pub mod frame;
pub mod gate;
pub mod icon;
pub mod identity;
pub mod import;
pub mod inspector;
pub mod loading;
pub mod outline;
pub mod palette;
pub mod paneswitch;
pub mod problems;
pub mod project_parts;
pub mod review;
pub mod source;
pub mod status;
pub mod workbench;
pub mod workspace;
