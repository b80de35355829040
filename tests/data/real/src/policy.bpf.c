#include "real.h"
GPL;
/* A tc policy: gives both ends of a packet an identity, tracks connections, looks the policy up from the most exact to
   the least exact rule, translates service addresses and mends checksums, and reports what it dropped. The work is
   spread over static and global subprograms and over tail calls for IPv4, IPv6 and the egress side. */
enum { OK = 0, SHOT = 2, REDIRECT = 7, PROTO_ICMP = 1, PROTO_TCP = 6, PROTO_UDP = 17, PROTO_ICMP6 = 58 };
enum { INGRESS, EGRESS, CALL_V4 = 0, CALL_V6, CALL_REPLY, CALLS };
enum { WHY_NONE, WHY_MALFORMED, WHY_POLICY, WHY_NO_IDENTITY, WHY_CT, WHY_CHECKSUM, WHY_EXTENSION, WHY_LINK, REASONS };
enum { CT_NEW, CT_ESTABLISHED, CT_REPLY, CT_RELATED };
#define IDENTITY_WORLD 2
#define L3 14
#define CB_WHY 0
#define CB_IDENTITY 1
#define CB_FLAGS 2

struct ip4 { __u8 ihl : 4, version : 4; __u8 tos; __be16 len, id, frag; __u8 ttl, proto; __u16 sum; __be32 src, dst; };
struct ip6 { __be32 head; __be16 len; __u8 next, hops; __be32 src[4], dst[4]; };
struct ext { __u8 next, len; };
struct prefix4 { __u32 bits; __be32 at; };
struct prefix6 { __u32 bits; __be32 at[4]; };
struct tuple { __be32 from[4], to[4]; __be16 sport, dport; __u8 proto, dir, family, pad; };
struct ct { __u64 packets, bytes; __u32 expires, identity; __u16 flags, reverse; __be32 pad; };
struct rule_key { __u32 identity; __be16 port; __u8 proto, dir; };
struct rule { __u64 packets, bytes; __u32 deny, proxy; };
struct endpoint { __u32 identity, ifindex, flags, id; __u8 mac[6], gateway[6]; };
struct service_key { __be32 to; __be16 port; __u16 slot; };
struct service { __u32 count, backend; __u16 reverse, flags; };
struct backend { __be32 at; __be16 port; __u8 proto, flags; };
struct report { __u32 why, identity, remote, ifindex; struct tuple tuple; __u32 len, line; };
struct state { struct tuple tuple; __u32 l4, remote, verdict, why; __u16 reverse; __u8 flags, family; __be32 old_to; __be16 old_port; __u16 spare; };

TRIE(identities4, struct prefix4, __u32, 1024);
TRIE(identities6, struct prefix6, __u32, 1024);
LRU(tracked, struct tuple, struct ct, 65536);
HASH(rules, struct rule_key, struct rule, 4096);
HASH(endpoints, __u32, struct endpoint, 1024);
HASH(services, struct service_key, struct service, 1024);
HASH(backends, __u32, struct backend, 4096);
HASH(reverse, __u16, struct backend, 4096);
PERCPU(states, struct state, 1);
PERCPU(dropped, __u64, REASONS * 2);
PROGRAMS(calls, CALLS);
struct { __uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY); __uint(key_size, 4); __uint(value_size, 4); } reports SEC(".maps");

INLINE struct state *state(void) { __u32 zero = 0; return bpf_map_lookup_elem(&states, &zero); }
INLINE __u32 seconds(void) { return bpf_ktime_get_ns() / 1000000000ULL; }

static __noinline int drop(struct __sk_buff *skb, __u32 why, __u32 dir, __u32 line)
{
	struct report r = {};
	struct state *st = state();
	__u32 slot = why * 2 + (dir & 1);
	__u64 *n;

	n = bpf_map_lookup_elem(&dropped, &slot);
	if (n)
		*n += 1;
	r.why = why;
	r.line = line;
	r.len = skb->len;
	r.ifindex = skb->ifindex;
	r.identity = skb->cb[CB_IDENTITY];
	if (st) {
		r.remote = st->remote;
		__builtin_memcpy(&r.tuple, &st->tuple, sizeof(r.tuple));
	}
	bpf_perf_event_output(skb, &reports, BPF_F_CURRENT_CPU, &r, sizeof(r));
	skb->cb[CB_WHY] = why;
	return SHOT;
}
#define DROP(why, dir) return drop(skb, why, dir, __LINE__)

/* The identity of an address: 0 when nobody knows it. */
static __noinline __u32 identity4(__be32 at)
{
	struct prefix4 key = { 32, at };
	__u32 *id = bpf_map_lookup_elem(&identities4, &key);
	return id ? *id : IDENTITY_WORLD;
}
static __noinline __u32 identity6(const __be32 *at)
{
	struct prefix6 key = { 128 };
	__u32 *id;
	__builtin_memcpy(key.at, at, 16);
	id = bpf_map_lookup_elem(&identities6, &key);
	return id ? *id : IDENTITY_WORLD;
}

/* One rule for the exact port, the protocol, the identity or everybody; 1 allows, 0 denies. */
static __noinline int permitted(__u32 identity, __be16 port, __u8 proto, __u8 dir, __u32 len)
{
	struct rule_key key = { identity, port, proto, dir };
	struct rule *rule;

	rule = bpf_map_lookup_elem(&rules, &key);
	if (rule)
		goto found;
	key.port = 0;
	rule = bpf_map_lookup_elem(&rules, &key);
	if (rule)
		goto found;
	key.proto = 0;
	rule = bpf_map_lookup_elem(&rules, &key);
	if (rule)
		goto found;
	key.identity = 0;
	key.port = port;
	key.proto = proto;
	rule = bpf_map_lookup_elem(&rules, &key);
	if (rule)
		goto found;
	key.port = 0;
	key.proto = 0;
	rule = bpf_map_lookup_elem(&rules, &key);
	if (!rule)
		return 0;
found:
	__sync_fetch_and_add(&rule->packets, 1);
	__sync_fetch_and_add(&rule->bytes, len);
	return !rule->deny;
}

/* Global: verified once, alone. How long a connection in this state may rest. */
__noinline int lifetime(int proto, int flags)
{
	if (proto == PROTO_TCP) {
		if (flags & 5)
			return 10;
		return flags & 16 ? 21600 : 60;
	}
	if (proto == PROTO_UDP)
		return 60;
	return 30;
}

INLINE void turn(struct tuple *to, const struct tuple *from)
{
	__builtin_memcpy(to->from, from->to, 16);
	__builtin_memcpy(to->to, from->from, 16);
	to->sport = from->dport;
	to->dport = from->sport;
	to->proto = from->proto;
	to->dir = !from->dir;
	to->family = from->family;
	to->pad = 0;
}

static __noinline int track(struct state *st, __u32 len)
{
	struct tuple back;
	struct ct *ct;

	if (!st)
		return CT_NEW;
	ct = bpf_map_lookup_elem(&tracked, &st->tuple);
	if (ct) {
		ct->packets += 1;
		ct->bytes += len;
		ct->flags |= st->flags;
		ct->expires = seconds() + lifetime(st->tuple.proto, st->flags);
		return CT_ESTABLISHED;
	}
	turn(&back, &st->tuple);
	ct = bpf_map_lookup_elem(&tracked, &back);
	if (!ct)
		return CT_NEW;
	ct->packets += 1;
	ct->flags |= st->flags;
	st->reverse = ct->reverse;
	if (st->tuple.proto == PROTO_TCP && st->flags & 4)
		ct->expires = seconds() + 10;
	return CT_REPLY;
}

static __noinline int remember(struct state *st, __u32 identity, __u32 len)
{
	struct ct fresh = {};

	if (!st)
		return -1;
	fresh.packets = 1;
	fresh.bytes = len;
	fresh.identity = identity;
	fresh.flags = st->flags;
	fresh.reverse = st->reverse;
	fresh.expires = seconds() + lifetime(st->tuple.proto, st->flags);
	return bpf_map_update_elem(&tracked, &st->tuple, &fresh, BPF_ANY);
}

/* Ports and flags behind the network header; 0 or a reason. */
static __noinline int parse_l4(struct __sk_buff *skb, struct state *st)
{
	struct { __be16 sport, dport; } ports = {};
	__u8 flags = 0;

	if (!st)
		return WHY_MALFORMED;
	st->tuple.sport = 0;
	st->tuple.dport = 0;
	st->flags = 0;
	switch (st->tuple.proto) {
	case PROTO_TCP:
		if (bpf_skb_load_bytes(skb, st->l4 + 13, &flags, 1) < 0)
			return WHY_MALFORMED;
		st->flags = flags;
		/* fall through */
	case PROTO_UDP:
		if (bpf_skb_load_bytes(skb, st->l4, &ports, sizeof(ports)) < 0)
			return WHY_MALFORMED;
		st->tuple.sport = ports.sport;
		st->tuple.dport = ports.dport;
		return 0;
	case PROTO_ICMP:
	case PROTO_ICMP6:
		if (bpf_skb_load_bytes(skb, st->l4, &flags, 1) < 0)
			return WHY_MALFORMED;
		st->tuple.dport = bpf_htons(flags);
		return 0;
	}
	return WHY_MALFORMED;
}

/* Writes the new destination and mends both checksums. */
static __noinline int translate(struct __sk_buff *skb, struct state *st, struct backend *to)
{
	__u32 sum = 0, at;
	__be32 old, new;
	__be16 old_port, new_port;

	if (!st || !to)
		return WHY_CHECKSUM;
	old = st->tuple.to[0];
	new = to->at;
	old_port = st->tuple.dport;
	new_port = to->port;
	st->old_to = old;
	st->old_port = old_port;
	if (bpf_skb_store_bytes(skb, L3 + 16, &new, 4, 0) < 0)
		return WHY_CHECKSUM;
	if (bpf_l3_csum_replace(skb, L3 + 10, old, new, 4) < 0)
		return WHY_CHECKSUM;
	at = st->l4 + (st->tuple.proto == PROTO_TCP ? 16 : 6);
	if (bpf_l4_csum_replace(skb, at, old, new, 0x14) < 0)
		return WHY_CHECKSUM;
	if (new_port && new_port != old_port) {
		if (bpf_l4_csum_replace(skb, at, old_port, new_port, 2) < 0)
			return WHY_CHECKSUM;
		if (bpf_skb_store_bytes(skb, st->l4 + 2, &new_port, 2, 0) < 0)
			return WHY_CHECKSUM;
		st->tuple.dport = new_port;
	}
	st->tuple.to[0] = new;
	return 0;
}

INLINE int serve(struct __sk_buff *skb, struct state *st)
{
	struct service_key key = { st->tuple.to[0], st->tuple.dport, 0 };
	struct backend *to, copy;
	struct service *s;

	s = bpf_map_lookup_elem(&services, &key);
	if (!s || !s->count)
		return 0;
	key.slot = bpf_get_prandom_u32() % s->count + 1;
	st->reverse = s->reverse;
	s = bpf_map_lookup_elem(&services, &key);
	if (!s)
		return WHY_CT;
	to = bpf_map_lookup_elem(&backends, &s->backend);
	if (!to)
		return WHY_CT;
	copy = *to;
	return translate(skb, st, &copy);
}

/* What both families and directions share once the tuple is known. */
static __noinline int decide(struct __sk_buff *skb, struct state *st, __u32 own)
{
	__u32 len = skb->len;
	__be16 port;
	int ct;

	if (!st)
		return WHY_CT;
	ct = track(st, len);
	if (ct == CT_ESTABLISHED)
		return 0;
	if (ct == CT_REPLY) {
		skb->cb[CB_FLAGS] = st->reverse;
		return 0;
	}
	port = st->tuple.dport;
	if (!permitted(st->remote, port, st->tuple.proto, st->tuple.dir, len))
		return WHY_POLICY;
	if (remember(st, own, len) < 0)
		return WHY_CT;
	return 0;
}

SEC("tc") int ingress(struct __sk_buff *skb)
{
	struct state *st = state();
	__u32 index = skb->ifindex;
	struct endpoint *own;

	skb->cb[CB_WHY] = WHY_NONE;
	skb->cb[CB_FLAGS] = 0;
	own = bpf_map_lookup_elem(&endpoints, &index);
	if (!own)
		return OK;
	skb->cb[CB_IDENTITY] = own->identity;
	if (!st)
		DROP(WHY_CT, INGRESS);
	__builtin_memset(st, 0, sizeof(*st));
	st->tuple.dir = INGRESS;
	if (skb->protocol == bpf_htons(0x0800))
		bpf_tail_call(skb, &calls, CALL_V4);
	else if (skb->protocol == bpf_htons(0x86dd))
		bpf_tail_call(skb, &calls, CALL_V6);
	else if (skb->protocol == bpf_htons(0x0806))
		return OK;
	DROP(WHY_LINK, INGRESS);
}

SEC("tc") int ipv4(struct __sk_buff *skb)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	struct state *st = state();
	struct ip4 *ip;
	__u32 own = skb->cb[CB_IDENTITY], dir;
	int why;

	if (!st)
		DROP(WHY_CT, INGRESS);
	dir = st->tuple.dir;
	if (data + L3 + sizeof(*ip) > end) {
		if (bpf_skb_pull_data(skb, L3 + sizeof(*ip)))
			DROP(WHY_MALFORMED, dir);
		data = (void *)(long)skb->data;
		end = (void *)(long)skb->data_end;
		if (data + L3 + sizeof(*ip) > end)
			DROP(WHY_MALFORMED, dir);
	}
	ip = data + L3;
	if (ip->ihl < 5)
		DROP(WHY_MALFORMED, dir);
	if (ip->frag & bpf_htons(0x1fff))
		DROP(WHY_MALFORMED, dir);
	st->family = 4;
	st->tuple.family = 4;
	st->tuple.from[0] = ip->src;
	st->tuple.to[0] = ip->dst;
	st->tuple.proto = ip->proto;
	st->l4 = L3 + ip->ihl * 4;
	st->remote = identity4(dir == INGRESS ? ip->src : ip->dst);
	if (!st->remote)
		DROP(WHY_NO_IDENTITY, dir);
	why = parse_l4(skb, st);
	if (why)
		DROP(why, dir);
	if (dir == EGRESS) {
		why = serve(skb, st);
		if (why)
			DROP(why, dir);
		st->remote = identity4(st->tuple.to[0]);
	}
	why = decide(skb, st, own);
	if (why)
		DROP(why, dir);
	if (skb->cb[CB_FLAGS])
		bpf_tail_call(skb, &calls, CALL_REPLY);
	return OK;
}

SEC("tc") int ipv6(struct __sk_buff *skb)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	struct state *st = state();
	struct ext ext;
	struct ip6 *ip;
	__u32 offset = L3 + sizeof(*ip), own = skb->cb[CB_IDENTITY], dir;
	__u8 next;
	int i, why;

	if (!st)
		DROP(WHY_CT, INGRESS);
	dir = st->tuple.dir;
	if (data + L3 + sizeof(*ip) > end)
		DROP(WHY_MALFORMED, dir);
	ip = data + L3;
	st->family = 6;
	st->tuple.family = 6;
	__builtin_memcpy(st->tuple.from, ip->src, 16);
	__builtin_memcpy(st->tuple.to, ip->dst, 16);
	next = ip->next;
	for (i = 0; i < 6; i++) {
		if (next != 0 && next != 43 && next != 60 && next != 51)
			break;
		if (bpf_skb_load_bytes(skb, offset, &ext, sizeof(ext)) < 0)
			DROP(WHY_EXTENSION, dir);
		offset += next == 51 ? (ext.len + 2) * 4 : (ext.len + 1) * 8;
		next = ext.next;
	}
	if (i == 6)
		DROP(WHY_EXTENSION, dir);
	st->tuple.proto = next;
	st->l4 = offset;
	st->remote = dir == INGRESS ? identity6(st->tuple.from) : identity6(st->tuple.to);
	why = parse_l4(skb, st);
	if (why)
		DROP(why, dir);
	why = decide(skb, st, own);
	if (why)
		DROP(why, dir);
	return OK;
}

/* A reply gets the service's address back as its source. */
SEC("tc") int reply(struct __sk_buff *skb)
{
	struct state *st = state();
	__u16 which = skb->cb[CB_FLAGS];
	struct backend *original;
	__be32 old, new;
	__u32 at;

	if (!st || st->family != 4)
		return OK;
	original = bpf_map_lookup_elem(&reverse, &which);
	if (!original)
		return OK;
	old = st->tuple.from[0];
	new = original->at;
	at = st->l4 + (st->tuple.proto == PROTO_TCP ? 16 : 6);
	if (bpf_skb_store_bytes(skb, L3 + 12, &new, 4, 0) < 0 || bpf_l3_csum_replace(skb, L3 + 10, old, new, 4) < 0)
		DROP(WHY_CHECKSUM, st->tuple.dir);
	if (bpf_l4_csum_replace(skb, at, old, new, 0x14) < 0)
		DROP(WHY_CHECKSUM, st->tuple.dir);
	if (original->port) {
		if (bpf_l4_csum_replace(skb, at, st->tuple.sport, original->port, 2) < 0)
			DROP(WHY_CHECKSUM, st->tuple.dir);
		if (bpf_skb_store_bytes(skb, st->l4, &original->port, 2, 0) < 0)
			DROP(WHY_CHECKSUM, st->tuple.dir);
	}
	return OK;
}

SEC("tc") int egress(struct __sk_buff *skb)
{
	struct state *st = state();
	__u32 index = skb->ifindex;
	struct endpoint *own;
	void *data, *end;
	__u8 *mac;
	int i;

	own = bpf_map_lookup_elem(&endpoints, &index);
	if (!own || !st)
		return OK;
	data = (void *)(long)skb->data;
	end = (void *)(long)skb->data_end;
	if (data + L3 > end)
		DROP(WHY_LINK, EGRESS);
	mac = data + 6;
	/* Nobody sends under another's link address. */
	for (i = 0; i < 6; i++)
		if (mac[i] != own->mac[i])
			DROP(WHY_LINK, EGRESS);
	__builtin_memset(st, 0, sizeof(*st));
	st->tuple.dir = EGRESS;
	skb->cb[CB_IDENTITY] = own->identity;
	skb->cb[CB_FLAGS] = 0;
	if (skb->protocol == bpf_htons(0x0800))
		bpf_tail_call(skb, &calls, CALL_V4);
	else if (skb->protocol == bpf_htons(0x86dd))
		bpf_tail_call(skb, &calls, CALL_V6);
	else
		return OK;
	DROP(WHY_LINK, EGRESS);
}
