//! Kernel objects laid out from the built-in types of every kernel.

use programs::kobj::FileSpec;
use programs::runtime::{Frame, Invocation};

use super::lab::{Lab, V5_10, V6_1, V6_12, V7_2, run_in};

#[test]
fn a_file_spells_its_path_on_every_kernel() {
    for version in [V5_10, V6_1, V6_12, V7_2] {
        let lab = Lab::new(version, 1);
        let kobjs = lab.bpf.kobjs();
        let file = kobjs.open_file(&lab.m, &FileSpec::new("/etc/ssl/cert.pem")).expect("built-in types");
        let path = kobjs.place(file.file, "f_path").expect("a member").addr;
        assert_eq!(kobjs.path_text(&lab.m, path), Ok(b"/etc/ssl/cert.pem".to_vec()));
        let other = kobjs.open_file(&lab.m, &FileSpec::new("/etc/ssl/cert.pem")).expect("built-in types");
        assert_eq!((file.dentry, file.inode), (other.dentry, other.inode));
        assert_ne!(file.file, other.file);
        assert_eq!(kobjs.get(&lab.m, file.inode, "i_mode"), Ok(0o100_644));
    }
}

#[test]
fn a_program_reads_its_task_by_direct_loads() {
    for version in [V6_1, V6_12, V7_2] {
        let lab = Lab::new(version, 1);
        let types = lab.bpf.kernel_types();
        let task =
            types.find_by_name_kind("task_struct", programs::btf::Kind::Struct).expect("built in").id();
        let offset = |path: &str| types.field(task, &[path]).expect("a member").bit_offset / 8;
        let text = format!(
            "call bpf_get_current_task_btf\nr6 = r0\nr7 = *(u32 *)(r6 +{})\nr8 = *(u64 *)(r6 +{})\nr8 = *(u64 *)(r8 +{})\n\
             r9 = *(u64 *)(r8 +{})\ncall bpf_get_current_pid_tgid\nw0 = w0\nif r0 != r7 goto bad\nr0 = 1\nexit\nbad:\nr0 = 0\nexit",
            offset("pid"),
            offset("real_parent"),
            offset("real_parent"),
            offset("mm"),
        );
        let ran = run_in(lab, "lsm.s/file_open", &text, &[], None, |lab| {
            Invocation::new(lab.ctx(&[]), Frame::Plain)
        });
        assert_eq!((ran.ret(), ran.findings()), (1, vec![]), "{version}");
    }
}

#[test]
fn d_path_writes_the_path_of_a_file() {
    let lab = Lab::new(V6_12, 1);
    let file = lab.bpf.kobjs().open_file(&lab.m, &FileSpec::new("/bin/sh")).expect("built-in types");
    let path = lab.bpf.kobjs().place(file.file, "f_path").expect("a member").addr;
    let text = "r1 = *(u64 *)(r1 +0)\nr2 = r10\nr2 += -16\nr3 = 16\n*(u64 *)(r10 -16) = 0\ncall bpf_d_path\nr6 = r0\n\
                r0 = *(u64 *)(r10 -16)\nexit";
    let ran = run_in(lab, "lsm.s/file_open", text, &[], None, |lab| {
        Invocation::new(lab.ctx(&[path]), Frame::Plain)
    });
    assert_eq!((ran.ret(), ran.findings()), (i64::from_le_bytes(*b"/bin/sh\0"), vec![]));
}
