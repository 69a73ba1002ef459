use std::fmt;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::net::TcpListener;

use super::Provider;

/// Which port the browser is to come back to.
#[derive(Debug, Clone, Copy)]
pub enum Ports<'a> {
    /// `http://localhost:{port}`, for providers that compare the address to the letter: the first of these that is free.
    /// Both address families are served, since a browser may try either.
    Fixed(&'a [u16]),
    /// `http://127.0.0.1:{port}` on any port, behind a relay.
    Any,
}

/// The bounds of what strangers can do to a listener.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// For a request's line and headers.
    pub head: usize,
    /// For a request to arrive.
    pub arrival: Duration,
    /// At the same time. Another one pushes out the oldest, so that silent ones cannot keep the true one away.
    pub connections: usize,
    /// Callbacks with a wrong state, after which the attempt is given up.
    pub strangers: u32,
    /// How long the page with the result can be had.
    pub linger: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head: 32 * 1024,
            arrival: Duration::from_secs(10),
            connections: 64,
            strangers: 1_000,
            linger: Duration::from_secs(2),
        }
    }
}

/// Why a port could not be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// Another program listens there (10048 on Windows).
    InUse,
    /// The system keeps it, though nobody listens (10013 on Windows: Hyper-V, WSL and Docker reserve whole ranges).
    Reserved,
    /// This computer has no loopback address, or another fault.
    Other,
}

/// No port could be had; each that was tried, with its reason. Port 0 stands for any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoPort {
    pub tried: Vec<(u16, Taken)>,
}

impl fmt::Display for NoPort {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("no port for the browser's answer could be opened")?;
        for (index, (port, taken)) in self.tried.iter().enumerate() {
            formatter.write_str(if index == 0 { ": " } else { ", " })?;
            match port {
                0 => formatter.write_str("any")?,
                port => write!(formatter, "{port}")?,
            }
            formatter.write_str(match taken {
                Taken::InUse => " is used by another program",
                Taken::Reserved => " is reserved by the system",
                Taken::Other => " cannot be opened",
            })?;
        }
        Ok(())
    }
}

impl std::error::Error for NoPort {}

/// A port of this computer, held from before the browser opens. The sockets that were bound are the ones that serve: a
/// port that is let go in between can be somebody else's when it is wanted again.
#[derive(Debug)]
pub struct Listener {
    pub(super) sockets: Vec<TcpListener>,
    pub(super) provider: Provider,
    pub(super) limits: Limits,
    port: u16,
    host: &'static str,
}

impl Listener {
    pub async fn bind(provider: Provider, ports: Ports<'_>) -> Result<Self, NoPort> {
        Self::with_limits(provider, ports, Limits::default()).await
    }

    /// With other bounds than the usual ones, for tests.
    pub async fn with_limits(
        provider: Provider,
        ports: Ports<'_>,
        limits: Limits,
    ) -> Result<Self, NoPort> {
        // Windows has been seen to refuse even ports of its own choice, once or twice.
        let (candidates, families, host): (&[u16], &[IpAddr], _) = match ports {
            Ports::Fixed(ports) => (ports, &[IPV4, IPV6], "localhost"),
            Ports::Any => (&[0; 3], &[IPV4], "127.0.0.1"),
        };
        let mut tried = Vec::new();
        for &candidate in candidates {
            match sockets(candidate, families).await {
                Ok((sockets, port)) => {
                    return Ok(Self {
                        sockets,
                        provider,
                        limits,
                        port,
                        host,
                    });
                }
                Err(taken) => tried.push((candidate, taken)),
            }
        }
        Err(NoPort { tried })
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The address to which the browser is sent back.
    pub fn address(&self) -> String {
        format!(
            "http://{}:{}{}",
            self.host,
            self.port,
            self.provider.callback_path()
        )
    }

    /// The addresses that are served.
    pub fn bound(&self) -> Vec<SocketAddr> {
        self.sockets
            .iter()
            .filter_map(|socket| socket.local_addr().ok())
            .collect()
    }
}

const IPV4: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const IPV6: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);

/// `port` in every family that this computer has. If somebody else has it in one family, it is not taken in the other
/// either: half of the browsers would go to them.
async fn sockets(port: u16, families: &[IpAddr]) -> Result<(Vec<TcpListener>, u16), Taken> {
    let mut sockets = Vec::new();
    let mut port = port;
    for &family in families {
        match TcpListener::bind((family, port)).await {
            Ok(socket) => {
                port = socket.local_addr().map_err(|_| Taken::Other)?.port();
                sockets.push(socket);
            }
            Err(error) => match taken(&error) {
                // This family is missing here, or is broken; the other one may do.
                Taken::Other => {}
                taken => return Err(taken),
            },
        }
    }
    if sockets.is_empty() {
        return Err(Taken::Other);
    }
    Ok((sockets, port))
}

fn taken(error: &io::Error) -> Taken {
    match error.kind() {
        ErrorKind::AddrInUse => Taken::InUse,
        ErrorKind::PermissionDenied => Taken::Reserved,
        _ => Taken::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_names_each_port_with_its_reason() {
        let error = NoPort {
            tried: vec![
                (8977, Taken::InUse),
                (18977, Taken::Reserved),
                (0, Taken::Other),
            ],
        };
        assert_eq!(
            error.to_string(),
            "no port for the browser's answer could be opened: 8977 is used by another program, 18977 is reserved \
             by the system, any cannot be opened"
        );
    }

    #[test]
    fn the_systems_reasons_are_told_apart() {
        assert_eq!(taken(&ErrorKind::AddrInUse.into()), Taken::InUse);
        assert_eq!(taken(&ErrorKind::PermissionDenied.into()), Taken::Reserved);
        assert_eq!(taken(&ErrorKind::AddrNotAvailable.into()), Taken::Other);
    }

    #[tokio::test]
    async fn a_computer_without_one_family_does_with_the_other() {
        // Addresses for documentation, which no computer has.
        let no_ipv4: IpAddr = "192.0.2.1".parse().unwrap();
        let no_ipv6: IpAddr = "2001:db8::1".parse().unwrap();
        assert_eq!(
            sockets(0, &[no_ipv4, no_ipv6]).await.err(),
            Some(Taken::Other)
        );
        let (bound, port) = sockets(0, &[IPV4, no_ipv6]).await.unwrap();
        assert_eq!(
            (bound.len(), bound[0].local_addr().unwrap().port()),
            (1, port)
        );
        if TcpListener::bind((IPV6, 0)).await.is_ok() {
            let (bound, _) = sockets(0, &[no_ipv4, IPV6]).await.unwrap();
            assert_eq!(bound[0].local_addr().unwrap().ip(), IPV6);
        }
    }
}
