//! The files a browser fetches: stylesheet, scripts, fonts, marks. They are part of the binary.
//!
//! Each has a URL that carries a fingerprint of its bytes, so a browser may keep it for ever.
//! The fingerprint tells versions apart and proves nothing. Serving them is the web crate's work.

use std::sync::LazyLock;

/// The header value under which every page works. It allows nothing inline and nobody else's
/// files.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; \
     base-uri 'none'; frame-ancestors 'none'";

/// One file of the screen.
#[derive(Debug)]
pub struct Asset {
    /// Its path below `/assets/`, for instance `closedset.css`.
    pub path: &'static str,
    /// Its media type, for the `Content-Type` header.
    pub media_type: &'static str,
    /// Its content.
    pub bytes: &'static [u8],
}

impl Asset {
    /// Sixteen hexadecimal digits that differ when the content does (FNV-1a, 64 bits).
    pub fn fingerprint(&self) -> String {
        let hash = self.bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        format!("{hash:016x}")
    }
}

macro_rules! assets {
    ($($path:literal: $media_type:literal),* $(,)?) => {
        /// Every file of the screen.
        pub static ASSETS: &[Asset] = &[$(Asset {
            path: $path,
            media_type: $media_type,
            bytes: include_bytes!(concat!("../assets/", $path)),
        }),*];
    };
}

assets! {
    "closedset.css": "text/css; charset=utf-8",
    "closedset.js": "text/javascript; charset=utf-8",
    "theme.js": "text/javascript; charset=utf-8",
    "passkey.js": "text/javascript; charset=utf-8",
    "favicon.svg": "image/svg+xml",
    "mark.svg": "image/svg+xml",
    "fonts/archivo.woff2": "font/woff2",
    "fonts/archivo-ext.woff2": "font/woff2",
    "fonts/sometype-mono.woff2": "font/woff2",
}

/// The file at this path below `/assets/`.
pub fn find(path: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.path == path)
}

/// The URLs that the layout links, made once.
pub(crate) struct Urls {
    pub(crate) stylesheet: String,
    pub(crate) script: String,
    pub(crate) theme: String,
    pub(crate) passkey: String,
    pub(crate) favicon: String,
}

/// The URLs that the layout links.
pub(crate) static URLS: LazyLock<Urls> = LazyLock::new(|| Urls {
    stylesheet: url("closedset.css"),
    script: url("closedset.js"),
    theme: url("theme.js"),
    passkey: url("passkey.js"),
    favicon: url("favicon.svg"),
});

fn url(path: &str) -> String {
    match find(path) {
        Some(asset) => format!("/assets/{path}?v={}", asset.fingerprint()),
        None => format!("/assets/{path}"),
    }
}
