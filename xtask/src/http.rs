//! As much of HTTP/1.1 as a browser on this machine needs: requests without a body, on connections that stay open.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::site::Answer;

const MOST_HEADERS: usize = 64;
const LONGEST_HEAD: usize = 16 * 1024;
const LONGEST_SILENCE: Duration = Duration::from_secs(60);

/// The head of a request.
pub struct Request<'a> {
    /// `GET`, `HEAD` …
    pub method: &'a str,
    /// The path with its query.
    pub target: &'a str,
    headers: &'a [httparse::Header<'a>],
}

impl Request<'_> {
    /// The value of a header, empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name));
        found.and_then(|header| str::from_utf8(header.value).ok()).unwrap_or_default()
    }

    fn ends_the_connection(&self) -> bool {
        let has_body = !self.header("content-length").is_empty() || !self.header("transfer-encoding").is_empty();
        has_body || self.header("connection").eq_ignore_ascii_case("close")
    }
}

/// Answers the requests that come over `connection`, one after the other, until either side ends it.
pub fn converse(mut connection: TcpStream, answer: impl Fn(&Request) -> Answer) -> io::Result<()> {
    connection.set_nodelay(true)?;
    connection.set_read_timeout(Some(LONGEST_SILENCE))?;
    let mut received = Vec::new();
    loop {
        let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
        let mut head = httparse::Request::new(&mut headers);
        match head.parse(&received) {
            Ok(httparse::Status::Partial) if received.len() < LONGEST_HEAD => {
                if read_more(&mut connection, &mut received)? == 0 {
                    return Ok(());
                }
            }
            Ok(httparse::Status::Complete(length)) => {
                let request = Request {
                    method: head.method.unwrap_or_default(),
                    target: head.path.unwrap_or_default(),
                    headers: head.headers,
                };
                connection.write_all(&encode(&answer(&request), request.method))?;
                if request.ends_the_connection() {
                    return Ok(());
                }
                received.drain(..length);
            }
            Ok(httparse::Status::Partial) | Err(_) => {
                return connection.write_all(&encode(&Answer::text(400, "This is no request.\n"), "GET"));
            }
        }
    }
}

fn read_more(connection: &mut TcpStream, received: &mut Vec<u8>) -> io::Result<usize> {
    let mut part = [0; 4096];
    let length = connection.read(&mut part)?;
    received.extend(&part[..length]);
    Ok(length)
}

fn encode(answer: &Answer, method: &str) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {} {}\r\n", answer.status, reason(answer.status));
    for (name, value) in &answer.headers {
        head += &format!("{name}: {value}\r\n");
    }
    if answer.status != 304 {
        head += &format!("Content-Length: {}\r\n", answer.body.len());
    }
    head += "\r\n";
    let mut bytes = head.into_bytes();
    if method != "HEAD" {
        bytes.extend(&answer.body);
    }
    bytes
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        304 => "Not Modified",
        400 => "Bad Request",
        404 => "Not Found",
        _ => "Method Not Allowed",
    }
}
