//! Operating systems and device families, as Apple's service names them.

use crate::json::open_enum;

open_enum! {
    /// The operating system of a device, for `os` of a device record (protocol version 2 and later).
    Os, "an operating system" {
        /// iOS; iPads too, below protocol version 7.
        Ios = "iOS",
        /// iPadOS, from protocol version 7 on.
        IpadOs = "iPadOS",
        /// macOS.
        MacOs = "OSX",
        /// tvOS.
        TvOs = "tvOS",
        /// visionOS.
        VisionOs = "visionOS",
    }
}

open_enum! {
    /// The kind of a device, for `device_family` of a device record (protocol version 2 and later). Apple documents no
    /// value for a watch.
    DeviceFamily, "a device family" {
        /// iPad.
        Ipad = "iPad",
        /// iPhone.
        Iphone = "iPhone",
        /// iPod touch.
        Ipod = "iPod",
        /// Mac.
        Mac = "Mac",
        /// Apple TV.
        AppleTv = "AppleTV",
        /// Apple Vision.
        Vision = "Vision",
    }
}
