#!/usr/bin/env bash
# Builds V*.bpf.c into obj/. usage: build.sh LIBBPF_INCLUDE_DIR
# The directory holds bpf/bpf_helpers.h, e.g. /usr/include with Debian's package libbpf-dev (1.5 or newer).
# Lines of C stay in the objects (sections .BTF and .BTF.ext), DWARF and the paths of the machine do not.
set -euo pipefail
INC=$(cd "$1" && pwd); cd "$(dirname "$0")"; mkdir -p obj
ARCH=()
[ -d "/usr/include/$(uname -m)-linux-gnu" ] && ARCH=(-idirafter "/usr/include/$(uname -m)-linux-gnu")
for f in V*.bpf.c; do
  o=obj/${f%.c}.o
  clang-19 -target bpf -g -O2 -mcpu=v3 -D__TARGET_ARCH_x86 -Wall -fdebug-compilation-dir=. \
    -fdebug-prefix-map="$INC"=libbpf -I "$INC" "${ARCH[@]}" -c "$f" -o "$o"
  llvm-strip-19 -g "$o"
done
