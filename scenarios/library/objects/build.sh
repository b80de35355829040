#!/usr/bin/env bash
# Rebuilds the objects of the library from their sources. Only people who change a source need this: the objects are checked in.
# Needs clang and llvm-strip 19 and libbpf's headers; LIBBPF_INCLUDE names their folder if it is not /usr/include.
set -euo pipefail
cd "$(dirname "$0")"
for source in src/*.bpf.c; do
  object=$(basename "${source%.c}").o
  clang-19 -target bpf -g -O2 -mcpu=v3 -Wall -D__TARGET_ARCH_x86 -ffile-prefix-map="$PWD/src"=. -I "${LIBBPF_INCLUDE:-/usr/include}" \
    -fdebug-compilation-dir=. -c "$source" -o "$object"
  llvm-strip-19 -g "$object"
  echo "$object"
done
