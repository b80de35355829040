#!/usr/bin/env python3
"""Turns what a recorder printed into verdicts.csv.

usage: verdicts.py KERNEL=ANSWERS.jsonl ... > verdicts.csv

Every line of ANSWERS is one program: file, prog, sec, rc (0 or -errno), log (the end of the verifier's log) and libbpf
(the library's warnings). One row per program and kernel comes out: file,prog,section,kernel,verdict,errno,reason.
"""
import csv
import json
import re
import sys

# What the kernel prints behind the decisive line: its summary, the source line, the states of an endless loop.
BEHIND = re.compile(r"^(;|processed \d+ insns|verification time|stack depth|insns processed|(cur|old) state:|caller:)")
# One message of the kernel has no line end.
GLUED = re.compile(r"verification time \d+ usec$")
POISON = re.compile(r"invalid func unknown#(200\d{7})")
# Warnings of the library that say what it could not do, most telling first.
TELLING = ("failed to find kernel BTF", "Cannot find member", "is not found in kernel BTF", "Error in",
           "failed to create", "failed to find", "failed to load", "failed")


def last_line(log):
    """The last line that gives a reason."""
    lines = [line.strip() for line in log.split("\n") if line.strip()]
    lines = [GLUED.sub("", line) for line in lines if not BEHIND.match(line)]
    if len(lines) > 1 and lines[-1].startswith("Caller passes invalid args into func"):
        lines.pop()
    if len(lines) > 1 and lines[-2].endswith(","):
        return lines[-2] + " " + lines[-1]
    return lines[-1] if lines else ""


def library_reason(warnings):
    """The warning that says why the library gave up."""
    lines = [re.sub(r"^libbpf: ", "", line).strip() for line in warnings.split("\n") if line.strip()]
    for telling in TELLING:
        for line in lines:
            if telling in line:
                return line
    return lines[-1] if lines else "(no warning)"


def judge(answer):
    """(verdict, errno, reason) of one line of the recorder."""
    rc, log, warnings = answer["rc"], answer["log"], answer["libbpf"]
    if rc == 0:
        return "accept", 0, ""
    if rc == -999:
        return "crash", rc, log
    if "BPF program load failed" not in warnings:
        # Either the library never asked, or a step after an accepted load failed.
        if log and "processed" in log:
            return "accept", 0, ""
        return "library", rc, library_reason(warnings)
    reason = last_line(log)
    poisoned = POISON.search(log)
    if poisoned:
        text = f"kfunc not found in the kernel: the library poisons the call (invalid func unknown#{poisoned[1]})"
        return "library", rc, text
    if "invalid func unknown#195896080" in log or "<invalid CO-RE relocation>" in log:
        return "library", rc, "type or field not found in the kernel: the library poisons the instruction"
    if not reason:
        error = re.search(r"BPF program load failed: (.*)", warnings)
        reason = "(no message) " + (error[1].strip() if error else "")
    return "reject", rc, reason


def main():
    rows = []
    for argument in sys.argv[1:]:
        kernel, path = argument.split("=", 1)
        for line in open(path, encoding="utf-8", errors="replace"):
            answer = json.loads(line) if line.startswith("{") else None
            if answer is None:
                continue
            if "open_errno" in answer:
                sys.exit(f"{answer['file']} on {kernel}: the library cannot read it: {answer['msg']}")
            rows.append([answer["file"], answer["prog"], answer["sec"], kernel, *judge(answer)])
    order = [argument.split("=", 1)[0] for argument in sys.argv[1:]]
    rows.sort(key=lambda row: (row[0], row[1], order.index(row[3])))
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["file", "prog", "section", "kernel", "verdict", "errno", "reason"])
    out.writerows(rows)


if __name__ == "__main__":
    main()
