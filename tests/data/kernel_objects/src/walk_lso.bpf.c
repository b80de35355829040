#include "kernel_objects.h"
SEC("lsm/socket_connect") int BPF_PROG(lso_arg, struct socket *p) {  SHOW(p); return 0; }
SEC("lsm/socket_connect") int BPF_PROG(lso_sk, struct socket *p) {  SHOW(p->sk); return 0; }
SEC("lsm/socket_connect") int BPF_PROG(lso_file, struct socket *p) {  SHOW(p->file); return 0; }
SEC("lsm/socket_connect") int BPF_PROG(lso_ops, struct socket *p) {  SHOW(p->ops); return 0; }
SEC("lsm/socket_connect") int BPF_PROG(lso_sk_sk_socket, struct socket *p) {  SHOW(p->sk->sk_socket); return 0; }
SEC("lsm/socket_connect") int BPF_PROG(lso_sk___sk_common_skc_net_net, struct socket *p) {  SHOW(p->sk->__sk_common.skc_net.net); return 0; }
SEC("lsm/socket_connect") int BPF_PROG(lso_sk___sk_common_skc_family, struct socket *p) {  SHOW(p->sk->__sk_common.skc_family); return 0; }
SEC("lsm/socket_connect") int BPF_PROG(lso_sk_sk_user_data, struct socket *p) {  SHOW(p->sk->sk_user_data); return 0; }
