#include "real.h"
GPL;
/* An XDP load balancer: parses Ethernet, VLAN tags, IPv4, IPv6 with extension headers, TCP, UDP and ICMP errors, finds
   the virtual service, keeps connections, picks a real server from a hash ring, wraps the packet and sends it back.
   Fragments, ICMP and encapsulation are programs of their own, reached by tail calls. */
enum { AF_V4 = 2, AF_V6 = 10, PROTO_ICMP = 1, PROTO_IPIP = 4, PROTO_TCP = 6, PROTO_UDP = 17, PROTO_V6 = 41, PROTO_FRAGMENT = 44, PROTO_ICMP6 = 58 };
enum { DROP = 1, PASS = 2, TX = 3 };
enum { CALL_ENCAP4, CALL_ENCAP6, CALL_ICMP, CALL_FRAGMENT, CALLS };
enum { SEEN, NOT_OURS, NO_SERVICE, NO_REAL, MALFORMED, CONNECTION_HIT, CONNECTION_NEW, ENCAPPED, TOO_BIG, ICMP_ANSWERED, COUNTERS };
#define RING_SIZE 4099
#define MAX_TAGS 2
#define MAX_EXTENSIONS 4
#define MAX_PACKET 1480

struct eth { __u8 dst[6], src[6]; __be16 proto; } __attribute__((packed));
struct vlan { __be16 tag, proto; };
struct ip4 { __u8 ihl : 4, version : 4; __u8 tos; __be16 len, id, frag; __u8 ttl, proto; __u16 sum; __be32 src, dst; };
struct ip6 { __be32 head; __be16 len; __u8 next, hops; __be32 src[4], dst[4]; };
struct ip6_ext { __u8 next, len; };
struct ports { __be16 src, dst; };
struct tcp { __be16 src, dst; __be32 seq, ack; __u8 res : 4, off : 4; __u8 flags; __be16 window, sum, urgent; };
struct udp { __be16 src, dst, len, sum; };
struct icmp { __u8 type, code; __u16 sum; __be16 id, seq; };

struct address { __be32 word[4]; };
struct service_key { struct address to; __be16 port; __u8 proto, family; };
struct service { __u32 flags, ring, reals; };
struct flow { struct address from, to; struct ports ports; __u8 proto, family; __u16 pad; };
struct connection { __u32 real; __u32 flags; __u64 seen; };
struct real { struct address at; __u32 flags, family; };
struct server { struct address source4, source6; __u8 gateway[6], self[6]; };
struct work { struct flow flow; __u32 real, l3_offset, packet_len, family; __u8 tos, is_syn; __u16 spare; };

HASH(services, struct service_key, struct service, 512);
LRU(connections, struct flow, struct connection, 65536);
ARRAY(ring, __u32, RING_SIZE * 8);
ARRAY(reals, struct real, 4096);
ARRAY(servers, struct server, 1);
PERCPU(working, struct work, 1);
PERCPU(counters, __u64, COUNTERS);
PERCPU(per_service, struct { __u64 packets; __u64 bytes; }, 512);
PROGRAMS(calls, CALLS);

INLINE void count(__u32 what) { __u64 *n = bpf_map_lookup_elem(&counters, &what); if (n) *n += 1; }
INLINE struct work *room(void) { __u32 zero = 0; return bpf_map_lookup_elem(&working, &zero); }

INLINE __u32 mix(__u32 a, __u32 b, __u32 c)
{
	a -= c; a ^= (c << 4) | (c >> 28); c += b;
	b -= a; b ^= (a << 6) | (a >> 26); a += c;
	c -= b; c ^= (b << 8) | (b >> 24); b += a;
	a -= c; a ^= (c << 16) | (c >> 16); c += b;
	b -= a; b ^= (a << 19) | (a >> 13); a += c;
	c -= b; c ^= (b << 4) | (b >> 28);
	return c;
}
INLINE __u32 hash_flow(const struct flow *f)
{
	__u32 h = 0x9e3779b9;
	h = mix(f->from.word[0], f->from.word[1], h);
	h = mix(f->from.word[2], f->from.word[3], h);
	h = mix(f->to.word[0], f->to.word[3], h);
	return mix(((__u32)f->ports.src << 16) | f->ports.dst, f->proto, h);
}

/* The one's complement sum of an IPv4 header without options. */
INLINE __u16 header_sum(const struct ip4 *ip)
{
	const __u16 *w = (const void *)ip;
	__u32 sum = 0;
	int i;
#pragma clang loop unroll(full)
	for (i = 0; i < 10; i++)
		sum += w[i];
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

/* Ethernet and up to two VLAN tags: gives the protocol, moves the offset. */
INLINE int parse_eth(void *data, void *end, __u32 *offset, __be16 *proto)
{
	struct eth *eth = data;
	struct vlan *tag;
	int i;

	if ((void *)(eth + 1) > end)
		return -1;
	*proto = eth->proto;
	*offset = sizeof(*eth);
#pragma clang loop unroll(full)
	for (i = 0; i < MAX_TAGS; i++) {
		if (*proto != bpf_htons(0x8100) && *proto != bpf_htons(0x88a8))
			break;
		tag = data + *offset;
		if ((void *)(tag + 1) > end)
			return -1;
		*proto = tag->proto;
		*offset += sizeof(*tag);
	}
	return 0;
}

INLINE int parse_ports(void *at, void *end, struct work *w)
{
	struct tcp *tcp;
	struct udp *udp;

	if (w->flow.proto == PROTO_TCP) {
		tcp = at;
		if ((void *)(tcp + 1) > end)
			return -1;
		w->flow.ports.src = tcp->src;
		w->flow.ports.dst = tcp->dst;
		w->is_syn = (tcp->flags & 2) != 0;
		return 0;
	}
	if (w->flow.proto == PROTO_UDP) {
		udp = at;
		if ((void *)(udp + 1) > end)
			return -1;
		w->flow.ports.src = udp->src;
		w->flow.ports.dst = udp->dst;
		w->is_syn = 0;
		return 0;
	}
	return -1;
}

/* 0 and the flow in w, or a call to make (>0), or -1. */
INLINE int parse4(void *data, void *end, struct work *w)
{
	struct ip4 *ip = data + w->l3_offset;
	__u32 header;

	if ((void *)(ip + 1) > end)
		return -1;
	header = ip->ihl * 4;
	if (header < sizeof(*ip))
		return -1;
	w->flow.from.word[0] = ip->src;
	w->flow.to.word[0] = ip->dst;
	w->flow.proto = ip->proto;
	w->flow.family = AF_V4;
	w->tos = ip->tos;
	w->packet_len = bpf_ntohs(ip->len);
	if (ip->frag & bpf_htons(0x3fff))
		return CALL_FRAGMENT;
	if (ip->proto == PROTO_ICMP)
		return CALL_ICMP;
	return parse_ports((void *)ip + header, end, w);
}

INLINE int parse6(void *data, void *end, struct work *w)
{
	struct ip6 *ip = data + w->l3_offset;
	struct ip6_ext *ext;
	__u32 offset = sizeof(*ip);
	__u8 next;
	int i;

	if ((void *)(ip + 1) > end)
		return -1;
	__builtin_memcpy(&w->flow.from, ip->src, 16);
	__builtin_memcpy(&w->flow.to, ip->dst, 16);
	w->flow.family = AF_V6;
	w->packet_len = bpf_ntohs(ip->len) + sizeof(*ip);
	w->tos = bpf_ntohl(ip->head) >> 20;
	next = ip->next;
	for (i = 0; i < MAX_EXTENSIONS; i++) {
		if (next == PROTO_FRAGMENT)
			return CALL_FRAGMENT;
		if (next != 0 && next != 43 && next != 60)
			break;
		ext = (void *)ip + offset;
		if ((void *)(ext + 1) > end)
			return -1;
		next = ext->next;
		offset += (ext->len + 1) * 8;
		if (offset > 512)
			return -1;
	}
	w->flow.proto = next;
	if (next == PROTO_ICMP6)
		return CALL_ICMP;
	return parse_ports((void *)ip + offset, end, w);
}

static __noinline int find_service(struct work *w, struct service *out)
{
	struct service_key key = {};
	struct service *found;

	if (!w || !out)
		return -1;
	key.to = w->flow.to;
	key.port = w->flow.ports.dst;
	key.proto = w->flow.proto;
	key.family = w->flow.family;
	found = bpf_map_lookup_elem(&services, &key);
	if (!found) {
		/* A service on every port. */
		key.port = 0;
		found = bpf_map_lookup_elem(&services, &key);
		if (!found)
			return -1;
	}
	*out = *found;
	return 0;
}

INLINE int pick_real(struct work *w, struct service *s)
{
	struct connection *known, fresh = {};
	__u32 slot, *index;
	__u64 now = bpf_ktime_get_ns();

	known = bpf_map_lookup_elem(&connections, &w->flow);
	if (known && !w->is_syn && (w->flow.proto != PROTO_UDP || now - known->seen < 30000000000ULL)) {
		known->seen = now;
		w->real = known->real;
		count(CONNECTION_HIT);
		return 0;
	}
	if (s->flags & 1)
		w->flow.ports.src = 0;
	slot = hash_flow(&w->flow) % RING_SIZE;
	slot += (s->ring & 7) * RING_SIZE;
	index = bpf_map_lookup_elem(&ring, &slot);
	if (!index || !*index)
		return -1;
	w->real = *index;
	fresh.real = *index;
	fresh.seen = now;
	bpf_map_update_elem(&connections, &w->flow, &fresh, BPF_ANY);
	count(CONNECTION_NEW);
	return 0;
}

SEC("xdp") int balance(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct service service = {};
	struct work *w = room();
	struct real *real;
	__u32 offset, which;
	__be16 proto;
	int r;
	struct { __u64 packets, bytes; } *sum;

	count(SEEN);
	if (!w)
		return DROP;
	__builtin_memset(w, 0, sizeof(*w));
	if (parse_eth(data, end, &offset, &proto) < 0) {
		count(MALFORMED);
		return DROP;
	}
	w->l3_offset = offset;
	if (proto == bpf_htons(0x0800)) {
		w->family = AF_V4;
		r = parse4(data, end, w);
	} else if (proto == bpf_htons(0x86dd)) {
		w->family = AF_V6;
		r = parse6(data, end, w);
	} else {
		count(NOT_OURS);
		return PASS;
	}
	if (r < 0) {
		count(MALFORMED);
		return DROP;
	}
	if (r > 0) {
		bpf_tail_call(ctx, &calls, r);
		return PASS;
	}
	if (w->packet_len > MAX_PACKET) {
		count(TOO_BIG);
		return DROP;
	}
	if (find_service(w, &service)) {
		count(NO_SERVICE);
		return PASS;
	}
	if (pick_real(w, &service)) {
		count(NO_REAL);
		return DROP;
	}
	which = service.ring;
	sum = bpf_map_lookup_elem(&per_service, &which);
	if (sum) {
		sum->packets += 1;
		sum->bytes += w->packet_len;
	}
	real = bpf_map_lookup_elem(&reals, &w->real);
	if (!real)
		return DROP;
	bpf_tail_call(ctx, &calls, real->family == AF_V6 ? CALL_ENCAP6 : CALL_ENCAP4);
	return PASS;
}

SEC("xdp") int encapsulate4(struct xdp_md *ctx)
{
	struct work *w = room();
	void *data, *end;
	struct server *self;
	struct real *real;
	struct eth *eth;
	struct ip4 *ip;
	__u32 zero = 0;

	if (!w || w->family != AF_V4)
		return DROP;
	real = bpf_map_lookup_elem(&reals, &w->real);
	self = bpf_map_lookup_elem(&servers, &zero);
	if (!real || !self)
		return DROP;
	if (bpf_xdp_adjust_head(ctx, -(int)sizeof(struct ip4)))
		return DROP;
	data = (void *)(long)ctx->data;
	end = (void *)(long)ctx->data_end;
	eth = data;
	ip = data + sizeof(*eth);
	if ((void *)(ip + 1) > end)
		return DROP;
	__builtin_memcpy(eth->dst, self->gateway, 6);
	__builtin_memcpy(eth->src, self->self, 6);
	eth->proto = bpf_htons(0x0800);
	ip->version = 4;
	ip->ihl = 5;
	ip->tos = w->tos;
	ip->len = bpf_htons(w->packet_len + sizeof(*ip));
	ip->id = 0;
	ip->frag = 0;
	ip->ttl = 64;
	ip->proto = PROTO_IPIP;
	ip->sum = 0;
	/* The lower half of the source carries the flow, so that receivers spread it. */
	ip->src = self->source4.word[0] ^ (hash_flow(&w->flow) & 0xffff0000);
	ip->dst = real->at.word[0];
	ip->sum = header_sum(ip);
	count(ENCAPPED);
	return TX;
}

SEC("xdp") int encapsulate6(struct xdp_md *ctx)
{
	struct work *w = room();
	void *data, *end;
	struct server *self;
	struct real *real;
	struct eth *eth;
	struct ip6 *ip;
	__u32 zero = 0;

	if (!w)
		return DROP;
	real = bpf_map_lookup_elem(&reals, &w->real);
	self = bpf_map_lookup_elem(&servers, &zero);
	if (!real || !self)
		return DROP;
	if (bpf_xdp_adjust_head(ctx, -(int)sizeof(struct ip6)))
		return DROP;
	data = (void *)(long)ctx->data;
	end = (void *)(long)ctx->data_end;
	eth = data;
	ip = data + sizeof(*eth);
	if ((void *)(ip + 1) > end)
		return DROP;
	__builtin_memcpy(eth->dst, self->gateway, 6);
	__builtin_memcpy(eth->src, self->self, 6);
	eth->proto = bpf_htons(0x86dd);
	ip->head = bpf_htonl(0x60000000 | ((__u32)w->tos << 20));
	ip->len = bpf_htons(w->packet_len);
	ip->next = w->family == AF_V6 ? PROTO_V6 : PROTO_IPIP;
	ip->hops = 64;
	__builtin_memcpy(ip->src, &self->source6, 16);
	ip->src[3] ^= hash_flow(&w->flow);
	__builtin_memcpy(ip->dst, &real->at, 16);
	count(ENCAPPED);
	return TX;
}

/* Answers echo requests, follows errors to the connection they speak of. */
SEC("xdp") int icmp(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct work *w = room();
	struct ip4 *ip, *inner;
	struct service service = {};
	struct icmp *message;
	struct ports *ports;
	struct eth *eth = data;
	__u32 offset, header, sum;
	__be32 swap;
	__u8 mac[6];

	if (!w || w->family != AF_V4)
		return PASS;
	offset = w->l3_offset;
	if (offset > 64)
		return DROP;
	ip = data + offset;
	/* One sum only: a second one would be another pointer to the verifier. */
	OPAQUE(ip);
	if ((void *)(ip + 1) > end)
		return DROP;
	if (ip->ihl != 5)
		return DROP;
	message = (void *)(ip + 1);
	if ((void *)(message + 1) > end)
		return DROP;
	if (message->type == 8) {
		if ((void *)(eth + 1) > end)
			return DROP;
		__builtin_memcpy(mac, eth->dst, 6);
		__builtin_memcpy(eth->dst, eth->src, 6);
		__builtin_memcpy(eth->src, mac, 6);
		swap = ip->src;
		ip->src = ip->dst;
		ip->dst = swap;
		ip->ttl = 64;
		ip->sum = 0;
		ip->sum = header_sum(ip);
		message->type = 0;
		sum = (__u16)~message->sum + 0xfff7;
		message->sum = ~((sum & 0xffff) + (sum >> 16));
		count(ICMP_ANSWERED);
		return TX;
	}
	if (message->type != 3)
		return PASS;
	inner = (void *)(message + 1);
	if ((void *)(inner + 1) > end)
		return DROP;
	header = inner->ihl * 4;
	if (header < sizeof(*inner))
		return DROP;
	ports = (void *)inner + header;
	if ((void *)(ports + 1) > end)
		return DROP;
	/* The error quotes our own packet: its source is the client's destination. */
	w->flow.from.word[0] = inner->dst;
	w->flow.to.word[0] = inner->src;
	w->flow.ports.src = ports->dst;
	w->flow.ports.dst = ports->src;
	w->flow.proto = inner->proto;
	if (find_service(w, &service)) {
		count(NO_SERVICE);
		return PASS;
	}
	if (pick_real(w, &service)) {
		count(NO_REAL);
		return DROP;
	}
	bpf_tail_call(ctx, &calls, CALL_ENCAP4);
	return DROP;
}

/* Fragments have ports in the first one only: all of them go by addresses. */
SEC("xdp") int fragment(struct xdp_md *ctx)
{
	struct service service = {};
	struct work *w = room();
	struct real *real;

	if (!w)
		return DROP;
	w->flow.ports.src = 0;
	w->flow.ports.dst = 0;
	w->is_syn = 0;
	if (find_service(w, &service) || pick_real(w, &service))
		return PASS;
	real = bpf_map_lookup_elem(&reals, &w->real);
	if (!real)
		return DROP;
	bpf_tail_call(ctx, &calls, real->family == AF_V6 ? CALL_ENCAP6 : CALL_ENCAP4);
	return DROP;
}
