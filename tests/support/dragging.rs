//! A file manager's part in a drop: it carries files over a window of this display and lets go of them there. Drivers do
//! nothing outside the page, so this speaks to the window as any other program on X11 would.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ClientMessageEvent, ConnectionExt as _, CreateWindowAux, EventMask, PropMode,
    SELECTION_NOTIFY_EVENT, SelectionNotifyEvent, SelectionRequestEvent, Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

/// Of the protocol for dragging.
const VERSION: u32 = 5;
const PATIENCE: Duration = Duration::from_secs(10);

x11rb::atom_manager! {
    Atoms: AtomsCookie {
        XdndAware, XdndEnter, XdndPosition, XdndStatus, XdndLeave, XdndDrop, XdndFinished, XdndSelection,
        XdndActionCopy, _NET_WM_PID,
        UriList: b"text/uri-list",
    }
}

/// Holds files over a window until it drops them or carries them away.
pub struct Hand {
    display: RustConnection,
    atoms: Atoms,
    root: Window,
    own: Window,
    target: Window,
    offered: Vec<u8>,
}

impl Hand {
    /// Carries files over the middle of a program's window.
    pub fn over(program: u32, files: &[PathBuf]) -> Hand {
        let (display, screen) = x11rb::connect(None).expect("there is a display");
        let atoms = Atoms::new(&display).expect("asked").reply().expect("atoms");
        let root = display.setup().roots[screen].root;
        let own = display.generate_id().expect("an id");
        let kind = WindowClass::INPUT_ONLY;
        let nothing = CreateWindowAux::new();
        display
            .create_window(0, own, root, 0, 0, 1, 1, 0, kind, 0, &nothing)
            .expect("a window of its own");
        display
            .set_selection_owner(own, atoms.XdndSelection, x11rb::CURRENT_TIME)
            .expect("the files are offered");
        let offered: String = files
            .iter()
            .map(|file| format!("file://{}\r\n", encoded(&file.to_string_lossy())))
            .collect();
        let mut hand = Hand {
            target: 0,
            display,
            atoms,
            root,
            own,
            offered: offered.into_bytes(),
        };
        hand.target = hand
            .window_of(program, root)
            .expect("the program takes drops");
        hand.tell(
            hand.atoms.XdndEnter,
            [VERSION << 24, hand.atoms.UriList, 0, 0],
        );
        // A window answers to where the files are once it knows what they are, and may ask for that first.
        for _ in 0..3 {
            hand.tell(
                hand.atoms.XdndPosition,
                [
                    0,
                    hand.middle(),
                    x11rb::CURRENT_TIME,
                    hand.atoms.XdndActionCopy,
                ],
            );
            hand.serve_until(hand.atoms.XdndStatus);
        }
        hand
    }

    /// Lets go of the files.
    pub fn let_go(self) {
        self.tell(self.atoms.XdndDrop, [0, x11rb::CURRENT_TIME, 0, 0]);
        self.serve_until(self.atoms.XdndFinished);
    }

    /// Carries them out of the window.
    pub fn carry_away(self) {
        self.tell(self.atoms.XdndLeave, [0; 4]);
        self.display.sync().expect("it is told");
    }

    /// The window of a program that takes drops, at `window` or below it.
    fn window_of(&self, program: u32, window: Window) -> Option<Window> {
        let value = |name: Atom| {
            let asked = self
                .display
                .get_property(false, window, name, AtomEnum::ANY, 0, 1)
                .ok()?;
            let reply = asked.reply().ok()?;
            reply.value32()?.next()
        };
        if value(self.atoms.XdndAware).is_some() && value(self.atoms._NET_WM_PID) == Some(program) {
            return Some(window);
        }
        let below = self.display.query_tree(window).ok()?.reply().ok()?.children;
        below
            .into_iter()
            .find_map(|child| self.window_of(program, child))
    }

    /// On the screen, both coordinates in one number.
    fn middle(&self) -> u32 {
        let size = self
            .display
            .get_geometry(self.target)
            .expect("asked")
            .reply();
        let size = size.expect("the window has a size");
        let (x, y) = (size.width / 2, size.height / 2);
        let place = self
            .display
            .translate_coordinates(self.target, self.root, x as i16, y as i16)
            .expect("asked")
            .reply()
            .expect("the window has a place");
        u32::from(place.dst_x as u16) << 16 | u32::from(place.dst_y as u16)
    }

    fn tell(&self, what: Atom, [one, two, three, four]: [u32; 4]) {
        let data = [self.own, one, two, three, four];
        let message = ClientMessageEvent::new(32, self.target, what, data);
        self.display
            .send_event(false, self.target, EventMask::NO_EVENT, message)
            .expect("the window is told");
        self.display.flush().expect("the window is told");
    }

    /// Hands out the files to whoever asks, until the window answers.
    fn serve_until(&self, answer: Atom) {
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            match self.display.poll_for_event().expect("the display is there") {
                Some(Event::SelectionRequest(request)) => self.hand_out(&request),
                Some(Event::ClientMessage(message)) if message.type_ == answer => return,
                Some(_) => {}
                None => std::thread::sleep(Duration::from_millis(2)),
            }
        }
        panic!("the window does not answer what is dragged over it");
    }

    fn hand_out(&self, request: &SelectionRequestEvent) {
        let wanted = request.target == self.atoms.UriList;
        if wanted {
            self.display
                .change_property8(
                    PropMode::REPLACE,
                    request.requestor,
                    request.property,
                    self.atoms.UriList,
                    &self.offered,
                )
                .expect("the files are handed out");
        }
        let told = SelectionNotifyEvent {
            response_type: SELECTION_NOTIFY_EVENT,
            sequence: 0,
            time: request.time,
            requestor: request.requestor,
            selection: request.selection,
            target: request.target,
            property: if wanted {
                request.property
            } else {
                x11rb::NONE
            },
        };
        self.display
            .send_event(false, request.requestor, EventMask::NO_EVENT, told)
            .expect("it is told");
        self.display.flush().expect("it is told");
    }
}

/// A path as it stands in an address.
fn encoded(path: &str) -> String {
    let mut text = String::new();
    for byte in path.bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => {
                text.push(char::from(byte));
            }
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}
