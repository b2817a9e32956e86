//! Letters handed to mail servers that we did not write: aiosmtpd, as Debian has it.

#![expect(clippy::unwrap_used, reason = "what fails here fails a test")]

use closedset_core::Time;
use closedset_outbound::{
    Address, Failure, Letter, Login, MailServer, Patience, Security, Sender, Session, Step, Trust,
};
use closedset_testing::mail::{Foreign, certificate, parsed};
use std::time::Duration;

fn letter(to: &str) -> Letter {
    Letter {
        id: "mai_1@halide.example".into(),
        date: Time::from_millis(1_773_307_800_000),
        name: "Zoë \"Z\" Łukasiewicz".into(),
        to: Address::parse(to).unwrap(),
        subject: "Three things – this week".into(),
        text: "Hello Zoë,\n.\n..dots begin these lines\n".into(),
        html: "<p>Hello Zoë</p>".into(),
        unsubscribe: Some("https://closedset.example/mail/stop/abc".into()),
    }
}

fn server(port: u16, security: Security) -> MailServer {
    MailServer {
        host: "localhost".into(),
        port,
        security,
        login: None,
        sender: Sender {
            name: "Closedset".into(),
            address: Address::parse("closedset@halide.example").unwrap(),
        },
    }
}

fn login(server: MailServer, password: &str) -> MailServer {
    let login = Login { user: "post".into(), password: password.to_owned().into() };
    MailServer { login: Some(login), ..server }
}

const PATIENCE: Patience =
    Patience { opening: Duration::from_secs(10), letter: Duration::from_secs(10) };

async fn send(server: &MailServer, trust: &Trust, letter: &Letter) -> Result<String, Failure> {
    send_within(server, trust, letter, PATIENCE).await
}

async fn send_within(
    server: &MailServer,
    trust: &Trust,
    letter: &Letter,
    patience: Patience,
) -> Result<String, Failure> {
    let mut session = Session::open(server, "closedset.example", trust, patience).await?;
    let answer = session.hand_over(letter).await?;
    session.close().await;
    Ok(answer)
}

#[tokio::test]
async fn letters_go_by_tls_and_starttls_to_whoever_signs_in() {
    let certificate = certificate(&["localhost"]);
    for (word, security) in [("tls", Security::Tls), ("starttls", Security::StartTls)] {
        let mut foreign =
            Foreign::start(Some(&certificate), &["--tls", word, "--auth", "post:tungsten gate"]);
        let server = login(server(foreign.port, security), "tungsten gate");
        let trust = Trust::These(certificate.pem.clone());
        let letter = letter("ann@bücher.example");
        assert!(send(&server, &trust, &letter).await.unwrap().contains("250 taken"));
        let taken = foreign.letter();
        assert_eq!(taken["is_encrypted"], true);
        assert_eq!(taken["to"][0], "ann@xn--bcher-kva.example");
        assert_eq!(taken["user"], "post");
        // A foreign parser reads it, and undoes what the protocol did to it.
        let read = parsed(taken["body"].as_str().unwrap());
        assert_eq!(read["subject"], letter.subject);
        assert_eq!(read["to"], "Zoë \"Z\" Łukasiewicz <ann@xn--bcher-kva.example>");
        assert_eq!(read["message_id"], "<mai_1@halide.example>");
        assert_eq!(read["text"].as_str().unwrap().replace("\r\n", "\n"), letter.text);
        assert_eq!(read["html"].as_str().unwrap().trim_end(), letter.html);
        assert_eq!(read["defects"], 0);
    }
}

#[tokio::test]
async fn several_letters_go_in_one_session() {
    let mut foreign = Foreign::start(None, &[]);
    let server = server(foreign.port, Security::Plain);
    let mut session =
        Session::open(&server, "closedset.example", &Trust::System, PATIENCE).await.unwrap();
    for to in ["a@halide.example", "b@halide.example"] {
        session.hand_over(&letter(to)).await.unwrap();
        assert_eq!(foreign.letter()["to"][0], to);
    }
}

#[tokio::test]
async fn a_wrong_password_is_told_apart_and_stands_in_no_answer() {
    let certificate = certificate(&["localhost"]);
    let foreign =
        Foreign::start(Some(&certificate), &["--tls", "tls", "--auth", "post:tungsten gate"]);
    let server = login(server(foreign.port, Security::Tls), "velvet harbour");
    let trust = Trust::These(certificate.pem.clone());
    let failure = send(&server, &trust, &letter("ann@halide.example")).await.unwrap_err();
    assert_eq!(failure.step, Step::SignIn);
    assert!(failure.is_final && failure.is_the_servers() && !failure.is_hopeless());
    assert!(failure.answer.contains("535"), "{failure}");
    assert!(!failure.answer.contains("velvet"), "{failure}");
}

#[tokio::test]
async fn nothing_is_said_to_a_server_whose_certificate_is_wrong() {
    let other = certificate(&["mail.elsewhere.example"]);
    let unknown = certificate(&["localhost"]);
    let trusted = Trust::These(other.pem.clone());
    for (word, security) in [("tls", Security::Tls), ("starttls", Security::StartTls)] {
        for (certificate, trust) in
            [(&other, trusted.clone()), (&unknown, trusted.clone()), (&unknown, Trust::System)]
        {
            let foreign = Foreign::start(Some(certificate), &["--tls", word]);
            let server = login(server(foreign.port, security), "tungsten gate");
            let failure = send(&server, &trust, &letter("ann@halide.example")).await.unwrap_err();
            assert_eq!(failure.step, Step::Secure, "{failure}");
            assert!(failure.is_the_servers());
        }
    }
}

#[tokio::test]
async fn without_starttls_nothing_is_sent() {
    let foreign = Foreign::start(None, &["--tls", "none"]);
    let server = login(server(foreign.port, Security::StartTls), "tungsten gate");
    let failure = send(&server, &Trust::System, &letter("a@halide.example")).await.unwrap_err();
    assert_eq!(failure.step, Step::Secure);
    assert!(failure.answer.contains("STARTTLS"), "{failure}");
}

#[tokio::test]
async fn answers_say_whether_it_is_for_good_and_whose_it_is() {
    for (answer, step, is_final, is_the_servers) in [
        ("mail:550 5.7.1 not your sender", Step::Sender, true, true),
        ("mail:451 4.3.0 later", Step::Sender, false, true),
        ("rcpt:550 5.1.1 no such user", Step::Recipient, true, false),
        ("rcpt:450 4.2.1 mailbox busy", Step::Recipient, false, false),
        ("data:554 5.7.1 looks like spam", Step::Content, true, false),
        ("data:452 4.3.1 disk full", Step::Content, false, false),
    ] {
        let foreign = Foreign::start(None, &["--answer", answer]);
        let server = server(foreign.port, Security::Plain);
        let failure =
            send(&server, &Trust::System, &letter("ann@halide.example")).await.unwrap_err();
        assert_eq!((failure.step, failure.is_final), (step, is_final), "{answer}: {failure}");
        assert_eq!(failure.is_the_servers(), is_the_servers, "{answer}");
        let words = answer.rsplit_once(' ').unwrap().1;
        assert!(failure.answer.contains(words), "{answer}: {failure}");
    }
}

#[tokio::test]
async fn a_server_that_is_gone_is_told_and_one_that_comes_back_is_used() {
    let mut first = Foreign::start(None, &[]);
    let port = first.port;
    first.stop();
    let server = server(port, Security::Plain);
    let failure = send(&server, &Trust::System, &letter("a@halide.example")).await.unwrap_err();
    assert_eq!(failure.step, Step::Reach);
    let port = port.to_string();
    let mut back = Foreign::start(None, &["--port", &port]);
    send(&server, &Trust::System, &letter("a@halide.example")).await.unwrap();
    assert_eq!(back.letter()["to"][0], "a@halide.example");
}

#[tokio::test]
async fn a_slow_server_and_a_silent_one_are_left() {
    let short = Patience { letter: Duration::from_millis(300), ..PATIENCE };
    let foreign = Foreign::start(None, &["--slow", "20"]);
    let slow = server(foreign.port, Security::Plain);
    let to = letter("a@halide.example");
    let failure = send_within(&slow, &Trust::System, &to, short).await.unwrap_err();
    assert_eq!(failure.step, Step::Content);
    assert!(!failure.is_final);
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let short = Patience { opening: Duration::from_millis(300), ..PATIENCE };
    for security in [Security::Plain, Security::Tls, Security::StartTls] {
        let failure = send_within(&server(port, security), &Trust::System, &to, short).await;
        assert_eq!(failure.unwrap_err().step, Step::Reach);
    }
}

#[tokio::test]
async fn an_internationalised_address_needs_a_server_that_knows_them() {
    let mut able = Foreign::start(None, &["--utf8"]);
    let to = letter("jörg@halide.example");
    send(&server(able.port, Security::Plain), &Trust::System, &to).await.unwrap();
    assert_eq!(able.letter()["to"][0], "jörg@halide.example");
    let unable = Foreign::start(None, &[]);
    let failure =
        send(&server(unable.port, Security::Plain), &Trust::System, &to).await.unwrap_err();
    assert_eq!(failure.step, Step::Recipient);
    assert!(failure.is_hopeless() && failure.answer.contains("SMTPUTF8"), "{failure}");
    // A sender that it cannot take is nobody's fault to whom mails go: they wait for another sender.
    let mut from = server(unable.port, Security::Plain);
    from.sender.address = Address::parse("größe@halide.example").unwrap();
    for to in ["ann@halide.example", "jörg@halide.example"] {
        let failure = send(&from, &Trust::System, &letter(to)).await.unwrap_err();
        assert_eq!(failure.step, Step::Sender, "{to}");
        assert!(failure.is_the_servers() && !failure.is_hopeless(), "{failure}");
        assert!(failure.answer.contains("SMTPUTF8"), "{failure}");
    }
    from.port = able.port;
    send(&from, &Trust::System, &letter("ann@halide.example")).await.unwrap();
    assert_eq!(able.letter()["to"][0], "ann@halide.example");
}
