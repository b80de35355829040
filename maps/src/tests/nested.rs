//! Operations on a map from inside its own bucket lock: an NMI, or a program attached to what runs there.

use std::cell::RefCell;

use super::*;
use crate::callable::Callable;
use sim::context::IrqKind;
use sim::finding;

/// From inside the lock of key 1, updates `keys` in an NMI and records the results.
#[derive(Default)]
struct Nmi {
    keys: Vec<u32>,
    results: Rc<RefCell<Vec<Result<(), Errno>>>>,
    map: RefCell<Option<Rc<dyn Map>>>,
}

impl Callable for Nmi {
    fn bucket_locked(&self, m: &Machine, _map: &dyn Map) {
        // Only the outer operation, not those of the NMI itself.
        let Some(map) = self.map.borrow_mut().take() else { return };
        let (results, keys) = (self.results.clone(), self.keys.clone());
        m.interrupt(m.current_cpu(), IrqKind::Nmi, "perf", move |m| {
            *results.borrow_mut() = keys.iter().map(|k| map.update(m, &key(*k), &[1; 8], BPF_ANY)).collect();
        });
    }
}

/// Results of updates of key 1 and of a key in another class of buckets, from an NMI inside the lock of key 1.
fn nested(kernel: MapKernel) -> (Vec<Result<(), Errno>>, usize) {
    let m = machine(1);
    let map = make(&m, kernel, &def(BPF_MAP_TYPE_HASH, 64, BPF_F_ZERO_SEED));
    let class = |k: u32| crate::jhash::jhash(&key(k), 0) & 7;
    let other = (2..).find(|k| class(*k) != class(1)).expect("keys spread");
    let nmi = Nmi { keys: vec![1, other], ..Nmi::default() };
    *nmi.map.borrow_mut() = Some(map.clone());
    let results = nmi.results.clone();
    map.core().set_callable(Some(Rc::new(nmi)));
    map.update(&m, &key(1), &[0; 8], BPF_ANY).expect("the outer update goes on");
    let locks = m.findings().iter().filter(|f| f.code == finding::DOUBLE_LOCK).count();
    (results.take(), locks)
}

#[test]
fn each_kernel_answers_in_its_own_way() {
    assert_eq!(
        nested(MapKernel::V5_10),
        (vec![Err(Errno::EDEADLK), Ok(())], 1),
        "a real 5.10 hangs: a finding"
    );
    assert_eq!(nested(MapKernel::V6_1), (vec![Err(Errno::EBUSY), Ok(())], 0));
    assert_eq!(nested(MapKernel::V6_12), (vec![Err(Errno::EBUSY), Ok(())], 0));
    assert_eq!(nested(MapKernel::V7_2), (vec![Err(Errno::EDEADLK), Ok(())], 0));
}

#[test]
fn the_context_says_what_is_held() {
    struct Look;
    impl Callable for Look {
        fn bucket_locked(&self, m: &Machine, _map: &dyn Map) {
            m.might_sleep("test");
        }
    }
    let m = machine(1);
    let map = make(&m, MapKernel::V6_1, &def(BPF_MAP_TYPE_LRU_HASH, 4, 0));
    map.core().set_callable(Some(Rc::new(Look)));
    map.update(&m, &key(1), &[0; 8], BPF_ANY).expect("room");
    let findings = m.findings();
    assert_eq!(findings.len(), 1);
    assert!(findings[0].notes.iter().any(|n| n.contains("raw_lock")), "{:?}", findings[0].notes);
}
