use std::fmt;

use serde::{Deserialize, Serialize};

use super::image;

/// A logo of the portal, checked by the first bytes of its file (BRA-11): PNG or JPEG, at most 400 × 100 pixels and 750 KB.
///
/// There may be two, one for each [`Background`]; a map keyed by it holds no third.
#[derive(Clone, PartialEq, Eq)]
pub struct Logo {
    format: LogoFormat,
    width: u32,
    height: u32,
    file: Vec<u8>,
}

/// What a logo stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Background {
    /// The colour of the theme.
    Theme,
    /// White.
    White,
}

/// The formats of a logo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LogoFormat {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
}

/// One thing that is wrong with a logo.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LogoProblem {
    /// The file is of another format, or cut short.
    #[error("the file is no PNG and no JPEG image that can be read; save the logo as one of these")]
    Format,
    /// It has too many pixels.
    #[error(
        "the logo has {width} × {height} pixels, and may have {} × {}: scale it down",
        Logo::MOST_WIDTH,
        Logo::MOST_HEIGHT
    )]
    TooLarge {
        /// Its width.
        width: u32,
        /// Its height.
        height: u32,
    },
    /// It has too many bytes.
    #[error("the logo has {found} bytes, and may have {most}: save it with fewer colours or at a lower quality")]
    TooHeavy {
        /// How many bytes it has.
        found: usize,
        /// How many it may have.
        most: usize,
    },
}

/// Everything that is wrong with a logo.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
#[non_exhaustive]
pub struct LogoError {
    /// The problems: one at least.
    pub problems: Vec<LogoProblem>,
}

impl Logo {
    /// The most pixels in a row.
    pub const MOST_WIDTH: u32 = 400;
    /// The most rows.
    pub const MOST_HEIGHT: u32 = 100;
    /// The most bytes: 750 KB. The documentation does not say whether a KB has 1000 or 1024 bytes; 1000 is safe with both.
    pub const MOST_BYTES: usize = 750_000;
    /// The most bytes where a KB has 1024.
    pub const MOST_BYTES_BINARY: usize = 768_000;

    /// Checks a logo's file.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it.
    pub fn new(file: impl Into<Vec<u8>>) -> Result<Self, LogoError> {
        Self::with_most_bytes(file, Self::MOST_BYTES)
    }

    /// Checks a logo's file, with a bound of the caller's on its bytes: [`MOST_BYTES_BINARY`](Self::MOST_BYTES_BINARY) for the other
    /// reading of the documentation.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it.
    pub fn with_most_bytes(file: impl Into<Vec<u8>>, most: usize) -> Result<Self, LogoError> {
        let file = file.into();
        let mut problems = Vec::new();
        if file.len() > most {
            problems.push(LogoProblem::TooHeavy { found: file.len(), most });
        }
        let header = image::header(&file);
        match header {
            None => problems.push(LogoProblem::Format),
            Some((_, width, height)) if width > Self::MOST_WIDTH || height > Self::MOST_HEIGHT => {
                problems.push(LogoProblem::TooLarge { width, height });
            }
            Some(_) => {}
        }
        match header {
            Some((format, width, height)) if problems.is_empty() => Ok(Self { format, width, height, file }),
            _ => Err(LogoError { problems }),
        }
    }

    /// Its format.
    pub fn format(&self) -> LogoFormat {
        self.format
    }

    /// Pixels in a row.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Rows.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The file, as it came.
    pub fn file(&self) -> &[u8] {
        &self.file
    }
}

impl fmt::Debug for Logo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Logo({:?}, {} × {}, {} bytes)", self.format, self.width, self.height, self.file.len())
    }
}
