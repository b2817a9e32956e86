//! What written policies are about: the topics of which content owners ask for one.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A topic. Its order is that in which owners name them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// What each person answers for.
    Responsibilities,
    /// How content is handled safely.
    SecureHandling,
    /// People's own devices.
    PersonalDevices,
    /// What is said of the work to the world.
    SocialMedia,
    /// How the business keeps going through trouble.
    BusinessResiliency,
    /// Whom one tells about a breach.
    BreachNotification,
    /// What is done in an incident.
    IncidentResponse,
}

impl Topic {
    /// Every one.
    pub const ALL: &'static [Self] = &[
        Self::Responsibilities,
        Self::SecureHandling,
        Self::PersonalDevices,
        Self::SocialMedia,
        Self::BusinessResiliency,
        Self::BreachNotification,
        Self::IncidentResponse,
    ];

    /// The word used in text and SQL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Responsibilities => "responsibilities",
            Self::SecureHandling => "secure_handling",
            Self::PersonalDevices => "personal_devices",
            Self::SocialMedia => "social_media",
            Self::BusinessResiliency => "business_resiliency",
            Self::BreachNotification => "breach_notification",
            Self::IncidentResponse => "incident_response",
        }
    }

    /// What people call it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Responsibilities => "Everybody’s responsibilities",
            Self::SecureHandling => "Handling content safely",
            Self::PersonalDevices => "Personal devices",
            Self::SocialMedia => "Social media",
            Self::BusinessResiliency => "Business resiliency",
            Self::BreachNotification => "Breach notification",
            Self::IncidentResponse => "Incident response",
        }
    }

    /// The one with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|topic| topic.as_str() == word)
    }

    /// Those of which none of `covered` holds one.
    pub fn missing<'t>(covered: impl IntoIterator<Item = &'t BTreeSet<Self>>) -> Vec<Self> {
        let covered: BTreeSet<Self> = covered.into_iter().flatten().copied().collect();
        Self::ALL.iter().copied().filter(|topic| !covered.contains(topic)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_name_the_topics_and_what_nothing_covers_is_missing() {
        for topic in Topic::ALL {
            assert_eq!(Topic::from_word(topic.as_str()), Some(*topic));
            assert_eq!(serde_json::to_value(topic).unwrap(), topic.as_str());
        }
        assert_eq!(Topic::from_word("Social_media"), None);
        assert_eq!(Topic::missing([]).len(), 7);
        let all: BTreeSet<Topic> = Topic::ALL.iter().copied().collect();
        let (one, six): (BTreeSet<_>, BTreeSet<_>) =
            all.iter().partition(|topic| **topic == Topic::SocialMedia);
        assert_eq!(Topic::missing([&six]), [Topic::SocialMedia]);
        assert_eq!(Topic::missing([&six, &one]), []);
    }
}
