//! Where the page stands: the port that is listened at, and what opens it.
//!
//! One idea: on this machine alone whoever runs programs here may come in; for others there is a
//! token in the address that only those know who were told.

use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};

use super::Desk;
use super::door::{Door, Hosts};
use super::listen;

/// Bytes of a token: nobody guesses it.
const TOKEN: usize = 16;

/// A port that is listened at.
pub struct Address {
    listener: TcpListener,
    at: SocketAddr,
    token: Option<String>,
    host: String,
}

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The port is taken, or the host is not this machine.
    #[error("cannot listen at `{host}`, port {port}: {why}")]
    Closed {
        /// The host.
        host: String,
        /// The port.
        port: u16,
        /// Why.
        why: io::Error,
    },
    /// The system has no luck to make a token of.
    #[error("cannot make a token: {0}")]
    NoToken(getrandom::Error),
    /// The system denies what a server needs.
    #[error("cannot serve: {0}")]
    Denied(#[from] io::Error),
}

impl Address {
    /// Listens at a port of a host; port 0 takes a free one.
    ///
    /// # Errors
    /// If the port is taken, or the host is not this machine.
    pub fn open(host: &str, port: u16) -> Result<Address, Failure> {
        let closed = |why| Failure::Closed {
            host: host.to_owned(),
            port,
            why,
        };
        let all: Vec<SocketAddr> = (host, port).to_socket_addrs().map_err(closed)?.collect();
        let listener = TcpListener::bind(all.as_slice()).map_err(closed)?;
        let at = listener.local_addr().map_err(closed)?;
        let token = match at.ip().is_loopback() {
            true => None,
            false => Some(token()?),
        };
        let host = host.to_owned();
        Ok(Address {
            listener,
            at,
            token,
            host,
        })
    }

    /// What to open in a browser.
    pub fn url(&self) -> String {
        let host = match self.at.ip().is_unspecified() {
            true => "localhost".to_owned(),
            false if self.at.is_ipv6() => format!("[{}]", self.at.ip()),
            false => self.at.ip().to_string(),
        };
        let port = self.at.port();
        match &self.token {
            Some(token) => format!("http://{host}:{port}/{token}/"),
            None => format!("http://{host}:{port}/"),
        }
    }

    /// Serves the page until `stop` says so; asked a few times a second.
    ///
    /// # Errors
    /// If the system denies what a server needs.
    pub fn serve(self, desk: Desk, stop: &dyn Fn() -> bool) -> Result<(), Failure> {
        let port = self.at.port();
        let hosts = match self.token {
            None => Hosts::OfThisMachine(port),
            Some(_) => Hosts::Others {
                named: self.host,
                port,
            },
        };
        let door = Door {
            hosts,
            token: self.token,
        };
        Ok(listen::serve(self.listener, door, desk, stop)?)
    }
}

fn token() -> Result<String, Failure> {
    let mut bytes = [0; TOKEN];
    getrandom::fill(&mut bytes).map_err(Failure::NoToken)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
