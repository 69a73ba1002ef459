//! One process owns the data folder. A second one, such as the command line beside the open window, hands its requests
//! to the owner over a local socket, so that one writer and one submitter exist at any time.
//!
//! The socket lies in the data folder, which only the user can enter; on Windows it is a named pipe of the user.

use std::path::Path;
use std::sync::Arc;

use interprocess::local_socket::tokio::prelude::*;
use interprocess::local_socket::{ListenerOptions, Name};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

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

/// The commands of whoever owns the folder: this process, or the one that came first.
pub enum Access {
    Owner(Arc<Desk>),
    Guest(Guest),
}

/// A connection to the owner.
pub struct Guest {
    data_dir: std::path::PathBuf,
}

impl Access {
    /// Becomes the owner, or its guest where there is one.
    ///
    /// # Errors
    /// Those of [`Desk::open`]; `folder_locked` when the owner does not answer.
    pub async fn open(setup: Setup) -> Result<Access, Failure> {
        let data_dir = setup.data_dir.clone();
        match Desk::open(setup).await {
            Ok(desk) => Ok(Access::Owner(desk)),
            Err(failure) if failure.code == FailureCode::FolderLocked => {
                let guest = Guest { data_dir };
                guest.connect().await.map_err(|_| failure)?;
                Ok(Access::Guest(guest))
            }
            Err(failure) => Err(failure),
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
}

impl Guest {
    async fn connect(&self) -> std::io::Result<LocalSocketStream> {
        LocalSocketStream::connect(socket_name(&self.data_dir)?).await
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
        let stream = self.connect().await?;
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        (&stream).write_all(&text).await?;
        let mut reply = String::new();
        BufReader::new(&stream).read_line(&mut reply).await?;
        Ok(serde_json::from_str(&reply)?)
    }
}

/// Serves guests until the process ends. A folder whose socket cannot be made still works; only guests are turned away.
pub(crate) fn serve(desk: &Arc<Desk>, data_dir: &Path) {
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
            return;
        }
    };
    let desk = Arc::downgrade(desk);
    tokio::spawn(async move {
        while let Ok(stream) = listener.accept().await {
            let desk = desk.clone();
            tokio::spawn(async move {
                let mut line = String::new();
                if BufReader::new(&stream).read_line(&mut line).await.is_err() {
                    return;
                }
                let Some(desk) = desk.upgrade() else { return };
                let reply = match serde_json::from_str::<Line>(&line) {
                    Ok(line) => {
                        dispatch_in(&desk, line.workspace, &line.command, line.request).await
                    }
                    Err(_) => Err(misfit()),
                };
                let reply = reply.map_or_else(Reply::Failure, Reply::Answer);
                if let Ok(mut text) = serde_json::to_vec(&reply) {
                    text.push(b'\n');
                    // A guest that left does not wait for its answer.
                    let _ = (&stream).write_all(&text).await;
                }
            });
        }
    });
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
