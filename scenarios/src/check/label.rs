//! What a report writes at the refused line: the rule's label, or a closer one where the message tells more.
//!
//! Key function: [`label`]. Neighbours: `family` matches messages, `draw` shows the label.

use super::family::matches;
use crate::diag::catalogue::rules;

/// Rule, message (`*` stands for anything), label.
const LABELS: &[(&str, &str, &str)] = &[
    ("V0005", "cannot spill pointers to stack into *", "the address would outlive its function"),
    ("V0005", "cannot return stack pointer to the caller", "the address would outlive its function"),
    ("V0005", "frame pointer is read only", "r10 cannot be changed"),
    ("V0005", "invalid size of register *", "a pointer is 8 bytes, whole"),
    (
        "V0005",
        "invalid indirect read from stack *",
        "reads bytes that nothing wrote, or that are not its own",
    ),
    ("V0006", "tail_call would lead to reference leak", "the program is left here and still holds it"),
    ("V0006", "bpf_throw would lead to *", "the program is left here and still holds it"),
    ("V0006", "*tail call*", "the program is left here and still holds it"),
    ("V0006", "BPF_LD_[ABS|IND] *", "may leave the program here, which still holds it"),
    ("V0007", "bpf_spin_unlock is missing", "the program ends here and still holds the lock"),
    (
        "V0007",
        "BPF_EXIT instruction in main prog cannot be used inside *",
        "the program ends here and still holds the lock",
    ),
    (
        "V0007",
        "BPF_EXIT instruction * cannot be used inside *",
        "the function ends here and still holds the lock",
    ),
    (
        "V0007",
        "tail_call cannot be used inside bpf_spin_lock-ed region",
        "the program is left here and still holds the lock",
    ),
    ("V0007", "*function calls are not allowed while holding a lock*", "called while a lock is held"),
    ("V0007", "BPF_LD_[ABS|IND] *", "may leave the program here, with the lock held"),
    ("V0007", "Acquiring the same lock again, *", "this lock is held already"),
    ("V0007", "*_unlock cannot be out of order", "not the lock that was taken last"),
    ("V0007", "*_unlock without taking a lock", "there is no lock to give back"),
    ("V0007", "*_unlock of different lock", "another lock than the one that is held"),
    ("V0007", "Locking two *", "a second lock"),
    ("V0007", "* must be held for *", "needs the lock of the same map value or object"),
    (
        "V0008",
        "infinite loop detected at insn *",
        "comes back to here with nothing changed: a loop without an end",
    ),
    ("V0008", "back-edge from insn * to *", "jumps back: a loop, or a function that calls itself"),
    ("V0008", "BPF program is too large. *", "the kernel gives up here, after 1,000,000 instructions"),
    ("V0008", "The sequence of * jumps is too complex*", "one branch too many that waits to be followed"),
    ("V0009", "sleepable global function * called in *", "a function that may sleep"),
    ("V0012", "Invalid format string", "the format and its arguments do not fit"),
    ("V0014", "* expected pointer to ctx, but got *", "not the context"),
    ("V0014", "* expects pointer to ctx", "not the context"),
    ("V0014", "at the time of BPF_LD_ABS|IND R6 != pointer to skb", "r6 is not the context here"),
    ("V0022", "function expects only one referenced object *", "more than one reference at once"),
    ("V0023", "bpf_rcu_read_unlock is missing", "the program ends here and the section is still open"),
    ("V0023", "* bpf_preempt_enable* missing", "the program ends here and the section is still open"),
    (
        "V0023",
        "BPF_EXIT instruction in main prog cannot be used inside *",
        "the program ends here and the section is still open",
    ),
    (
        "V0023",
        "BPF_EXIT instruction * cannot be used inside *",
        "the function ends here and the section is still open",
    ),
    ("V0023", "* must be a rcu pointer", "not protected by an RCU section here"),
    ("V0023", "* doesn't point to an irq flag on stack", "not a variable of this function"),
    ("V0023", "cannot restore irq state out of order*", "not the state that was saved last"),
    ("V0023", "unmatched *", "there is no section to close"),
    ("V0023", "nested rcu read lock *", "the section is open already"),
    ("V0024", "*stores into R* is not allowed", "no atomic operation is possible here"),
    ("V0024", "*loads from R* is not allowed", "no atomic operation is possible here"),
    ("V0031", "recursive call from *", "calls itself"),
    ("V0031", "tail_calls are not allowed when call stack of *", "too much stack in use for a tail call"),
    ("V0031", "combined stack size of *", "too much stack from here on"),
];

/// The label of a refusal by the rule `code` with these words.
pub fn label(code: &str, message: &str) -> &'static str {
    let close = LABELS.iter().find(|(rule, pattern, _)| *rule == code && matches(pattern, message));
    let general = || rules::rule(code).map_or("refused here", |rule| rule.label);
    close.map_or_else(general, |(.., label)| label)
}

#[cfg(test)]
mod tests {
    use super::super::family::code_of;
    use super::*;

    #[test]
    fn a_lock_that_is_still_held_is_told_from_other_uses() {
        assert!(label("V0007", "bpf_spin_unlock is missing").contains("still holds the lock"));
        assert_eq!(label("V0007", "Locking two bpf_spin_locks are not allowed"), "a second lock");
        assert!(label("V0008", "infinite loop detected at insn 4").contains("nothing changed"));
        assert_eq!(label("V0028", "misaligned stack access off 0+-20+0 size 8"), "not aligned to its size");
    }

    /// Every row belongs to a rule that the family of its message leads to.
    #[test]
    fn rows_fit_the_families() {
        for (rule, pattern, _) in LABELS {
            let code = code_of(&pattern.replace('*', "x"));
            assert!(code == *rule || code == rules::OTHER, "`{pattern}` is {code}, not {rule}");
        }
    }
}
