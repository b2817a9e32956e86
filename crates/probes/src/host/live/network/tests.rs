use super::*;
use std::net::TcpListener;

fn server(answer: &'static [u8]) -> (u16, thread::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let serving = thread::spawn(move || {
        let (mut connection, _) = listener.accept().unwrap();
        let mut asked = [0; 1024];
        let _ = connection.read(&mut asked);
        let _ = connection.write_all(answer);
    });
    (port, serving)
}

fn trial(port: u16) -> Destination {
    Destination { host: "127.0.0.1".into(), port, proxy: None, timeout: Duration::from_secs(2) }
}

#[test]
fn a_server_that_answers_with_a_tls_alert_is_reached() {
    let (port, serving) = server(&[21, 3, 3, 0, 2, 2, 40]);
    assert_eq!(reach(&trial(port)), Reach::Tls);
    serving.join().unwrap();
}

#[test]
fn a_closed_port_is_a_name_and_no_more() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    assert_eq!(reach(&trial(port)), Reach::Name);
}

#[test]
fn a_proxy_that_connects_reaches_what_the_direct_way_does_not() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy = listener.local_addr().unwrap().to_string();
    let serving = thread::spawn(move || {
        let (mut connection, _) = listener.accept().unwrap();
        let mut asked = [0; 1024];
        let length = connection.read(&mut asked).unwrap();
        assert!(asked[..length].starts_with(b"CONNECT 127.0.0.1:1 HTTP/1.1\r\n"));
        connection.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
        let _ = connection.read(&mut asked);
        connection.write_all(&[22, 3, 3, 0, 1, 2]).unwrap();
    });
    let through = Destination { proxy: Some(proxy), ..trial(1) };
    assert_eq!(reach(&through), Reach::Tls);
    serving.join().unwrap();
}
