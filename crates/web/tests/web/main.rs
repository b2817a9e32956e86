//! The server as those outside meet it: over sockets, and with bodies that take their time.

#![expect(clippy::unwrap_used, reason = "what fails here fails a test")]

mod bodies;
mod calendar;
mod certificate;
mod drawn_elsewhere;
mod frameworks;
mod guide;
mod invitations;
mod line;
mod lookup;
mod mail_stop;
mod meanwhile;
mod nowhere;
mod past;
mod refused;
mod routes;
mod tasks;
mod two;
mod uploads;
mod world;
