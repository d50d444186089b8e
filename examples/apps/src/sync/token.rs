use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::time::Duration;

use apple_ade::api::Service;
use apple_ade::blocking::Client;
use apple_ade::error::BoxError;
use apple_ade::session::Session;
use apple_ade::token::ServerToken;

use crate::http::UreqTransport;

/// More than any token or profile has.
const LARGEST: u64 = 16 << 20;

/// The text of a file that an option names.
pub(crate) fn read(option: &str, path: &Path) -> Result<String, BoxError> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes));
    read.map_err(|error| format!("{option} {}: cannot be read: {error}", path.display()))?;
    if bytes.len() as u64 > LARGEST {
        return Err(format!("{option} {}: it is larger than 16 MiB; name another file", path.display()).into());
    }
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        bytes.drain(..3);
    }
    String::from_utf8(bytes).map_err(|_| format!("{option} {}: it is not UTF-8 text", path.display()).into())
}

/// A token file that is decrypted already.
pub(crate) fn read_token(path: &Path) -> Result<ServerToken, BoxError> {
    let text = read("--token", path)?;
    ServerToken::from_json(text.as_bytes()).map_err(|error| {
        format!("--token {}: {error}; `server_token` makes the JSON of Apple's .p7m", path.display()).into()
    })
}

/// The client of a token.
pub(crate) fn client(token: ServerToken, base_url: Option<&str>, timeout: Duration) -> Result<Client, BoxError> {
    let service = match base_url {
        Some(url) => Service::at(url).map_err(|error| format!("--base-url {url}: {error}"))?,
        None => Service::apple(),
    };
    let transport = UreqTransport::new(service.base_url(), timeout);
    Ok(Client::for_session(Session::new(token, service), transport))
}
