//! Packets: direct access through the context, helpers that move their ends.

use programs::runtime::{Frame, Invocation, PacketFrame, PacketKind};

use super::lab::{Lab, Ran, V6_12, run_in};

fn run(section: &str, kind: PacketKind, bytes: &[u8], text: &str) -> (Ran, Vec<u8>) {
    let mut kept = None;
    let ran = run_in(Lab::new(V6_12, 1), section, text, &[], None, |lab| {
        let frame = PacketFrame::new(&lab.m, kind, bytes).expect("memory");
        let inv = Invocation::new(frame.ctx, Frame::Packet(frame));
        kept = Some(inv.clone());
        inv
    });
    let inv = kept.expect("ran");
    let Frame::Packet(frame) = &*inv.frame else { panic!("a packet") };
    let now = frame.bytes(&ran.lab.m).expect("live");
    assert_eq!(ran.findings(), [""; 0], "{text}: {:?}", ran.lab.m.findings());
    (ran, now)
}

fn packet() -> Vec<u8> {
    (0..64).collect()
}

#[test]
fn direct_access_reads_data_up_to_its_end() {
    let text = "r2 = *(u32 *)(r1 +0)\nr3 = *(u32 *)(r1 +4)\nr4 = r2\nr4 += 20\nif r4 > r3 goto out\nr0 = *(u8 *)(r2 +19)\nexit\nout:\nr0 = 99\nexit";
    assert_eq!(run("xdp", PacketKind::Xdp, &packet(), text).0.ret(), 19);
    assert_eq!(run("xdp", PacketKind::Xdp, &packet()[..16], text).0.ret(), 99);
    let skb = text.replace("+0)\nr3", "+76)\nr3").replace("(r1 +4)", "(r1 +80)");
    assert_eq!(run("tc", PacketKind::Skb, &packet(), &skb).0.ret(), 19);
    assert_eq!(run("tc", PacketKind::Skb, &packet(), "r0 = *(u32 *)(r1 +0)\nexit").0.ret(), 64, "skb->len");
}

#[test]
fn moving_the_ends() {
    let rows: [(&str, i32, i64, usize); 6] = [
        ("bpf_xdp_adjust_head", 14, 0, 50),
        ("bpf_xdp_adjust_head", -16, 0, 80),
        ("bpf_xdp_adjust_head", 60, -22, 64),
        ("bpf_xdp_adjust_tail", -10, 0, 54),
        ("bpf_xdp_adjust_tail", 5000, -22, 64),
        ("bpf_xdp_adjust_meta", -8, 0, 64),
    ];
    for (helper, delta, expected, len) in rows {
        let text = format!("r2 = {delta}\ncall {helper}\nexit");
        let (ran, now) = run("xdp", PacketKind::Xdp, &packet(), &text);
        assert_eq!((ran.ret(), now.len()), (expected, len), "{helper} {delta}");
    }
}

#[test]
fn bytes_by_helper() {
    let load = |call: &str, offset: u64| {
        format!(
            "r2 = {offset}\nr3 = r10\nr3 += -8\nr4 = 2\nr5 = 1\ncall {call}\nif r0 != 0 goto out\nr0 = *(u8 *)(r10 -8)\nout:\nexit"
        )
    };
    let skb = |text: &str| run("tc", PacketKind::Skb, &packet(), text).0.ret();
    assert_eq!(skb(&load("bpf_skb_load_bytes", 30)), 30);
    assert_eq!(skb(&load("bpf_skb_load_bytes", 63)), -14);
    assert_eq!(skb(&load("bpf_skb_load_bytes_relative", 6)), 20, "network header at 14");
    let store =
        "*(u64 *)(r10 -8) = 200\nr2 = 1\nr3 = r10\nr3 += -8\nr4 = 1\nr5 = 0\ncall bpf_skb_store_bytes\nexit";
    let (ran, now) = run("tc", PacketKind::Skb, &packet(), store);
    assert_eq!((ran.ret(), now[1]), (0, 200));
    let (ran, _) = run("xdp", PacketKind::Xdp, &packet(), "call bpf_xdp_get_buff_len\nexit");
    assert_eq!(ran.ret(), 64);
    assert_eq!(skb("r6 = r1\nr0 = *(u16 *)skb[12]\nexit"), 0x0c0d, "network byte order");
    assert_eq!(skb("r6 = r1\nr0 = 5\nr0 = *(u16 *)skb[63]\nr0 = 7\nexit"), 0, "outside: the program ends");
}

#[test]
fn redirect_says_where_to() {
    let (ran, _) = run("xdp", PacketKind::Xdp, &packet(), "r1 = 3\nr2 = 0\ncall bpf_redirect\nexit");
    assert_eq!(ran.ret(), 4);
    let (ran, _) = run("tc", PacketKind::Skb, &packet(), "r1 = 3\nr2 = 1\ncall bpf_redirect\nexit");
    assert_eq!(ran.ret(), 7);
}
