#!/usr/bin/env python3
"""Prints one of the scripts that the guest program carries out. usage: script.py create|elements"""

import sys

import script_create
import script_elements

print("\n".join({"create": script_create.script, "elements": script_elements.script}[sys.argv[1]]()))
