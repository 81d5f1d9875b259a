//! The pages of `wat doc --html`: the book, the project's namespaces, the library's, the error codes and an index.
//! Static, one style sheet, no script. Not here: what the pages tell.

use super::Shelf;
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag};
use std::fs;
use std::path::Path;
use wat_driver::docs::{Entry, Space};
use wat_source::Code;

macro_rules! chapters {
    ($($name:literal)*) => {
        /// The book's chapters in their order.
        const BOOK: &[(&str, &str)] = &[$((
            $name,
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../book/", $name, ".md")),
        ),)*];
    };
}

// The reference is not among them: the library's own pages are.
chapters! {
    "01-first-hour" "02-guide" "03-language" "04-from-clojure" "05-from-erlang" "06-from-the-shell"
    "07-when-not-a-process"
}

const STYLE: &str = "\
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.55 Georgia, serif; color: #222; background: #fff }
h1, h2, h3, nav { font-family: system-ui, sans-serif; line-height: 1.25 }
nav { font-size: .9rem; border-bottom: 1px solid #ddd; padding-bottom: .5rem }
pre, code { font-family: ui-monospace, monospace; font-size: .9rem; background: #f5f5f2 }
pre { padding: .7rem; overflow-x: auto; border-radius: 4px }
pre code { background: none }
a { color: #0b5a8a }
.kind { color: #777; font-size: .85rem }
table { border-collapse: collapse } td, th { border: 1px solid #ccc; padding: .2rem .5rem; vertical-align: top }
@media (prefers-color-scheme: dark) {
  body { background: #16181a; color: #ddd } pre, code { background: #222629 } a { color: #7cc0ea }
}
";

/// Writes all pages; how many there are.
pub fn write(shelf: &Shelf, directory: &Path) -> Result<usize, String> {
    let mut pages: Vec<(String, String)> = Vec::new();
    for (name, text) in BOOK {
        pages.push((format!("book/{name}.html"), page(&title(text), 1, &markdown(text))));
    }
    for space in shelf.spaces() {
        pages.push((format!("reference/{}.html", space.name), page(&space.name, 1, &reference(space))));
    }
    for code in Code::ALL {
        pages.push((format!("errors/{code}.html"), page(code.name(), 1, &markdown(code.page()))));
    }
    pages.push(("index.html".to_string(), page("wat", 0, &index(shelf))));
    let count = pages.len();
    pages.push(("style.css".to_string(), STYLE.to_string()));
    for (name, text) in pages {
        let path = directory.join(name);
        let parent = path.parent().unwrap_or(directory);
        fs::create_dir_all(parent).map_err(|error| format!("make {}: {error}", parent.display()))?;
        fs::write(&path, text).map_err(|error| format!("write {}: {error}", path.display()))?;
    }
    Ok(count)
}

/// A whole page, `depth` directories below the index.
fn page(title: &str, depth: usize, body: &str) -> String {
    let up = "../".repeat(depth);
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n\
         <link rel=\"stylesheet\" href=\"{up}style.css\">\n</head>\n<body>\n\
         <nav><a href=\"{up}index.html\">wat</a></nav>\n<main>\n{body}</main>\n</body>\n</html>\n",
        escaped(title)
    )
}

fn index(shelf: &Shelf) -> String {
    let mut out = String::from("<h1>wat</h1>\n<h2 id=\"book\">The book</h2>\n<ul>\n");
    for (name, text) in BOOK {
        out.push_str(&format!("<li><a href=\"book/{name}.html\">{}</a></li>\n", escaped(&title(text))));
    }
    out.push_str("</ul>\n");
    let parts = [("project", "This project", &shelf.own), ("library", "The library", &shelf.library)];
    for (id, heading, spaces) in parts {
        if !spaces.is_empty() {
            out.push_str(&format!("<h2 id=\"{id}\">{heading}</h2>\n<ul>\n"));
            for space in spaces {
                let name = escaped(&space.name);
                let what = escaped(super::first(&space.text));
                out.push_str(&format!(
                    "<li><a href=\"reference/{name}.html\"><code>{name}</code></a> {what}</li>\n"
                ));
            }
            out.push_str("</ul>\n");
        }
    }
    out.push_str("<h2 id=\"errors\">Errors</h2>\n<ul>\n");
    for code in Code::ALL {
        let what = escaped(code.summary());
        out.push_str(&format!("<li><a href=\"errors/{code}.html\"><code>{code}</code></a> {what}</li>\n"));
    }
    out.push_str("</ul>\n");
    out
}

fn reference(space: &Space) -> String {
    let mut out = format!("<h1>{}</h1>\n", escaped(&space.name));
    if !space.text.is_empty() {
        out.push_str(&markdown(&space.text));
    }
    out.push_str("<p>\n");
    let mut names: Vec<&str> = space.entries.iter().map(|entry| entry.name.as_str()).collect();
    names.dedup();
    for name in &names {
        out.push_str(&format!("<a href=\"#{}\"><code>{}</code></a>\n", anchor(name), escaped(name)));
    }
    out.push_str("</p>\n");
    for name in names {
        out.push_str(&format!("<h2 id=\"{}\"><code>{}</code></h2>\n", anchor(name), escaped(name)));
        for entry in space.entries.iter().filter(|entry| entry.name == name) {
            out.push_str(&one(entry));
        }
    }
    out
}

fn one(entry: &Entry) -> String {
    let mut out = format!(
        "<pre><code>{}</code></pre>\n<p class=\"kind\">{}</p>\n",
        escaped(&entry.signature),
        entry.kind
    );
    out.push_str(&markdown(&entry.text));
    if let Some(example) = &entry.example {
        let gives =
            example.gives.as_ref().map_or(String::new(), |gives| format!("  ; =&gt; {}", escaped(gives)));
        out.push_str(&format!("<pre><code>{}{gives}</code></pre>\n", escaped(&example.code)));
    }
    out
}

/// The first heading.
fn title(text: &str) -> String {
    text.lines().find_map(|line| line.strip_prefix("# ")).unwrap_or("wat").to_string()
}

/// Links between the chapters lead from page to page.
fn markdown(text: &str) -> String {
    let events = Parser::new_ext(text, Options::ENABLE_TABLES).map(|event| match event {
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            let dest_url = CowStr::from(destination(&dest_url));
            Event::Start(Tag::Link { link_type, dest_url, title, id })
        }
        // A docstring's `<-` is text.
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        other => other,
    });
    let mut out = String::new();
    pulldown_cmark::html::push_html(&mut out, events);
    out
}

/// Where a link of the book's text leads among the pages.
fn destination(link: &str) -> String {
    if link.starts_with("http") || link.starts_with('#') {
        return link.to_string();
    }
    let (path, anchor) = link.split_once('#').map_or((link, String::new()), |(p, a)| (p, format!("#{a}")));
    match path.rsplit('/').next().and_then(|file| file.strip_suffix(".md")) {
        Some(chapter) if BOOK.iter().any(|(name, _)| *name == chapter) => {
            format!("../book/{chapter}.html{anchor}")
        }
        Some(code) if Code::from_name(code).is_some() => format!("../errors/{code}.html"),
        Some("08-reference") => "../index.html#library".to_string(),
        Some(_) => "../index.html".to_string(),
        None => link.to_string(),
    }
}

/// An id: letters and digits as they are, others by their numbers.
fn anchor(name: &str) -> String {
    let mut out = String::from("d-");
    for c in name.chars() {
        if c.is_ascii_alphanumeric() || c == '-' {
            out.push(c);
        } else {
            out.push_str(&format!("_{:x}", c as u32));
        }
    }
    out
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
