//! The runtime's functions as compiled code sees them: one row each.
//!
//! Every function takes the context record first, then its parameters as 64-bit slots (an f64 as its bits), and
//! answers by class: *leaf* returns one u64; *fallible* returns `(value, status)` in two registers
//! ([`Answer`]), and on a status other than 0 compiled code branches to `crash_now`; *diverging* does not
//! return. The context record holds their addresses in the order of this table.
//!
//! Who implements a row does not show here: those that need nothing but values live in wat-runtime and, where a crate
//! does the work, in wat-library; those that touch processes, threads, clocks and stdio in wat-host; those that touch
//! files, sockets, databases and external commands in wat-io.

/// Whether a function can fail.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Class {
    Leaf,
    Fallible,
    Diverging,
}

/// How a parameter is passed and who owns it afterwards.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Param {
    /// A pointer the caller keeps.
    B,
    /// A pointer the callee consumes.
    O,
    /// An `I` value.
    I,
    /// An `F` value, as bits.
    F,
    /// A slot of whatever repr the type has; the caller keeps it.
    SB,
    /// A slot of whatever repr the type has; the callee consumes it.
    SO,
    /// The descriptor (region offset) of the call's result type. Not an argument in wat.
    DR,
    /// The descriptor of the type of the call's first, second, third argument in wat. Not an argument in wat.
    D0,
    D1,
    D2,
}

impl Param {
    /// Whether an argument in wat stands for it.
    pub const fn is_value(self) -> bool {
        !matches!(self, Param::DR | Param::D0 | Param::D1 | Param::D2)
    }

    pub const fn is_owned(self) -> bool {
        matches!(self, Param::O | Param::SO)
    }
}

/// What comes back. `S` is a slot whose repr is that of the call's result type; `N` is nil (I, value 0).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Ret {
    I,
    F,
    P,
    S,
    N,
    Never,
}

/// What a fallible function returns (System V: rax, rdx).
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Answer {
    pub value: u64,
    pub status: u64,
}

impl Answer {
    pub const fn ok(value: u64) -> Answer {
        Answer { value, status: 0 }
    }
    /// The crash has been described in the unit; compiled code goes to `crash_now`.
    pub const CRASH: Answer = Answer { value: 0, status: 1 };
}

pub struct Row {
    pub name: &'static str,
    pub class: Class,
    pub params: &'static [Param],
    pub result: Ret,
}

macro_rules! rtfns {
    ($($(#[$doc:meta])* $name:ident $class:ident ($($p:ident),*) $ret:ident;)*) => {
        /// A runtime function; the discriminant is its index in the context's table.
        #[allow(non_camel_case_types)]
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u16)]
        pub enum RtFn { $($(#[$doc])* $name),* }

        impl RtFn {
            pub const ALL: &[RtFn] = &[$(RtFn::$name),*];
            pub const fn row(self) -> &'static Row {
                static ROWS: &[Row] = &[$(Row {
                    name: stringify!($name), class: Class::$class,
                    params: &[$(Param::$p),*], result: Ret::$ret,
                }),*];
                &ROWS[self as usize]
            }
            pub fn by_name(name: &str) -> Option<RtFn> {
                Self::ALL.iter().copied().find(|f| f.row().name == name)
            }
        }
        pub const RT_COUNT: usize = [$(RtFn::$name),*].len();
    };
}

rtfns! {
    // ---- memory and control: used by code generation, not by name from the library
    /// A cell of so many bytes (header included); the header is not set. Fails at the heap limit.
    alloc_slow Fallible (I) P;
    /// The count of this object was 1 or negative: release it and what it alone holds, or do nothing.
    drop_slow Leaf (O) N;
    /// A unique copy of a struct, tuple or enum object (its fields duplicated); the argument is consumed.
    unshare Fallible (O) P;
    /// Leave for the innermost unit's saved point with the crash described by the last failed call.
    crash_now Diverging () Never;
    /// The stack limit was crossed.
    stack_overflow Diverging () Never;
    /// Make a value and all it reaches immortal (`def` values).
    freeze Leaf (O) P;

    // ---- crashes
    /// `(panic! message data)`: String, data (any slot), the data's descriptor.
    panic Diverging (B, SB, D1) Never;
    /// `(panic! message)`.
    panic_plain Diverging (B) Never;
    /// `(assert test)` failed.
    assert_failed Diverging (B) Never;
    /// `unwrap` of an `Err` or `None`: message, the error (any slot), its descriptor. A Crash becomes `:cause`.
    unwrap_failed Diverging (B, SB, D1) Never;
    /// `(attempt f)`: the closure, in a sub-heap; answers `(Result T Crash)`.
    attempt Fallible (O, DR) P;

    // ---- values of any type
    /// Deep equality of two pointers of one type (IEEE inside).
    eq Leaf (B, B) I;
    /// Total order: negative, 0, positive. NaN last.
    cmp Leaf (SB, SB, D0) I;
    /// The one unseeded 64-bit hash.
    hash Leaf (SB, D0) I;
    /// `(str v)`: bare at top level, EDN inside.
    show Fallible (SB, D0) P;
    /// EDN text of a value.
    to_text Fallible (SB, D0) P;
    /// `(edn v)`.
    edn_of Fallible (SB, D0) P;
    /// `(from-edn e -> T)`: `(Result T ReadError)`.
    from_edn Fallible (B, DR) P;
    /// `(read-edn text -> T)`: `(Result T ReadError)` of one value in a String.
    read_edn Fallible (B, DR) P;

    // ---- strings
    str_concat Fallible (B, B) P;
    /// The strings of a vector one after another.
    str_join_all Fallible (B) P;
    str_join Fallible (B, B) P;
    /// Length in Unicode scalar values.
    str_count Leaf (B) I;
    str_nth Fallible (B, I) I;
    /// Slice by scalar positions [from, to).
    str_slice Fallible (B, I, I) P;
    /// `(split separator text)`; the result's descriptor is (Vector String).
    str_split Fallible (B, B) P;
    str_trim Fallible (B) P;
    str_upper Fallible (B) P;
    str_lower Fallible (B) P;
    str_starts Leaf (B, B) I;
    str_ends Leaf (B, B) I;
    str_contains Leaf (B, B) I;
    /// Scalar position of the first occurrence, or -1.
    str_find Leaf (B, B) I;
    /// Scalar position of the last occurrence, or -1.
    str_find_last Leaf (B, B) I;
    /// 1 alphabetic, 2 numeric, 4 uppercase, 8 lowercase, 16 white space, 32 control: the sum.
    char_class Leaf (I) I;
    str_replace Fallible (B, B, B) P;
    str_chars Fallible (B, DR) P;
    str_from_chars Fallible (B) P;
    /// `(Option i64)`.
    parse_i64 Fallible (B, DR) P;
    parse_f64 Fallible (B, DR) P;
    keyword_name Fallible (B) P;
    /// A keyword out of a name; crashes when it is not one.
    keyword_of Fallible (B) P;
    bytes_count Leaf (B) I;
    bytes_nth Fallible (B, I) I;
    bytes_of_str Fallible (B) P;
    /// `(Option String)`.
    str_of_bytes Fallible (B, DR) P;

    // ---- vectors: slots of the element's repr
    vec_empty Fallible (DR) P;
    /// Room for n elements; used for literals.
    vec_with_capacity Fallible (I, DR) P;
    vec_count Leaf (B) I;
    vec_nth Fallible (B, I) S;
    vec_assoc Fallible (O, I, SO) P;
    vec_conj Fallible (O, SO) P;
    vec_concat Fallible (O, B) P;
    /// [from, to), crashes `:index` out of range.
    vec_slice Fallible (O, I, I) P;
    vec_reverse Fallible (O) P;
    /// By the total order of the elements; stable.
    vec_sort Fallible (O) P;
    /// Sort the first vector by the keys in the second (same length); stable.
    vec_sort_by Fallible (O, B) P;

    // ---- maps and sets
    map_empty Fallible (DR) P;
    map_count Leaf (B) I;
    map_assoc Fallible (O, SO, SO) P;
    map_dissoc Fallible (O, SB) P;
    map_contains Leaf (B, SB) I;
    /// `(Option V)`.
    map_get Fallible (B, SB, DR) P;
    /// Entries in map order as a vector of tuples.
    map_entries Fallible (B, DR) P;
    map_keys Fallible (B, DR) P;
    map_vals Fallible (B, DR) P;
    set_empty Fallible (DR) P;
    set_count Leaf (B) I;
    set_conj Fallible (O, SO) P;
    set_disj Fallible (O, SB) P;
    set_contains Leaf (B, SB) I;
    set_items Fallible (B, DR) P;

    // ---- numbers
    f64_pow Leaf (F, F) F;
    f64_exp Leaf (F) F;
    f64_log Leaf (F) F;
    f64_sin Leaf (F) F;
    f64_cos Leaf (F) F;
    f64_tan Leaf (F) F;
    f64_asin Leaf (F) F;
    f64_acos Leaf (F) F;
    f64_atan Leaf (F) F;
    f64_sinh Leaf (F) F;
    f64_cosh Leaf (F) F;
    f64_tanh Leaf (F) F;
    f64_log10 Leaf (F) F;
    f64_log2 Leaf (F) F;
    f64_exp_m1 Leaf (F) F;
    f64_ln_1p Leaf (F) F;
    f64_cbrt Leaf (F) F;
    f64_atan2 Leaf (F, F) F;
    f64_hypot Leaf (F, F) F;
    /// With so many digits after the point.
    f64_fixed Fallible (I, F) P;
    f64_rem Leaf (F, F) F;
    /// The remainder with the divisor's sign.
    f64_mod Leaf (F, F) F;
    /// BigInt and Decimal: both operands of one type.
    num_add Fallible (B, B) P;
    num_sub Fallible (B, B) P;
    num_mul Fallible (B, B) P;
    num_div Fallible (B, B) P;
    num_rem Fallible (B, B) P;
    num_mod Fallible (B, B) P;
    num_neg Fallible (B) P;
    num_abs Fallible (B) P;
    /// Without its fraction; crashes `:overflow` when it does not fit.
    num_to_i64 Fallible (B) I;
    num_to_f64 Leaf (B) F;
    bigint_of_i64 Fallible (I) P;
    decimal_of_bigint Fallible (B) P;
    /// `(i64 x)` truncates; crashes `:overflow` when it does not fit or is NaN.
    i64_of_f64 Fallible (F) I;

    // ---- stdio (host)
    println Fallible (SB, D0) N;
    eprintln Fallible (SB, D0) N;
    /// `(Option T)`.
    readln Fallible (DR) P;
    /// `(Result (Option T) ReadError)`.
    try_readln Fallible (DR) P;

    // ---- randomness (io)
    /// 64 bits of the operating system's.
    random_seed Fallible () I;

    // ---- the process and time (host)
    args Fallible (DR) P;
    now Leaf () I;
    /// Monotonic nanoseconds.
    ticks Leaf () I;
    sleep Fallible (I) N;
    stopped Leaf () I;
    cancelled Leaf () I;
    own_path Fallible () P;

    // ---- peers (host): a Peer is a handle; results are `(Result … Crash)` described by DR
    /// The program, then its limits, negative for none: bytes of heap, nanoseconds of processor time and of wall time,
    /// processes, open files, bytes of one value.
    spawn_process Fallible (O, I, I, I, I, I, I, O) P;
    spawn_thread Fallible (O) P;
    send Fallible (B, SB, D1, DR) P;
    recv Fallible (B, DR) P;
    /// Timeout in nanoseconds, negative for none.
    call Fallible (B, SB, I, D1, DR) P;
    close Fallible (B) N;
    wait Fallible (B, DR) P;
    stop Fallible (B, DR) P;
    kill Fallible (B, DR) P;
    /// `(Option i64)`.
    peer_pid Fallible (B, DR) P;
    peer_path Fallible (B) P;
    /// 0 starting, 1 running, 2 stopping, 3 ended: the variant number of wat.kernel/Status.
    peer_status Leaf (B) I;
    peer_sender Fallible (B) P;
    peer_receiver Fallible (B) P;
    peer_logs Fallible (B) P;
    log_level Leaf () I;
    set_log_level Fallible (B, I) N;
    // ---- the request in hand (host): a scope is begun by a row that answers its number, and ended by that
    /// 1 where its deadline has passed.
    is_late Leaf () I;
    /// Answers that it came too late.
    refuse_late Fallible () N;
    /// `(Option Duration)`.
    deadline Fallible (DR) P;
    /// `(Option String)`.
    trace_id Fallible (DR) P;
    /// Nanoseconds from now.
    scope_deadline Fallible (I) I;
    /// An Edn.
    scope_fields Fallible (B) I;
    scope_end Fallible (I) N;
    /// Level, namespace, message, fields (an Edn).
    log_write Fallible (I, B, B, B) N;
    /// `(Tuple (Sender T) (Receiver T))`.
    channel Fallible (I, DR) P;
    sender_send Fallible (B, SB, D1, DR) P;
    /// `(Option T)`.
    receiver_recv Fallible (B, DR) P;
    /// Ask all of a vector of peers to stop, last first, then reap each.
    end_peers Fallible (O) N;

    // ---- select (host): begin, one call per clause in order, then wait → the clause's number
    select_begin Leaf () N;
    select_peer Fallible (B) N;
    select_receiver Fallible (B) N;
    select_exit Fallible (B) N;
    select_after Fallible (I) N;
    select_stopped Fallible () N;
    select_cancelled Fallible () N;
    /// 0 SIGUSR1, 1 SIGUSR2.
    select_signal Fallible (I) N;
    select_wait Fallible () I;
    /// `(select-any peers)` → index of a ready one.
    select_any Fallible (B) I;

    // ---- wat.supervisor (host)
    /// A supervisor's peer, a program, its name, the length of its queue; 1 where it runs in a process, where it has one
    /// request at a time, where it is killed when nobody waits for that: its number.
    service_offer Fallible (B, O, B, I, I, I, I) I;
    /// 1 where the peer was killed because nobody waited for its request.
    service_spared Fallible (B) I;
    /// The program of that number, for the supervisor to spawn.
    service_program Fallible (I) P;
    /// A service's number, the peer that answers from now on, and how often it was started again: a Receiver that closes
    /// once the peer has ended and all it was asked is answered.
    service_attach Fallible (I, B, I) P;
    /// Passes nothing more on to the peer and tells it to stop within so many nanoseconds.
    service_halt Fallible (B, I) N;
    /// Ends a service for good, by a crash's text, or well where that is empty.
    service_end Fallible (I, B) N;
    /// Lets a supervisor just spawned have the services of this one.
    service_share Fallible (B) N;
    /// A supervisor's peer and commands, a program, a name or nothing, 1 for failing fast when down plus 2 when full: a peer.
    service_find Fallible (B, B, B, B, I) P;
    /// 1 where a test has taken away the mechanism of that name.
    mutation Leaf (B) I;
    program_name Fallible (B) P;

    // ---- wat.random
    // ---- wat.edn
    /// `(Result (Vector T) ReadError)`.
    edn_read_all Fallible (B, DR) P;
    /// A value and the width of its lines.
    edn_pretty Fallible (SB, I, D0) P;
    /// A keyword.
    edn_kind Fallible (B) P;
    /// Both are Edn: `(Option Edn)`.
    edn_get Fallible (B, B, DR) P;
    /// `(Option (Vector Edn))`.
    edn_items Fallible (B, DR) P;
    /// `(Option (Vector (Tuple Edn Edn)))`.
    edn_entries Fallible (B, DR) P;
    /// `(Option String)`.
    edn_tag Fallible (B, DR) P;
    /// `(Option Edn)`.
    edn_untagged Fallible (B, DR) P;

    // ---- wat.json (library)
    /// Text, skip unknown keys, most levels, most bytes: `(Result T ReadError)`.
    json_read Fallible (B, I, I, I, DR) P;
    /// A value and whether over indented lines.
    json_text Fallible (SB, I, D0) P;

    // ---- wat.csv (library)
    /// Text, delimiter: `(Result (Vector (Vector String)) ReadError)`.
    csv_read Fallible (B, I, DR) P;
    /// Text, delimiter, byte, line: `(Option (Tuple (Result (Vector String) ReadError) i64 i64))`.
    csv_next Fallible (B, I, I, I, DR) P;
    /// Text, delimiter, skip unknown columns: `(Result (Vector T) ReadError)`.
    csv_decode Fallible (B, I, I, DR) P;
    csv_text Fallible (B, I) P;
    csv_encode Fallible (B, I, D0) P;

    // ---- wat.regex (library)
    /// Pattern, most bytes: `(Result Resource PatternError)`.
    regex_compile Fallible (B, I, DR) P;
    regex_matches Fallible (B, B) I;
    /// `(Option Match)`.
    regex_find Fallible (B, B, DR) P;
    /// `(Vector Match)`.
    regex_find_all Fallible (B, B, DR) P;
    /// `(Option (Vector (Option Match)))`.
    regex_captures Fallible (B, B, DR) P;
    /// `(Vector (Vector (Option Match)))`.
    regex_captures_all Fallible (B, B, DR) P;
    /// `(Vector (Option String))`.
    regex_names Fallible (B, DR) P;
    /// Regex, replacement, text, how many (0 all), whether the replacement is literal.
    regex_replace Fallible (B, B, B, I, I) P;
    regex_split Fallible (B, B, DR) P;
    regex_escape Fallible (B) P;

    // ---- wat.time (library)
    /// `(Result Zone TimeError)`.
    time_zone Fallible (B, DR) P;
    time_zones Fallible (DR) P;
    /// Zone's name, instant: `Fields`.
    time_fields Fallible (B, I, DR) P;
    /// Zone's name, Civil: `(Result Instant TimeError)`.
    time_instant Fallible (B, B, DR) P;
    /// Zone's name, pattern, instant.
    time_format Fallible (B, B, I) P;
    /// Zone's name, pattern, text: `(Result Instant TimeError)`.
    time_parse Fallible (B, B, B, DR) P;
    time_parse_iso Fallible (B, B, DR) P;
    /// Zone's name, months, days, instant.
    time_add Fallible (B, I, I, I) I;
    /// Zone's name, unit, instant.
    time_start Fallible (B, I, I) I;
    /// Zone's name, unit, from, to.
    time_until Fallible (B, I, I, I) I;
    /// Zone's name, instant: `(Option Instant)`.
    time_transition Fallible (B, I, DR) P;
    duration_text Fallible (I) P;
    /// `(Result Duration TimeError)`.
    duration_parse Fallible (B, DR) P;

    // ---- wat.crypto (library)
    crypto_sha256 Fallible (B) P;
    crypto_sha512 Fallible (B) P;
    crypto_blake3 Fallible (B) P;
    crypto_hmac_sha256 Fallible (B, B) P;
    crypto_hmac_sha512 Fallible (B, B) P;
    crypto_same Fallible (B, B) I;
    /// Alphabet (0 hex, 1 base64, 2 base64url), bytes.
    crypto_encode Fallible (I, B) P;
    /// `(Option Bytes)`.
    crypto_decode Fallible (I, B, DR) P;
    /// Key, nonce, extra, plain.
    crypto_seal Fallible (B, B, B, B) P;
    /// Key, extra, sealed: `(Option Bytes)`.
    crypto_open Fallible (B, B, B, DR) P;
    crypto_password_hash Fallible (B, B) P;
    crypto_password_verify Fallible (B, B) I;
    crypto_public_key Fallible (B) P;
    crypto_sign Fallible (B, B) P;
    /// Public key, signature, message.
    crypto_verify Fallible (B, B, B) I;
    /// So many bytes from the system (io).
    crypto_random Fallible (I) P;

    // ---- wat.fs (io): results are `(Result … IoError)` described by DR
    /// Path, limit in bytes.
    fs_read_text Fallible (B, I, DR) P;
    fs_read_bytes Fallible (B, I, DR) P;
    /// Path, bytes; 0 anew, 1 at the end, 2 replaced at once, 3 where there is none.
    fs_write Fallible (B, B, I, DR) P;
    /// Path, whether symlinks are followed.
    fs_info Fallible (B, I, DR) P;
    fs_entries Fallible (B, DR) P;
    fs_real_path Fallible (B, DR) P;
    fs_read_link Fallible (B, DR) P;
    fs_make_dir Fallible (B, DR) P;
    fs_make_dirs Fallible (B, DR) P;
    fs_remove Fallible (B, DR) P;
    fs_remove_all Fallible (B, DR) P;
    fs_rename Fallible (B, B, DR) P;
    fs_copy Fallible (B, B, DR) P;
    fs_symlink Fallible (B, B, DR) P;
    fs_set_mode Fallible (I, B, DR) P;
    /// 1 for a directory, 0 for a file.
    fs_temp Fallible (I, DR) P;
    /// 0 to read, 1 to write anew, 2 to write at the end, 3 to read and write.
    fs_open Fallible (B, I, DR) P;
    /// File, limit in bytes.
    file_read_line Fallible (B, I, DR) P;
    file_read Fallible (B, I, DR) P;
    file_write Fallible (B, B, DR) P;
    /// File, offset; 0 from the start, 1 from here, 2 from the end.
    file_seek Fallible (B, I, I, DR) P;
    file_sync Fallible (B, DR) P;
    file_close Fallible (B) N;

    // ---- wat.env (io)
    /// `(Option String)` of a name.
    env_get Fallible (B, DR) P;
    /// Names and values in turn.
    env_pairs Fallible (DR) P;
    /// The EDN text of a setting, `(Option String)`, of its name with the colon.
    env_setting Fallible (B, DR) P;
    /// 0 the host's name, 1 the directory of the root.
    env_word Fallible (I) P;
    /// 0 this process's number, 1 processors it may use.
    env_number Fallible (I) I;

    // ---- wat.process (io)
    /// Command, arguments, environment (names and values in turn), directory (empty for the root's), codec (0 EDN,
    /// 1 JSON, 2 lines, 3 bytes), numbers.
    process_spawn Fallible (B, B, B, B, I, B) P;
    /// Command, arguments, environment, directory, input (Bytes or String), numbers, whether the output is text:
    /// `(Result (Output T) Crash)`.
    process_run Fallible (B, B, B, B, B, B, I, DR) P;
    /// `(Option String)`.
    process_which Fallible (B, DR) P;

    // ---- wat.log (io)

    // ---- wat.net (io): results are `(Result … IoError)`, times in nanoseconds, negative for none
    net_connect Fallible (B, I, DR) P;
    net_listen Fallible (B, DR) P;
    net_accept Fallible (B, I, DR) P;
    net_unlisten Fallible (B) N;
    /// A listener's address.
    net_place Fallible (B) P;
    /// A stream's own address (0) or its peer's.
    net_address Fallible (B, I) P;
    /// 0 up to so many bytes, 1 exactly so many, 2 a line of up to so many: `(Option Bytes)` or `(Option String)`.
    net_read Fallible (B, I, I, I, DR) P;
    /// The largest value in bytes, the time: `(Option T)`.
    net_read_edn Fallible (B, I, I, DR) P;
    /// Bytes or a String.
    net_write Fallible (B, B, I, DR) P;
    net_close_write Fallible (B, DR) P;
    net_close Fallible (B) N;
    /// The own address, and the only peer's or empty.
    udp_open Fallible (B, B, DR) P;
    udp_address Fallible (B) P;
    /// Socket, address, bytes, time.
    udp_send Fallible (B, B, B, I, DR) P;
    /// Socket, most bytes, time: a tuple of the sender's address and the bytes.
    udp_receive Fallible (B, I, I, DR) P;
    udp_close Fallible (B) N;

    // ---- wat.http (io): results are `(Result … IoError)`
    /// Address, limits, paths of the certificate and of its key or empty.
    http_listen Fallible (B, B, B, B, DR) P;
    http_address Fallible (B) P;
    /// Headers → the scope of the trace that they tell.
    http_belong Fallible (B) I;
    /// `(Option Request)`; whether the thread's own input ends the wait.
    http_next Fallible (B, I, DR) P;
    /// Server, number, status, headers, body.
    http_answer Fallible (B, I, I, B, B, DR) P;
    /// The head of the next request whose body comes in pieces: `(Option Opening)`.
    http_begun Fallible (B, DR) P;
    /// What the body of the request with this number is read from and the answer written to.
    http_exchange Fallible (B, I) P;
    /// Exchange, status, headers.
    http_begin Fallible (B, I, B, DR) P;
    /// The next piece of a body: `(Option Bytes)`.
    http_read Fallible (B, DR) P;
    http_write Fallible (B, B, DR) P;
    http_finish Fallible (B, DR) P;
    /// Method, address, headers, body, limits, the path of whom to trust or empty: the response.
    http_ask Fallible (B, B, B, B, B, B, DR) P;
    /// The same, of a response that comes in pieces.
    http_open Fallible (B, B, B, B, B, B, DR) P;
    /// Method, address, headers, limits, whom to trust: a request whose body goes in pieces.
    http_upload Fallible (B, B, B, B, B, DR) P;
    /// The head of the response.
    http_incoming Fallible (B, DR) P;

    // ---- wat.sqlite (io): results are `(Result … SqliteError)`
    /// Path, flags (1 read-only, 2 WAL, 4 must exist), nanoseconds to wait for a lock.
    sqlite_open Fallible (B, I, I, DR) P;
    /// Database, statement, parameters.
    sqlite_exec Fallible (B, B, SB, D2, DR) P;
    /// Checks a statement and keeps its plan.
    sqlite_prepare Fallible (B, B, DR) P;
    sqlite_script Fallible (B, B, DR) P;
    /// Database, statement, parameters, most rows, most bytes.
    sqlite_rows Fallible (B, B, SB, I, I, D2, DR) P;
    sqlite_cursor Fallible (B, B, SB, D2, DR) P;
    /// `(Option R)`.
    sqlite_next Fallible (B, DR) P;
    sqlite_end Fallible (B) N;
    sqlite_close Fallible (B, DR) P;
    /// 0 last row's number, 1 changes, 2 whether in a transaction.
    sqlite_tell Fallible (B, I, DR) P;
}
