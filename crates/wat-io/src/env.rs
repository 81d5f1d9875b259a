//! `wat.env`: variables of the process's record, names and numbers of the machine.

use wat_host::host;
use wat_runtime::desc::DescRef;
use wat_runtime::{sum, text, vector};

wat_host::world_rows! {
    env_get(ctx, mem, name, result) => {
        let variables = &host(ctx).node.process.boot().environment;
        let found = variables.iter().find(|(key, _)| key == text::str(name));
        let value = found.map(|(_, value)| text::make_string(mem, value)).transpose()?;
        Ok(sum::option(mem, DescRef(result as u32), value)?)
    };
    env_pairs(ctx, mem, result) => {
        let variables = &host(ctx).node.process.boot().environment;
        let mut all = vector::with_capacity(mem, DescRef(result as u32), 2 * variables.len())?;
        for word in variables.iter().flat_map(|(key, value)| [key, value]) {
            all = vector::push(mem, all, text::make_string(mem, word)?)?;
        }
        Ok(all.slot())
    };
    env_setting(ctx, mem, name, result) => {
        let settings = &host(ctx).node.process.boot().settings;
        let found = settings.iter().find(|(key, _)| key == text::str(name));
        let value = found.map(|(_, value)| text::make_string(mem, value)).transpose()?;
        Ok(sum::option(mem, DescRef(result as u32), value)?)
    };
    env_word(ctx, mem, which) => {
        let word = if which == 0 {
            rustix::system::uname().nodename().to_string_lossy().into_owned()
        } else {
            host(ctx).node.process.boot().directory.to_string_lossy().into_owned()
        };
        Ok(text::make_string(mem, &word)?)
    };
    env_number(ctx, mem, which) => {
        let _ = ctx;
        Ok(match which {
            0 => u64::from(std::process::id()),
            _ => std::thread::available_parallelism().map_or(1, |n| n.get() as u64),
        })
    };
}
