//! Posted forms: read with their token checked, field by field.

use super::{
    PageProblem, Visitor,
    drawn::Drawn,
    lost::{Loss, Lost},
};
use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request},
    http::Uri,
};
use closedset_app::{App, Problem};
use closedset_core::Time;
use std::collections::BTreeMap;

/// The fields of a form whose token is right. A group of boxes posts one name several times.
#[derive(Debug, Clone, Default)]
pub(crate) struct Form(BTreeMap<String, Vec<String>>);

impl Form {
    /// What was entered, the last if it came more than once; empty if nothing was.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.0.get(name).and_then(|values| values.last()).map_or("", String::as_str)
    }

    /// The words of the boxes that were ticked in a group, each as often as it came.
    pub(crate) fn ticked(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.get(name).into_iter().flatten().map(String::as_str)
    }

    /// A box that was ticked, or `yes` chosen.
    pub(crate) fn is_yes(&self, name: &str) -> bool {
        matches!(self.text(name), "yes" | "on" | "true" | "1")
    }

    /// Fields that were read otherwise, with their token checked.
    pub(crate) fn of(
        fields: impl IntoIterator<Item = (String, String)>,
        visitor: &Visitor,
    ) -> Result<Self, PageProblem> {
        let form = Self::unchecked(fields);
        match visitor.drawn(form.text("csrf")) {
            Drawn::Here => Ok(form),
            Drawn::Elsewhere(_) | Drawn::Unknown => Err(PageProblem::FormToken),
        }
    }

    fn unchecked(fields: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut form = Self::default();
        for (name, value) in fields {
            form.0.entry(name).or_default().push(value);
        }
        form
    }
}

/// A form that does the same wherever in this browser it was drawn.
#[derive(Debug, Clone)]
pub(crate) struct FormOfAnywhere;

impl FromRequest<App> for Form {
    type Rejection = PageProblem;

    async fn from_request(request: Request, app: &App) -> Result<Self, PageProblem> {
        let posted = Posted::read(request, app).await?;
        match posted.drawn() {
            Drawn::Here => Ok(Self::unchecked(posted.fields)),
            Drawn::Elsewhere(from) => {
                let moved = posted.visitor.moved(app, from).await?;
                let lost =
                    Lost { loss: Loss::Moved(moved), uri: posted.uri, fields: posted.fields };
                Err(PageProblem::FormLost(Box::new(lost)))
            }
            Drawn::Unknown => Err(posted.unknown()),
        }
    }
}

impl FromRequest<App> for FormOfAnywhere {
    type Rejection = PageProblem;

    async fn from_request(request: Request, app: &App) -> Result<Self, PageProblem> {
        let posted = Posted::read(request, app).await?;
        match posted.drawn() {
            Drawn::Here | Drawn::Elsewhere(_) => Ok(Self),
            Drawn::Unknown => Err(posted.unknown()),
        }
    }
}

/// A form as it came, before its token was looked at.
struct Posted {
    visitor: Visitor,
    uri: Uri,
    fields: Vec<(String, String)>,
}

impl Posted {
    async fn read(request: Request, app: &App) -> Result<Self, PageProblem> {
        let (mut parts, body) = request.into_parts();
        let Ok(visitor) =
            <Visitor as FromRequestParts<App>>::from_request_parts(&mut parts, app).await;
        let uri = parts.uri.clone();
        let bytes = Bytes::from_request(Request::from_parts(parts, body), app)
            .await
            .map_err(|_| Problem::TooLarge)?;
        let fields = serde_urlencoded::from_bytes::<Vec<(String, String)>>(&bytes)
            .map_err(|_| Problem::field("form", "The form could not be read."))?;
        Ok(Self { visitor, uri, fields })
    }

    fn drawn(&self) -> Drawn {
        let token = self.fields.iter().rfind(|(name, _)| name == "csrf");
        self.visitor.drawn(token.map_or("", |(_, token)| token))
    }

    /// What is said of a form that is not this browser's now.
    fn unknown(self) -> PageProblem {
        if self.visitor.signed.is_none() {
            return PageProblem::FormToken;
        }
        let lost = Lost { loss: Loss::OutOfDate, uri: self.uri, fields: self.fields };
        PageProblem::FormLost(Box::new(lost))
    }
}

/// The first moment of a day written as `2026-03-12`, in the time zone `zone`.
pub(crate) fn date_start(text: &str, zone: &str) -> Option<Time> {
    at(text, zone, 0)
}

/// The first moment after a day written as `2026-03-12`, in the time zone `zone`.
pub(crate) fn date_end(text: &str, zone: &str) -> Option<Time> {
    at(text, zone, 1)
}

/// The day of a time in the time zone `zone`, as `2026-03-12`.
pub(crate) fn date_text(time: Time, zone: &str) -> String {
    super::date(time, zone).to_string()
}

fn at(text: &str, zone: &str, days: i64) -> Option<Time> {
    let date: jiff::civil::Date = text.trim().parse().ok()?;
    let date = date.checked_add(jiff::Span::new().days(days)).ok()?;
    let zoned = date.in_tz(zone).or_else(|_| date.in_tz("UTC")).ok()?;
    let millis = zoned.timestamp().as_millisecond();
    (millis >= 0).then(|| Time::from_millis(millis))
}

/// A text as part of a query.
pub(crate) fn query_escape(text: &str) -> String {
    serde_urlencoded::to_string([("q", text)]).map(|pair| pair[2..].to_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_and_ends_where_the_facility_is() {
        assert_eq!(
            date_start("2026-03-12", "Europe/Madrid").unwrap().to_string(),
            "2026-03-11T23:00:00.000Z"
        );
        assert_eq!(
            date_end("2026-03-28", "Europe/Madrid").unwrap().to_string(),
            "2026-03-28T23:00:00.000Z"
        );
        assert_eq!(
            date_end("2026-03-29", "Europe/Madrid").unwrap().to_string(),
            "2026-03-29T22:00:00.000Z"
        );
        for bad in ["", "tomorrow", "2026-02-30", "9999-12-31", "-0001-01-01"] {
            assert_eq!(date_end(bad, "UTC"), None, "{bad}");
        }
    }
}
