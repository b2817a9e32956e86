//! The one program: a check of this computer, the server, the agent, and what an outsider verifies
//! with. Commands stand in [`commands`], one a file.

mod client;
mod collector;
mod commands;
mod compose;
mod configuration;
mod data;
mod kinds;
mod machine;
mod printer;
mod signals;
mod system;
mod this_computer;

use clap::Parser;
use printer::Printer;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = match commands::Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Asked wrongly is 1; help and version are an answer.
            let code = u8::from(error.use_stderr());
            return if error.print().is_ok() { ExitCode::from(code) } else { ExitCode::from(2) };
        }
    };
    let printer = Printer::new(arguments.json);
    match commands::run(arguments.command, &printer) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            printer.error(&error);
            let is_users = error.downcast_ref::<commands::UserError>().is_some();
            ExitCode::from(if is_users { 1 } else { 2 })
        }
    }
}
