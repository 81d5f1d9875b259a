//! The terminal of `wat top`: keys in, frames out, looks from a thread of their own so that a tree that is slow to answer
//! does not hold up the keys. Not here: what a key does or a frame shows (`top.rs`).

use super::top::Top;
use super::{find, look};
use ratatui::crossterm::event::{self, Event, KeyEventKind};
use std::io::IsTerminal;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};
use wat_host::see::Sight;

/// Time between two looks.
const EVERY: Duration = Duration::from_secs(1);

pub fn run(pid: Option<i32>) -> Result<(), String> {
    if !std::io::stdout().is_terminal() {
        return Err("wat top draws on a terminal; wat tree --watch prints".to_string());
    }
    let mut visit = find(pid)?;
    let mut top = Top::new(visit.pid());
    let (looks, seen) = channel::<Result<(Vec<Sight>, Duration), String>>();
    let (over, ended) = channel::<()>();
    std::thread::spawn(move || {
        let mut before = Instant::now();
        loop {
            let sights = look(&mut visit);
            let lost = sights.is_err();
            let now = Instant::now();
            if looks.send(sights.map(|sights| (sights, now - before))).is_err() || lost {
                return;
            }
            before = now;
            if ended.recv_timeout(EVERY) != Err(RecvTimeoutError::Timeout) {
                return;
            }
        }
    });
    let mut terminal = ratatui::try_init().map_err(|e| format!("set up the terminal: {e}"))?;
    let outcome = loop {
        while let Ok(look) = seen.try_recv() {
            match look {
                Ok((sights, after)) => top.seen(sights, after),
                Err(why) => top.failed(why),
            }
        }
        if let Err(e) = terminal.draw(|frame| top.draw(frame)) {
            break Err(format!("draw on the terminal: {e}"));
        }
        match next_key() {
            Ok(Some(key)) if !top.key(key) => break Ok(()),
            Ok(_) => {}
            Err(e) => break Err(format!("read the terminal: {e}")),
        }
    };
    drop(over);
    ratatui::restore();
    outcome
}

/// A key that was pressed within a moment.
fn next_key() -> std::io::Result<Option<event::KeyEvent>> {
    if !event::poll(Duration::from_millis(100))? {
        return Ok(None);
    }
    Ok(match event::read()? {
        Event::Key(key) if key.kind == KeyEventKind::Press => Some(key),
        _ => None,
    })
}
