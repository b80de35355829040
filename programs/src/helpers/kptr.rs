//! `bpf_kptr_xchg`. Source: `kernel/bpf/helpers.c`. The pointers are in `runtime::fields`.

use super::Row;
use crate::runtime::{HelperCx, Reply, ret};

pub(super) const ROWS: &[Row] = &[Row { name: "bpf_kptr_xchg", body: xchg }];

/// The reference to `new` goes into the field, the one to what was there to the program.
fn xchg(cx: &HelperCx<'_>, [field, new, ..]: [u64; 5]) -> Reply {
    let old = cx.bpf.exchange_kptr(field, new)?;
    if new != 0 {
        cx.state.give_reference(new);
    }
    if old != 0 {
        cx.state.references.borrow_mut().push(old);
    }
    ret(old)
}
