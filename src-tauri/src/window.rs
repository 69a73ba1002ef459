//! The one window: where it stands, how it comes back, what is dropped on it.

use std::path::Path;
use std::sync::Arc;

use desk::wire::Event;
use tauri::plugin::TauriPlugin;
use tauri::{
    AppHandle, DragDropEvent, Manager, Monitor, Runtime, WebviewWindow, WebviewWindowBuilder,
    WindowEvent,
};
use tauri_plugin_window_state::StateFlags;

use crate::{Opening, Options};

/// The label that the capability names.
pub(crate) const MAIN: &str = "main";

/// Remembers size and place between starts, beside the data where the user named a folder for it.
pub(crate) fn state_plugin<R: Runtime>(options: &Options) -> TauriPlugin<R> {
    let builder = tauri_plugin_window_state::Builder::new()
        .with_state_flags(StateFlags::POSITION | StateFlags::SIZE | StateFlags::MAXIMIZED);
    match &options.data_dir {
        Some(folder) => builder.with_filename(folder.join("window.json").to_string_lossy()),
        None => builder,
    }
    .build()
}

/// Opens the window as the configuration describes it.
pub(crate) fn open<R: Runtime>(app: &AppHandle<R>) -> tauri::Result<()> {
    for config in &app.config().app.windows {
        // Made hidden, since the state plugin moves it first.
        let window = WebviewWindowBuilder::from_config(app, config)?.build()?;
        keep_on_screen(&window)?;
        let opening = app.state::<Arc<Opening>>().inner().clone();
        window.on_window_event(move |event| {
            if let WindowEvent::DragDrop(drag) = event {
                dragged(&opening, drag);
            }
        });
        window.show()?;
    }
    Ok(())
}

/// Brings the window to the front when the program is started again, and when somebody comes back from the browser.
pub(crate) fn raise<R: Runtime>(app: &AppHandle<R>) {
    if let Some(window) = app.get_webview_window(MAIN) {
        // Best effort: some systems let nobody take the focus.
        let _ = window.unminimize();
        let _ = window.show();
        let _ = window.set_focus();
    }
}

/// Tells the page of files over the window, and has those imported that are dropped.
pub fn dragged(opening: &Arc<Opening>, drag: &DragDropEvent) {
    let Some(event) = told(drag) else { return };
    opening.tell(event);
    if let DragDropEvent::Drop { paths, .. } = drag {
        opening.open_dropped(paths.clone());
    }
}

/// Names only: the page never learns where a file lies.
fn told(drag: &DragDropEvent) -> Option<Event> {
    let (paths, hovering) = match drag {
        DragDropEvent::Enter { paths, .. } => (paths.as_slice(), true),
        DragDropEvent::Drop { paths, .. } => (paths.as_slice(), false),
        DragDropEvent::Leave => (&[][..], false),
        // Moving within the window tells the page nothing new.
        _ => return None,
    };
    let names = paths
        .iter()
        .filter_map(|path| Path::file_name(path))
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    Some(Event::FilesDropped { names, hovering })
}

/// A place remembered from a screen that is gone must not hide the window.
fn keep_on_screen<R: Runtime>(window: &WebviewWindow<R>) -> tauri::Result<()> {
    let screens: Vec<Rect> = window
        .available_monitors()?
        .iter()
        .map(Rect::from)
        .collect();
    let (place, size) = (window.outer_position()?, window.outer_size()?);
    let now = Rect {
        left: place.x,
        top: place.y,
        width: size.width,
        height: size.height,
    };
    if !screens.is_empty() && !now.can_be_taken_hold_of(&screens) {
        window.center()?;
    }
    Ok(())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rect {
    left: i32,
    top: i32,
    width: u32,
    height: u32,
}

impl From<&Monitor> for Rect {
    fn from(monitor: &Monitor) -> Rect {
        Rect {
            left: monitor.position().x,
            top: monitor.position().y,
            width: monitor.size().width,
            height: monitor.size().height,
        }
    }
}

impl Rect {
    /// Enough of the title bar lies on some screen to drag the window by it.
    fn can_be_taken_hold_of(self, screens: &[Rect]) -> bool {
        const WIDTH: i64 = 120;
        const HEIGHT: i64 = 24;
        let (left, top) = (i64::from(self.left), i64::from(self.top));
        let right = left + i64::from(self.width);
        screens.iter().any(|screen| {
            let (screen_left, screen_top) = (i64::from(screen.left), i64::from(screen.top));
            let screen_right = screen_left + i64::from(screen.width);
            let screen_bottom = screen_top + i64::from(screen.height);
            let across = right.min(screen_right) - left.max(screen_left);
            across >= WIDTH && top >= screen_top && top + HEIGHT <= screen_bottom
        })
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    const fn rect(left: i32, top: i32, width: u32, height: u32) -> Rect {
        Rect {
            left,
            top,
            width,
            height,
        }
    }

    #[test]
    fn a_window_counts_as_on_screen_while_its_title_bar_can_be_dragged() {
        let screens = [rect(0, 0, 1920, 1080), rect(1920, -200, 2560, 1440)];
        for (window, reachable) in [
            (rect(100, 100, 1280, 820), true),
            (rect(2000, -150, 1280, 820), true),
            // Left over from a screen to the left that was unplugged.
            (rect(-1900, 100, 1280, 820), false),
            // Only its lower right corner shows.
            (rect(-1200, -700, 1280, 820), false),
            (rect(100, 1070, 1280, 820), false),
            (rect(4400, 100, 1280, 820), false),
        ] {
            assert_eq!(
                window.can_be_taken_hold_of(&screens),
                reachable,
                "{window:?}"
            );
        }
    }

    #[test]
    fn a_drop_tells_names_and_keeps_paths() {
        let position = tauri::PhysicalPosition::new(1.0, 1.0);
        let paths = vec![PathBuf::from("/home/anna/Fakturaer 2026.csv")];
        let told_of = told(&DragDropEvent::Drop { paths, position });
        let names = vec!["Fakturaer 2026.csv".to_owned()];
        let hovering = false;
        assert_eq!(told_of, Some(Event::FilesDropped { names, hovering }));
        assert_eq!(told(&DragDropEvent::Over { position }), None);
    }
}
