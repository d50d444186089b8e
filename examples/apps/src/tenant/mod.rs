//! The program `tenant`: a school's year, month by month.

mod edit;
mod growth;
mod join;
mod leave;
mod paper;
mod people;
mod profiles;
mod release;
mod renew;
mod school;
mod terms;

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use apple_ade::error::BoxError;
use lexopt::prelude::*;

use self::paper::Paper;
use crate::begin;

const HELP: &str = "\
Walks through a school's year with Automated Device Enrollment, against a simulated Apple.

Usage: tenant [--seed N]

  --seed N   another school: other serial numbers, other tokens (default 1)
  --help     this text

Each decision of the library is printed with the requirement that it comes from: the ids stand
in docs/requirements.md. Nothing is stored, and nobody is called.

Exit status: 0 the year went as it should, 1 something came out otherwise, 2 wrong usage.";

/// Runs the program with the arguments of the process.
pub fn run() -> ExitCode {
    let seed = match begin::arguments("tenant", HELP, read(std::env::args_os().skip(1))) {
        Ok(seed) => seed,
        Err(code) => return code,
    };
    match year(seed, Paper::new(io::BufWriter::new(io::stdout().lock()), begin::is_coloured())) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            if !begin::is_cut_off(&error) {
                drop(writeln!(io::stderr(), "tenant: {error}"));
            }
            ExitCode::FAILURE
        }
    }
}

/// The seed; `None` when help was asked for.
fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Option<u64>, lexopt::Error> {
    let mut seed = 1;
    let mut parser = lexopt::Parser::from_args(arguments);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("seed") => seed = parser.value()?.parse()?,
            Long("help") | Short('h') => return Ok(None),
            _ => return Err(argument.unexpected()),
        }
    }
    Ok(Some(seed))
}

/// The year; whether it went as it should.
fn year<W: Write>(seed: u64, mut paper: Paper<W>) -> Result<bool, BoxError> {
    let mut school = join::join(seed, &mut paper)?;
    let mut shelf = profiles::define(&mut school, &mut paper)?;
    profiles::assign(&mut school, &shelf, &mut paper)?;
    people::sign_in(&school, &shelf, &mut paper)?;
    edit::edit(&mut school, &mut shelf, &mut paper)?;
    edit::delete_here(&mut school, &mut paper)?;
    edit::leave_to_user(&mut school, &shelf, &mut paper)?;
    terms::new_terms(&mut school, &mut paper)?;
    release::release(&mut school, &mut paper)?;
    growth::grow(&mut paper, &school)?;
    renew::warn(&mut school, &mut paper)?;
    renew::renew(&mut school, &mut paper)?;
    leave::leave(&mut school, &mut shelf, &mut paper)?;
    Ok(paper.end(school.fetched)?)
}
