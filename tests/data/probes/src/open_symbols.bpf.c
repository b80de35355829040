#include "probes.h"
GPL;
/* Symbols without a type that this kernel may have or not: what holds for any address holds. */
extern const void no_such_symbol_anywhere __ksym __weak;
__u64 where;
SEC("raw_tp/sys_enter") int notes_address(__u64 *ctx) { where = (__u64)&no_such_symbol_anywhere; return 0; }
SEC("raw_tp/sys_enter") int asks_for_it(__u64 *ctx) { if (&no_such_symbol_anywhere) where = 1; return 0; }
