//! A child's way to `main`, without asking the processor anything.
//!
//! The C library's static start finds out what the processor can do: some forty CPUID instructions, of which each traps into
//! the hypervisor of a virtual machine. That is a quarter of all that a small child costs until its first answer, and what
//! is found is the same for the whole tree. So the root hands it on in the boot record ([`found`]), and a child takes it
//! from there. All else happens as in glibc 2.36's `csu/libc-start.c`, in that order, by the library's own functions.
//!
//! `build.rs` includes this where the C library is that version, and has the linker lead its start through here. A root,
//! and whoever is no child, goes on to the library's own start; so does everybody where it is another version.
//!
//! Rules up to `__libc_early_init`: no thread-local storage, and nothing that calls `memcpy` or its like, whose addresses
//! are only then known; hence the raw pointers, and no copies of arrays.

use libc::{c_char, c_int, c_long, c_void};
use std::arch::asm;
use std::mem::MaybeUninit;
use std::ptr::null;
use wat_kernel::boot::{BOOT, CONTROL, PROCESSOR_AT};

type Main = unsafe extern "C" fn(c_int, *mut *mut c_char, *mut *mut c_char) -> c_int;
type Initializer = unsafe extern "C" fn(c_int, *mut *mut c_char, *mut *mut c_char);

/// A relocation whose address is a function's answer (ELF64 `Rela` of the kind `R_X86_64_IRELATIVE`).
#[repr(C)]
struct Rela {
    place: *mut usize,
    info: u64,
    resolver: extern "C" fn() -> usize,
}

#[allow(non_upper_case_globals)]
unsafe extern "C" {
    // What the library finds out.
    static mut _dl_x86_cpu_features: [u8; 480];
    static mut _dl_minsigstacksize: [u8; 8];
    static mut __x86_data_cache_size: [u8; 8];
    static mut __x86_data_cache_size_half: [u8; 8];
    static mut __x86_shared_cache_size: [u8; 8];
    static mut __x86_shared_cache_size_half: [u8; 8];
    static mut __x86_shared_non_temporal_threshold: [u8; 8];
    static mut __x86_rep_movsb_threshold: [u8; 8];
    static mut __x86_rep_movsb_stop_threshold: [u8; 8];
    static mut __x86_rep_stosb_threshold: [u8; 8];
    static mut __x86_string_control: [u8; 4];

    // What its start is made of.
    static mut __environ: *mut *mut c_char;
    static mut __libc_stack_end: *mut c_void;
    static _dl_random: *const usize;
    static __rela_iplt_start: [Rela; 0];
    static __rela_iplt_end: [Rela; 0];
    static __preinit_array_start: [Initializer; 0];
    static __preinit_array_end: [Initializer; 0];
    static __init_array_start: [Initializer; 0];
    static __init_array_end: [Initializer; 0];
    fn _dl_aux_init(auxiliary: *mut *mut c_char);
    fn __tunables_init(environment: *mut *mut c_char);
    fn __libc_setup_tls();
    fn __libc_early_init(initial: bool);
    fn __libc_init_first(count: c_int, arguments: *mut *mut c_char, environment: *mut *mut c_char);
    fn _init();
    fn __real___libc_start_main(
        main: Main,
        count: c_int,
        arguments: *mut *mut c_char,
        init: *const c_void,
        fini: *const c_void,
        end: *const c_void,
        stack: *mut c_void,
    ) -> c_int;
}

/// A variable with its length in bytes.
struct Place(*mut u8, usize);

// SAFETY: the C library's variables, which only a start writes, while there is one thread.
unsafe impl Sync for Place {}

/// The places of what is found.
static PLACES: [Place; 11] = [
    Place((&raw mut _dl_x86_cpu_features).cast(), 480),
    Place((&raw mut _dl_minsigstacksize).cast(), 8),
    Place((&raw mut __x86_data_cache_size).cast(), 8),
    Place((&raw mut __x86_data_cache_size_half).cast(), 8),
    Place((&raw mut __x86_shared_cache_size).cast(), 8),
    Place((&raw mut __x86_shared_cache_size_half).cast(), 8),
    Place((&raw mut __x86_shared_non_temporal_threshold).cast(), 8),
    Place((&raw mut __x86_rep_movsb_threshold).cast(), 8),
    Place((&raw mut __x86_rep_movsb_stop_threshold).cast(), 8),
    Place((&raw mut __x86_rep_stosb_threshold).cast(), 8),
    Place((&raw mut __x86_string_control).cast(), 4),
];
const LENGTH: usize = 480 + 9 * 8 + 4;
/// A boot record's first packet up to the end of what was found.
const PREFIX: usize = PROCESSOR_AT + LENGTH;

/// What the C library has found out about the processor, for the boot records of children.
pub fn found() -> Vec<u8> {
    let mut found = Vec::with_capacity(LENGTH);
    for Place(place, length) in &PLACES {
        // SAFETY: a variable of the C library, which nobody writes after the start.
        found.extend_from_slice(unsafe { std::slice::from_raw_parts(*place, *length) });
    }
    found
}

/// In the place of the C library's `__libc_start_main`.
///
/// # Safety
/// Called by the entry of the program alone, with what the system has put on its stack.
#[unsafe(no_mangle)]
unsafe extern "C" fn __wrap___libc_start_main(
    main: Main,
    count: c_int,
    arguments: *mut *mut c_char,
    init: *const c_void,
    fini: *const c_void,
    end: *const c_void,
    stack: *mut c_void,
) -> c_int {
    let mut prefix = MaybeUninit::<[u8; PREFIX]>::uninit();
    let prefix = prefix.as_mut_ptr().cast::<u8>();
    // SAFETY: the arguments are the system's, the buffer as long as said; what follows keeps to the order of the library's
    // own start, and calls each of its functions once.
    unsafe {
        if count != 3 || !is_called_as_child(arguments) || !peek(prefix) {
            return __real___libc_start_main(main, count, arguments, init, fini, end, stack);
        }
        let environment = arguments.add(count as usize + 1);
        __environ = environment;
        __libc_stack_end = stack;
        let mut auxiliary = environment;
        while *auxiliary != null::<c_char>().cast_mut() {
            auxiliary = auxiliary.add(1);
        }
        _dl_aux_init(auxiliary.add(1));
        __tunables_init(environment);
        take(prefix.add(PROCESSOR_AT));
        let mut rela = (&raw const __rela_iplt_start).cast::<Rela>();
        while rela < (&raw const __rela_iplt_end).cast() {
            *(*rela).place = ((*rela).resolver)();
            rela = rela.add(1);
        }
        __libc_setup_tls();
        // The canary of stacks, its lowest byte zero, and the guard of kept pointers.
        asm!("mov fs:[0x28], {}", in(reg) _dl_random.read_unaligned() & !0xff, options(nostack));
        asm!("mov fs:[0x30], {}", in(reg) _dl_random.add(1).read_unaligned(), options(nostack));
        __libc_early_init(true);
        __libc_init_first(count, arguments, environment);
        let call_all = |from: *const [Initializer; 0], to: *const [Initializer; 0]| {
            let mut at = from.cast::<Initializer>();
            while at < to.cast() {
                (*at)(count, arguments, environment);
                at = at.add(1);
            }
        };
        call_all(&raw const __preinit_array_start, &raw const __preinit_array_end);
        _init();
        call_all(&raw const __init_array_start, &raw const __init_array_end);
        libc::exit(main(count, arguments, environment))
    }
}

/// What `wat_kernel::boot::is_child` asks of the arguments, byte by byte: `wat`, and a path of numbers.
///
/// # Safety
/// They are three, each with a zero at its end.
unsafe fn is_called_as_child(arguments: *mut *mut c_char) -> bool {
    // SAFETY: no byte is looked at behind a zero.
    unsafe {
        let (name, mut path) = ((*arguments).cast::<u8>(), (*arguments.add(1)).cast::<u8>());
        let is_wat = *name == b'w' && *name.add(1) == b'a' && *name.add(2) == b't' && *name.add(3) == 0;
        if !is_wat || *path != b'/' {
            return false;
        }
        while *path == b'/' || *path >= b'0' && *path <= b'9' {
            path = path.add(1);
        }
        *path == 0
    }
}

/// Looks at what waits on the control socket: a boot record that begins with as much as is taken here?
///
/// # Safety
/// The buffer has room for [`PREFIX`] bytes.
unsafe fn peek(buffer: *mut u8) -> bool {
    let (control, mut kind, mut length) = (CONTROL as usize, 0i32, size_of::<i32>() as u32);
    let flags = (libc::MSG_PEEK | libc::MSG_DONTWAIT) as usize;
    // SAFETY: the calls write the buffer and these two variables.
    let (asked, got) = unsafe {
        let (level, option) = (libc::SOL_SOCKET as usize, libc::SO_TYPE as usize);
        let (kind, length) = (&raw mut kind as usize, &raw mut length as usize);
        (
            call(libc::SYS_getsockopt, [control, level, option, kind, length, 0]),
            call(libc::SYS_recvfrom, [control, buffer as usize, PREFIX, flags, 0, 0]),
        )
    };
    if asked != 0 || kind != libc::SOCK_SEQPACKET || got != PREFIX as isize {
        return false;
    }
    // SAFETY: as many bytes are there as were asked for.
    let byte = |at: usize| unsafe { *buffer.add(at) };
    // The length of a field comes in sevens of bits, the lowest first (postcard).
    let fits = |at| byte(at) == (LENGTH & 127 | 128) as u8 && byte(at + 1) == (LENGTH >> 7) as u8;
    byte(0) == BOOT && fits(PROCESSOR_AT - 2)
}

/// A system call by the kernel's convention on x86-64, without the C library.
///
/// # Safety
/// As the call named by `number` demands.
unsafe fn call(number: c_long, words: [usize; 6]) -> isize {
    let result: isize;
    // SAFETY: it clobbers rcx and r11 alone; what it writes is the caller's matter.
    unsafe {
        asm!(
            "syscall",
            inlateout("rax") number as isize => result,
            in("rdi") words[0],
            in("rsi") words[1],
            in("rdx") words[2],
            in("r10") words[3],
            in("r8") words[4],
            in("r9") words[5],
            lateout("rcx") _,
            lateout("r11") _,
            options(nostack),
        );
    }
    result
}

/// Puts what was found in its places.
///
/// # Safety
/// The bytes are [`LENGTH`] of what [`found`] answers.
unsafe fn take(bytes: *const u8) {
    let mut from = bytes;
    let mut at = 0;
    while at < PLACES.len() {
        let Place(place, length) = PLACES[at];
        // SAFETY: the place is that long, and so is what is left.
        unsafe {
            asm!("rep movsb", inout("rcx") length => _, inout("rdi") place => _, inout("rsi") from => from, options(nostack));
        }
        at += 1;
    }
}
