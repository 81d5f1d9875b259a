//! What the project does to itself and no user needs: `cargo xtask laws`, `cargo xtask start`. Not here: what a law is
//! (`tests/laws`).

mod build;
mod laws;
mod start;
mod table;

const HELP: &str = "\
cargo xtask laws [--full | --mutations] [--user] [--small-pipes] [--only TEXT]…
cargo xtask start

  laws              each test of a law at a twentieth of its size
  laws --full       at the sizes of the laws; an hour or more
  laws --mutations  each test without the mechanism it guards: all must fail, as their rows say
  --user            as the user 65534, which root alone can do
  --small-pipes     with pipes of one page in every tree
  --only TEXT       rows whose law is TEXT or whose test has it in its name

WAT_SEED=n repeats a run. Rows: tests/laws/table.txt.

  start             writes crates/wat/start.ld: the order in which the linker lays the code of a child's start
";

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let code = match words.split_first() {
        Some((&"laws", options)) => match laws::parse(options) {
            Ok(wanted) => laws::run(&wanted),
            Err(mistake) => misuse(&mistake),
        },
        Some((&"start", [])) => start::run(),
        Some((&("--help" | "-h"), _)) => {
            print!("{HELP}");
            0
        }
        _ => misuse("which task?"),
    };
    std::process::exit(code);
}

fn misuse(mistake: &str) -> i32 {
    eprint!("xtask: {mistake}\n\n{HELP}");
    64
}
