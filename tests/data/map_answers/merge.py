#!/usr/bin/env python3
"""Joins a script and one file of answers per kernel to a CSV. usage: merge.py SCRIPT KERNEL=ANSWERS..."""

import sys

operations = open(sys.argv[1]).read().splitlines()
columns = {}
for argument in sys.argv[2:]:
    kernel, path = argument.split("=", 1)
    answers = [line for line in open(path).read().splitlines()]
    if answers[-1:] != ["end"] or len(answers) != len(operations) + 1:
        sys.exit(f"{kernel}: {len(answers)} answers to {len(operations)} operations, last {answers[-1:]}")
    columns[kernel] = answers
print(",".join(["operation", *columns]))
for index, operation in enumerate(operations):
    print(",".join([operation, *(columns[kernel][index] for kernel in columns)]))
