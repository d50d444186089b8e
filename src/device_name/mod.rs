//! The template of device names, and the names that it gives.
//!
//! A template is text with the variables `{{SERIAL}}` and `{{DEVICETYPE}}` (NAM-3). It is the MDM's and not in Apple's profile: the MDM
//! sends the name by command, to supervised devices, at enrollment and whenever the device has another name. Unlike every other
//! setting of a profile it can be changed without a reset (NAM-6). Giving none is an `Option` (NAM-1); an empty template is an error.
//!
//! The spelling of the variables is Intune's as commonly written; no document confirms it.
//!
//! ```
//! use apple_ade::device_name::{DeviceNameTemplate, DeviceType};
//!
//! let template: DeviceNameTemplate = "Class 4 {{DEVICETYPE}} {{SERIAL}}".parse()?;
//! let name = template.render(&"C02T0HL0GGC0".parse()?, DeviceType::Ipad)?;
//! assert_eq!(name.as_str(), "Class 4 iPad C02T0HL0GGC0");
//! assert_eq!(name.host_name().as_deref(), Some("Class-4-iPad-C02T0HL0GGC0"));
//!
//! let error = "iPad {{SERIALNUMBER}}".parse::<DeviceNameTemplate>().unwrap_err();
//! assert_eq!(error.to_string(), "character 6: there is no variable {{SERIALNUMBER}}; did you mean {{SERIAL}}?");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod device_type;
mod name;
mod template;
mod variable;

pub use self::device_type::DeviceType;
pub use self::name::{DeviceName, DeviceNameError};
pub use self::template::{DeviceNameTemplate, Part, RenderError, TemplateError};
pub use self::variable::Variable;
