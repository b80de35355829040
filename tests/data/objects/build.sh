#!/usr/bin/env bash
# Builds src/*.bpf.c into this folder. usage: build.sh LIBBPF_INCLUDE_DIR
# The directory holds bpf/bpf_helpers.h, e.g. /usr/include with Debian's package libbpf-dev (1.5 or newer).
set -euo pipefail
INC=$(cd "$1" && pwd); cd "$(dirname "$0")"
for f in src/*.bpf.c; do
  o=$(basename "${f%.c}").o; debug=-g
  case $f in src/plain*) debug=;; esac
  clang-19 -target bpf $debug -O2 -mcpu=v3 -Wall -Wno-unused-function -Wno-compare-distinct-pointer-types \
    -fdebug-compilation-dir=. -fdebug-prefix-map="$INC"=libbpf -I src -I "$INC" -c "$f" -o "$o"
  llvm-strip-19 -g "$o"
done
