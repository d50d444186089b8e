//! Secrets as types: they cannot be copied, compared, printed or serialised by accident.
//!
//! The one way out is `expose_secret`, a word that can be searched for in a code review. Memory is wiped on drop.

use std::fmt;

use zeroize::Zeroizing;

macro_rules! secret {
    ($(#[$doc:meta])* $name:ident($inner:ty) exposes $exposed:ty) => {
        $(#[$doc])*
        pub struct $name(Zeroizing<$inner>);

        impl $name {
            /// Takes ownership of the secret.
            pub fn new(secret: impl Into<$inner>) -> Self {
                Self(Zeroizing::new(secret.into()))
            }

            /// The secret itself. Keep it out of logs.
            pub fn expose_secret(&self) -> &$exposed {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(redacted)"))
            }
        }
    };
}

secret! {
    /// A secret text: a part of the server token, a session, a PEM private key.
    ///
    /// ```
    /// # use apple_ade::secret::SecretString;
    /// let secret = SecretString::new("CS_34c7");
    /// assert_eq!(format!("{secret:?}"), "SecretString(redacted)");
    /// assert_eq!(secret.expose_secret(), "CS_34c7");
    /// ```
    ///
    /// It cannot be serialised or cloned:
    ///
    /// ```compile_fail,E0599
    /// # use apple_ade::secret::SecretString;
    /// let copy = SecretString::new("CS_34c7").clone();
    /// ```
    SecretString(String) exposes str
}

secret! {
    /// Secret bytes: a content key, a decrypted file, a DER private key.
    SecretBytes(Vec<u8>) exposes [u8]
}

impl<'de> serde::Deserialize<'de> for SecretString {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}
