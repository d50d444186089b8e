//! What there is to do on either server.

use crate::os::Platform;

/// A step of the server to which a device moves. The order of a plan counts: what has to be done before `DeviceConfigured` cannot be
/// done after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum NewServerStep {
    /// Assign a profile with `await_device_configured` true, before the deadline: without a profile there is nothing to move to, and
    /// without the wait the next steps come too late.
    AssignProfile,
    /// Wait for the device to enroll. Its user starts that, or the deadline does. On a Mac the managed local user stays managed: the
    /// user channel goes on with the new server.
    WaitForEnrollment,
    /// iOS and iPadOS: install every app that is to stay. Those that the device has are kept without a download; the others that the
    /// old server had installed are removed at the end.
    InstallApps,
    /// Lock the device to the organisation with a new [`BypassCode`](crate::activation_lock::BypassCode), if it is to be locked: the old
    /// lock is always gone, and the codes for it open nothing any more. If locking fails, Apple sets a lock that only an administrator
    /// of the organisation opens.
    EnableActivationLock,
    /// macOS: install an escrow payload for the FileVault key. Until then the key is with the old server alone.
    EscrowFileVaultKey,
    /// Send `DeviceConfigured`.
    SendDeviceConfigured,
    /// Fetch the bypass code that the device has made anew, beside the server's own.
    FetchBypassCode,
}

/// What the server that a device leaves has to know or to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum OldServerStep {
    /// Its record comes as `deleted` with the next sync. It does not say whether the device was released or moved, nor to whom.
    ExpectDeletion,
    /// The device goes on being managed until it moves. Commands still reach it.
    KeepManaging,
    /// A `CheckOut` may come, and may not, if the device is offline at that time: do not wait for it.
    DoNotWaitForCheckOut,
    /// Throw the bypass codes away: the lock is removed, whoever set it.
    ForgetBypassCodes,
    /// macOS: keep the FileVault key until the new server has one of its own, which nobody tells this server.
    KeepFileVaultKey,
}

impl NewServerStep {
    /// Whether the device has to be held in Setup Assistant for it, so that it comes before `DeviceConfigured`.
    pub fn needs_awaiting_device(self) -> bool {
        matches!(self, Self::InstallApps | Self::EnableActivationLock | Self::EscrowFileVaultKey)
    }
}

pub(super) fn new_server_plan(platform: Platform) -> Vec<NewServerStep> {
    let of_system =
        if platform == Platform::MacOs { NewServerStep::EscrowFileVaultKey } else { NewServerStep::InstallApps };
    vec![
        NewServerStep::AssignProfile,
        NewServerStep::WaitForEnrollment,
        of_system,
        NewServerStep::EnableActivationLock,
        NewServerStep::SendDeviceConfigured,
        NewServerStep::FetchBypassCode,
    ]
}

/// What the server that a device leaves has to know or to do, in order. Nothing tells it beforehand.
///
/// ```
/// use apple_ade::migration::{OldServerStep, old_server_plan};
/// use apple_ade::os::Platform;
///
/// assert!(old_server_plan(Platform::MacOs).contains(&OldServerStep::KeepFileVaultKey));
/// assert!(!old_server_plan(Platform::Ios).contains(&OldServerStep::KeepFileVaultKey));
/// ```
pub fn old_server_plan(platform: Platform) -> Vec<OldServerStep> {
    let mut steps = vec![
        OldServerStep::ExpectDeletion,
        OldServerStep::KeepManaging,
        OldServerStep::DoNotWaitForCheckOut,
        OldServerStep::ForgetBypassCodes,
    ];
    if platform == Platform::MacOs {
        steps.push(OldServerStep::KeepFileVaultKey);
    }
    steps
}
