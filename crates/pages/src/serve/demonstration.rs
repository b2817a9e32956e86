//! Whether everything on a page is invented: laid around every request, so that no page can leave it out,
//! also those that are drawn where no application is at hand.

tokio::task_local! {
    static IS_DEMONSTRATION: bool;
}

/// Answers a request whose pages say that everything on them is invented.
pub async fn as_invented<T>(answer: impl Future<Output = T>) -> T {
    IS_DEMONSTRATION.scope(true, answer).await
}

/// Whether the page that is drawn shows what is invented.
pub(crate) fn is_demonstration() -> bool {
    IS_DEMONSTRATION.try_with(|is| *is).unwrap_or(false)
}
