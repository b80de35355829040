#!/usr/bin/env python3
"""Prints one of the scripts that the guest program carries out. usage: script.py create|elements|sleepers"""

import sys

import script_create
import script_elements
import script_sleepers

print("\n".join({"create": script_create.script, "elements": script_elements.script, "sleepers": script_sleepers.script}[sys.argv[1]]()))
