#!/usr/bin/env bash
# Boots real kernels under QEMU (software emulation, no network) and records their answers to a script in ../map_answers_SCRIPT.csv.
# usage: record.sh DIR SCRIPT [KERNEL...]      DIR/kernels/5.10 and so on are kernel images (bzImage); SCRIPT is create, elements or sleepers;
# DIR/libbpf has a static libbpf (1.5 or newer) as Debian's package libbpf-dev does
# With kernels named, the answers of the others are taken from DIR/answers, where all are kept.
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd); DIR=$(cd "$1" && pwd); SCRIPT=$2; shift 2
WORK=$(mktemp -d); trap 'rm -rf "$WORK"' EXIT
mkdir -p "$DIR/answers" "$WORK"/root/{proc,sys,dev,tmp,cg}
ALL=(5.10 6.1 6.12 7.2); KERNELS=("${@:-${ALL[@]}}"); [ $# -gt 0 ] || KERNELS=("${ALL[@]}")
L="$DIR/libbpf/usr"
gcc -O1 -Wall -static -no-pie -I "$L/include" -o "$WORK/root/init" "$HERE"/guest/{main,btf,fds,sleeper}.c "$L/lib/x86_64-linux-gnu/libbpf.a" -lelf -lz -lpthread
mkdir "$WORK/root/sleeper"; cp "$HERE"/sleeper/*.bpf.o "$WORK/root/sleeper/"
"$HERE/script.py" "$SCRIPT" > "$WORK/script"; cp "$WORK/script" "$WORK/root/script"
mknod "$WORK/root/dev/console" c 5 1
(cd "$WORK/root" && find . | cpio -o -H newc --quiet | gzip -1) > "$WORK/initrd"
for k in "${KERNELS[@]}"; do
  # 6.12 faults on cmpxchg16b as some QEMU versions emulate it; newer kernels need that instruction for arenas.
  case $k in 6.12) cpu=max,-cx16,-la57;; *) cpu=max,-la57;; esac
  timeout "${T:-900}" qemu-system-x86_64 -accel tcg -m "${MEM:-2000}" -smp 2 -cpu "$cpu" -nographic -no-reboot -kernel "$DIR/kernels/$k" \
    -initrd "$WORK/initrd" -append "console=ttyS0 quiet loglevel=3 lsm=bpf mitigations=off cgroup_no_v1=all" </dev/null \
    | stdbuf -oL tr -d '\r' | tee "$WORK/console" | sed -un 's/^@@//p' > "$DIR/answers/$SCRIPT.$k"
  echo "$k: $(wc -l < "$DIR/answers/$SCRIPT.$k") answers"
  tail -1 "$DIR/answers/$SCRIPT.$k" | grep -qx end || { grep -av '^@@' "$WORK/console" | tail -30; exit 1; }
done
columns=(); for k in "${ALL[@]}"; do columns+=("$k=$DIR/answers/$SCRIPT.$k"); done
"$HERE/merge.py" "$WORK/script" "${columns[@]}" > "$WORK/csv"; cp "$WORK/csv" "$HERE/../map_answers_$SCRIPT.csv"
wc -l "$HERE/../map_answers_$SCRIPT.csv"
