#include "probes.h"
GPL;
/* Instructions that name maps and kernel functions by number themselves, addresses of variables outside their section, pointers in maps to structures that are only declared, and constants stored at an unknown place. */
ARRAY(arr, struct bytes48, 1);
struct undescribed;
struct holder { __u64 pad; struct undescribed __kptr *object; __u64 n; };
struct locked_holder { struct bpf_spin_lock lock; struct undescribed __kptr *object; };
ARRAY(holders, struct holder, 1);
ARRAY(locked_holders, struct locked_holder, 1);
struct bytes48 variable = { { 1 } };
#define P(name, body) SEC("tc") ASMPROG int name(void) { asm volatile(body "8: r0 = 0; exit;" :: MAP(arr), MAP(variable)); }
#define H(map, name, body) SEC("tc") ASMPROG int name(void) { asm volatile("r1 = 0; *(u32 *)(r10 - 4) = r1; r2 = r10; r2 += -4; r1 = %[" #map "] ll; call 1; if r0 == 0 goto 8f; r7 = r0;" body "8: r0 = 0; exit;" :: MAP(map)); }
#define RAW(bytes) ".byte " bytes ";"

/* A file descriptor that is open, but not a map. */
P(descriptor_of_console, RAW("0x18, 0x11, 0, 0, 1, 0, 0, 0") RAW("0, 0, 0, 0, 0, 0, 0, 0"))
/* The same with a map of the object at hand: the number is not the map's place in the object. */
P(descriptor_zero, "r6 = %[arr] ll;" RAW("0x18, 0x11, 0, 0, 0, 0, 0, 0") RAW("0, 0, 0, 0, 0, 0, 0, 0"))
/* The value of a map by descriptor. */
P(descriptor_of_value, RAW("0x18, 0x21, 0, 0, 2, 0, 0, 0") RAW("0, 0, 0, 0, 0, 0, 0, 0"))
/* A descriptor that is never open. */
P(descriptor_of_nothing, RAW("0x18, 0x11, 0, 0, 0xff, 0xff, 0xff, 0x7f") RAW("0, 0, 0, 0, 0, 0, 0, 0"))
P(descriptor_negative, RAW("0x18, 0x11, 0, 0, 0xff, 0xff, 0xff, 0xff") RAW("0, 0, 0, 0, 0, 0, 0, 0"))
/* The address of a map and a bit: the loader does not care. */
P(map_moved_back, "r1 = %[arr] - 1 ll;")
P(map_moved, "r1 = %[arr] + 5 ll; r2 = r10;")
/* Before, at the end of, behind and far behind a section. */
P(variable_before, "r1 = %[variable] - 1 ll; *(u8 *)(r1 + 1) = r1;")
P(variable_last_byte, "r1 = %[variable] + 47 ll; r2 = 0; *(u8 *)(r1 + 0) = r2;")
P(variable_end, "r1 = %[variable] + 48 ll; r2 = 0; *(u8 *)(r1 - 1) = r2;")
P(variable_far, "r1 = %[variable] + 0x1fffffff ll;")
P(variable_too_far, "r1 = %[variable] + 0x20000000 ll;")
/* Nobody comes here, but it is looked at all the same. */
P(variable_end_unreached, "goto 8f; r1 = %[variable] + 48 ll;")
/* Kernel function number 0: refused when a path comes to it and nothing else is wrong. */
P(no_function, RAW("0x85, 0x20, 0, 0, 0, 0, 0, 0"))
P(no_function_unreached, "r6 = 0; if r6 == 0 goto 8f;" RAW("0x85, 0x20, 0, 0, 0, 0, 0, 0"))
P(no_function_then_worse, RAW("0x85, 0x20, 0, 0, 0, 0, 0, 0") "r3 = r9;")
/* It leaves the registers alone. */
P(no_function_registers, "r0 = 5;" RAW("0x85, 0x20, 0, 0, 0, 0, 0, 0") "r6 = r1; r6 = r0; if r6 == 5 goto 8f; r3 = r9;")
/* With an offset it is looked up. */
P(no_function_with_offset, RAW("0x85, 0x20, 1, 0, 0, 0, 0, 0"))
/* A pointer to a structure that is only declared is no kptr. */
H(holders, kptr_undescribed_store, "r1 = 7; *(u64 *)(r7 + 8) = r1;")
H(holders, kptr_undescribed_part, "r1 = *(u32 *)(r7 + 12);")
/* From 6.12 on the lock beside it is gone too. */
H(locked_holders, kptr_undescribed_lock, "r1 = r7; call 93; r1 = r7; call 94;")
H(locked_holders, kptr_undescribed_lock_store, "r1 = 7; *(u32 *)(r7 + 0) = r1;")
/* Zero, as a constant or a register, stored somewhere in bytes that are zero. */
#define SOMEWHERE "r1 = 0; *(u64 *)(r10 - 16) = r1; *(u64 *)(r10 - 8) = r1; call 7; r0 &= 7; r2 = r10; r2 += -16; r2 += r0;"
#define INDEX "r0 = *(u8 *)(r10 - 12); r1 = r10; r1 += -16; r1 += r0; r3 = 0; *(u8 *)(r1 + 8) = r3; r0 <<= 3; r1 += r0; *(u8 *)(r1 + 8) = r3;"
P(zero_constant_somewhere, SOMEWHERE RAW("0x72, 2, 0, 0, 0, 0, 0, 0") INDEX)
P(zero_register_somewhere, SOMEWHERE "r3 = 0; *(u8 *)(r2 + 0) = r3;" INDEX)
P(one_constant_somewhere, SOMEWHERE RAW("0x72, 2, 0, 0, 1, 0, 0, 0") INDEX)
/* No kernel looks at the offset of an exit, but at its other fields. */
#define E(name, bytes) SEC("tc") ASMPROG int name(void) { asm volatile("r0 = 0;" RAW(bytes)); }
E(exit_with_offset, "0x95, 0, 1, 0, 0, 0, 0, 0")
E(exit_with_constant, "0x95, 0, 0, 0, 1, 0, 0, 0")
E(exit_with_register, "0x95, 0x10, 0, 0, 0, 0, 0, 0")
/* Only a number is negated. */
P(negated_by_register, "r6 = 1;" RAW("0x8c, 6, 0, 0, 0, 0, 0, 0"))
P(negated_by_register_wide, "r6 = 1;" RAW("0x8f, 6, 0, 0, 0, 0, 0, 0"))
/* What is wrong with a constant comes after the register that it is for. */
P(unset_divided_by_zero, RAW("0x37, 6, 0, 0, 0, 0, 0, 0"))
P(unset_modulo_zero, RAW("0x94, 6, 0, 0, 0, 0, 0, 0"))
P(unset_shifted_too_far, RAW("0x67, 6, 0, 0, 64, 0, 0, 0"))
P(frame_divided_by_zero, RAW("0x37, 10, 0, 0, 0, 0, 0, 0"))
P(no_register_divided_by_zero, RAW("0x37, 11, 0, 0, 0, 0, 0, 0"))
P(number_shifted_too_far, "r6 = 1;" RAW("0x64, 6, 0, 0, 32, 0, 0, 0"))
/* Pointers in maps with other tags, with two of them, and beside them good ones. */
#define TAG(t) __attribute__((btf_type_tag(t)))
struct kept_user { __u64 pad; struct task_struct TAG("user") *object; struct task_struct TAG("kptr") *task; };
struct kept_odd { __u64 pad; struct task_struct TAG("odd") *object; __u64 n; };
struct kept_early { __u64 pad; struct task_struct TAG("kptr_ref") *object; __u64 n; };
struct kept_twice { __u64 pad; struct task_struct TAG("kptr") TAG("odd") *object; __u64 n; };
struct kept_inside { __u64 pad; struct { struct task_struct TAG("odd") *object; } inside; struct task_struct TAG("kptr") *task; };
ARRAY(kept_users, struct kept_user, 1);
ARRAY(kept_odds, struct kept_odd, 1);
ARRAY(kept_earlies, struct kept_early, 1);
ARRAY(kept_twices, struct kept_twice, 1);
ARRAY(kept_insides, struct kept_inside, 1);
/* A program that knows what the structure is. */
SEC("tp_btf/task_newtask") int knows_tasks(__u64 *ctx) { struct task_struct *task = (void *)ctx[0]; return task->pid == 0; }
H(kept_users, tag_user_store, "r1 = 7; *(u64 *)(r7 + 8) = r1;")
H(kept_users, tag_user_store_beside, "r1 = 7; *(u64 *)(r7 + 16) = r1;")
H(kept_users, tag_user_exchange, "r1 = r7; r1 += 16; r2 = 0; call 194;")
H(kept_odds, tag_odd_store, "r1 = 7; *(u64 *)(r7 + 8) = r1;")
H(kept_odds, tag_odd_exchange, "r1 = r7; r1 += 8; r2 = 0; call 194;")
H(kept_earlies, tag_early_store, "r1 = 7; *(u64 *)(r7 + 8) = r1;")
H(kept_twices, tag_twice_store, "r1 = 7; *(u64 *)(r7 + 8) = r1;")
H(kept_insides, tag_inside_store, "r1 = 7; *(u64 *)(r7 + 8) = r1;")
H(kept_insides, tag_inside_store_beside, "r1 = 7; *(u64 *)(r7 + 16) = r1;")
