//! Asks a server, in its own protocol, whether it takes connections.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

/// What a server answers to the first message of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It asks for the password, or refuses for a reason that has nothing to do with its own state.
    Ready,
    /// It starts up, shuts down, or recovers (SQLSTATE 57P03).
    NotNow,
    /// Nobody is there, or not PostgreSQL.
    Nothing,
}

/// Opens a connection to the loopback port, says who wants what, and leaves at the first answer.
pub(crate) fn ask(port: u16) -> Answer {
    exchange(port).unwrap_or(Answer::Nothing)
}

fn exchange(port: u16) -> std::io::Result<Answer> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
    stream.set_read_timeout(Some(Duration::from_secs(2)))?;
    stream.set_write_timeout(Some(Duration::from_secs(2)))?;
    // Length, protocol 3.0, pairs of strings, an empty string.
    let parameters = b"user\0howdah_admin\0database\0postgres\0\0";
    let length = u32::try_from(8 + parameters.len()).unwrap_or(u32::MAX);
    let mut message = length.to_be_bytes().to_vec();
    message.extend(196_608_u32.to_be_bytes());
    message.extend_from_slice(parameters);
    stream.write_all(&message)?;

    let mut head = [0_u8; 5];
    stream.read_exact(&mut head)?;
    match head[0] {
        b'R' => Ok(Answer::Ready),
        b'E' => {
            let mut body = Vec::new();
            let length = u64::from(u32::from_be_bytes([head[1], head[2], head[3], head[4]])).saturating_sub(4);
            stream.take(length.min(8192)).read_to_end(&mut body)?;
            let starting = body.split(|b| *b == 0).any(|field| field == b"C57P03");
            Ok(if starting { Answer::NotNow } else { Answer::Ready })
        }
        _ => Ok(Answer::Nothing),
    }
}
