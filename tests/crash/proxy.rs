//! A bad line between the desk and the sandbox: what asks to make a case is delayed, cut off at some byte, delivered twice
//! or swallowed; all else passes.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What happens to one request that would make a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strike {
    Pass,
    /// It arrives late.
    LateRequest(Duration),
    /// Its answer comes late.
    LateAnswer(Duration),
    /// So many of its bytes arrive, then the line is dead.
    CutRequest(usize),
    /// It arrives whole; so many bytes of the answer come back.
    CutAnswer(usize),
    /// It arrives twice, one after the other; the second answer comes back.
    Twice,
    /// It arrives twice at the same time; the answer of either comes back.
    TwiceAtOnce,
    /// Nothing of it arrives, and the line looks alive for so long.
    Swallow(Duration),
    /// It arrives whole, no answer comes back, and the line looks alive for so long.
    SwallowAnswer(Duration),
}

/// Dropping it takes it down with all its connections.
pub struct Proxy {
    port: u16,
    met: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Proxy {
    /// Stands before a provider. The n-th request for a case meets the n-th strike; those after the last pass.
    pub async fn before(address: &str, strikes: Vec<Strike>) -> Proxy {
        let target = address.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .expect("loopback");
        let port = listener.local_addr().expect("it has an address").port();
        let met = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&met);
        let task = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                let (target, strikes, met) =
                    (target.clone(), strikes.clone(), Arc::clone(&counter));
                connections.spawn(async move {
                    // A broken line is what it is for.
                    let _ = serve(client, &target, &strikes, &met).await;
                });
                while connections.try_join_next().is_some() {}
            }
        });
        Proxy { port, met, task }
    }

    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// How many requests for a case it has met.
    pub fn met(&self) -> usize {
        self.met.load(Ordering::Relaxed)
    }
}

/// The desk opens a connection for each request that makes something, so the first one of a connection decides.
async fn serve(
    mut client: TcpStream,
    target: &str,
    strikes: &[Strike],
    met: &AtomicUsize,
) -> std::io::Result<()> {
    let mut request = Vec::new();
    while !has_head(&request) {
        if client.read_buf(&mut request).await? == 0 {
            return Ok(());
        }
    }
    if !request.starts_with(b"POST /cases HTTP/1.1\r\n") {
        let mut server = TcpStream::connect(target).await?;
        server.write_all(&request).await?;
        tokio::io::copy_bidirectional(&mut client, &mut server).await?;
        return Ok(());
    }
    while request.len() < length(&request) {
        if client.read_buf(&mut request).await? == 0 {
            return Ok(());
        }
    }
    let number = met.fetch_add(1, Ordering::Relaxed);
    match strikes.get(number).copied().unwrap_or(Strike::Pass) {
        Strike::Pass => answer(&mut client, &ask(target, &request).await?).await,
        Strike::LateRequest(late) => {
            tokio::time::sleep(late).await;
            answer(&mut client, &ask(target, &request).await?).await
        }
        Strike::LateAnswer(late) => {
            let reply = ask(target, &request).await?;
            tokio::time::sleep(late).await;
            answer(&mut client, &reply).await
        }
        Strike::CutRequest(at) => {
            let mut server = TcpStream::connect(target).await?;
            server.write_all(&request[..at.min(request.len())]).await?;
            server.shutdown().await
        }
        Strike::CutAnswer(at) => {
            let reply = ask(target, &request).await?;
            answer(&mut client, &reply[..at.min(reply.len())]).await
        }
        Strike::Twice => {
            ask(target, &request).await?;
            answer(&mut client, &ask(target, &request).await?).await
        }
        Strike::TwiceAtOnce => {
            let (one, other) = tokio::join!(ask(target, &request), ask(target, &request));
            drop(one);
            answer(&mut client, &other?).await
        }
        Strike::Swallow(long) => {
            tokio::time::sleep(long).await;
            Ok(())
        }
        Strike::SwallowAnswer(long) => {
            ask(target, &request).await?;
            tokio::time::sleep(long).await;
            Ok(())
        }
    }
}

/// Sends a request whole and reads its answer whole.
async fn ask(target: &str, request: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut server = TcpStream::connect(target).await?;
    server.write_all(request).await?;
    let mut reply = Vec::new();
    while !has_head(&reply) || reply.len() < length(&reply) {
        if server.read_buf(&mut reply).await? == 0 {
            break;
        }
    }
    Ok(reply)
}

async fn answer(client: &mut TcpStream, reply: &[u8]) -> std::io::Result<()> {
    client.write_all(reply).await?;
    client.shutdown().await
}

fn head_end(message: &[u8]) -> Option<usize> {
    let mark = b"\r\n\r\n";
    let found = message
        .windows(mark.len())
        .position(|window| window == mark);
    found.map(|at| at + mark.len())
}

fn has_head(message: &[u8]) -> bool {
    head_end(message).is_some()
}

/// Of a whole message, as its head announces it.
fn length(message: &[u8]) -> usize {
    let Some(end) = head_end(message) else {
        return usize::MAX;
    };
    let head = String::from_utf8_lossy(&message[..end]).to_lowercase();
    let announced = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"));
    end + announced
        .and_then(|text| text.trim().parse::<usize>().ok())
        .unwrap_or(0)
}
