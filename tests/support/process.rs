//! Programs a test starts, and ends again with all they started.

use std::net::TcpListener;
use std::process::{Child, Command};
use std::time::Duration;

/// A program in a process group of its own; dropping it ends the group and nothing else.
pub struct Running(Child);

impl Running {
    pub fn start(command: &mut Command) -> Running {
        #[cfg(unix)]
        {
            use std::os::unix::process::CommandExt;
            command.process_group(0);
        }
        let program = command.get_program().to_owned();
        let child = command
            .spawn()
            .unwrap_or_else(|error| panic!("{} did not start: {error}", program.display()));
        Running(child)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // The group bears the number of its first process, which is ours for as long as it was not waited for.
        #[cfg(unix)]
        let _ = Command::new("kill")
            .args(["-KILL", "--", &format!("-{}", self.0.id())])
            .status();
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A port of this machine that nobody listens on at the moment.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("loopback can be listened on");
    listener.local_addr().expect("it has an address").port()
}

/// Waits until somebody listens on a port.
pub async fn listening(port: u16) {
    for _ in 0..200 {
        if tokio::net::TcpStream::connect(("127.0.0.1", port))
            .await
            .is_ok()
        {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("nobody listens on port {port} after ten seconds");
}
