#!/usr/bin/env bash
# Builds sleeper.bpf.c once per kind of map into this folder. usage: build.sh LIBBPF_INCLUDE_DIR
# The directory holds bpf/bpf_helpers.h, e.g. /usr/include with Debian's package libbpf-dev (1.5 or newer).
set -euo pipefail
INC=$(cd "$1" && pwd); cd "$(dirname "$0")"
for kind in array hash hash_np lru lru_local percpu_array percpu_hash percpu_hash_np lru_percpu lpm array_of_maps hash_of_maps task_storage queue stack ringbuf rhash; do
  clang-19 -target bpf -g -O2 -mcpu=v2 -Wall -DKIND_$kind -fdebug-compilation-dir=. -fdebug-prefix-map="$INC"=libbpf -I "$INC" -I /usr/include/x86_64-linux-gnu -c sleeper.bpf.c -o $kind.bpf.o
  llvm-strip-19 -g $kind.bpf.o
done
