//! One file per page. A page reads its address, loads its data and arranges components; it draws nothing by itself.

pub mod agent;
pub mod agents;
pub mod catalogue;
pub mod decision;
pub mod decisions;
pub mod diagram;
pub mod draft;
pub mod home;
pub mod invite;
pub mod log_doctor;
pub mod log_graph;
pub mod log_index;
pub mod log_timeline;
pub mod missing;
pub mod pattern;
pub mod project;
pub mod project_settings;
pub mod questions;
pub mod review;
pub mod reviews;
pub mod search;
pub mod settings;
pub mod setup;
pub mod sign_in;
pub mod talk;
pub mod talks;
