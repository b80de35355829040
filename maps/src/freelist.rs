//! Free elements of a preallocated hash map: one last-in-first-out list per CPU, so a deleted element is the next to be used.
//!
//! Source: `kernel/bpf/percpu_freelist.c`. Key type: [`Freelist`]. Neighbour: `htab`.

use std::cell::RefCell;

/// The lists, by CPU. Elements are numbers.
pub(crate) struct Freelist(RefCell<Vec<Vec<u32>>>);

impl Freelist {
    /// Elements `0..count` spread over the CPUs in blocks, the first CPUs getting one more (`pcpu_freelist_populate`).
    pub fn new(count: u32, nr_cpus: u32) -> Freelist {
        let (each, more) = (count / nr_cpus, count % nr_cpus);
        let mut next = 0;
        let lists = (0..nr_cpus).map(|cpu| {
            let end = next + each + u32::from(cpu < more);
            (std::mem::replace(&mut next, end)..end).collect()
        });
        Freelist(RefCell::new(lists.collect()))
    }

    /// A free element: this CPU's newest, else another CPU's, looked for in CPU order from here.
    pub fn pop(&self, cpu: u32) -> Option<u32> {
        let mut lists = self.0.borrow_mut();
        let count = lists.len();
        (0..count).find_map(|i| lists[(cpu as usize + i) % count].pop())
    }

    /// The element is free, and this CPU's next one.
    pub fn push(&self, cpu: u32, id: u32) {
        self.0.borrow_mut()[cpu as usize].push(id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newest_first_then_the_other_cpus() {
        let list = Freelist::new(5, 2);
        assert_eq!([list.pop(1), list.pop(1), list.pop(1)], [Some(4), Some(3), Some(2)], "CPU 0 got 0..3");
        list.push(1, 0);
        assert_eq!(list.pop(1), Some(0));
        assert_eq!([list.pop(1), list.pop(1), list.pop(1)], [Some(1), Some(0), None]);
    }
}
