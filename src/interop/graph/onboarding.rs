//! What Graph keeps of a server token.

use chrono::{DateTime, Utc};

use crate::json::{object, open_enum};

object! {
    /// `depOnboardingSetting`: a server token as Intune keeps it, without the token itself.
    ///
    /// [Microsoft's page](https://learn.microsoft.com/graph/api/resources/intune-enrollment-deponboardingsetting). Nothing of it is lost
    /// when it is read and written; the token has to be made anew for this server, in Apple's portal.
    ///
    /// ```
    /// use apple_ade::interop::graph::{DepOnboardingSetting, DepTokenType};
    /// use apple_ade::json::RawJson;
    ///
    /// let json: RawJson = r#"{"id": "54fac284-7866-43e5-860a-9c8e10fa3d7d", "appleIdentifier": "it@example.com",
    ///     "tokenType": "dep", "tokenExpirationDateTime": "2027-11-22T04:24:50Z", "syncedDeviceCount": 3000}"#.parse()?;
    /// let setting: DepOnboardingSetting = json.read()?;
    /// assert_eq!(setting.token_type, Some(DepTokenType::Dep));
    /// assert_eq!(setting.synced_device_count, Some(3000));
    /// # Ok::<(), apple_ade::json::JsonError>(())
    /// ```
    DepOnboardingSetting, "a depOnboardingSetting" {
        /// `id`
        id: String,
        /// `appleIdentifier`: the Apple Account by which the token was downloaded; another one at a renewal is worth a warning, and no
        /// error (TOK-19).
        apple_identifier: String as "appleIdentifier",
        /// `tokenName`
        token_name: String as "tokenName",
        /// `tokenType`
        token_type: DepTokenType as "tokenType",
        /// `tokenExpirationDateTime`: when the token stops working.
        token_expiration_date_time: DateTime<Utc> as "tokenExpirationDateTime",
        /// `lastModifiedDateTime`
        last_modified_date_time: DateTime<Utc> as "lastModifiedDateTime",
        /// `lastSuccessfulSyncDateTime`
        last_successful_sync_date_time: DateTime<Utc> as "lastSuccessfulSyncDateTime",
        /// `lastSyncTriggeredDateTime`
        last_sync_triggered_date_time: DateTime<Utc> as "lastSyncTriggeredDateTime",
        /// `lastSyncErrorCode`: 0 for none; Graph declares an `int32`, and codes of Windows are negative.
        last_sync_error_code: i32 as "lastSyncErrorCode",
        /// `syncedDeviceCount`
        synced_device_count: u32 as "syncedDeviceCount",
        /// `shareTokenWithSchoolDataSyncService`
        share_token_with_school_data_sync_service: bool as "shareTokenWithSchoolDataSyncService",
        /// `dataSharingConsentGranted`: whether the administrator agreed that data go to Apple.
        data_sharing_consent_granted: bool as "dataSharingConsentGranted",
        /// `roleScopeTagIds`
        role_scope_tag_ids: Vec<String> as "roleScopeTagIds",
    }
}

open_enum! {
    /// The programme that a token belongs to.
    DepTokenType, "a token type" {
        /// Apple School Manager.
        AppleSchoolManager = "appleSchoolManager",
        /// Apple Business Manager.
        Dep = "dep",
        /// None.
        None = "none",
    }
}
