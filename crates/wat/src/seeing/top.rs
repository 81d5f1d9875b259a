//! `wat top`: a tree in a terminal, one look after the other. State and frame are plain values: keys and looks change
//! the state, the frame is drawn from it alone. Not here: asking the tree, nor the terminal (`screen.rs`).

use super::draw;
use ratatui::Frame;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::layout::{Constraint, Layout};
use ratatui::style::{Modifier, Style};
use ratatui::text::Line;
use ratatui::widgets::{Block, Paragraph, Row, Table, TableState, Wrap};
use std::cmp::Reverse;
use std::time::Duration;
use wat_host::see::Sight;

/// What the nodes are ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    Tree,
    Cpu,
    Memory,
    Messages,
    Wait,
}

impl Order {
    const ALL: [Order; 5] = [Order::Tree, Order::Cpu, Order::Memory, Order::Messages, Order::Wait];

    fn name(self) -> &'static str {
        match self {
            Order::Tree => "tree",
            Order::Cpu => "cpu",
            Order::Memory => "memory",
            Order::Messages => "messages",
            Order::Wait => "wait",
        }
    }
}

/// All that a frame shows.
pub struct Top {
    pid: i32,
    order: Order,
    /// In the order of the tree.
    sights: Vec<Sight>,
    before: Option<(Duration, Vec<Sight>)>,
    /// The path of the node that is looked at.
    selected: Option<String>,
    /// Why the last look gave nothing.
    trouble: Option<String>,
}

impl Top {
    pub fn new(pid: i32) -> Top {
        Top { pid, order: Order::Tree, sights: Vec::new(), before: None, selected: None, trouble: None }
    }

    /// A look has come, so long after the one before.
    pub fn seen(&mut self, sights: Vec<Sight>, after: Duration) {
        let old = std::mem::replace(&mut self.sights, sights);
        self.before = (!old.is_empty()).then_some((after, old));
        self.trouble = None;
    }

    pub fn failed(&mut self, why: String) {
        self.trouble = Some(why);
    }

    /// False when the key ends it.
    pub fn key(&mut self, key: KeyEvent) -> bool {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Char('q') | KeyCode::Esc => return false,
            KeyCode::Char('c') if control => return false,
            KeyCode::Char('s') => {
                let at = Order::ALL.iter().position(|order| *order == self.order).unwrap_or(0);
                self.order = Order::ALL[(at + 1) % Order::ALL.len()];
            }
            KeyCode::Down | KeyCode::Char('j') => self.step(1),
            KeyCode::Up | KeyCode::Char('k') => self.step(-1),
            _ => {}
        }
        true
    }

    fn step(&mut self, by: isize) {
        let shown = self.shown();
        let Some(last) = shown.len().checked_sub(1) else { return };
        let at = self.position(&shown).map_or(0, |at| at.saturating_add_signed(by).min(last));
        self.selected = Some(self.sights[shown[at]].path.clone());
    }

    fn position(&self, shown: &[usize]) -> Option<usize> {
        let selected = self.selected.as_ref()?;
        shown.iter().position(|at| self.sights[*at].path == *selected)
    }

    /// The nodes' places among the sights, as ordered.
    fn shown(&self) -> Vec<usize> {
        let mut places: Vec<usize> = (0..self.sights.len()).collect();
        let figure = |at: &usize| {
            let sight = &self.sights[*at];
            let old = self.before.as_ref().and_then(|(_, old)| old.iter().find(|s| s.path == sight.path));
            match self.order {
                Order::Tree => 0,
                Order::Cpu => {
                    let old = old.and_then(|old| old.cpu_us).unwrap_or(0);
                    sight.cpu_us.unwrap_or(0).saturating_sub(old)
                }
                Order::Memory => sight.memory.unwrap_or(0),
                Order::Messages => {
                    let all = |sight: &Sight| sight.read + sight.written;
                    all(sight).saturating_sub(old.map_or(0, all))
                }
                Order::Wait => sight.wait.as_ref().map_or(0, |wait| wait.ms),
            }
        };
        // Stable, so that equals stay in the order of the tree.
        places.sort_by_key(|at| Reverse(figure(at)));
        places
    }

    pub fn draw(&self, frame: &mut Frame) {
        let [head, nodes, detail, foot] = Layout::vertical([
            Constraint::Length(1),
            Constraint::Min(3),
            Constraint::Length(7),
            Constraint::Length(1),
        ])
        .areas(frame.area());
        let waits = self.sights.iter().filter_map(|s| s.wait.as_ref()).filter(|w| w.ms >= 1000).count();
        let title = format!(
            "tree of {}: {} nodes, {waits} waiting for a second and longer, by {}",
            self.pid,
            self.sights.len(),
            self.order.name()
        );
        frame.render_widget(Line::from(title), head);
        self.draw_nodes(frame, nodes);
        self.draw_detail(frame, detail);
        let help = match &self.trouble {
            Some(why) => draw::plain(why),
            None => "q quit   s sort   up/down select a node".to_string(),
        };
        frame.render_widget(Line::from(help), foot);
    }

    fn draw_nodes(&self, frame: &mut Frame, area: ratatui::layout::Rect) {
        let before = self.before.as_ref().map(|(time, sights)| (*time, sights.as_slice()));
        let rows = draw::rows(&self.sights, before);
        let (header, rows) = rows.split_first().expect("there is a header");
        let shown = self.shown();
        let widths = (0..header.len()).map(|column| {
            let cells = std::iter::once(&header[column]).chain(rows.iter().map(|row| &row[column]));
            Constraint::Length(cells.map(|cell| cell.chars().count()).max().unwrap_or(0) as u16)
        });
        let bold = Style::new().add_modifier(Modifier::BOLD);
        let table = Table::new(shown.iter().map(|at| Row::new(rows[*at].clone())), widths)
            .header(Row::new(header.clone()).style(bold))
            .column_spacing(2)
            .row_highlight_style(Style::new().add_modifier(Modifier::REVERSED));
        let mut state = TableState::new().with_selected(self.position(&shown));
        frame.render_stateful_widget(table, area, &mut state);
    }

    /// The node that is looked at, and what it waits for, one after the other.
    fn draw_detail(&self, frame: &mut Frame, area: ratatui::layout::Rect) {
        let selected = self.selected.as_ref().and_then(|path| self.sights.iter().find(|s| s.path == *path));
        let (title, text) = match selected {
            Some(sight) => {
                (draw::plain(&format!("{} {}", sight.path, sight.program)), draw::chain(&self.sights, sight))
            }
            None => ("no node".to_string(), "select one to see what it waits for".to_string()),
        };
        let block = Block::bordered().title(title);
        frame.render_widget(Paragraph::new(text).wrap(Wrap { trim: false }).block(block), area);
    }
}

#[cfg(test)]
mod tests {
    use super::draw::tests::{shop, sight};
    use super::*;
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;
    use wat_host::see::Wait;

    fn press(top: &mut Top, keys: &str) {
        for key in keys.chars() {
            assert!(top.key(KeyEvent::from(KeyCode::Char(key))));
        }
    }

    fn frame(top: &Top) -> String {
        let mut terminal = Terminal::new(TestBackend::new(120, 18)).expect("a screen");
        terminal.draw(|frame| top.draw(frame)).expect("drawn");
        terminal.backend().to_string()
    }

    fn lines(top: &Top) -> Vec<String> {
        frame(top).lines().map(|line| line.trim_matches('"').trim_end().to_string()).collect()
    }

    fn looked() -> Top {
        let mut top = Top::new(40);
        top.seen(shop(), Duration::from_secs(1));
        top
    }

    #[test]
    fn the_tree_is_shown_with_its_figures() {
        let lines = lines(&looked());
        assert_eq!(lines[0], "tree of 40: 5 nodes, 3 waiting for a second and longer, by tree");
        assert!(lines[1].starts_with("NODE") && lines[1].ends_with("WAITS"), "{lines:#?}");
        assert!(lines[3].starts_with("├─ /0 shop/main"), "{lines:#?}");
        assert!(lines[4].ends_with("stdin on /0 for 2.3s"), "{lines:#?}");
    }

    #[test]
    fn the_selected_node_shows_its_chain_of_waits() {
        let mut top = looked();
        press(&mut top, "j");
        let lines = lines(&top);
        let detail = lines.iter().position(|line| line.contains("┌/ shop/main")).expect("a box");
        assert!(lines[detail + 1].contains("/ call on /0 for 2.5s"), "{lines:#?}");
        assert!(lines[detail + 2].contains("/0 recv on /0/0 for 2.4s"), "{lines:#?}");
        assert!(lines[detail + 4].contains("and so on: /0 again"), "{lines:#?}");
        press(&mut top, "jjjjjjjj");
        assert!(frame(&top).contains("┌/1 shop/main"));
        press(&mut top, "k");
        assert!(frame(&top).contains("┌/0/1 shop/main"));
    }

    #[test]
    fn nodes_are_sorted_by_what_was_asked_for() {
        let mut top = looked();
        press(&mut top, "ssss");
        let lines = lines(&top);
        assert!(lines[0].ends_with("by wait"), "{lines:#?}");
        assert!(lines[2].starts_with("/ shop/main"), "{lines:#?}");
        press(&mut top, "s");
        let mut busy = shop();
        busy[4].read += 100;
        top.seen(busy, Duration::from_secs(2));
        press(&mut top, "sss");
        let lines = self::lines(&top);
        assert!(
            lines[0].ends_with("by messages") && lines[2].contains("/1 shop/main (thread)"),
            "{lines:#?}"
        );
        assert!(lines[2].contains("50/0"), "{lines:#?}");
    }

    #[test]
    fn it_ends_by_q_and_by_ctrl_c() {
        let mut top = looked();
        assert!(!top.key(KeyEvent::from(KeyCode::Char('q'))));
        assert!(!top.key(KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL)));
        assert!(top.key(KeyEvent::from(KeyCode::Char('c'))));
    }

    #[test]
    fn no_tree_no_room_and_trouble_are_drawn_too() {
        let mut top = Top::new(7);
        press(&mut top, "jks");
        assert!(frame(&top).contains("tree of 7: 0 nodes"));
        top.failed("it has ended".to_string());
        assert!(frame(&top).contains("it has ended"));
        top.seen(vec![sight("/", Some((Wait::Sleep, &[], 20)))], Duration::ZERO);
        for (width, height) in [(1, 1), (20, 5), (300, 2)] {
            let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a screen");
            terminal.draw(|frame| top.draw(frame)).expect("drawn");
        }
    }
}
