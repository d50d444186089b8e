use http::{Request, Response};

use super::endpoint::{self, Endpoint};
use super::fetch_devices::FetchDevices;
use super::page_ref::DevicePageRef;
use super::service::Service;
use super::sync_devices::SyncDevices;
use crate::error::{Error, RequestError};
use crate::json::JsonError;

/// [`FetchDevices`] or [`SyncDevices`] whose page is not read, but left to be read in place.
///
/// ```
/// use apple_ade::api::{FetchDevices, Unread};
/// use apple_ade::blocking::Client;
/// use apple_ade::simulator::{Simulator, World};
/// use apple_ade::token::ServerToken;
///
/// let service = Simulator::new(World::builder().seed(1).devices(250).build());
/// let token = ServerToken::from_json(service.with_world(|world| world.server_token_json()).as_bytes())?;
/// let (stamps, mut stored) = (service.clone(), Vec::new());
/// let ade = Client::with_stamps(apple_ade::session::Session::new(token, Default::default()), service, move || stamps.stamp());
///
/// let mut call = FetchDevices::from_start();
/// loop {
///     let unread = ade.call(Unread(call))?;
///     let page = unread.read()?;
///     stored.extend(page.devices.iter().map(|device| format!("{} {:?}", device.serial_number(), device.model())));
///     match page.cursor.clone().filter(|_| page.has_more()) {
///         Some(cursor) => call = FetchDevices::after(cursor),
///         None => break,
///     }
/// }
/// assert_eq!(stored.len(), 250);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a call, and that it is left unread")]
pub struct Unread<E>(pub E);

/// The body of a successful answer that should be a page of devices; known to be UTF-8, and not read any further.
///
/// [`read`](Self::read) says whether it is a page; [`Unread`] is where it comes from.
#[derive(Clone, PartialEq, Eq)]
pub struct UnreadPage(String);

impl UnreadPage {
    /// The page, which borrows from this body.
    ///
    /// # Errors
    ///
    /// Where the body is not a page of devices.
    pub fn read(&self) -> Result<DevicePageRef<'_>, JsonError> {
        DevicePageRef::read_text(&self.0)
    }

    /// The body. A byte that is not UTF-8 has cost its character.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for UnreadPage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("UnreadPage").field(&crate::error::Excerpt::of(self.0.as_bytes())).finish()
    }
}

macro_rules! unread {
    ($($call:ty),*) => {$(
        impl Endpoint for Unread<$call> {
            type Response = UnreadPage;

            const CALL: &'static str = <$call>::CALL;

            fn to_request(&self, service: &Service) -> Result<Request<Vec<u8>>, RequestError> {
                self.0.to_request(service)
            }

            fn parse_response(&self, response: &Response<Vec<u8>>) -> Result<UnreadPage, Error> {
                endpoint::text(Self::CALL, response).map(|text| UnreadPage(text.into_owned()))
            }
        }
    )*};
}

unread!(FetchDevices, SyncDevices);
