use std::collections::BTreeMap;
use std::fmt::Display;
use std::io::{self, Write};

use apple_ade::Stamp;
use apple_ade::api::profile::Profile;
use apple_ade::api::{AccountDetail, DevicePage};
use apple_ade::assign::{AssignReport, Outcome};
use apple_ade::error::BoxError;
use apple_ade::id::ProfileUuid;
use apple_ade::token::{ServerToken, TokenFile, TokenKeyPair};
use chrono::TimeDelta;

use crate::serve::Served;
use crate::thousands::thousands;

/// Prints a walk through the main job: one line a step, the last one with its results.
#[derive(Debug)]
pub struct Walk<W> {
    out: W,
    bold: bool,
    pages: usize,
    devices: usize,
    families: BTreeMap<String, usize>,
}

impl<W: Write> Walk<W> {
    /// Prints to `out`, with the names of the steps in bold if so wished.
    pub fn new(out: W, bold: bool) -> Self {
        Self { out, bold, pages: 0, devices: 0, families: BTreeMap::new() }
    }

    /// Where the simulated service is, and what calls it.
    ///
    /// # Errors
    ///
    /// When the line cannot be written. So it is with all of these.
    pub fn service(&mut self, served: &Served, client: &str) -> io::Result<()> {
        self.step("service", format_args!("a simulated Apple at {}, called with {client}", served.base_url()))
    }

    /// The key pair that was made.
    ///
    /// # Errors
    ///
    /// When the line cannot be written.
    pub fn key_pair(&mut self, key_pair: &TokenKeyPair) -> io::Result<()> {
        let certificate = key_pair.certificate();
        let fingerprint: String = certificate.fingerprint().to_string().chars().take(23).collect();
        self.step(
            "key pair",
            format_args!("RSA-2048; certificate for {}, SHA-256 {fingerprint}…", certificate.subject()),
        )
    }

    /// The server token file as the portal gave it.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or the line cannot be written.
    pub fn token_file(&mut self, file: &[u8]) -> Result<(), BoxError> {
        let envelope = TokenFile::parse(file)?;
        let (size, recipients) = (thousands(file.len()), envelope.recipients().len());
        self.step("token file", format_args!("{size} bytes, {} for {recipients} recipient", envelope.cipher()))?;
        Ok(())
    }

    /// The token that was in it.
    ///
    /// # Errors
    ///
    /// When the line cannot be written.
    pub fn token(&mut self, token: &ServerToken) -> io::Result<()> {
        let expiry = token.expiry();
        let days = (expiry.at() - Stamp::from_system().now()).max(TimeDelta::zero()).num_days();
        self.step("token", format_args!("decrypted; expires {expiry}, {days} days left"))
    }

    /// The answer of `GET /account`.
    ///
    /// # Errors
    ///
    /// When the line cannot be written.
    pub fn account(&mut self, account: &AccountDetail) -> io::Result<()> {
        self.step(
            "account",
            format_args!(
                "{}, server {:?}; pages of {}, batches of {}",
                account.org_name.as_deref().unwrap_or("an organisation"),
                account.server_name.as_deref().unwrap_or_default(),
                thousands(account.page_size()),
                thousands(account.batch_size()),
            ),
        )
    }

    /// A page of devices; after the last one, what devices they are.
    ///
    /// # Errors
    ///
    /// When the line cannot be written.
    pub fn page(&mut self, page: &DevicePage) -> io::Result<()> {
        self.pages += 1;
        self.devices += page.devices.len();
        for device in &page.devices {
            let family = device.device_family.as_ref().map_or("unknown", |family| family.as_str());
            *self.families.entry(family.to_owned()).or_default() += 1;
        }
        let (number, count, rejected) = (self.pages, thousands(page.devices.len()), page.rejected.len());
        self.step("devices", format_args!("page {number}: {count} devices, {rejected} unreadable"))?;
        if page.has_more() || self.families.is_empty() {
            return Ok(());
        }
        let families = self.families.iter().map(|(family, count)| format!("{} {family}", thousands(count)));
        let families = families.collect::<Vec<_>>().join(", ");
        self.step("", families)
    }

    /// The profile that was defined.
    ///
    /// # Errors
    ///
    /// When the line cannot be written.
    pub fn profile(&mut self, profile: &Profile, uuid: &ProfileUuid) -> io::Result<()> {
        self.step("profile", format_args!("{:?} is {uuid}", profile.profile_name.as_deref().unwrap_or_default()))
    }

    /// What became of the devices: the last line.
    ///
    /// # Errors
    ///
    /// When a device had an outcome that the last line does not count, or it cannot be written.
    pub fn assigned(&mut self, report: &AssignReport) -> Result<(), BoxError> {
        let all = report.outcomes.len();
        let [success, not_accessible, failed] =
            [Outcome::Success, Outcome::NotAccessible, Outcome::Failed].map(|outcome| report.count(&outcome));
        let trouble: Vec<&str> = report.serials(|outcome| *outcome != Outcome::Success).map(AsRef::as_ref).collect();
        let look_at = match trouble.get(..3).unwrap_or(&trouble) {
            [] => String::new(),
            some => format!("; look at {}{}", some.join(", "), if trouble.len() > some.len() { " …" } else { "" }),
        };
        self.step("assignment", format_args!("{} devices answered for{look_at}", thousands(all)))?;
        let others = all - success - not_accessible - failed;
        if others > 0 {
            return Err(format!("{} devices had another outcome", thousands(others)).into());
        }
        writeln!(
            self.out,
            "done: {} devices in {} pages; profile {}; assigned {} success, {} not accessible, {} failed",
            thousands(self.devices),
            self.pages,
            report.profile_uuid,
            thousands(success),
            thousands(not_accessible),
            thousands(failed),
        )?;
        self.out.flush()?;
        Ok(())
    }

    fn step(&mut self, name: &str, text: impl Display) -> io::Result<()> {
        let (on, off) = if self.bold { ("\x1b[1m", "\x1b[0m") } else { ("", "") };
        writeln!(self.out, "{on}{name:<11}{off}{text}")
    }
}
