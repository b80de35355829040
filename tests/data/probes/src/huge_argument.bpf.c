#include "probes.h"
GPL;
/* Memory that a global function wants, with more bytes than an int counts. */
typedef int hoard[0x3fffffff];
typedef int half[0x1fffffff];
__noinline int wants_hoard(hoard *p) { return p ? (*p)[1] : 0; }
__noinline int wants_half(half *p) { return p ? (*p)[1] : 0; }
SEC("tc") int gives_little_for_hoard(struct __sk_buff *s) { int x = s->len; OPAQUE(x); return wants_hoard((void *)&x) & 1; }
SEC("tc") int gives_little_for_half(struct __sk_buff *s) { int x = s->len; OPAQUE(x); return wants_half((void *)&x) & 1; }
SEC("tc") int gives_null_for_hoard(struct __sk_buff *s) { return wants_hoard(0) & 1; }
