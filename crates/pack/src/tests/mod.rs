//! Packs that are whole, attacked from outside, forged from inside, hostile, and mutated.

mod attacks;
mod cheats;
mod demonstration;
mod edit;
mod erasures;
mod exceptions;
mod exhaust;
mod fields;
mod files;
mod forgeries;
mod hostile;
mod insiders;
mod limited;
mod lock;
mod mutations;
mod page;
mod people;
mod periods;
mod report;
mod restored;
mod spelling;
mod unnamed_attacks;
mod whole;
mod without_names;
mod zones;
