#!/usr/bin/env bash
# Builds src/*.bpf.c into obj/. usage: build.sh LIBBPF_INCLUDE_DIR
# The directory holds bpf/bpf_helpers.h, e.g. /usr/include with Debian's package libbpf-dev (1.5 or newer).
set -euo pipefail
INC=$(cd "$1" && pwd); cd "$(dirname "$0")"; mkdir -p obj
for f in src/*.bpf.c; do
  o=obj/$(basename "${f%.c}").o
  clang-19 -target bpf -g -O2 -mcpu=v3 -D__TARGET_ARCH_x86 -Wall -Wno-unused-function -Wno-unused-variable \
    -Wno-compare-distinct-pointer-types -Wno-pass-failed -fdebug-compilation-dir=. -fdebug-prefix-map="$INC"=libbpf \
    -I src -I ../corpus/src -I "$INC" -c "$f" -o "$o"
  llvm-strip-19 -g "$o"
done
