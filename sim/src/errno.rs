//! Simulated error numbers. An `Errno` is a value that simulated code returns, never an error of ours.
//!
//! Numbers are those of Linux on x86-64 (`include/uapi/asm-generic/errno-base.h`, `errno.h`, and the kernel-internal
//! `ENOTSUPP` of `include/linux/errno.h`).

use std::fmt;

/// A Linux error number, kept positive. `ret()` gives the negative form that kernel functions return.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Errno(pub i32);

macro_rules! errnos {
    ($($name:ident = $nr:expr;)*) => {
        impl Errno { $(#[doc = concat!("errno ", stringify!($nr))] pub const $name: Errno = Errno($nr);)* }
        const NAMES: &[(i32, &str)] = &[$(($nr, stringify!($name))),*];
    };
}

errnos! {
    EPERM = 1; ENOENT = 2; ESRCH = 3; EINTR = 4; EIO = 5; ENXIO = 6; E2BIG = 7; ENOEXEC = 8; EBADF = 9;
    ECHILD = 10; EAGAIN = 11; ENOMEM = 12; EACCES = 13; EFAULT = 14; EBUSY = 16; EEXIST = 17; ENODEV = 19;
    ENOTDIR = 20; EISDIR = 21; EINVAL = 22; ENFILE = 23; EMFILE = 24; ENOTTY = 25; EFBIG = 27; ENOSPC = 28;
    ESPIPE = 29; EROFS = 30; EPIPE = 32; EDOM = 33; ERANGE = 34; EDEADLK = 35; ENAMETOOLONG = 36; ENOSYS = 38;
    ENOTEMPTY = 39; ELOOP = 40; ENODATA = 61; EPROTO = 71; EBADMSG = 74; EOVERFLOW = 75; EILSEQ = 84;
    ENOTSOCK = 88; EMSGSIZE = 90; EPROTONOSUPPORT = 93; EOPNOTSUPP = 95; EAFNOSUPPORT = 97; EADDRINUSE = 98;
    ENETUNREACH = 101; ENOBUFS = 105; ENOTCONN = 107; ETIMEDOUT = 110; ECONNREFUSED = 111; EALREADY = 114;
    EINPROGRESS = 115; ECANCELED = 125; ENOTSUPP = 524;
}

impl Errno {
    /// The value a kernel function returns for this error, e.g. -14 for `EFAULT`.
    pub const fn ret(self) -> i64 {
        -(self.0 as i64)
    }

    /// The symbolic name (`"EFAULT"`), or `None` for a number that Linux does not name here.
    pub fn name(self) -> Option<&'static str> {
        NAMES.iter().find(|(nr, _)| *nr == self.0).map(|(_, name)| *name)
    }

    /// The errno with this symbolic name.
    pub fn from_name(name: &str) -> Option<Errno> {
        NAMES.iter().find(|(_, n)| *n == name).map(|(nr, _)| Errno(*nr))
    }
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "-{} ({name})", self.0),
            None => write!(f, "-{}", self.0),
        }
    }
}

impl fmt::Debug for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_agree() {
        assert_eq!(Errno::EFAULT.ret(), -14);
        assert_eq!(Errno::from_name("ENOTSUPP"), Some(Errno(524)));
        assert_eq!(Errno(14).to_string(), "-14 (EFAULT)");
        assert_eq!(Errno(4000).to_string(), "-4000");
    }
}
