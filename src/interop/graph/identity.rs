//! A device as Graph keeps it.

use chrono::{DateTime, Utc};

use crate::id::SerialNumber;
use crate::json::{object, open_enum};

object! {
    /// `importedAppleDeviceIdentity`: a device that Intune knows from Apple, or from a list.
    ///
    /// [Microsoft's page](https://learn.microsoft.com/graph/api/resources/intune-enrollment-importedappledeviceidentity). Nothing of it is
    /// lost when it is read and written.
    ///
    /// ```
    /// use apple_ade::interop::graph::{EnrollmentState, ImportedAppleDeviceIdentity};
    /// use apple_ade::json::RawJson;
    ///
    /// let json: RawJson = r#"{"serialNumber": "C02T0HL0GGC0", "enrollmentState": "notContacted", "platform": "ios"}"#.parse()?;
    /// let device: ImportedAppleDeviceIdentity = json.read()?;
    /// assert_eq!(device.enrollment_state, Some(EnrollmentState::NotContacted));
    /// # Ok::<(), apple_ade::json::JsonError>(())
    /// ```
    ImportedAppleDeviceIdentity, "an importedAppleDeviceIdentity" {
        /// `id`
        id: String,
        /// `serialNumber`
        serial_number: SerialNumber as "serialNumber",
        /// `requestedEnrollmentProfileId`: Graph's id of the profile that is to be assigned.
        requested_enrollment_profile_id: String as "requestedEnrollmentProfileId",
        /// `requestedEnrollmentProfileAssignmentDateTime`
        requested_enrollment_profile_assignment_date_time: DateTime<Utc> as "requestedEnrollmentProfileAssignmentDateTime",
        /// `isSupervised`
        is_supervised: bool as "isSupervised",
        /// `discoverySource`
        discovery_source: DiscoverySource as "discoverySource",
        /// `isDeleted`: it is gone from Apple's list.
        is_deleted: bool as "isDeleted",
        /// `createdDateTime`
        created_date_time: DateTime<Utc> as "createdDateTime",
        /// `lastContactedDateTime`
        last_contacted_date_time: DateTime<Utc> as "lastContactedDateTime",
        /// `description`
        description: String,
        /// `enrollmentState`
        enrollment_state: EnrollmentState as "enrollmentState",
        /// `platform`
        platform: IdentityPlatform,
    }
}

open_enum! {
    /// Where Intune knows a device from.
    DiscoverySource, "a discovery source" {
        /// An administrator's list.
        AdminImport = "adminImport",
        /// Apple's service.
        DeviceEnrollmentProgram = "deviceEnrollmentProgram",
        /// It is not known.
        Unknown = "unknown",
    }
}

open_enum! {
    /// How far a device has come at Intune.
    EnrollmentState, "an enrollment state" {
        /// It may not enroll.
        Blocked = "blocked",
        /// It is enrolled.
        Enrolled = "enrolled",
        /// Its enrollment has failed.
        Failed = "failed",
        /// It has never been heard of.
        NotContacted = "notContacted",
        /// It is to be erased, and enrolls again then.
        PendingReset = "pendingReset",
        /// It is not known.
        Unknown = "unknown",
    }
}

open_enum! {
    /// The operating system of a device, as Graph calls them.
    IdentityPlatform, "a platform" {
        /// Android.
        Android = "android",
        /// iOS and iPadOS.
        Ios = "ios",
        /// macOS.
        MacOs = "macOS",
        /// It is not known.
        Unknown = "unknown",
        /// Windows.
        Windows = "windows",
        /// Windows Mobile.
        WindowsMobile = "windowsMobile",
    }
}
