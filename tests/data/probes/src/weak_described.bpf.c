#include "probes.h"
GPL;
/* A weak variable that is described only by later kernels, next to a symbol of which only the address counts. */
struct rq { unsigned int nr_running; };
extern const struct rq runqueues __attribute__((section(".ksyms"), weak));
extern const void jiffies __attribute__((section(".ksyms")));
SEC("raw_tp/sys_enter") int weak_variable_and_address(void *ctx) { __u64 at = (__u64)&jiffies; const void *rq = &runqueues; OPAQUE(at); return rq && at ? 1 : 0; }
SEC("raw_tp/sys_enter") int weak_variable_alone(void *ctx) { const void *rq = &runqueues; return rq ? 1 : 0; }
