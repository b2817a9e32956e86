//! The program from outside: what a person or a script sees of the real binary.

mod check;
mod world;
