#include "kernel_objects.h"
SEC("tp_btf/kfree_skb") int BPF_PROG(tk_arg, struct sk_buff *p) {  SHOW(p); return 0; }
SEC("tp_btf/kfree_skb") int BPF_PROG(tk_sk, struct sk_buff *p) {  SHOW(p->sk); return 0; }
SEC("tp_btf/kfree_skb") int BPF_PROG(tk_dev, struct sk_buff *p) {  SHOW(p->dev); return 0; }
SEC("tp_btf/kfree_skb") int BPF_PROG(tk_head, struct sk_buff *p) {  SHOW(p->head); return 0; }
SEC("tp_btf/kfree_skb") int BPF_PROG(tk_next, struct sk_buff *p) {  SHOW(p->next); return 0; }
SEC("tp_btf/kfree_skb") int BPF_PROG(tk_len, struct sk_buff *p) {  SHOW(p->len); return 0; }
SEC("tp_btf/kfree_skb") int BPF_PROG(tk_dev_netdev_ops, struct sk_buff *p) {  SHOW(p->dev->netdev_ops); return 0; }
SEC("tp_btf/kfree_skb") int BPF_PROG(tk_sk_sk_socket, struct sk_buff *p) {  SHOW(p->sk->sk_socket); return 0; }
