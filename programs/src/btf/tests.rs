//! BTF written by our writer and read back, and BTF that lies.

use super::prune::{Root, parse_roots, prune};
use super::writer::BtfWriter;
use super::*;

/// `struct inner { int a; }`, `struct node { struct node *next; struct inner in; union { int x; u8 y; }; int f:3; }`.
fn sample() -> BtfWriter {
    let mut writer = BtfWriter::new();
    let int = writer.int("int", 4, true);
    let byte = writer.int("unsigned char", 1, false);
    let inner = writer.composite("inner", Kind::Struct, 4, &[("a", int, 0, 0)]);
    let choice = writer.composite("", Kind::Union, 4, &[("x", int, 0, 0), ("y", byte, 0, 0)]);
    let pointer = TypeId(writer.next_id().0 + 1);
    let members = [("next", pointer, 0, 0), ("in", inner, 64, 0), ("", choice, 96, 0), ("f", int, 128, 3)];
    let node = writer.composite("node", Kind::Struct, 24, &members);
    assert_eq!(writer.reference("", Kind::Ptr, node), pointer);
    let constant = writer.reference("", Kind::Const, node);
    let typedef = writer.reference("node_t", Kind::Typedef, constant);
    writer.array(typedef, int, 5);
    writer.enumeration("colour", &[("RED", 1), ("GREEN", 7)]);
    let proto = writer.func_proto(int, &[("n", pointer)]);
    writer.push("walk", Kind::Func, false, 1, proto.0, &[]);
    writer
}

#[test]
fn what_is_written_is_read_back() {
    let btf = Btf::parse(&sample().finish()).unwrap();
    assert_eq!(btf.type_count(), 12);
    let node = btf.find_by_name_kind("node", Kind::Struct).unwrap();
    let names: Vec<&str> = node.members().map(|member| member.name).collect();
    assert_eq!(names, ["next", "in", "", "f"]);
    assert_eq!((node.member(3).unwrap().bit_offset, node.member(3).unwrap().bitfield_bits), (128, 3));
    assert_eq!(btf.size_of(TypeId(9)), Some(120));
    assert_eq!(btf.resolve(TypeId(8)).unwrap().name(), "node");
    assert_eq!(btf.field(node.id(), &["in", "a"]).unwrap().bit_offset, 64);
    assert_eq!(btf.field(node.id(), &["y"]).unwrap().bit_offset, 96);
    let walk = btf.find_by_name_kind("walk", Kind::Func).unwrap();
    assert_eq!(walk.linkage(), Some(Linkage::Global));
    assert_eq!(btf.func_proto(walk.id()).unwrap().params().next().unwrap().name, "n");
    let colour = btf.find_by_name_kind("colour", Kind::Enum).unwrap();
    assert_eq!(colour.enumerators().last().unwrap(), Enumerator { name: "GREEN", value: 7 });
}

#[test]
fn pruning_keeps_values_whole_and_cuts_what_pointers_reach() {
    let btf = Btf::parse(&sample().finish()).unwrap();
    let keep = |depth| prune(&btf, &[Root { kind: Kind::Func, pattern: "wa*".to_string(), depth }]).bytes;
    let near = Btf::parse(&keep(0)).unwrap();
    let node = near.find_by_name_kind("node", Kind::Struct).unwrap();
    assert!(
        prune::is_cut(node)
            && node.own_size() == btf.find_by_name_kind("node", Kind::Struct).unwrap().own_size()
    );
    assert!(near.find_by_name_kind("inner", Kind::Struct).is_none());
    let far = Btf::parse(&keep(1)).unwrap();
    let node = far.find_by_name_kind("node", Kind::Struct).unwrap();
    assert_eq!(far.field(node.id(), &["in", "a"]).unwrap().bit_offset, 64);
    assert!(far.find_by_name_kind("colour", Kind::Enum).is_none());
}

#[test]
fn root_lists_name_their_bad_lines() {
    let roots = parse_roots("# all\nstruct 1 a b*  # two\n\nfunc 0 f\n").unwrap();
    assert_eq!(roots.len(), 3);
    assert_eq!(parse_roots("struct 1 a\nstrukt 1 b").unwrap_err().line, 2);
    assert_eq!(parse_roots("struct x b").unwrap_err().line, 1);
}

#[test]
fn malformed_blobs_are_errors() {
    let good = sample().finish();
    let change = |at: usize, value: u32| {
        let mut bytes = good.clone();
        bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
        Btf::parse(&bytes).unwrap_err()
    };
    assert!(matches!(Btf::parse(b""), Err(BtfError::Truncated { .. })));
    assert!(matches!(Btf::parse(b"\xeb\x9f\x01\0aaaabbbbccccdddd"), Err(BtfError::BigEndian)));
    assert!(matches!(change(0, 0x0001_1111), BtfError::BadMagic { found: 0x1111 }));
    assert!(matches!(change(0, 0x0002_eb9f), BtfError::Version { found: 2 }));
    assert!(matches!(change(12, 1 << 30), BtfError::Truncated { what: "type section", .. }));
    assert!(matches!(change(24, 0xffff), BtfError::BadString { .. }));
    assert!(matches!(change(28, 0x1f00_0000), BtfError::UnknownKind { id: TypeId(1), kind: 31, .. }));
    assert!(matches!(change(28, 0x0800_0000), BtfError::BadReference { .. } | BtfError::UnknownKind { .. }));
}

#[test]
fn endless_types_end() {
    let mut writer = BtfWriter::new();
    writer.reference("loop_t", Kind::Typedef, TypeId(1));
    writer.array(TypeId(2), TypeId(2), 3);
    let holder = writer.composite("", Kind::Struct, 8, &[("", TypeId(3), 0, 0)]);
    let btf = Btf::parse(&writer.finish()).unwrap();
    assert!(btf.resolve(TypeId(1)).is_none());
    assert_eq!(btf.size_of(TypeId(2)), None);
    assert!(btf.field(holder, &["missing"]).is_none());
}

#[test]
fn every_mutation_and_prefix_is_answered() {
    let good = sample().finish();
    for len in 0..good.len() {
        let _ = Btf::parse(&good[..len]);
    }
    for at in 0..good.len() {
        for bit in 0..8 {
            let mut bytes = good.clone();
            bytes[at] ^= 1 << bit;
            if let Ok(btf) = Btf::parse(&bytes) {
                for ty in btf.types() {
                    let _ = (
                        btf.size_of(ty.id()),
                        btf.resolve(ty.id()),
                        btf.func_proto(ty.id()),
                        format!("{ty:?}"),
                    );
                    let _ =
                        (ty.int(), ty.array(), ty.linkage(), ty.tagged_component(), ty.enumerators().count());
                    let _ = btf.field(ty.id(), &["a"]);
                }
            }
        }
    }
}
