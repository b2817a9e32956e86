//! The words of the weekly mail, as a text and as a quiet page. The page has no pictures and fetches
//! nothing; it wears the reader's colours, light or dark.

use serde::{Deserialize, Serialize};

/// What a weekly mail says. It lies in the outbox until it is sent; neither a name nor an address is in it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Content {
    /// What to do, each with the control that it is about; at most three.
    pub(super) things: Vec<(String, Thing)>,
    /// What turned, in a line.
    pub(super) turned: String,
    /// How many tasks are open.
    pub(super) open: i64,
    /// How many of them are late.
    pub(super) late: i64,
    /// How many of them are the recipient's.
    pub(super) own: i64,
}

/// One thing to do.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Thing {
    /// What the requirement is called.
    pub(super) words: String,
    /// Whose it is, and by when.
    pub(super) note: String,
    /// Its page below the public address.
    pub(super) path: String,
}

/// What is known when it is handed out.
#[derive(Debug)]
pub(super) struct Around<'a> {
    /// The recipient's name.
    pub(super) name: &'a str,
    /// What the organisation is called.
    pub(super) organisation: &'a str,
    /// The public address.
    pub(super) url: &'a str,
    /// Where one says that no more are wanted.
    pub(super) unsubscribe: &'a str,
    /// The recipient belongs to others too.
    pub(super) has_several: bool,
}

/// Subject, text and page.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: String,
}

impl Content {
    pub(super) fn write(&self, around: &Around<'_>) -> Written {
        let what = match self.things.len() {
            0 => "Nothing waits for you this week",
            1 => "One thing to do this week",
            2 => "Two things to do this week",
            _ => "Three things to do this week",
        };
        Written {
            subject: format!("{what}: {}", around.organisation),
            text: self.text(what, around),
            html: self.html(what, around),
        }
    }

    /// How many are open, in a sentence.
    fn open_words(&self) -> String {
        let late = match (self.open, self.late) {
            (_, 0) => String::new(),
            (1, _) => ", and late".to_owned(),
            (_, 1) => ", one of them late".to_owned(),
            (_, late) => format!(", {late} of them late"),
        };
        let own = match (self.open, self.own) {
            (0 | 1, 0) => String::new(),
            (1, _) => ", and yours".to_owned(),
            (_, 0) => "; none is yours".to_owned(),
            (_, 1) => "; one is yours".to_owned(),
            (_, own) => format!("; {own} are yours"),
        };
        match self.open {
            0 => "No task is open.".to_owned(),
            1 => format!("One task is open{late}{own}."),
            open => format!("{open} tasks are open{late}{own}."),
        }
    }

    fn text(&self, what: &str, around: &Around<'_>) -> String {
        let url = around.url;
        let mut lines = vec![format!("Hello {},", around.name), String::new()];
        lines.push(format!("{what} at {}.", around.organisation));
        for (place, (_, thing)) in self.things.iter().enumerate() {
            lines.push(String::new());
            lines.push(format!("{}. {}", place + 1, thing.words));
            lines.push(format!("   {}", thing.note));
            lines.push(format!("   {url}{}", thing.path));
        }
        lines.extend([String::new(), self.turned.clone(), self.open_words()]);
        lines.extend([String::new(), format!("Your tasks: {url}/tasks?of=me")]);
        if around.has_several {
            lines.push(format!(
                "You belong to several organisations: go to {} first, at {url}/organisations",
                around.organisation
            ));
        }
        lines.extend([
            String::new(),
            "-- ".to_owned(),
            format!("Closedset writes once a week. Another day, or never: {url}/tasks/reminders"),
            format!("No more of these, without signing in: {}", around.unsubscribe),
            String::new(),
        ]);
        lines.join("\n")
    }

    fn html(&self, what: &str, around: &Around<'_>) -> String {
        let url = escape(around.url);
        let mut body = format!(
            "<p>Hello {},</p>\n<h1 style=\"font-size:20px;line-height:1.3;margin:0 0 16px\">{} at {}</h1>\n",
            escape(around.name),
            escape(what),
            escape(around.organisation)
        );
        if !self.things.is_empty() {
            body += "<ol style=\"padding-left:24px;margin:0 0 16px\">\n";
            for (_, thing) in &self.things {
                body += &format!(
                    "<li style=\"margin:0 0 12px\"><a href=\"{url}{}\">{}</a><br>{}</li>\n",
                    escape(&thing.path),
                    escape(&thing.words),
                    escape(&thing.note)
                );
            }
            body += "</ol>\n";
        }
        body += &format!("<p>{}<br>{}</p>\n", escape(&self.turned), escape(&self.open_words()));
        body += &format!("<p><a href=\"{url}/tasks?of=me\">Your tasks</a></p>\n");
        if around.has_several {
            body += &format!(
                "<p>You belong to several organisations: <a href=\"{url}/organisations\">go to {}</a> first.</p>\n",
                escape(around.organisation)
            );
        }
        body += &format!(
            "<p style=\"font-size:14px\">Closedset writes once a week. \
             <a href=\"{url}/tasks/reminders\">Another day, or never</a>. \
             <a href=\"{}\">No more of these, without signing in</a>.</p>\n",
            escape(around.unsubscribe)
        );
        page(what, &body)
    }
}

/// A whole page around these pieces.
pub(super) fn page(title: &str, body: &str) -> String {
    // Nothing but the reader's own colours: what sets one half of a pair is unreadable in the other.
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"supported-color-schemes\" content=\"light dark\">\n\
         <title>{}</title>\n<style>:root{{color-scheme:light dark}}</style>\n</head>\n\
         <body style=\"font:16px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif;max-width:36em;margin:0 auto;padding:16px\">\n\
         {body}</body>\n</html>\n",
        escape(title)
    )
}

pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            letter if letter.is_control() && letter != '\n' => escaped.push(' '),
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around() -> Around<'static> {
        Around {
            name: "Ann <b>Reel</b>",
            organisation: "Halide & Post",
            url: "https://closedset.example",
            unsubscribe: "https://closedset.example/mail/stop/abc",
            has_several: false,
        }
    }

    fn content() -> Content {
        let thing = |words: &str| Thing {
            words: words.into(),
            note: "yours, due today".into(),
            path: "/tasks?of=me".into(),
        };
        Content {
            things: vec![("IS-7".into(), thing("Lock screens (IS-7)"))],
            turned: "12 of 33 requirements are met.".into(),
            open: 3,
            late: 1,
            own: 2,
        }
    }

    #[test]
    fn text_and_page_say_the_same() {
        let written = content().write(&around());
        assert_eq!(written.subject, "One thing to do this week: Halide & Post");
        for words in [
            "Lock screens (IS-7)",
            "yours, due today",
            "12 of 33 requirements are met.",
            "3 tasks are open, one of them late; 2 are yours.",
            "https://closedset.example/mail/stop/abc",
            "https://closedset.example/tasks/reminders",
        ] {
            assert!(written.text.contains(words), "{words} in {}", written.text);
            assert!(written.html.contains(words), "{words} in {}", written.html);
        }
    }

    #[test]
    fn what_people_typed_is_text_in_the_page() {
        let html = content().write(&around()).html;
        assert!(html.contains("Ann &lt;b&gt;Reel&lt;/b&gt;"));
        assert!(html.contains("Halide &amp; Post"));
        assert!(!html.contains("<b>"));
    }

    #[test]
    fn the_page_fetches_nothing_and_sets_no_colour() {
        let html = content().write(&around()).html;
        for word in ["<img", "<link", "<script", "src=", "url(", "background", " color:", "@import"]
        {
            assert!(!html.contains(word), "{word}");
        }
        assert!(html.contains("content=\"light dark\""));
    }

    #[test]
    fn counts_are_sentences() {
        let words = |open, late, own| Content { open, late, own, ..content() }.open_words();
        assert_eq!(words(0, 0, 0), "No task is open.");
        assert_eq!(words(1, 0, 0), "One task is open.");
        assert_eq!(words(1, 1, 1), "One task is open, and late, and yours.");
        assert_eq!(words(2, 0, 0), "2 tasks are open; none is yours.");
        assert_eq!(words(9, 4, 1), "9 tasks are open, 4 of them late; one is yours.");
    }
}
