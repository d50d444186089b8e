//! A command with its envelope.

use plist::{Dictionary, Value};

use super::account::CreateAccounts;
use super::erase::EraseDevice;
use super::install::InstallProfile;
use super::settings::SettingsItem;
use crate::id::CommandUuid;
use crate::profile::CellularPlan;
use crate::property_list::Node;
use crate::secret::SecretBytes;

/// A command that the MDM sends to a device.
///
/// What it says of passwords and networks is secret: it can neither be printed nor cloned, and [`to_xml`](Self::to_xml) gives bytes that
/// are wiped when they are dropped.
///
/// ```
/// use apple_ade::command::Command;
///
/// let xml = Command::DeviceConfigured.to_xml(&"1".parse()?);
/// let expected = "\t<key>Command</key>\n\t<dict>\n\t\t<key>RequestType</key>\n\t\t<string>DeviceConfigured</string>\n\t</dict>\n\
///                 \t<key>CommandUUID</key>\n\t<string>1</string>\n";
/// assert!(std::str::from_utf8(xml.expose_secret())?.contains(expected));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Command {
    /// [`AccountConfiguration`](https://developer.apple.com/documentation/devicemanagement/accountconfigurationcommand): the local accounts
    /// of a Mac, while it awaits its configuration.
    AccountConfiguration(CreateAccounts),
    /// [`DeviceConfigured`](https://developer.apple.com/documentation/devicemanagement/deviceconfiguredcommand): lets go a device that
    /// awaits its configuration. After it nothing can be told to the device in that state any more.
    DeviceConfigured,
    /// [`EraseDevice`](https://developer.apple.com/documentation/devicemanagement/erasedevicecommand).
    EraseDevice(EraseDevice),
    /// [`InstallProfile`](https://developer.apple.com/documentation/devicemanagement/installprofilecommand).
    InstallProfile(InstallProfile),
    /// [`RefreshCellularPlans`](https://developer.apple.com/documentation/devicemanagement/refreshcellularplanscommand): the eSIM asks
    /// the carrier's server for its plan (CEL-2, CEL-3).
    RefreshCellularPlans(CellularPlan),
    /// [`Settings`](https://developer.apple.com/documentation/devicemanagement/settingscommand), with one item or more.
    Settings(Vec<SettingsItem>),
    /// [`UserConfigured`](https://developer.apple.com/documentation/devicemanagement/userconfiguredcommand): lets in a user of a Shared
    /// iPad whose sign-in waits for it. It goes out on the user channel.
    UserConfigured,
}

impl Command {
    /// `RequestType`.
    pub fn request_type(&self) -> &'static str {
        match self {
            Self::AccountConfiguration(_) => "AccountConfiguration",
            Self::DeviceConfigured => "DeviceConfigured",
            Self::EraseDevice(_) => "EraseDevice",
            Self::InstallProfile(_) => "InstallProfile",
            Self::RefreshCellularPlans(_) => "RefreshCellularPlans",
            Self::Settings(_) => "Settings",
            Self::UserConfigured => "UserConfigured",
        }
    }

    /// The whole request, an XML property list: `Command` and `CommandUUID`. The same command gives the same bytes.
    pub fn to_xml(&self, uuid: &CommandUuid) -> SecretBytes {
        Node::Keys(vec![("Command", self.node()), ("CommandUUID", Node::Text(uuid.as_str()))]).to_xml()
    }

    /// The dictionary `Command` alone, for an MDM that makes its envelopes itself. What is secret in it is copied, and not wiped.
    pub fn to_dictionary(&self) -> Dictionary {
        self.node().to_dictionary()
    }

    /// The whole request as a value. What is secret in it is copied, and not wiped.
    pub fn to_value(&self, uuid: &CommandUuid) -> Value {
        Node::Keys(vec![("Command", self.node()), ("CommandUUID", Node::Text(uuid.as_str()))]).to_value()
    }

    fn node(&self) -> Node<'_> {
        let mut keys = match self {
            Self::AccountConfiguration(accounts) => accounts.keys(),
            Self::DeviceConfigured | Self::UserConfigured => Vec::new(),
            Self::EraseDevice(erase) => erase.keys(),
            Self::InstallProfile(install) => vec![("Payload", Node::Data(install.payload()))],
            Self::RefreshCellularPlans(plan) => vec![("eSIMServerURL", Node::Text(plan.activation_server()))],
            Self::Settings(items) => vec![("Settings", Node::List(items.iter().map(SettingsItem::node).collect()))],
        };
        keys.insert(0, ("RequestType", Node::Text(self.request_type())));
        Node::Keys(keys)
    }
}
