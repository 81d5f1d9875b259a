//! Lossless tokens → a tree that still has its comments, discards, blank lines and columns. The text has been read
//! without a mistake, so brackets match and each sigil has its form.

use unicode_width::UnicodeWidthStr;
use wat_syntax::{Token, TokenKind, tokens};

#[derive(Clone, Debug)]
pub struct Item {
    pub node: Node,
    /// Line breaks before it, 2 standing for any number above.
    pub breaks: usize,
    /// Where it stood.
    pub line: usize,
    pub column: usize,
    /// It continued its line after several spaces, or one, in a column that the line above or below has too.
    pub in_column: bool,
    /// How many spaces preceded it on its line.
    pub spaces: usize,
}

#[derive(Clone, Debug)]
pub enum Node {
    Atom(String),
    /// With its `;`.
    Comment(String),
    /// A bracket, or a sigil, whose closing text is empty.
    Group(Group),
}

#[derive(Clone, Debug)]
pub struct Group {
    pub open: String,
    pub close: &'static str,
    pub items: Vec<Item>,
}

impl Item {
    pub fn is_comment(&self) -> bool {
        matches!(self.node, Node::Comment(_))
    }

    /// Neither a comment nor a discarded form: something the reader sees.
    pub fn is_form(&self) -> bool {
        match &self.node {
            Node::Atom(_) => true,
            Node::Comment(_) => false,
            Node::Group(group) => group.open != "#_",
        }
    }

    pub fn atom(&self) -> Option<&str> {
        match &self.node {
            Node::Atom(text) => Some(text),
            _ => None,
        }
    }

    pub fn group(&self) -> Option<&Group> {
        match &self.node {
            Node::Group(group) => Some(group),
            _ => None,
        }
    }

    fn made(node: Node, like: &Item) -> Item {
        Item { node, breaks: 0, line: like.line, column: like.column, in_column: false, spaces: 1 }
    }
}

impl Group {
    /// A sigil, a tag or a discard, with the one form it is for.
    pub fn is_prefix(&self) -> bool {
        self.close.is_empty()
    }

    pub fn forms(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|item| item.is_form())
    }
}

/// `keep` leaves colon paths as they are written.
pub fn parse(text: &str, keep: bool) -> Vec<Item> {
    let tokens = tokens(text);
    let columns = Columns::of(text, &tokens);
    let mut stack: Vec<Item> = Vec::new();
    let mut done: Vec<Item> = Vec::new();
    let mut breaks = 0;
    for (at, token) in tokens.iter().enumerate() {
        let item = |node| Item {
            node,
            breaks,
            line: columns.places[at].0,
            column: columns.places[at].1,
            in_column: columns.holds(at),
            spaces: columns.spaces[at],
        };
        let group = |close| Node::Group(Group { open: token.text(text).into(), close, items: Vec::new() });
        match token.kind {
            TokenKind::Mark => {}
            TokenKind::Space => {
                breaks = token.text(text).matches('\n').count().min(2);
                continue;
            }
            TokenKind::Close(_) => {
                let whole = stack.pop().expect("brackets match");
                add(whole, &mut stack, &mut done);
            }
            TokenKind::Comment => {
                let node = Node::Comment(token.text(text).trim_end().into());
                match stack.last_mut() {
                    Some(Item { node: Node::Group(outer), .. }) => outer.items.push(item(node)),
                    _ => done.push(item(node)),
                }
            }
            TokenKind::Quote
            | TokenKind::Quasiquote
            | TokenKind::Unquote
            | TokenKind::UnquoteSplicing
            | TokenKind::Discard
            | TokenKind::Tag => stack.push(item(group(""))),
            kind => match kind.opens() {
                Some(bracket) => stack.push(item(group(bracket.close()))),
                None if keep => add(item(Node::Atom(token.text(text).into())), &mut stack, &mut done),
                None => add(item(Node::Atom(atom(kind, token.text(text)))), &mut stack, &mut done),
            },
        }
        breaks = 0;
    }
    keep_rows(&mut done, false);
    done
}

/// Second cells of rows that stand below each other, however many lines a row has: of `match` arms, of a `let`.
fn keep_rows(items: &mut [Item], are_pairs: bool) {
    let cells: Vec<(usize, bool, usize, usize)> = (0..items.len())
        .filter(|&at| at == 0 || items[at].breaks > 0)
        .filter_map(|at| {
            let line = items[at].line;
            let cell = |item: &Item, inside| {
                (item.line == line && item.spaces > 0 && !item.is_comment()).then_some((
                    at,
                    inside,
                    item.column,
                    item.spaces,
                ))
            };
            match items[at].group() {
                Some(group) if group.open == "(" && !are_pairs => cell(group.items.get(1)?, true),
                _ if are_pairs => cell(items.get(at + 1)?, false),
                _ => None,
            }
        })
        .collect();
    for &(at, inside, column, spaces) in &cells {
        let beside = |&&(other, _, its_column, its_spaces): &&(usize, bool, usize, usize)| {
            other != at && its_column == column && (spaces > 1 || its_spaces > 1)
        };
        if cells.iter().any(|cell| beside(&cell)) {
            match &mut items[at].node {
                Node::Group(group) if inside => group.items[1].in_column = true,
                _ => items[at + 1].in_column = true,
            }
        }
    }
    for item in items {
        if let Node::Group(group) = &mut item.node {
            let are_pairs = matches!(group.open.as_str(), "[" | "{");
            keep_rows(&mut group.items, are_pairs);
        }
    }
}

/// Adds a finished item, which finishes the sigils that waited for it.
fn add(mut item: Item, stack: &mut Vec<Item>, done: &mut Vec<Item>) {
    loop {
        let Some(Item { node: Node::Group(outer), .. }) = stack.last_mut() else {
            done.push(item);
            return;
        };
        let is_form = item.is_form();
        outer.items.push(item);
        if !outer.is_prefix() || !is_form {
            return;
        }
        item = stack.pop().expect("it is the last");
    }
}

/// A colon path in its short spelling: `:a::b::c` is `a.b/c`.
fn atom(kind: TokenKind, text: &str) -> String {
    match text.rsplit_once("::") {
        Some((namespace, name)) if kind == TokenKind::Path => {
            format!("{}/{name}", namespace[1..].replace("::", "."))
        }
        _ => text.into(),
    }
}

/// Where each token stands, and which continue their line in a column shared with a neighbouring line.
struct Columns {
    places: Vec<(usize, usize)>,
    /// Of each line: the tokens that continue it.
    lines: Vec<Vec<Cell>>,
    spaces: Vec<usize>,
    /// How many brackets are around each; None for a comment.
    depths: Vec<Option<usize>>,
}

struct Cell {
    column: usize,
    spaces: usize,
    depth: Option<usize>,
}

impl Columns {
    fn of(text: &str, tokens: &[Token]) -> Columns {
        let (mut line, mut column, mut spaces, mut depth) = (0, 0, None, 0usize);
        let mut out = Columns { places: vec![], lines: vec![vec![]], spaces: vec![], depths: vec![] };
        for token in tokens {
            let word = token.text(text);
            let inside = (token.kind != TokenKind::Comment).then_some(depth);
            out.places.push((line, column));
            out.spaces.push(spaces.unwrap_or(0));
            out.depths.push(inside);
            match token.kind {
                TokenKind::Close(_) => depth = depth.saturating_sub(1),
                kind => depth += usize::from(kind.opens().is_some()),
            }
            if token.kind == TokenKind::Space {
                spaces = if word.contains('\n') { None } else { Some(word.chars().count()) };
            } else {
                if let Some(spaces) = spaces {
                    out.lines[line].push(Cell { column, spaces, depth: inside });
                }
                spaces = Some(0);
            }
            match word.rsplit_once('\n') {
                Some((_, last)) => {
                    line += word.matches('\n').count();
                    column = last.width();
                    out.lines.resize_with(line + 1, Vec::new);
                }
                None => column += word.width(),
            }
        }
        out
    }

    fn holds(&self, at: usize) -> bool {
        let (line, column) = self.places[at];
        let (spaces, depth) = (self.spaces[at], self.depths[at]);
        let beside = [line.checked_sub(1), Some(line + 1)];
        let mut cells = beside.into_iter().flatten().filter_map(|line| self.lines.get(line)).flatten();
        let is_far_comment = depth.is_none() && spaces > 1;
        is_far_comment
            || spaces > 0
                && cells.any(|cell| {
                    cell.column == column
                        && cell.spaces > 0
                        && cell.depth == depth
                        && (spaces > 1 || cell.spaces > 1)
                })
    }
}

/// The reader's additions in the form any EDN reader knows.
pub fn long_forms(items: Vec<Item>) -> Vec<Item> {
    items.into_iter().map(long_form).collect()
}

fn long_form(item: Item) -> Item {
    let node = match item.node.clone() {
        Node::Atom(text) => Node::Atom(decimal(text)),
        Node::Comment(text) => Node::Comment(text),
        Node::Group(group) if group.open == "#(" => short_fn(group, &item),
        Node::Group(group) => {
            let mut items = long_forms(group.items);
            let head = match group.open.as_str() {
                "'" => "quote",
                "`" => "quasiquote",
                "~" => "unquote",
                "~@" => "unquote-splicing",
                _ => return Item { node: Node::Group(Group { items, ..group }), ..item },
            };
            items.insert(0, Item::made(Node::Atom(head.into()), &item));
            Node::Group(Group { open: "(".into(), close: ")", items })
        }
    };
    Item { node, ..item }
}

/// `0x2A` is `42`.
fn decimal(text: String) -> String {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(&text)),
    };
    let hex = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X"));
    match hex.and_then(|hex| u64::from_str_radix(hex, 16).ok()) {
        Some(value) => format!("{sign}{value}"),
        None => text,
    }
}

/// `#(f % 2)` is `(fn [%1] (f %1 2))`, with the names that the reader gives.
fn short_fn(group: Group, at: &Item) -> Node {
    let mut items = long_forms(group.items);
    let (mut highest, mut has_rest) = (0, false);
    items.iter_mut().for_each(|item| placeholders(item, &mut highest, &mut has_rest));
    let mut params: Vec<String> = (1..=highest).map(|n| format!("%{n}")).collect();
    if has_rest {
        params.extend(["&".into(), "%&".into()]);
    }
    let made = |node| Item::made(node, at);
    let params = params.into_iter().map(|name| made(Node::Atom(name))).collect();
    let params = made(Node::Group(Group { open: "[".into(), close: "]", items: params }));
    let body = made(Node::Group(Group { open: "(".into(), close: ")", items }));
    let items = vec![made(Node::Atom("fn".into())), params, body];
    Node::Group(Group { open: "(".into(), close: ")", items })
}

fn placeholders(item: &mut Item, highest: &mut usize, has_rest: &mut bool) {
    let is_form = item.is_form();
    match &mut item.node {
        Node::Atom(name) if name == "%&" => *has_rest = true,
        Node::Atom(name) => {
            if name == "%" {
                *name = "%1".into();
            }
            if let Some(n) = name.strip_prefix('%').and_then(|n| n.parse::<usize>().ok()) {
                *highest = n.max(*highest);
            }
        }
        Node::Group(group) if is_form => {
            group.items.iter_mut().for_each(|item| placeholders(item, highest, has_rest));
        }
        _ => {}
    }
}
