//!

pub mod overview;

pub use overview::Board;
