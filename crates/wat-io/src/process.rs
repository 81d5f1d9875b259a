//! `wat.process`: what the library says of a command, as wat-host and wat-kernel take it.

use wat_host::{Codec, Json, Told, host, run_command, spawn_command};
use wat_kernel::{Command, Limits, Run};
use wat_runtime::desc::DescRef;
use wat_runtime::fail::Fail;
use wat_runtime::object::Obj;
use wat_runtime::{sum, text, vector};

const JSON: Json = Json { encode: wat_library::json::encode, decode: wat_library::json::decode };

wat_host::world_rows! {
    process_spawn(ctx, mem, program, args, environment, directory, codec, numbers) => {
        let codec = match codec {
            0 => Codec::Edn,
            1 => Codec::Json(JSON),
            2 => Codec::Lines,
            _ => Codec::Bytes,
        };
        spawn_command(ctx, mem, command(program, args, environment, directory, numbers), codec)
    };
    process_run(ctx, mem, program, args, environment, directory, input, numbers, is_text, result) => {
        let given = self::numbers(numbers);
        let how = Run {
            input: text::bytes(input),
            limit: usize::try_from(given[LIMIT]).unwrap_or(0),
            timeout: u64::try_from(given[TIMEOUT]).ok().map(std::time::Duration::from_nanos),
        };
        let told = if is_text == 0 { Told::Bytes } else { Told::Text };
        let command = command(program, args, environment, directory, numbers);
        run_command(ctx, mem, command, &how, told, DescRef(result as u32))
    };
    process_which(ctx, mem, name, result) => {
        let found = host(ctx).node.process.find_command(text::str(name)).ok();
        let found = found.and_then(|file| file.into_os_string().into_string().ok());
        let found = found.map(|file| text::make_string(mem, &file)).transpose()?;
        Ok::<u64, Fail>(sum::option(mem, DescRef(result as u32), found)?).map_err(Into::into)
    };
}

/// The numbers of a command, in the order in which `lib/wat/process.wat` gives them; below 0 is none.
const MEMORY: usize = 0;
const CPU: usize = 1;
const WALL: usize = 2;
const FILES: usize = 3;
const VALUE: usize = 4;
/// Whether the environment is given, for it may be empty.
const ENVIRONMENT: usize = 5;
/// Of a run alone.
const LIMIT: usize = 6;
const TIMEOUT: usize = 7;

fn command(program: u64, args: u64, environment: u64, directory: u64, given: u64) -> Command {
    let given = numbers(given);
    let count = |at: usize| u64::try_from(given[at]).ok();
    let millis = |at: usize| count(at).map(|nanos| nanos.div_ceil(1_000_000));
    let mut command = Command::new(text::str(program), strings(args));
    command.environment = (given[ENVIRONMENT] >= 0).then(|| pairs(strings(environment)));
    command.directory = Some(text::str(directory).to_string()).filter(|path| !path.is_empty());
    command.limits = Limits {
        data: count(MEMORY),
        cpu_ms: millis(CPU),
        wall_ms: millis(WALL),
        files: count(FILES),
        value: count(VALUE),
        ..Limits::default()
    };
    command
}

fn strings(vector: u64) -> Vec<String> {
    vector::iter(Obj::of(vector)).map(|s| text::str(s).to_string()).collect()
}

fn numbers(vector: u64) -> Vec<i64> {
    vector::iter(Obj::of(vector)).map(|n| n as i64).collect()
}

/// Names and values in turn, paired.
fn pairs(words: Vec<String>) -> Vec<(String, String)> {
    let mut words = words.into_iter();
    std::iter::from_fn(|| Some((words.next()?, words.next()?))).collect()
}
