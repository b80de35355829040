//! Maps of sockets, devices and CPUs: which objects fit, and in which order faults are found.

use std::any::Any;
use std::cell::Cell;

use super::*;
use crate::object::{Object, One, ProgramObject, ProgramTraits, SocketObject, SocketTraits};

struct Sock {
    traits: SocketTraits,
    cookie: u64,
    in_array: Cell<bool>,
}

impl SocketObject for Sock {
    fn traits(&self) -> SocketTraits {
        self.traits
    }

    fn cookie(&self) -> u64 {
        self.cookie
    }

    fn sk_addr(&self) -> u64 {
        0xffff_8880_0000_0000 + self.cookie
    }

    fn in_reuseport_array(&self) -> &Cell<bool> {
        &self.in_array
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn sock(
    cookie: u64,
    family: u16,
    kind: u16,
    protocol: u16,
    state: u8,
    hashed: bool,
    reuseport: bool,
) -> Object {
    let traits = SocketTraits { family, kind, protocol, state, reuseport, hashed };
    Object::Socket(Rc::new(Sock { traits, cookie, in_array: Cell::new(false) }))
}

fn store(m: &Machine, map: &dyn Map, k: u32, object: &Object, flags: u64) -> String {
    let value = vec![0; map.spec().value_size as usize];
    outcome(map.update_user_with(m, &key(k), &value, flags, &One(object.clone())), |()| "ok".into())
}

#[test]
fn which_sockets_a_sockmap_takes() {
    // As recorded: TCP that is connected or listens, bound UDP (6.1: any), connected unix sockets since 6.1.
    let rows: [(&str, Object, [&str; 4]); 7] = [
        ("tcp", sock(1, 2, 1, 6, 1, true, false), ["ok"; 4]),
        ("tcp listen", sock(2, 2, 1, 6, 10, true, false), ["ok"; 4]),
        ("tcp closed", sock(3, 2, 1, 6, 7, false, false), ["EOPNOTSUPP"; 4]),
        ("udp", sock(4, 2, 2, 17, 7, true, false), ["ok"; 4]),
        ("udp unbound", sock(5, 2, 2, 17, 7, false, false), ["EOPNOTSUPP", "ok", "EOPNOTSUPP", "EOPNOTSUPP"]),
        ("unix stream", sock(6, 1, 1, 0, 1, false, false), ["EOPNOTSUPP", "ok", "ok", "ok"]),
        ("packet", sock(7, 17, 3, 3, 7, false, false), ["EOPNOTSUPP"; 4]),
    ];
    for (i, kernel) in MapKernel::ALL.into_iter().enumerate() {
        for map_type in [BPF_MAP_TYPE_SOCKMAP, BPF_MAP_TYPE_SOCKHASH] {
            let m = machine(1);
            let map = make(&m, kernel, &MapDef::new("m", map_type, 4, 4, 4));
            for (name, socket, want) in &rows {
                assert_eq!(store(&m, &*map, 1, socket, BPF_ANY), want[i], "{name} on {}", kernel.name());
            }
            assert_eq!(store(&m, &*map, 1, &Object::Other, BPF_ANY), "ENOTSOCK");
            script_on(&m, &*map, "user_lookup 1 -> ENOSPC\nuser_update 1 5 -> EBADF");
        }
    }
}

#[test]
fn a_closed_socket_leaves_its_maps() {
    let m = machine(1);
    for map_type in [BPF_MAP_TYPE_SOCKMAP, BPF_MAP_TYPE_SOCKHASH] {
        let map = make(&m, MapKernel::V6_12, &MapDef::new("m", map_type, 4, 8, 4));
        let (one, two) = (sock(1, 2, 2, 17, 7, true, false), sock(2, 2, 2, 17, 7, true, false));
        for (k, socket) in [(0, &one), (1, &two), (2, &one)] {
            assert_eq!(store(&m, &*map, k, socket, BPF_NOEXIST), "ok");
        }
        script_on(&m, &*map, "user_lookup 1 -> 2\nlen -> 3");
        map.forget_socket(&m, 1);
        script_on(&m, &*map, "user_lookup 1 -> 2\nuser_lookup 0 -> ENOENT\nlen -> 1");
    }
}

#[test]
fn a_reuseport_socket_is_in_one_array_once() {
    for kernel in MapKernel::ALL {
        let m = machine(1);
        let map = make(&m, kernel, &MapDef::new("m", BPF_MAP_TYPE_REUSEPORT_SOCKARRAY, 4, 8, 4));
        let reuse = sock(9, 2, 2, 17, 7, true, true);
        let steps = [
            (1, &reuse, BPF_EXIST, "ENOENT"),
            (4, &reuse, BPF_ANY, "E2BIG"),
            (1, &reuse, BPF_ANY, "ok"),
            (1, &reuse, BPF_NOEXIST, "EEXIST"),
            (2, &reuse, BPF_ANY, "EBUSY"),
            (2, &sock(1, 2, 2, 17, 7, true, false), BPF_ANY, "EINVAL"),
            (2, &sock(1, 1, 1, 0, 1, false, false), BPF_ANY, "ENOTSUPP"),
        ];
        for (k, socket, flags, want) in steps {
            assert_eq!(store(&m, &*map, k, socket, flags), want, "{}", kernel.name());
        }
        script_on(&m, &*map, "user_lookup 1 -> 9\ndelete 1 -> ok\ndelete 1 -> ENOENT\ndelete 9 -> E2BIG");
        assert_eq!(store(&m, &*map, 2, &reuse, BPF_ANY), "ok", "free again");
    }
}

struct Xdp(&'static str);

impl ProgramObject for Xdp {
    fn id(&self) -> u32 {
        77
    }

    fn traits(&self) -> ProgramTraits {
        ProgramTraits {
            prog_type: 6,
            attach_type: self.0.into(),
            attach_function: None,
            xdp_frags: false,
            sleepable: false,
            extension: false,
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[test]
fn devices_and_cpus_with_programs() {
    let value = |number: u32, fd: i32| [number.to_le_bytes(), fd.to_le_bytes()].concat();
    for kernel in MapKernel::ALL {
        for (map_type, attach) in [
            (BPF_MAP_TYPE_DEVMAP, "BPF_XDP_DEVMAP"),
            (BPF_MAP_TYPE_DEVMAP_HASH, "BPF_XDP_DEVMAP"),
            (BPF_MAP_TYPE_CPUMAP, "BPF_XDP_CPUMAP"),
        ] {
            let m = machine(2);
            let before = m.arena().live_objects();
            let map = make(&m, kernel, &MapDef::new("m", map_type, 4, 8, 2));
            let put = |program: &'static str, fd| {
                let object = Object::Program(Rc::new(Xdp(program)));
                map.update_user_with(&m, &key(1), &value(1, fd), BPF_ANY, &One(object))
            };
            let refused = match (map_type, kernel) {
                (BPF_MAP_TYPE_CPUMAP, MapKernel::V5_10 | MapKernel::V6_1 | MapKernel::V6_12) => Errno::ENOMEM,
                _ => Errno::EINVAL,
            };
            assert_eq!(put("BPF_XDP", 5), Err(refused), "the attach type must be the map's");
            assert_eq!(put(attach, 5), Ok(()));
            assert_eq!(map.lookup_user(&m, &key(1), 0), Ok(value(1, 77)), "the id reads back");
            assert_eq!(put(attach, -1), Ok(()));
            assert_eq!(map.lookup_user(&m, &key(1), 0), Ok(value(1, 0)));
            map.delete_user(&m, &key(1)).expect("is there");
            map.destroy(&m);
            m.run();
            assert_eq!(m.arena().live_objects(), before, "entries go after a grace period, once");
        }
    }
}
