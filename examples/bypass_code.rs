//! Activation Lock bypass codes on the command line: make one, hash one, check what somebody typed.
//!
//! ```text
//! cargo run --example bypass_code -- new
//! cargo run --example bypass_code -- hash 3UM43-PUYVY-QYD1-UVCC-HEHJ-FKA4
//! cargo run --example bypass_code -- check 3UM43-PUYVY-QYDI-UVCC-HEHJ-FKA4
//! ```

use std::io::{ErrorKind, Read, Write};
use std::process::ExitCode;

use apple_ade::Stamp;
use apple_ade::activation_lock::{BypassCode, BypassCodeError};
use lexopt::prelude::*;

const HELP: &str = "\
Bypass codes, by which an organisation takes its Activation Lock off a device.

Usage: bypass_code new
       bypass_code hash CODE
       bypass_code check CODE

  new    makes a code of 128 random bits; keep it secret, there is no way back from its hash
  hash   the `escrow_key` for Apple's POST /device/activationlock: 64 hexadecimal digits
  check  `ok`, or the character that is wrong and what it may be meant as

  CODE   with its dashes, or without any; - reads it from standard input, which keeps it out of
         the shell's history and of the list of processes

Exit status: 0 done, 1 it is no bypass code, 2 wrong usage.";

enum Command {
    Help,
    New,
    Hash(String),
    Check(String),
}

fn main() -> ExitCode {
    let command = match arguments() {
        Ok(command) => command,
        Err(error) => {
            say(&format!("bypass_code: {error}\nTry --help."));
            return ExitCode::from(2);
        }
    };
    let done = match command {
        Command::Help => print(HELP),
        Command::New => print(BypassCode::generate(&Stamp::from_system()).to_code().expose_secret()),
        Command::Hash(code) => read(&code).and_then(|code| print(code.hash().as_str())),
        Command::Check(code) => read(&code).and_then(|_| print("ok")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("bypass_code: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn arguments() -> Result<Command, lexopt::Error> {
    let mut parser = lexopt::Parser::from_env();
    let (mut command, mut code) = (None, None);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("help") | Short('h') => return Ok(Command::Help),
            Value(word) if command.is_none() => command = Some(word.string()?),
            Value(word) if code.is_none() && command.as_deref() != Some("new") => code = Some(word.string()?),
            // What follows may be a secret.
            Value(_) => {
                return Err("there is an argument too many; put a code with spaces in it in quotation marks".into());
            }
            _ => return Err(argument.unexpected()),
        }
    }
    let code = || code.ok_or_else(|| lexopt::Error::from("CODE is missing"));
    match command.as_deref() {
        Some("new") => Ok(Command::New),
        Some("hash") => Ok(Command::Hash(code()?)),
        Some("check") => Ok(Command::Check(code()?)),
        Some(other) => Err(format!("there is no command {other:?}; there are new, hash and check").into()),
        None => Err("a command is missing: new, hash or check".into()),
    }
}

/// The code, with a mark under the character that is wrong.
fn read(argument: &str) -> Result<BypassCode, String> {
    let mut typed = argument.to_owned();
    if argument == "-" {
        typed.clear();
        // More than any code has; the rest cannot make it one.
        let read = std::io::stdin().take(1000).read_to_string(&mut typed);
        read.map_err(|error| format!("standard input: {error}"))?;
    }
    typed.parse().map_err(|error: BypassCodeError| match error.position() {
        Some(position) if typed.chars().count() <= 80 => {
            let shown: String = typed.trim_end().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            format!("{error}\n\n  {shown}\n  {}^", " ".repeat(position - 1))
        }
        _ => error.to_string(),
    })
}

/// A line on standard error. Where that is closed, the exit status has to say it all.
fn say(text: &str) {
    drop(writeln!(std::io::stderr(), "{text}"));
}

/// A line on standard output; a reader that has gone is no error of ours.
fn print(text: &str) -> Result<(), String> {
    match writeln!(std::io::stdout(), "{text}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.to_string()),
        _ => Ok(()),
    }
}
