//! The tree → lines. A group that fits on its line and was written on one stays on one; otherwise the breaks that
//! were written stay, and where there were none the group's shape says where it breaks.

use crate::WIDTH;
use crate::style::{Role, Shape, Style, head};
use crate::tree::{Group, Item, Node};
use unicode_width::UnicodeWidthStr;

pub fn lay_out(items: &[Item]) -> String {
    let style = Style::of(items);
    let mut out = Lines { style, text: String::new(), column: 0, start: Start::default() };
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            let beside = item.is_comment() && item.breaks == 0;
            out.separate(if beside { 0 } else { item.breaks.max(1) }, 0, 1, item);
        }
        out.begin(item);
        out.item(item, 0, Role::Other, None);
    }
    if !out.text.is_empty() {
        out.text.push('\n');
    }
    out.text
}

struct Lines {
    style: Style,
    text: String,
    column: usize,
    start: Start,
}

/// The first thing on the line being written: where it is, and where it was.
#[derive(Default)]
struct Start {
    column: usize,
    line: usize,
    was: usize,
}

/// What indentation depends on.
struct Frame<'a> {
    group: &'a Group,
    shape: Shape,
    /// The column of the opening bracket.
    open: usize,
    /// The column of the first argument, where it is on the line of the head.
    argument: Option<usize>,
    is_method: bool,
    /// The column of the call that a function, as its last argument on its line, is the body of.
    hugged: Option<usize>,
}

impl Frame<'_> {
    /// The column of form `at` on a line of its own.
    fn indent(&self, at: usize) -> usize {
        let inside = self.open + self.group.open.width();
        match self.shape {
            Shape::Prefix | Shape::Plain => inside,
            Shape::Pairs => inside + 2 * (at % 2),
            Shape::Params => inside,
            Shape::Body(0) | Shape::PairBody(0) => self.argument.unwrap_or(inside + 1),
            Shape::Body(_) if self.hugged.is_some() => self.hugged.unwrap_or(inside) + 2,
            Shape::Body(before) | Shape::PairBody(before) => {
                let defines = head(self.group).is_some_and(|head| head.starts_with("def") || head == "fn");
                inside + if at <= before && !defines { 3 } else { 1 }
            }
            Shape::Call | Shape::Fill | Shape::Keyed => self.argument.unwrap_or(inside),
        }
    }

    /// Where a group that was written on one line breaks when it is too long.
    fn breaks_before(&self, at: usize, hangs: bool) -> bool {
        if at == 0 || self.is_glued(at) {
            return false;
        }
        match self.shape {
            Shape::Prefix | Shape::Fill => false,
            Shape::Body(before) => at > before.max(self.header()),
            Shape::PairBody(before) => at > before && (at - before) % 2 == 1,
            Shape::Call => (at > 1 || hangs) && !self.is_callback(at),
            Shape::Keyed => at % 2 == 1 && (at > 1 || hangs),
            Shape::Pairs => at.is_multiple_of(2),
            Shape::Params => self.starts_parameter(at),
            Shape::Plain => self.group.forms().any(|item| item.atom().is_none()),
        }
    }

    /// Is it the function that a call with nothing but names before it ends with?
    fn is_callback(&self, at: usize) -> bool {
        let mut forms = self.group.forms();
        let before = forms.by_ref().take(at).all(|item| item.atom().is_some());
        before && forms.next().and_then(Item::group).and_then(head) == Some("fn") && forms.next().is_none()
    }

    fn form(&self, at: usize) -> Option<&str> {
        self.group.forms().nth(at)?.atom()
    }

    /// Is it an arrow, or what an arrow points to?
    fn is_glued(&self, at: usize) -> bool {
        let arrow = |text| matches!(text, Some("->" | "<-"));
        self.shape != Shape::Call && (arrow(self.form(at)) || arrow(self.form(at - 1)))
            || self.form(at - 1) == Some("&")
    }

    /// The last form before the body: what a definition says of itself, or the type of a `match`.
    fn header(&self) -> usize {
        if let Some(vector) = self.signature() {
            return if self.form(vector + 1) == Some("->") { vector + 2 } else { vector };
        }
        match head(self.group) {
            Some("match" | "if") if self.form(2) == Some("->") => 3,
            Some(head) if head.starts_with("def") => self.described(),
            _ => 0,
        }
    }

    /// Where the parameters stand, of a form that has some.
    fn signature(&self) -> Option<usize> {
        let Shape::Body(before) = self.shape else { return None };
        let defines = matches!(head(self.group), Some("defn" | "defmacro" | "fn"));
        if !defines && !self.is_method {
            return None;
        }
        let vector =
            self.group.forms().skip(1).position(|item| item.group().is_some_and(|g| g.open == "["))?;
        (defines || vector < before).then_some(vector + 1)
    }

    /// The last of a definition's name, text and attributes.
    fn described(&self) -> usize {
        let count = self.group.forms().count();
        let mut last = 1;
        if last + 2 < count && self.form(last + 1).is_some_and(|text| text.starts_with('"')) {
            last += 1;
        }
        let next = self.group.forms().nth(last + 1).and_then(Item::group);
        if last + 2 < count && next.is_some_and(|group| group.open == "{") {
            last += 1;
        }
        last
    }

    fn starts_parameter(&self, at: usize) -> bool {
        let named = self.form(at + 1) == Some("<-") || self.form(at) == Some("&");
        at > 0 && named && self.form(at - 1) != Some("&")
    }

    /// Spaces before item `at`, which is form `form` or stands before it, on the line of the one before.
    fn gap(&self, at: usize, form: usize) -> usize {
        match self.shape {
            Shape::Prefix if at == 0 => {
                usize::from(!matches!(self.group.open.as_str(), "'" | "`" | "~" | "~@" | "#_"))
            }
            _ if at == 0 => 0,
            Shape::Params if self.group.items[at].is_form() && self.starts_parameter(form) => 2,
            _ => 1,
        }
    }
}

impl Lines {
    /// So many line breaks and the indentation, or the gap.
    fn separate(&mut self, breaks: usize, indent: usize, gap: usize, item: &Item) {
        if breaks == 0 {
            let moved = (self.start.column + item.column).checked_sub(self.start.was);
            let same = item.in_column && item.line == self.start.line;
            let target = moved.filter(|target| same && *target > self.column);
            let target = target.filter(|target| *target < WIDTH).unwrap_or(self.column + gap);
            self.put(&" ".repeat(target - self.column));
        } else {
            self.text.push_str(&"\n".repeat(breaks.min(2)));
            self.column = 0;
            self.put(&" ".repeat(indent));
            self.begin(item);
        }
    }

    /// The item begins a line.
    fn begin(&mut self, item: &Item) {
        if self.text.is_empty() || self.text.trim_end_matches(' ').ends_with('\n') {
            self.start = Start { column: self.column, line: item.line, was: item.column };
        }
    }

    fn put(&mut self, text: &str) {
        self.text.push_str(text);
        self.column = match text.rsplit_once('\n') {
            Some((_, last)) => last.width(),
            None => self.column + text.width(),
        };
    }

    /// `after` is the width of the brackets that close behind it.
    fn item(&mut self, item: &Item, after: usize, role: Role, hug: Option<usize>) {
        match &item.node {
            Node::Atom(text) | Node::Comment(text) => self.put(text),
            Node::Group(group) => self.group(group, after, role, hug),
        }
    }

    /// `hug` is the column of the outermost call that ends with this group, all before it being on one line.
    fn group(&mut self, group: &Group, after: usize, role: Role, hug: Option<usize>) {
        let shape = self.style.shape(group, role);
        let is_call = matches!(shape, Shape::Call | Shape::Fill | Shape::Keyed);
        let mut on_one_line = is_call;
        let mut frame = Frame {
            group,
            shape,
            open: self.column,
            argument: None,
            is_method: role == Role::Method,
            hugged: None,
        };
        frame.hugged = hug.filter(|_| head(group) == Some("fn"));
        let width = self.flat_group(group, role);
        let fits = width.is_some_and(|width| self.column + width + after <= WIDTH);
        let hangs = width.is_some() && !fits && self.hangs(&frame);
        let in_pairs = shape == Shape::Pairs && role == Role::Bindings && is_broken(group);
        self.put(&group.open);
        let mut form = 0;
        for (at, item) in group.items.iter().enumerate() {
            let last = at + 1 == group.items.len();
            let closing = after + group.close.width();
            let after = if last { closing } else { 0 };
            let mut breaks = if at == 0 { 0 } else { item.breaks };
            if at > 0 && group.items[at - 1].is_comment() {
                breaks = breaks.max(1);
            }
            let indent = frame.indent(form);
            let gap = frame.gap(at, form);
            let role = self.style.role(group, form);
            if breaks == 0 && at > 0 && !fits && !item.is_comment() {
                let forced = match width {
                    Some(_) => frame.breaks_before(form, hangs),
                    None => in_pairs && form.is_multiple_of(2),
                };
                if forced || self.is_pushed_out(&frame, form, item, (indent, gap, after, closing), role) {
                    breaks = 1;
                }
            }
            on_one_line &= breaks == 0;
            self.separate(breaks, indent, gap, item);
            if form == 1 && breaks == 0 && item.is_form() {
                frame.argument = Some(self.column);
            }
            let hug = (last && on_one_line).then(|| hug.unwrap_or(frame.open));
            let line = self.text.len();
            self.item(item, after, role, hug);
            on_one_line &= !self.text[line..].contains('\n');
            form += usize::from(item.is_form());
        }
        if group.items.last().is_some_and(Item::is_comment) {
            self.text.push('\n');
            self.column = 0;
            self.put(&" ".repeat(frame.indent(form)));
            self.start = Start { column: self.column, line: usize::MAX, was: 0 };
        }
        self.put(group.close);
    }

    /// Would it leave the line here, and fit on one of its own?
    fn is_pushed_out(
        &self,
        frame: &Frame<'_>,
        form: usize,
        item: &Item,
        (indent, gap, after, closing): (usize, usize, usize, usize),
        role: Role,
    ) -> bool {
        let special = match frame.shape {
            Shape::Prefix => true,
            Shape::Body(before) | Shape::PairBody(before) => form <= before,
            Shape::Call | Shape::Fill | Shape::Keyed => form <= 1,
            _ => form == 0,
        };
        let vector = frame.signature();
        let is_arrow =
            item.is_form() && vector.is_some_and(|vector| form == vector + 1) && frame.is_glued(form);
        if special || frame.is_glued(form) && !is_arrow {
            return false;
        }
        let Some(width) = self.flat(item, role) else { return false };
        if is_arrow || vector == Some(form) && item.is_form() {
            // The arrow and its type leave together, and rather with the parameters than without.
            let arrow = self.arrow_width(frame, closing);
            let whole = match (is_arrow, arrow) {
                (true, arrow) => arrow.unwrap_or(0),
                (false, Some(arrow)) => width + 1 + arrow,
                (false, None) => width + after,
            };
            let alone = self.column + gap + width > WIDTH;
            return indent < self.column
                && self.column + gap + whole > WIDTH
                && (is_arrow || indent + whole <= WIDTH || alone && indent + width <= WIDTH);
        }
        self.column + gap + width + after > WIDTH && indent < self.column && indent + width + after <= WIDTH
    }

    /// The width of the arrow and the type of a result; with the brackets behind them, where they are the last.
    fn arrow_width(&self, frame: &Frame<'_>, closing: usize) -> Option<usize> {
        let vector = frame.signature().filter(|vector| frame.form(vector + 1) == Some("->"))?;
        let result = frame.group.forms().nth(vector + 2)?;
        let is_last = frame.group.forms().count() == vector + 3;
        Some(3 + self.flat(result, Role::Other)? + if is_last { closing } else { 0 })
    }

    /// Do arguments need the room below the head?
    fn hangs(&self, frame: &Frame<'_>) -> bool {
        let Some(head) = head(frame.group) else { return false };
        let aligned = frame.open + head.width() + 2;
        let widest = frame.group.forms().skip(1).filter_map(|item| self.flat(item, Role::Other)).max();
        widest.is_some_and(|widest| aligned + widest > WIDTH && aligned > frame.open + 12)
    }

    /// The width on one line; None where it was written on several.
    fn flat(&self, item: &Item, role: Role) -> Option<usize> {
        match &item.node {
            Node::Atom(text) => (!text.contains('\n')).then(|| text.width()),
            Node::Comment(_) => None,
            Node::Group(group) => self.flat_group(group, role),
        }
    }

    fn flat_group(&self, group: &Group, role: Role) -> Option<usize> {
        let shape = self.style.shape(group, role);
        let frame =
            Frame { group, shape, open: 0, argument: None, is_method: role == Role::Method, hugged: None };
        let mut width = group.open.width() + group.close.width();
        let mut form = 0;
        for (at, item) in group.items.iter().enumerate() {
            if at > 0 && item.breaks > 0 {
                return None;
            }
            let gap = if item.in_column && at > 0 { item.spaces } else { frame.gap(at, form) };
            width += gap + self.flat(item, self.style.role(group, form))?;
            form += usize::from(item.is_form());
        }
        Some(width)
    }
}

/// Has it a line break between its own items?
fn is_broken(group: &Group) -> bool {
    group.items.iter().skip(1).any(|item| item.breaks > 0)
}
