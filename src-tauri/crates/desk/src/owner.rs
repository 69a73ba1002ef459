//! One process owns the data folder. A second one, such as the command line beside the open window, hands its requests
//! to the owner over a local socket, so that one writer and one submitter exist at any time.
//!
//! The socket lies in the data folder, which only the user can enter; on Windows it is a named pipe of the user.

use std::path::Path;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use interprocess::local_socket::tokio::prelude::*;
use interprocess::local_socket::{ListenerOptions, Name};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::sync::{Mutex, oneshot};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;

use crate::commands::{dispatch_in, misfit};
use crate::wire::Failure;
use crate::{Desk, FailureCode, Setup};

/// A line to the owner.
#[derive(Serialize, Deserialize)]
struct Line {
    workspace: Option<String>,
    command: String,
    request: Value,
}

/// A line back.
#[derive(Serialize, Deserialize)]
enum Reply {
    #[serde(rename = "answer")]
    Answer(Value),
    #[serde(rename = "failure")]
    Failure(Failure),
}

/// Said to whoever comes in: from here on the owner stays until that guest has left. Who does not hear it has to look
/// for the owner anew, and has handed over nothing.
const GREETING: &str = "desk\n";
/// How long an owner is waited for that is just coming or leaving.
const PATIENCE: Duration = Duration::from_secs(10);

/// The commands of whoever owns the folder: this process, or the one that came first.
pub enum Access {
    Owner(Arc<Desk>),
    Guest(Guest),
}

/// A connection to the owner, for as long as there is something to ask.
pub struct Guest(Mutex<BufReader<LocalSocketStream>>);

impl Access {
    /// Becomes the owner, or its guest where there is one.
    ///
    /// # Errors
    /// Those of [`Desk::open`]; `folder_locked` when the owner does not answer.
    pub async fn open(setup: Setup) -> Result<Access, Failure> {
        let data_dir = setup.data_dir.clone();
        let started = Instant::now();
        loop {
            let locked = match Desk::open(setup.clone()).await {
                Ok(desk) => return Ok(Access::Owner(desk)),
                Err(failure) if failure.code == FailureCode::FolderLocked => failure,
                Err(failure) => return Err(failure),
            };
            if let Ok(Ok(guest)) = timeout(PATIENCE, Guest::enter(&data_dir)).await {
                return Ok(Access::Guest(guest));
            }
            if started.elapsed() > PATIENCE {
                return Err(locked);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Runs a command of the table, in the workspace named or else the current one.
    ///
    /// # Errors
    /// The command's own failure; `folder_locked` when the owner went away in the middle.
    pub async fn call(
        &self,
        workspace: Option<&str>,
        command: &str,
        request: Value,
    ) -> Result<Value, Failure> {
        match self {
            Access::Owner(desk) => {
                dispatch_in(desk, workspace.map(str::to_owned), command, request).await
            }
            Access::Guest(guest) => guest.call(workspace, command, request).await,
        }
    }

    /// Leaves in order: an owner stays for as long as it has guests, whose work would end with it.
    pub async fn close(self) {
        if let Access::Owner(desk) = self {
            desk.outlive_guests().await;
        }
    }
}

impl Guest {
    async fn enter(data_dir: &Path) -> std::io::Result<Guest> {
        let stream = LocalSocketStream::connect(socket_name(data_dir)?).await?;
        let mut stream = BufReader::new(stream);
        let mut greeting = String::new();
        stream.read_line(&mut greeting).await?;
        match greeting == GREETING {
            true => Ok(Guest(Mutex::new(stream))),
            false => Err(std::io::ErrorKind::ConnectionAborted.into()),
        }
    }

    async fn call(
        &self,
        workspace: Option<&str>,
        command: &str,
        request: Value,
    ) -> Result<Value, Failure> {
        let line = Line {
            workspace: workspace.map(str::to_owned),
            command: command.to_owned(),
            request,
        };
        let gone = |error: std::io::Error| {
            Failure::new(FailureCode::FolderLocked).because(error.to_string())
        };
        let reply = self.exchange(&line).await.map_err(gone)?;
        match reply {
            Reply::Answer(answer) => Ok(answer),
            Reply::Failure(failure) => Err(failure),
        }
    }

    async fn exchange(&self, line: &Line) -> std::io::Result<Reply> {
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        let mut stream = self.0.lock().await;
        stream.get_mut().write_all(&text).await?;
        let mut reply = String::new();
        stream.read_line(&mut reply).await?;
        Ok(serde_json::from_str(&reply)?)
    }
}

/// The socket while it is served.
pub(crate) struct Serving {
    leave: oneshot::Sender<()>,
    served: JoinHandle<()>,
}

impl Serving {
    /// Waits until there is no guest, and closes the socket before another one comes in.
    pub(crate) async fn end(self) {
        // Nobody listens where the socket could not be served.
        let _ = self.leave.send(());
        let _ = self.served.await;
    }
}

/// Serves guests until the desk goes. A folder whose socket cannot be made still works; only guests are turned away.
pub(crate) fn serve(desk: &Arc<Desk>, data_dir: &Path) -> Option<Serving> {
    let listener = socket_name(data_dir).and_then(|name| {
        ListenerOptions::new()
            .name(name)
            .try_overwrite(true)
            .create_tokio()
    });
    let listener = match listener {
        Ok(listener) => listener,
        Err(error) => {
            tracing::warn!(%error, "no local socket: the command line cannot share the folder with the window");
            return None;
        }
    };
    let desk = Arc::downgrade(desk);
    let (leave, mut leaving) = oneshot::channel();
    let served = tokio::spawn(async move {
        let mut guests = JoinSet::new();
        let mut stays = true;
        while stays || !guests.is_empty() {
            tokio::select! {
                arrival = listener.accept() => match arrival {
                    Ok(stream) => {
                        guests.spawn(attend(stream, desk.clone()));
                    }
                    Err(_) => return,
                },
                Some(_) = guests.join_next() => {}
                asked = &mut leaving, if stays => match asked {
                    Ok(()) => stays = false,
                    // There is no desk any more.
                    Err(_) => return,
                },
            }
        }
    });
    Some(Serving { leave, served })
}

/// One guest, to its end or the desk's.
async fn attend(stream: LocalSocketStream, desk: Weak<Desk>) {
    let mut stream = BufReader::new(stream);
    if stream
        .get_mut()
        .write_all(GREETING.as_bytes())
        .await
        .is_err()
    {
        return;
    }
    loop {
        let mut line = String::new();
        if !matches!(stream.read_line(&mut line).await, Ok(1..)) {
            return;
        }
        let Some(desk) = desk.upgrade() else { return };
        let reply = match serde_json::from_str::<Line>(&line) {
            Ok(line) => dispatch_in(&desk, line.workspace, &line.command, line.request).await,
            Err(_) => Err(misfit()),
        };
        let reply = reply.map_or_else(Reply::Failure, Reply::Answer);
        let Ok(mut text) = serde_json::to_vec(&reply) else {
            return;
        };
        text.push(b'\n');
        // A guest that left does not wait for its answer.
        if stream.get_mut().write_all(&text).await.is_err() {
            return;
        }
    }
}

#[cfg(unix)]
fn socket_name(data_dir: &Path) -> std::io::Result<Name<'static>> {
    use interprocess::local_socket::{GenericFilePath, ToFsName};
    data_dir.join("desk.sock").to_fs_name::<GenericFilePath>()
}

#[cfg(windows)]
fn socket_name(data_dir: &Path) -> std::io::Result<Name<'static>> {
    use std::hash::{DefaultHasher, Hash, Hasher};

    use interprocess::local_socket::{GenericNamespaced, ToNsName};
    let mut hasher = DefaultHasher::new();
    std::path::absolute(data_dir)?.hash(&mut hasher);
    format!("debitura-desk-{:016x}", hasher.finish()).to_ns_name::<GenericNamespaced>()
}
