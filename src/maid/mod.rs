//! Tokens that a device asks its MDM for: the check-in message `GetToken`, and the answer for Managed Apple Accounts.
//!
//! iOS and iPadOS 17, macOS 14, visionOS 1.1; only of an MDM whose enrollment profile lists the server capability
//! `com.apple.mdm.token`. See Apple's [Get Token](https://developer.apple.com/documentation/devicemanagement/get-token).
//!
//! When somebody signs in with a Managed Apple Account, the device fetches a `com.apple.maid` token, and Apple compares: does the account
//! belong to the organisation whose MDM manages this device? The token is a JSON Web Token (RFC 7519) that names the server by its
//! `server_uuid` and is signed by the private key whose certificate was uploaded to Apple, the one that decrypts server tokens.
//! Without an answer the sign-in fails where the organisation allows managed devices alone.
//!
//! ```
//! # #[cfg(any(feature = "aws-lc-rs", feature = "rustcrypto"))] {
//! use apple_ade::Stamp;
//! use apple_ade::maid::{GetToken, MaidToken, TokenResponse, TokenServiceType};
//! use apple_ade::pki::key::PrivateKey;
//!
//! # let body = br#"<plist version="1.0"><dict><key>MessageType</key><string>GetToken</string>
//! #     <key>TokenServiceType</key><string>com.apple.maid</string><key>UDID</key><string>00008020-0</string></dict></plist>"#;
//! # let key = PrivateKey::from_pem(include_str!("../../tests/fixtures/token/key.pem")).unwrap();
//! # let stamp = Stamp::new("2026-11-22T08:00:00Z".parse().unwrap(), *b"sixteen bytes 01");
//! // The body of the check-in; the key of the server token; a stamp of now; `server_uuid` of `GET /account`.
//! let asked = GetToken::read(body).unwrap();
//! let response = match asked.service() {
//!     TokenServiceType::Maid => {
//!         let token = MaidToken::sign("4B45D7C8-1A3E-4E8E-9F1B-0A2C6A1C9D11", &key, &stamp).unwrap();
//!         TokenResponse::from(token).to_http()
//!     }
//!     // Watch pairing, if this MDM enrolls watches; a service that nobody knows is answered by 400.
//!     _ => GetToken::refusal(),
//! };
//! assert_eq!(response.status(), 200);
//! # }
//! ```

mod get_token;
mod response;
mod token;

pub use self::get_token::{GetToken, GetTokenError, TokenServiceType, WatchPairing};
pub use self::response::TokenResponse;
pub use self::token::{MaidToken, MaidTokenError};
