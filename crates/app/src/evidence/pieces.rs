//! A file on its way in, piece by piece, of which the end is said: without a word, nothing has ended.

use tokio::sync::mpsc;

/// How many pieces wait to be written before the sender must.
const WAITING: usize = 8;

/// A piece, or why no more come.
pub type Piece = Result<Vec<u8>, String>;

/// Where the pieces of a file go in. Dropped before the end was said, as when a request is dropped in
/// the middle, it says that the sender broke off; the place for that is kept free from the beginning.
#[derive(Debug)]
pub struct Pieces {
    sender: mpsc::Sender<Piece>,
    last_place: Option<mpsc::OwnedPermit<Piece>>,
    why: String,
}

/// The way in, and where the pieces come out.
pub fn pieces() -> (Pieces, mpsc::Receiver<Piece>) {
    let (sender, receiver) = mpsc::channel(WAITING);
    let last_place = sender.clone().try_reserve_owned().ok();
    (Pieces { sender, last_place, why: "the request was dropped".into() }, receiver)
}

impl Pieces {
    /// Hands a piece on; false where nobody takes any more.
    pub async fn send(&self, piece: Vec<u8>) -> bool {
        self.sender.send(Ok(piece)).await.is_ok()
    }

    /// That was the whole file.
    pub fn end(mut self) {
        self.last_place = None;
    }

    /// The rest will not come.
    pub fn break_off(mut self, why: impl Into<String>) {
        self.why = why.into();
    }
}

impl Drop for Pieces {
    fn drop(&mut self) {
        if let Some(place) = self.last_place.take() {
            place.send(Err(std::mem::take(&mut self.why)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_what_is_said_to_be_the_end_is_the_end() {
        for (ending, last) in [
            (Pieces::end as fn(Pieces), None),
            (|pieces: Pieces| pieces.break_off("too large"), Some("too large")),
            (drop, Some("the request was dropped")),
        ] {
            let (pieces, mut receiver) = pieces();
            assert!(pieces.send(vec![1]).await);
            ending(pieces);
            assert_eq!(receiver.recv().await, Some(Ok(vec![1])));
            assert_eq!(receiver.recv().await, last.map(|why| Err(why.to_owned())));
            assert_eq!(receiver.recv().await, None);
        }
    }
}
