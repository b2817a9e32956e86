//! Trials of the network: name, connection, TLS, and plain HTTP where TLS does not answer.

use super::hello;
use crate::host::{Destination, Reach};
use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream, ToSocketAddrs},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

/// How many addresses of a name are tried.
const ADDRESSES: usize = 2;
/// Nothing is waited for less long than this.
const LEAST: Duration = Duration::from_millis(1);

/// How far `destination` answers before its time is up.
pub(super) fn reach(destination: &Destination) -> Reach {
    let deadline = Instant::now() + destination.timeout;
    let direct = reach_directly(&destination.host, destination.port, deadline);
    match &destination.proxy {
        Some(proxy) if direct < Reach::Tls => {
            direct.max(reach_through(proxy, destination, deadline))
        }
        _ => direct,
    }
}

fn reach_directly(host: &str, port: u16, deadline: Instant) -> Reach {
    let addresses = addresses(host, port, deadline);
    if addresses.is_empty() {
        return Reach::Nothing;
    }
    let Some(mut connection) = connect(&addresses, deadline) else {
        return Reach::Name;
    };
    if answers_tls(&mut connection, host, deadline) {
        return Reach::Tls;
    }
    let answers = connect(&addresses_at(&addresses, 80), deadline)
        .is_some_and(|mut connection| answers_http(&mut connection, host, deadline));
    if answers { Reach::Http } else { Reach::Tcp }
}

fn reach_through(proxy: &str, destination: &Destination, deadline: Instant) -> Reach {
    let Some((host, port)) = proxy.rsplit_once(':') else {
        return Reach::Nothing;
    };
    let Ok(port) = port.parse() else {
        return Reach::Nothing;
    };
    let Some(mut connection) = connect(&addresses(host, port, deadline), deadline) else {
        return Reach::Nothing;
    };
    let target = format!("{}:{}", destination.host, destination.port);
    let asked = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n");
    let answer = exchange(&mut connection, asked.as_bytes(), deadline);
    let agreed =
        answer.starts_with(b"HTTP/1.") && answer.get(8..12).is_some_and(|status| status == b" 200");
    if agreed && answers_tls(&mut connection, &destination.host, deadline) {
        Reach::Tls
    } else {
        Reach::Nothing
    }
}

/// The system's resolver has no time limit of its own, so it is asked on a thread that is left
/// behind when the time is up.
fn addresses(host: &str, port: u16, deadline: Instant) -> Vec<SocketAddr> {
    let (sender, receiver) = mpsc::channel();
    let asked = (host.to_owned(), port);
    let resolver = thread::Builder::new().name("probe-resolver".into()).spawn(move || {
        let found =
            asked.to_socket_addrs().map(|all| all.take(ADDRESSES).collect()).unwrap_or_default();
        // Nobody listens any more if the time was up.
        let _ = sender.send(found);
    });
    match resolver {
        Ok(_) => receiver.recv_timeout(left(deadline)).unwrap_or_default(),
        Err(_) => Vec::new(),
    }
}

fn addresses_at(addresses: &[SocketAddr], port: u16) -> Vec<SocketAddr> {
    addresses.iter().map(|address| SocketAddr::new(address.ip(), port)).collect()
}

fn connect(addresses: &[SocketAddr], deadline: Instant) -> Option<TcpStream> {
    let share = u32::try_from(addresses.len().max(1)).unwrap_or(1);
    addresses
        .iter()
        .find_map(|address| TcpStream::connect_timeout(address, left(deadline) / share).ok())
}

fn answers_tls(connection: &mut TcpStream, host: &str, deadline: Instant) -> bool {
    hello::is_tls_answer(&exchange(connection, &hello::client_hello(host), deadline))
}

fn answers_http(connection: &mut TcpStream, host: &str, deadline: Instant) -> bool {
    let asked = format!("HEAD / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    exchange(connection, asked.as_bytes(), deadline).starts_with(b"HTTP/")
}

fn exchange(connection: &mut TcpStream, asked: &[u8], deadline: Instant) -> Vec<u8> {
    let mut answer = vec![0; 4096];
    let length = connection
        .set_write_timeout(Some(left(deadline)))
        .and_then(|()| connection.write_all(asked))
        .and_then(|()| connection.set_read_timeout(Some(left(deadline))))
        .and_then(|()| connection.read(&mut answer))
        .unwrap_or(0);
    answer.truncate(length);
    answer
}

fn left(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(Instant::now()).max(LEAST)
}

#[cfg(test)]
mod tests;
