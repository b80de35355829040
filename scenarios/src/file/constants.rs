//! Constants of the x86-64 system call interface by their C names, for arguments such as `"#O_RDWR|O_CREAT"`.
//! Values: `include/uapi/asm-generic/fcntl.h`, `mman-common.h`, `mman.h`, `include/uapi/linux/fcntl.h`,
//! `include/linux/socket.h`, `include/linux/net.h`, `include/uapi/linux/bpf.h`.

const CONSTANTS: &[(&str, i64)] = &[
    ("NULL", 0),
    ("O_RDONLY", 0),
    ("O_WRONLY", 1),
    ("O_RDWR", 2),
    ("O_CREAT", 0o100),
    ("O_EXCL", 0o200),
    ("O_TRUNC", 0o1000),
    ("O_APPEND", 0o2000),
    ("O_NONBLOCK", 0o4000),
    ("O_DIRECTORY", 0o200_000),
    ("O_NOFOLLOW", 0o400_000),
    ("O_CLOEXEC", 0o2_000_000),
    ("AT_FDCWD", -100),
    ("AT_REMOVEDIR", 0x200),
    ("PROT_NONE", 0),
    ("PROT_READ", 1),
    ("PROT_WRITE", 2),
    ("PROT_EXEC", 4),
    ("MAP_SHARED", 1),
    ("MAP_PRIVATE", 2),
    ("MAP_FIXED", 0x10),
    ("MAP_ANONYMOUS", 0x20),
    ("MAP_LOCKED", 0x2000),
    ("MAP_POPULATE", 0x8000),
    ("MADV_NORMAL", 0),
    ("MADV_RANDOM", 1),
    ("MADV_SEQUENTIAL", 2),
    ("MADV_WILLNEED", 3),
    ("MADV_DONTNEED", 4),
    ("MADV_FREE", 8),
    ("MADV_COLD", 20),
    ("MADV_PAGEOUT", 21),
    ("MADV_POPULATE_READ", 22),
    ("MADV_POPULATE_WRITE", 23),
    ("AF_UNIX", 1),
    ("AF_INET", 2),
    ("AF_INET6", 10),
    ("SOCK_STREAM", 1),
    ("SOCK_DGRAM", 2),
    ("SOCK_RAW", 3),
    ("IPPROTO_TCP", 6),
    ("IPPROTO_UDP", 17),
    ("BPF_ANY", 0),
    ("BPF_NOEXIST", 1),
    ("BPF_EXIST", 2),
    ("BPF_F_LOCK", 4),
];

/// The value of `A|B|C`; the error is the name that nobody knows.
pub fn value(expression: &str) -> Result<i64, String> {
    expression.split('|').map(str::trim).try_fold(0, |sum, name| {
        let known = CONSTANTS.iter().find(|(n, _)| *n == name).map(|(_, v)| *v);
        let number = || super::scalar::parse_int(name).and_then(|v| i64::try_from(v).ok());
        known.or_else(number).map(|v| sum | v).ok_or_else(|| name.to_owned())
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn flags_combine_and_unknown_names_are_named() {
        assert_eq!(super::value("O_WRONLY|O_CREAT|0x4"), Ok(0o101 | 4));
        assert_eq!(super::value("AT_FDCWD"), Ok(-100));
        assert_eq!(super::value("O_RDWR|O_TYPO"), Err("O_TYPO".to_owned()));
    }
}
