//! Whether everything on a page is invented: laid around every request, so that no page can leave it out,
//! also those that are drawn where no application is at hand.

tokio::task_local! {
    static IS_DEMONSTRATION: bool;
}

/// Answers a request whose pages say whether everything on them is invented.
pub async fn telling<T>(is_demonstration: bool, answer: impl Future<Output = T>) -> T {
    IS_DEMONSTRATION.scope(is_demonstration, answer).await
}

/// Whether the page that is drawn shows what is invented.
pub(crate) fn is_demonstration() -> bool {
    IS_DEMONSTRATION.try_with(|is| *is).unwrap_or(false)
}
