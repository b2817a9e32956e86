use super::DESTINATIONS;
use crate::{
    Reach, RecordedHost,
    probe::tests::{body_with, root},
};
use closedset_core::fact::device::InternetAccess;

const CONTROL: &str = "server.example";

fn all(reach: Reach) -> RecordedHost {
    DESTINATIONS.iter().fold(root(), |host, (name, _)| host.reach(name, reach))
}

fn tried(host: &RecordedHost, control: Option<&str>) -> (InternetAccess, Vec<String>) {
    let body = body_with("internet_access", host, control);
    let paths = body.unread().into_iter().map(|one| one.path).collect();
    (body.record().unwrap(), paths)
}

#[test]
fn computer_that_reaches_nothing_but_the_server_is_restricted() {
    let host = all(Reach::Name).reach(CONTROL, Reach::Tls);
    let (access, unread) = tried(&host, Some("server.example:8443"));
    assert_eq!((access.is_restricted, access.control_answered), (Some(true), Some(true)));
    assert!(unread.is_empty());
    assert_eq!(access.tried.len(), DESTINATIONS.len());
}

#[test]
fn computer_that_is_offline_is_not_restricted() {
    let host = all(Reach::Nothing).reach(CONTROL, Reach::Nothing);
    let (access, unread) = tried(&host, Some("server.example:8443"));
    assert_eq!((access.is_restricted, access.control_answered), (None, Some(false)));
    assert_eq!(unread, ["is_restricted"]);
}

#[test]
fn silence_without_a_host_that_must_answer_says_nothing() {
    let (access, unread) = tried(&all(Reach::Nothing), None);
    assert_eq!((access.is_restricted, access.control_answered), (None, None));
    assert_eq!(unread, ["is_restricted"]);
}

#[test]
fn one_destination_that_answers_is_enough_to_be_open() {
    let host = all(Reach::Nothing).reach("web.whatsapp.com", Reach::Tls);
    assert_eq!(tried(&host, None).0.is_restricted, Some(false));
    let host = host.reach(CONTROL, Reach::Nothing);
    assert_eq!(tried(&host, Some(CONTROL)).0.is_restricted, Some(false));
}

#[test]
fn connection_that_a_filter_takes_and_drops_is_not_open() {
    let host = all(Reach::Tcp).reach(CONTROL, Reach::Tcp);
    assert_eq!(tried(&host, Some(CONTROL)).0.is_restricted, Some(true));
}

#[test]
fn destination_that_could_not_be_tried_is_no_silence() {
    let host = RecordedHost::new().reach(CONTROL, Reach::Tls).reach("www.google.com", Reach::Name);
    let (access, unread) = tried(&host, Some(CONTROL));
    assert_eq!(access.is_restricted, None);
    assert!(unread.contains(&"tried".to_owned()));
    let body = body_with("internet_access", &RecordedHost::new(), None);
    assert_eq!(body.unread()[0].path, "");
}

#[test]
fn proxy_of_everybodys_programs_is_tried_too() {
    use crate::{CollectOptions, look::Look};
    let proxy = |line: &str| {
        let host = root().file("/etc/environment", line);
        let options = CollectOptions::default();
        super::of_environment(&Look::new(&host, &options))
    };
    assert_eq!(
        proxy("https_proxy=\"http://u:p@proxy.example:3128/\"").as_deref(),
        Some("proxy.example:3128")
    );
    assert_eq!(proxy("HTTP_PROXY=proxy.example").as_deref(), Some("proxy.example:80"));
    assert_eq!(proxy("PATH=/bin"), None);
}
