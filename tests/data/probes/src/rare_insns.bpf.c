#include "probes.h"
GPL;
/* Errors that hardly any program makes, in instructions, jumps, the stack, tail calls and results of functions. */
ARRAY(arr, struct bytes48, 1);
ARRAY(arr2, struct bytes48, 1);
struct { __uint(type, BPF_MAP_TYPE_PROG_ARRAY); __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4); } progs SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_PROG_ARRAY); __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4); } progs2 SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_CGROUP_STORAGE); __type(key, __u64); __type(value, __u64); } storage SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_CGROUP_STORAGE); __type(key, __u64); __type(value, __u64); } storage2 SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_SOCKMAP); __uint(max_entries, 4); __type(key, __u32); __type(value, __u32); } sockets SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_LPM_TRIE); __uint(map_flags, BPF_F_NO_PREALLOC); __uint(max_entries, 8); __uint(key_size, 8); __uint(value_size, 8); } trie SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_XSKMAP); __uint(max_entries, 4); __type(key, __u32); __type(value, __u32); } xsks SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_DEVMAP); __uint(max_entries, 4); __type(key, __u32); __type(value, __u32); } devices SEC(".maps");
#define P(name, body) SEC("tc") ASMPROG int name(void) { asm volatile(body "8: r0 = 0; exit;" ::); }
#define V(name, body) SEC("tc") ASMPROG int name(void) { asm volatile("r6 = r1;" LOOKUP_ARR "if r0 == 0 goto 8f; r7 = r0;" body "8: r0 = 0; exit;" :: MAP(arr)); }

/* One instruction reads a packet on one path and a map value on the other, with a context in between. */
SEC("tc") ASMPROG int one_load_two_pointers(void) { asm volatile("r6 = r1; r8 = *(u32 *)(r1 + 8);" LOOKUP_ARR "if r0 == 0 goto 8f; r7 = r0; if r8 == 5 goto 1f; r7 = r6; 1: r0 = *(u32 *)(r7 + 8); 8: r0 = 0; exit;" :: MAP(arr)); }
/* One instruction stores through a context or a stack pointer. */
P(one_store_two_pointers, "r8 = *(u32 *)(r1 + 8); r7 = r1; if r8 == 5 goto 1f; r7 = r10; r7 += -64; 1: r2 = 0; *(u32 *)(r7 + 8) = r2;")
/* One instruction reads a map value or the stack: allowed. */
V(one_load_value_or_stack, "r8 = *(u32 *)(r6 + 8); r2 = 0; *(u64 *)(r10 - 16) = r2; if r8 == 5 goto 1f; r7 = r10; r7 += -16; 1: r0 = *(u32 *)(r7 + 0);")
/* A tail call into one of two program arrays. */
SEC("tc") ASMPROG int tail_call_two_maps(void) { asm volatile("r8 = *(u32 *)(r1 + 8); r2 = %[progs] ll; if r8 == 5 goto 1f; r2 = %[progs2] ll; 1: r3 = 0; call 12; r0 = 0; exit;" :: MAP(progs), MAP(progs2)); }
/* A subprogram with a tail call must return int. */
static __noinline long tail_in_long(struct __sk_buff *s) { bpf_tail_call(s, &progs, 0); return 1; }
SEC("tc") int tail_call_in_long(struct __sk_buff *s) { return tail_in_long(s); }
/* A subprogram with a legacy packet load must return int. */
ASMPROG static __attribute__((used)) long legacy_in_long(void) { asm volatile("r6 = r1; r0 = *(u8 *)skb[0]; exit;"); }
SEC("tc") ASMPROG int legacy_load_in_long(void) { asm volatile("call legacy_in_long; r0 = 0; exit;"); }
/* In a subprogram that returns int the legacy load is fine. */
ASMPROG static __attribute__((used)) int legacy_in_int(void) { asm volatile("r6 = r1; r0 = *(u8 *)skb[0]; exit;"); }
SEC("tc") ASMPROG int legacy_load_in_int(void) { asm volatile("call legacy_in_int; r0 = 0; exit;"); }
/* A global function returns a pointer in r0. */
__attribute__((naked, noinline)) int g_pointer(void) { asm volatile("r0 = r10; exit;"); }
SEC("tc") ASMPROG int global_returns_frame(void) { asm volatile("call g_pointer; r0 = 0; exit;"); }
/* A cgroup program returns a pointer. */
SEC("cgroup_skb/ingress") ASMPROG int cgroup_returns_pointer(void) { asm volatile("r0 = r1; exit;"); }
/* The stores at an unknown offset may hit a spilled pointer. */
P(variable_store_pointer_in_range, "r6 = *(u32 *)(r1 + 8); *(u64 *)(r10 - 16) = r1; r6 &= 8; r2 = r10; r2 += -16; r2 += r6; r3 = 0; *(u8 *)(r2 + 0) = r3; r4 = *(u64 *)(r10 - 16); r0 = *(u32 *)(r4 + 0);")
/* A helper reads a stack buffer at an unknown offset. */
SEC("kprobe") ASMPROG int helper_stack_variable(void) { asm volatile("r6 = *(u64 *)(r1 + 0); r6 &= 8; r1 = r10; r1 += -32; r1 += r6; r2 = 8; call 16; r0 = 0; exit;"); }
/* The unknown offset may reach past the buffer's end. */
SEC("kprobe") ASMPROG int helper_stack_variable_past(void) { asm volatile("r6 = *(u64 *)(r1 + 0); r6 &= 8; r1 = r10; r1 += -16; r1 += r6; r2 = 16; call 16; r0 = 0; exit;"); }
/* The unknown offset has no bound. */
SEC("kprobe") ASMPROG int helper_stack_unbounded(void) { asm volatile("r6 = *(u64 *)(r1 + 0); r1 = r10; r1 += -16; r1 += r6; r2 = 8; call 16; r0 = 0; exit;"); }
/* A legacy load with a destination register. */
P(legacy_load_reserved, "r6 = r1; .8byte 0x0000000000000330;")
/* A load of the class LD with an unknown mode. */
P(load_class_unknown_mode, ".8byte 0x00000000000000b8;")
/* A wide constant with an offset. */
P(wide_constant_reserved, ".8byte 0x0000000000010118; .8byte 0;")
/* A map's address with an offset that the library drops. */
SEC("tc") ASMPROG int direct_value_past(void) { asm volatile("r1 = %[arr] + 48 ll; r0 = 0; exit;" :: MAP(arr)); }
/* A call to a kernel function with a number that is none. */
P(call_unknown_kfunc, ".8byte 0x0fffffff00002085;")
/* A kernel function in a module that does not exist. */
P(call_kfunc_in_module, ".8byte 0x0000000100052085;")
/* A call with an unknown pseudo source. */
P(call_unknown_source, ".8byte 0x0000000100003085;")
/* A kernel type's number that is none. */
P(wide_constant_bad_type, ".8byte 0x0fffffff00003118; .8byte 0;")
/* A map by its index without a list of maps. */
P(wide_constant_map_index, ".8byte 0x0000000000005118; .8byte 0;")
/* The jump with a constant in its reserved half. */
P(jump_exit_operation, ".8byte 0x000000000000009d;")
/* A 32-bit call. */
P(call_32, ".8byte 0x0000000700000086;")
/* exit in the 32-bit class. */
P(exit_32, "r0 = 0; .8byte 0x0000000000000096;")
/* may_goto with a constant. */
P(may_goto_constant, ".8byte 0x00000001000000e5;")
/* may_goto with a source. */
P(may_goto_source, ".8byte 0x00000000000020e5;")
/* An indirect jump: an instruction of the newest kernels. */
P(indirect_jump, "r2 = 0; .8byte 0x000000000000020d;")
/* An address space cast without an arena. */
P(address_space_cast, "r2 = 0; .8byte 0x00000001000122bf;")
/* An address space cast between spaces that do not exist. */
P(address_space_bad, "r2 = 0; .8byte 0x00000002000122bf;")
/* The address of a per-CPU variable: an instruction of JIT compilers only. */
P(percpu_address, "r2 = 0; .8byte 0x00000000ffff22bf;")
/* A load-acquire: an instruction of 6.15. */
V(load_acquire, ".8byte 0x00000100000072db;")
/* A store-release. */
V(store_release, "r2 = 1; .8byte 0x00000110000027db;")
/* A load-acquire from the context. */
P(load_acquire_context, ".8byte 0x00000100000812c3;")
/* A store-release to the context. */
P(store_release_context, "r2 = 1; .8byte 0x00000110000821c3;")
/* A fetch of a pointer by an exchange. */
P(exchange_spilled_pointer, "*(u64 *)(r10 - 8) = r1; r2 = 0; .8byte 0x000000e1fff82adb;")
/* A comparison and exchange with a pointer in r0. */
P(compare_exchange_pointer, "r0 = r10; r2 = 0; *(u64 *)(r10 - 8) = r2; .8byte 0x000000f1fff82adb;")
/* An atomic operation on a half-word. */
V(atomic_half, "r2 = 1; .8byte 0x00000000000027cb;")
/* A sign-extended load of a pointer field. */
P(sign_extended_context, ".8byte 0x0000000000081281;")
/* A signed move of a pointer. */
P(sign_extended_pointer, ".8byte 0x00000000000812bf;")
/* A 32-bit signed move with 32 bits. */
P(sign_extended_move_bad, "r2 = 1; .8byte 0x00000000002022bc;")
/* A lookup in an XDP socket map gives a socket. */
SEC("xdp") ASMPROG int lookup_socket_map(void) { asm volatile("r1 = 0; *(u32 *)(r10 - 4) = r1; r2 = r10; r2 += -4; r1 = %[xsks] ll; call 1; if r0 == 0 goto 8f; r0 = *(u32 *)(r0 + 0); 8: r0 = 2; exit;" :: MAP(xsks)); }
/* The socket found is not for reading past its one field. */
SEC("xdp") ASMPROG int lookup_socket_map_past(void) { asm volatile("r1 = 0; *(u32 *)(r10 - 4) = r1; r2 = r10; r2 += -4; r1 = %[xsks] ll; call 1; if r0 == 0 goto 8f; r0 = *(u32 *)(r0 + 4); 8: r0 = 2; exit;" :: MAP(xsks)); }
/* A redirect map of devices. */
SEC("xdp") ASMPROG int redirect_devices(void) { asm volatile("r1 = %[devices] ll; r2 = 0; r3 = 0; call 51; exit;" :: MAP(devices)); }
/* A redirect map that is none. */
SEC("xdp") ASMPROG int redirect_array(void) { asm volatile("r1 = %[arr] ll; r2 = 0; r3 = 0; call 51; exit;" :: MAP(arr)); }
/* A socket map is changed by a kprobe. */
SEC("kprobe") ASMPROG int change_sockets(void) { asm volatile("r1 = 0; *(u64 *)(r10 - 8) = r1; r2 = r10; r2 += -8; r1 = %[sockets] ll; call 3; r0 = 0; exit;" :: MAP(sockets)); }
/* A socket map is changed by tc, with a number for the socket. */
SEC("tc") ASMPROG int change_sockets_number(void) { asm volatile("r1 = 0; *(u64 *)(r10 - 8) = r1; r2 = r10; r2 += -8; r3 = r2; r4 = 0; r1 = %[sockets] ll; call 2; r0 = 0; exit;" :: MAP(sockets)); }
/* A socket map is read by XDP. */
SEC("xdp") ASMPROG int lookup_sockets(void) { asm volatile("r1 = 0; *(u32 *)(r10 - 4) = r1; r2 = r10; r2 += -4; r1 = %[sockets] ll; call 1; r0 = 2; exit;" :: MAP(sockets)); }
/* It is read by tc and the socket is not released. */
SEC("tc") ASMPROG int lookup_sockets_leak(void) { asm volatile("r1 = 0; *(u32 *)(r10 - 4) = r1; r2 = r10; r2 += -4; r1 = %[sockets] ll; call 1; r0 = 0; exit;" :: MAP(sockets)); }
/* A cgroup's storage. */
SEC("cgroup_skb/ingress") ASMPROG int cgroup_storage(void) { asm volatile("r1 = %[storage] ll; r2 = 0; call 81; r0 = *(u64 *)(r0 + 0); r0 = 1; exit;" :: MAP(storage)); }
/* With flags. */
SEC("cgroup_skb/ingress") ASMPROG int cgroup_storage_flags(void) { asm volatile("r1 = %[storage] ll; r2 = 1; call 81; r0 = 1; exit;" :: MAP(storage)); }
/* Two of them. */
SEC("cgroup_skb/ingress") ASMPROG int cgroup_storage_two(void) { asm volatile("r1 = %[storage] ll; r2 = 0; call 81; r1 = %[storage2] ll; r2 = 0; call 81; r0 = 1; exit;" :: MAP(storage), MAP(storage2)); }
/* Past its value. */
SEC("cgroup_skb/ingress") ASMPROG int cgroup_storage_past(void) { asm volatile("r1 = %[storage] ll; r2 = 0; call 81; r0 = *(u64 *)(r0 + 8); r0 = 1; exit;" :: MAP(storage)); }
/* Its storage is not for tc. */
SEC("tc") ASMPROG int cgroup_storage_tc(void) { asm volatile("r1 = %[storage] ll; r2 = 0; call 81; r0 = 1; exit;" :: MAP(storage)); }
/* Every element of a map that cannot be walked. */
static long c_nothing(void *m, void *k, void *v, void *c) { return 0; }
SEC("tc") int walk_program_array(struct __sk_buff *s) { bpf_for_each_map_elem(&progs, c_nothing, 0, 0); return 0; }
SEC("tc") int walk_trie(struct __sk_buff *s) { bpf_for_each_map_elem(&trie, c_nothing, 0, 0); return 0; }
SEC("tc") int walk_devices(struct __sk_buff *s) { bpf_for_each_map_elem(&devices, c_nothing, 0, 0); return 0; }
/* The callback makes a tail call. */
static long c_tail(__u32 i, struct __sk_buff *s) { bpf_tail_call(s, &progs, 0); return 0; }
SEC("tc") int tail_call_in_callback(struct __sk_buff *s) { bpf_loop(3, c_tail, s, 0); return 0; }
/* The callback returns a pointer. */
ASMPROG static __attribute__((used)) long c_pointer(void) { asm volatile("r0 = r10; exit;"); }
SEC("tc") ASMPROG int callback_returns_pointer(void) { asm volatile("r1 = 3; r2 = %[cb] ll; r3 = 0; r4 = 0; call 181; r0 = 0; exit;" :: [cb] "i"(c_pointer)); }
/* The callback is a global function. */
__noinline int g_callback(__u32 i, __u64 c) { OPAQUE(i); return 0; }
SEC("tc") ASMPROG int callback_global(void) { asm volatile("r1 = 3; r2 = %[cb] ll; r3 = 0; r4 = 0; call 181; r0 = 0; exit;" :: [cb] "i"(g_callback)); }
/* bpf_get_func_ip where no function is entered. */
SEC("tp_btf/sched_switch") ASMPROG int function_address_in_tracepoint(void) { asm volatile("call 173; r0 = 0; exit;"); }
/* The number of arguments in a tracepoint program. */
SEC("tp_btf/sched_switch") ASMPROG int function_arguments_in_tracepoint(void) { asm volatile("call 185; r0 = 0; exit;"); }
/* A helper's output goes into a packet. */
SEC("tc") ASMPROG int output_into_packet(void) { asm volatile("r2 = *(u32 *)(r1 + 76); r3 = *(u32 *)(r1 + 80); r4 = r2; r4 += 8; if r4 > r3 goto 8f; r3 = r2; r2 = 0; r4 = 8; call 26; 8: r0 = 0; exit;"); }
/* A packet pointer for a global function that moves the packet. */
__noinline int g_pull(struct __sk_buff *s, char *p) { bpf_skb_pull_data(s, 0); return p ? p[0] : 0; }
SEC("tc") int packet_for_moving_global(struct __sk_buff *s) { char *d = (void *)(long)s->data; if (d + 4 > (char *)(long)s->data_end) return 0; return g_pull(s, d) & 1; }
/* The keys of a flow at an unknown offset. */
SEC("flow_dissector") ASMPROG int flow_keys_variable(void) { asm volatile("r2 = *(u64 *)(r1 + 144); r3 = *(u16 *)(r2 + 0); r3 &= 8; r2 += r3; r0 = *(u16 *)(r2 + 0); r0 = 0; exit;"); }
/* A number's string must be constant. */
SEC("kprobe") int compare_with_writable(void *c) { __u32 k = 0; struct bytes48 *v = bpf_map_lookup_elem(&arr, &k); char comm[16]; if (!v) return 0; bpf_get_current_comm(comm, 16); return bpf_strncmp(comm, 16, v->b); }
/* The constant string at an unknown offset. */
static const char words[32] = "one two three four five six";
SEC("kprobe") int compare_variable(void *c) { char comm[16]; __u32 i = bpf_get_prandom_u32() & 7; OPAQUE(i); bpf_get_current_comm(comm, 16); return bpf_strncmp(comm, 16, words + i); }
/* The constant has no end. */
static const char endless[4] __attribute__((section(".rodata.endless"))) = {'a', 'b', 'c', 'd'};
SEC("kprobe") int compare_endless(void *c) { char comm[16]; bpf_get_current_comm(comm, 16); return bpf_strncmp(comm, 16, endless); }
/* A hook that gives nothing back cannot have its result changed. */
SEC("lsm_cgroup/sk_clone_security") ASMPROG int void_hook_result(void) { asm volatile("r1 = -1; call 187; r0 = 1; exit;"); }
/* A hook that gives something back can. */
SEC("lsm_cgroup/socket_bind") ASMPROG int hook_result(void) { asm volatile("r1 = -1; call 187; r0 = 1; exit;"); }
SEC("lsm_cgroup/socket_bind") ASMPROG int hook_returns_two(void) { asm volatile("r0 = 2; exit;"); }
SEC("lsm_cgroup/sk_clone_security") ASMPROG int void_hook_returns_zero(void) { asm volatile("r0 = 0; exit;"); }
/* A comparison of a pointer with a pointer of another kind. */
V(compare_two_kinds, "if r7 > r10 goto 8f; r0 = *(u8 *)(r7 + 0);")
/* A program that loads a symbol's address the kernel does not have. */
extern const int no_such_symbol_here __attribute__((section(".ksyms"))) __attribute__((weak));
SEC("kprobe") int weak_symbol(void *c) { return &no_such_symbol_here ? *(volatile int *)&no_such_symbol_here & 1 : 0; }
/* A variable of the kernel, per processor. */
struct rq { unsigned int nr_running; } KOBJ;
extern const struct rq runqueues __attribute__((section(".ksyms"))) __attribute__((weak));
SEC("kprobe") int percpu_variable(void *c) { struct rq *r = bpf_this_cpu_ptr(&runqueues); return r->nr_running & 1; }
/* Another processor's may be missing. */
SEC("kprobe") int percpu_variable_unchecked(void *c) { struct rq *r = bpf_per_cpu_ptr(&runqueues, 1); return r->nr_running & 1; }
/* Read without the helper. */
SEC("kprobe") int percpu_variable_direct(void *c) { return ((struct rq *)&runqueues)->nr_running & 1; }
/* A number of the kernel, per processor. */
extern const int cpu_number __attribute__((section(".ksyms"))) __attribute__((weak));
SEC("kprobe") int percpu_number(void *c) { const int *n = bpf_this_cpu_ptr(&cpu_number); return *n & 1; }
