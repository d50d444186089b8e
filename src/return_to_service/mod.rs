//! Return to service: a device is erased, enrolls again by itself, and is ready for the next user.
//!
//! There are two ways to it. The MDM sends `EraseDevice`, by a [`ReturnPlan`] that says first what the device needs for it. Or the
//! device asks by itself, in the check-in `ReturnToService` ([`ReturnRequest`], [`ReturnReply`]), because its user or its idle time-out
//! wants it: on visionOS.
//!
//! iOS and iPadOS 17.0, tvOS 18.0, visionOS 26.0; apps stay on the device from iOS, iPadOS and visionOS 26.0 on, with
//! `is_return_to_service` in the profile and a bootstrap token. See Apple's
//! [Returning a managed device to service](https://developer.apple.com/documentation/devicemanagement/returning-a-managed-device-to-service).

mod checkin;
mod plan;

pub use self::checkin::{ReturnReply, ReturnRequest, ReturnRequestError};
pub use self::plan::{ActivationLock, Need, Network, ReturnPlan};
pub use crate::command::ReturnToService;
