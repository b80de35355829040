#include "probes.h"
GPL;
/* Loops that end because a state came back: what a later way through the loop rests on concerns every state in it, and what a round
   changes is forgotten. */
ARRAY(arr, struct bytes48, 1);
#define ITER [new] "i"(bpf_iter_num_new), [next] "i"(bpf_iter_num_next), [end] "i"(bpf_iter_num_destroy)
#define BEGIN(at) "r1 = r10; r1 += " at "; r2 = 0; r3 = 10; call %[new];"
#define NEXT(at) "r1 = r10; r1 += " at "; call %[next];"
#define END(at) "r1 = r10; r1 += " at "; call %[end]; r0 = 0; exit;"
/* Work after which a state is kept where ways meet. */
#define WORK "r1 = 1; r1 += 1; r1 += 1; r1 += 1; r1 += 1; r1 += 1; r1 += 1; goto 7f; 7: r1 += 1; goto 7f; 7: r1 += 1;"
#define MAY_GOTO(out) "3: .byte 0xe5; .byte 0; .long ((" out " - 3b - 8) / 8) & 0xffff; .short 0;"

/* A state in the middle of the round is covered before the way that writes through r7 is followed. Another path comes to the
   middle with another r7. */
#define LATE_USE(name, other) SEC("tc") ASMPROG int name(void) { asm volatile( \
	BEGIN("-8") "r7 = -16; call 7; if r0 == 7 goto 4f;" \
	"1: " NEXT("-8") "if r0 == 0 goto 9f; call 7; if r0 == 3 goto 5f;" WORK \
	"2: r1 = 0; goto 1b;" \
	"5: r1 = r10; r1 += r7; r2 = 0; *(u64 *)(r1 + 0) = r2; goto 1b;" \
	"4: r7 = " other "; goto 2b;" \
	"9: " END("-8") :: ITER); }
LATE_USE(late_use_within, "-32")
LATE_USE(late_use_below, "-600")
LATE_USE(late_use_above, "8")

/* The same with a loop that goes on as long as it may. */
#define LATE_USE_MAY(name, other) SEC("tc") ASMPROG int name(void) { asm volatile( \
	"r7 = -16; call 7; if r0 == 7 goto 4f;" \
	"1: " MAY_GOTO("9f") "call 7; if r0 == 3 goto 5f;" WORK \
	"2: r1 = 0; goto 1b;" \
	"5: r1 = r10; r1 += r7; r2 = 0; *(u64 *)(r1 + 0) = r2; goto 1b;" \
	"4: r7 = " other "; goto 2b;" \
	"9: r0 = 0; exit;"); }
LATE_USE_MAY(late_use_may_within, "-32")
LATE_USE_MAY(late_use_may_below, "-600")

/* Two loops, one in the other: the mark goes around both. */
#define LATE_USE_NESTED(name, other) SEC("tc") ASMPROG int name(void) { asm volatile( \
	BEGIN("-8") "r7 = -16; call 7; if r0 == 7 goto 4f;" \
	"1: " NEXT("-8") "if r0 == 0 goto 9f; call 7; if r0 == 3 goto 5f;" BEGIN("-24") \
	"6: " NEXT("-24") "if r0 == 0 goto 8f;" WORK "2: r1 = 0; goto 6b;" \
	"8: r1 = r10; r1 += -24; call %[end]; goto 1b;" \
	"5: r1 = r10; r1 += r7; r2 = 0; *(u64 *)(r1 + 0) = r2; goto 1b;" \
	"4: r7 = " other ";" BEGIN("-24") "goto 2b;" \
	"9: " END("-8") :: ITER); }
LATE_USE_NESTED(late_use_nested_within, "-48")
LATE_USE_NESTED(late_use_nested_below, "-600")

/* A number in bounds gets a tie to another during the round. Whether that makes it another number decides if it is still in
   bounds when the next round uses it. */
#define TIED(name, first, tie) SEC("tc") ASMPROG int name(void) { asm volatile( \
	LOOKUP_ARR "if r0 == 0 goto 8f; r8 = r0; call 7; r7 = r0; r7 &= 15; r6 = " first "; r9 = 0;" BEGIN("-16") \
	"1: " NEXT("-16") "if r0 == 0 goto 9f; if r6 == 0 goto 2f; r1 = r8; r1 += r7; r0 = *(u8 *)(r1 + 0);" \
	"2: " tie " r6 = 1; goto 1b;" \
	"9: " END("-16") "8: r0 = 0; exit;" :: ITER, MAP(arr)); }
TIED(tied_in_round, "0", "r9 = r7;")
TIED(tied_in_round_used_before, "1", "r9 = r7;")
TIED(not_tied_in_round, "0", "r9 = 1;")
TIED(narrower_in_round, "0", "if r7 > 7 goto 3f; 3:")
TIED(another_in_round, "0", "r7 += 1;")

/* The same in a slot of the stack. */
SEC("tc") ASMPROG int tied_slot_in_round(void) { asm volatile(
	LOOKUP_ARR "if r0 == 0 goto 8f; r8 = r0; call 7; r0 &= 15; r6 = 0; r0 *= 1; *(u64 *)(r10 - 32) = r0; r7 = 0;" BEGIN("-16")
	"1: " NEXT("-16") "if r0 == 0 goto 9f; if r6 == 0 goto 2f; r1 = r8; r2 = *(u64 *)(r10 - 32); r1 += r2; r0 = *(u8 *)(r1 + 0);"
	"2: r7 = *(u64 *)(r10 - 32); r6 = 1; goto 1b;"
	"9: " END("-16") "8: r0 = 0; exit;" :: ITER, MAP(arr)); }

/* Two rounds in one: the outer one waits while the inner one comes back often. */
static __noinline int mix(int a, int b) { return a * 31 + (b ^ a); }
SEC("tc") int rounds_with_calls(struct __sk_buff *s)
{
	int sum = s->len;
	__u32 i = 0;
	for (; i < 64; i++) {
		CAN_LOOP(out);
		sum = mix(sum, s->mark);
		if (sum & 1)
			sum = mix(s->mark, sum);
		else if (sum & 4)
			sum += s->len;
	}
out:
	return sum & 1;
}

/* Nothing special: the names of the functions above are described because of this one. */
SEC("tc") int plain_rounds(struct __sk_buff *s) { struct bpf_iter_num it; int *v, sum = 0; bpf_iter_num_new(&it, 0, 10); while ((v = bpf_iter_num_next(&it))) sum += *v; bpf_iter_num_destroy(&it); return sum & 1; }
