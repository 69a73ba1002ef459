//! Brings webhooks to their subscribers: signed, tried again on a schedule, and to plain http on loopback only.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::debitura::{Delivery, Outcome};
use crate::world::House;

const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) async fn run(house: Arc<House>) {
    loop {
        let (due, wait) = {
            let mut world = house.world();
            let now = world.clock.now();
            let due = world.debitura.due(now);
            let next = world
                .debitura
                .next_due()
                .map(|next| next.duration_since(now));
            let wait = next.map_or(Duration::from_secs(3_600), |wait| {
                wait.unsigned_abs().max(Duration::from_millis(5))
            });
            (due, wait)
        };
        if due.is_empty() {
            let _ = tokio::time::timeout(wait, house.couriers.notified()).await;
            continue;
        }
        for delivery in due {
            let outcome = match tokio::time::timeout(PATIENCE, deliver(&delivery)).await {
                Ok(Ok(code)) => Outcome::Answered(code),
                Ok(Err(why)) => Outcome::Failed(why.to_string()),
                Err(_) => Outcome::Failed("the subscriber did not answer in 10 seconds".into()),
            };
            let mut world = house.world();
            let (now, clock) = (world.clock.now(), world.settings.debitura.webhook_clock);
            world
                .debitura
                .delivered(delivery.event, outcome, now, clock);
        }
    }
}

/// Nothing leaves this machine: an address elsewhere counts as unreachable.
async fn deliver(delivery: &Delivery) -> std::io::Result<u16> {
    let refused = |why: &str| std::io::Error::other(why.to_owned());
    let rest = delivery
        .url
        .strip_prefix("http://")
        .ok_or_else(|| refused("the sandbox delivers to http on loopback only"))?;
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (host, port) = authority.rsplit_once(':').unwrap_or((authority, "80"));
    if !matches!(host, "127.0.0.1" | "localhost") {
        return Err(refused("the sandbox delivers to http on loopback only"));
    }
    let port = port.parse().map_err(|_| refused("the port is no number"))?;
    let mut stream = TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?;
    let mut request = format!(
        "POST /{path} HTTP/1.1\r\nHost: {authority}\r\nContent-Type: application/json\r\nConnection: close\r\n"
    );
    for (name, value) in &delivery.headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str(&format!(
        "Content-Length: {}\r\n\r\n{}",
        delivery.body.len(),
        delivery.body
    ));
    stream.write_all(request.as_bytes()).await?;
    let mut head = [0; 512];
    let length = stream.read(&mut head).await?;
    let status = String::from_utf8_lossy(&head[..length])
        .split(' ')
        .nth(1)
        .and_then(|code| code.parse().ok());
    status.ok_or_else(|| refused("the answer was no HTTP"))
}
