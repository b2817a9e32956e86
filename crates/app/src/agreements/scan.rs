//! The scan of a paper: what it may be, and how it is kept and let go.

use crate::{App, Problem};
use closedset_core::{
    Digest,
    id::{Id, Organisation},
};
use closedset_store::{Scope, papers};

/// The largest scan: 20 MiB.
pub const SCAN_LIMIT: usize = 20 << 20;

/// What a scan is, by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScanForm {
    /// A PDF.
    Pdf,
    /// A JPEG.
    Jpeg,
    /// A PNG.
    Png,
}

impl ScanForm {
    /// What these bytes are, whatever their name says.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        // ISO 32000-2, 7.5.2; ISO/IEC 10918-1, B.1.1.3; W3C PNG, 5.2.
        const BEGINNINGS: [(&[u8], ScanForm); 3] = [
            (b"%PDF-", ScanForm::Pdf),
            (b"\xff\xd8\xff", ScanForm::Jpeg),
            (b"\x89PNG\r\n\x1a\n", ScanForm::Png),
        ];
        BEGINNINGS.into_iter().find(|(begins, _)| bytes.starts_with(begins)).map(|(_, form)| form)
    }

    /// Its word, which is how such a file's name ends.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Jpeg => "jpeg",
            Self::Png => "png",
        }
    }

    /// Its media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }
}

/// What is wrong with these bytes as a scan, or what they are.
pub(super) fn form(bytes: &[u8]) -> Result<ScanForm, &'static str> {
    if bytes.is_empty() {
        return Err("Choose the scan: a PDF, JPEG or PNG of at most 20 MB.");
    }
    if bytes.len() > SCAN_LIMIT {
        return Err("A scan has at most 20 MB.");
    }
    ScanForm::of(bytes).ok_or("This is no PDF, JPEG or PNG.")
}

/// Keeps a scan.
pub(super) async fn keep(
    app: &App,
    organisation: Id<Organisation>,
    bytes: Vec<u8>,
) -> Result<Digest, Problem> {
    let app = app.clone();
    tokio::task::spawn_blocking(move || -> Result<Digest, Problem> {
        let mut upload = app.objects().begin(organisation, SCAN_LIMIT as u64)?;
        upload.write(&bytes)?;
        Ok(upload.finish()?.digest)
    })
    .await
    .map_err(|error| Problem::fault("a thread ended early", error))?
}

/// Deletes those of these files that nothing holds any more: one scan may stand for several people. It is a unit of
/// the organisation's, so that none goes that another unit is about to hold.
pub(crate) async fn let_go(
    app: &App,
    organisation: Id<Organisation>,
    files: Vec<Digest>,
) -> Result<(), Problem> {
    let unit_app = app.clone();
    app.store()
        .write(Scope::Organisation(organisation), move |tx| -> Result<_, Problem> {
            for file in &files {
                if !papers::file_is_held(tx, organisation, *file)? {
                    unit_app.objects().remove(organisation, *file)?;
                }
            }
            Ok(())
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scan_is_what_its_first_bytes_say() {
        assert_eq!(form(b"%PDF-1.7\n"), Ok(ScanForm::Pdf));
        assert_eq!(form(b"\xff\xd8\xff\xe0"), Ok(ScanForm::Jpeg));
        assert_eq!(form(b"\x89PNG\r\n\x1a\n"), Ok(ScanForm::Png));
        for wrong in [&b"<html>%PDF-"[..], b"GIF89a", b"PK\x03\x04", b"\xff\xd8"] {
            assert_eq!(form(wrong), Err("This is no PDF, JPEG or PNG."));
        }
        assert!(form(b"").is_err() && form(&vec![b'%'; SCAN_LIMIT + 1]).is_err());
    }
}
