//! Maps that hold objects, and their helpers: stacks, devices and CPUs, cgroups, records from user space, tail calls.

use std::rc::Rc;

use maps::map::Map;
use maps::object::{Cgroup, Object};
use programs::object::MapSpec;
use programs::profile::KernelVersion;
use programs::runtime::{Frame, Invocation, PacketFrame, PacketKind, inline_map};
use sim::errno::Errno;

use super::lab::{Lab, Ran, V5_10, V6_1, V6_12, V7_2, run_plain};

const CGROUP_ARRAY: u32 = 8;
const DEVMAP: u32 = 14;
const CPUMAP: u32 = 16;
const USER_RINGBUF: u32 = 31;

/// Loads, prepares the map `m`, runs once.
fn run_prepared(
    version: KernelVersion,
    section: &str,
    text: &str,
    map: MapSpec,
    prepare: impl FnOnce(&Lab, &Rc<dyn Map>),
    frame: impl FnOnce(&Lab) -> Frame,
) -> Ran {
    let lab = Lab::new(version, 2);
    let prog = lab.load(section, text, &[map]);
    let map = lab.bpf.map_by_name("m").expect("created").map;
    prepare(&lab, &map);
    let inv = Invocation::new(lab.ctx(&[]), frame(&lab));
    let result = lab.task("cat", 0, None, &prog, inv);
    lab.m.run();
    let result = result.borrow().clone();
    Ran { lab, result }
}

fn packet(lab: &Lab) -> Frame {
    Frame::Packet(PacketFrame::new(&lab.m, PacketKind::Xdp, &[0; 64]).expect("memory"))
}

fn redirect(version: KernelVersion, map_type: u32, index: u32, flags: u64) -> i64 {
    let text = format!("r1 = map[m]\nr2 = {index}\nr3 = {flags}\ncall bpf_redirect_map\nexit");
    let ran = run_prepared(
        version,
        "xdp",
        &text,
        inline_map("m", map_type, 4, 4, 4),
        |lab, map| map.update_user(&lab.m, &[1, 0, 0, 0], &[1, 0, 0, 0], 0).expect("lo, or a queue of 1"),
        packet,
    );
    assert_eq!(ran.findings(), Vec::<&str>::new());
    ran.ret()
}

#[test]
fn redirect_map_goes_where_the_map_says_or_falls_back() {
    const XDP_REDIRECT: i64 = 4;
    for version in [V5_10, V6_1, V6_12, V7_2] {
        for map_type in [DEVMAP, CPUMAP] {
            assert_eq!(redirect(version, map_type, 1, 0), XDP_REDIRECT);
            assert_eq!(redirect(version, map_type, 1, 2), XDP_REDIRECT);
            assert_eq!(redirect(version, map_type, 0, 2), 2, "an empty slot gives the action in the flags");
            assert_eq!(redirect(version, map_type, 9, 1), 1);
            assert_eq!(redirect(version, map_type, 1, 32), 0, "unknown flags abort");
            let broadcast = map_type == DEVMAP && version != V5_10;
            assert_eq!(redirect(version, map_type, 0, 8), if broadcast { XDP_REDIRECT } else { 0 });
        }
    }
}

#[test]
fn every_task_is_in_the_root_cgroup() {
    let ask = |index: u32| {
        let text = format!("r1 = map[m]\nr2 = {index}\ncall bpf_current_task_under_cgroup\nexit");
        let group = |id, path: &str| Object::Cgroup(Rc::new(Cgroup { id, path: path.into() }));
        run_prepared(
            V6_12,
            "kprobe/vfs_read",
            &text,
            inline_map("m", CGROUP_ARRAY, 4, 4, 3),
            |lab, map| {
                lab.bpf.set_element(&**map, &[0; 4], group(1, "/"), 0).expect("a cgroup");
                lab.bpf.set_element(&**map, &[1, 0, 0, 0], group(7, "/jobs"), 0).expect("a cgroup");
            },
            |_| Frame::Plain,
        )
        .ret()
    };
    assert_eq!([ask(0), ask(1), ask(2), ask(3)], [1, 0, Errno::EAGAIN.ret(), Errno::E2BIG.ret()]);
}

/// Sums the first byte of every sample; stops at one that begins with 9.
const DRAIN: &str = "*(u64 *)(r10 -8) = 0\nr1 = map[m]\nr2 = func[body]\nr3 = r10\nr3 += -8\nr4 = 0\n\
     call bpf_user_ringbuf_drain\nr1 = *(u64 *)(r10 -8)\nr1 *= 1000\nr0 += r1\nexit\n\
     body:\nr6 = r2\nr2 = r1\nr1 = r10\nr1 += -8\n*(u64 *)(r10 -8) = 0\nr3 = r2\nr2 = 1\nr4 = 0\nr5 = 0\n\
     call bpf_dynptr_read\nr1 = *(u8 *)(r10 -8)\nr2 = *(u64 *)(r6 +0)\nr2 += r1\n*(u64 *)(r6 +0) = r2\n\
     r0 = 0\nif r1 != 9 goto out\nr0 = 1\nout:\nexit";

fn drain(version: KernelVersion, produce: impl FnOnce(&Lab, &maps::user_ringbuf::UserRingbuf)) -> (i64, u64) {
    let left = std::cell::Cell::new(0);
    let ran = run_prepared(
        version,
        "fentry.s/bpf_fentry_test1",
        DRAIN,
        inline_map("m", USER_RINGBUF, 0, 0, 4096),
        |lab, map| produce(lab, map.as_user_ringbuf().expect("its type")),
        |_| Frame::Plain,
    );
    let map = ran.lab.bpf.map_by_name("m").expect("created").map;
    left.set(map.as_user_ringbuf().expect("its type").available());
    assert_eq!(ran.findings(), Vec::<&str>::new());
    (ran.ret(), left.get())
}

#[test]
fn a_program_drains_what_user_space_produced() {
    for version in [V6_12, V7_2] {
        let records = |lab: &Lab, ring: &maps::user_ringbuf::UserRingbuf| {
            ring.produce(&lab.m, &[1, 0, 0], false).expect("room");
            ring.produce(&lab.m, &[5; 40], true).expect("room");
            ring.produce(&lab.m, &[2; 100], false).expect("room");
        };
        assert_eq!(
            drain(version, records),
            (3002, 0),
            "two samples, 1 + 2; the discarded one does not count"
        );
        let stops = |lab: &Lab, ring: &maps::user_ringbuf::UserRingbuf| {
            ring.produce(&lab.m, &[9], false).expect("room");
            ring.produce(&lab.m, &[4], false).expect("room");
        };
        assert_eq!(drain(version, stops), (9001, 16), "the callback ended it after the first");
        assert_eq!(drain(version, |_, _| ()), (0, 0));
        // Nonsense of the producer.
        let ret =
            |header, advance| drain(version, move |lab, ring| ring.produce_raw(&lab.m, header, advance)).0;
        assert_eq!(ret(8, 8), Errno::EINVAL.ret(), "longer than what was produced");
        assert_eq!(ret(5000, 8192), Errno::E2BIG.ret(), "longer than the ring");
        assert_eq!(ret(4, 12), Errno::EINVAL.ret(), "a position that is no multiple of 8");
        assert_eq!(ret(8 | 1 << 31, 16), 0, "still being written");
        let busy = |lab: &Lab, ring: &maps::user_ringbuf::UserRingbuf| {
            ring.produce(&lab.m, &[1], false).expect("room");
            ring.begin().expect("nobody consumes");
        };
        assert_eq!(drain(version, busy), (Errno::EBUSY.ret(), 16));
    }
}

#[test]
fn programs_of_another_kind_do_not_get_at_a_program_array() {
    for version in [V5_10, V6_1, V6_12, V7_2] {
        let lab = Lab::new(version, 1);
        let text = "r2 = map[progs]\nr3 = 1\ncall bpf_tail_call\nr0 = 1\nexit";
        let xdp = lab.load("xdp", text, &[inline_map("progs", 3, 4, 4, 2)]);
        let tc = lab.load("tc", "r0 = 0\nexit", &[]);
        let map = lab.bpf.map_by_name("progs").expect("created").map;
        assert_eq!(lab.bpf.set_program(&*map, 0, Some(&tc)), Err(Errno::EINVAL), "it belongs to XDP");
        assert_eq!(lab.bpf.set_program(&*map, 0, Some(&xdp)), Ok(()));
        assert_eq!(map.lookup_user(&lab.m, &[0; 4], 0), Ok(xdp.id.to_le_bytes().to_vec()));
        let handle = lab.bpf.map_by_name("progs").expect("created");
        lab.bpf.close_map(&handle);
        assert_eq!(map.len(), 0, "the last descriptor is gone, although a program holds the map");
        assert!(!map.core().life.freed());
    }
}

#[test]
fn without_kernel_functions_there_is_no_stack() {
    let text = "r1 = 0\nr2 = map[m]\nr3 = 0\ncall bpf_get_stackid\nexit";
    let ran = run_plain(V6_12, "kprobe/vfs_read", text, &[inline_map("m", 7, 4, 80, 4)]);
    assert_eq!((ran.ret(), ran.findings()), (Errno::EFAULT.ret(), vec![]));
}
