//! Who is calling: the signed property list with which a device asks for its enrollment profile.
//!
//! A device that is switched on sends [MachineInfo](https://developer.apple.com/documentation/devicemanagement/machineinfo),
//! signed by the identity certificate that Apple made for it: as body of the POST to the profile's `url`
//! (`application/pkcs7-signature`), or as header `x-apple-aspen-deviceinfo` of the first GET of `configuration_web_url`.
//! [`SignedMachineInfo`] reads both. It has no fields; only [`SignedMachineInfo::verify`] gives a [`VerifiedMachineInfo`].
//!
//! **What the signature proves:** that an Apple device signed it: somebody who can use the identity key of one. **What it does not
//! prove:** that the serial number and the other contents are that device's. The certificate names neither; on a Mac, software can
//! choose them, and whoever has seen a request can send it again, as nothing in it is fresh. So: look the serial number up in
//! your list of devices, give nothing away that is worth more than being that device, have the user sign in where it is, and
//! attest the hardware (ACME) where that is not enough.
//!
//! ```
//! use apple_ade::machine_info::{SignedMachineInfo, Trust};
//!
//! # #[cfg(all(feature = "simulator", any(feature = "aws-lc-rs", feature = "rustcrypto")))] {
//! # use apple_ade::simulator::{DeviceInfo, Family, World};
//! # let mut world = World::builder().seed(7).build();
//! # let serial = world.buy(Family::Ipad);
//! # let at = world.now();
//! # let body = DeviceInfo::of(world.device(&serial).unwrap(), at).body();
//! # let trust = Trust::pinned(DeviceInfo::authority().unwrap());
//! # /*
//! let trust = Trust::apple_devices();
//! # */
//! let device = SignedMachineInfo::from_body(&body)?.verify(&trust, at)?;
//! assert_eq!(device.info().serial.as_ref().map(|serial| serial.as_str()), Some(&*serial));
//! assert!(device.info().missing().is_empty());
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;
mod info;
mod key;
mod plist;
mod signed;

pub use self::error::{ContentError, ReadError, UntrustedError};
pub(crate) use self::info::platform_of;
pub use self::info::{MachineInfo, OddValue, PairingToken};
pub use self::key::{Key, ValueType};
pub use self::signed::{SignedMachineInfo, VerifiedMachineInfo};
pub use crate::pki::trust::Trust;
