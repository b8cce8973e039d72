#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The JSON Schema of sriovadm --json.

	test-schema.py [<file>...]

Each file is what a command printed and must be valid.  Without any, and with them,
the schema itself must tell right from wrong: of a report in which everything occurs,
each member is left out, made null, and made something else.
"""
import copy
import json
import os
import sys

import jsonschema

HERE = os.path.dirname(os.path.realpath(__file__))

REPORT = {
    "schema": 1, "ok": False, "changed": True,
    "kernel": {
        "release": "6.12.0", "feature": "builtin", "scope": "stub",
        "unlisted": "allow",
        "override": [{"entry": "8086:10fb:*:0003=refuse", "origin": "config"}],
    },
    "pfs": [{
        "address": "0000:01:00.0", "id": "144d:a824",
        "subsystem": "144d:a801", "class": "010802",
        "serial": "00-25-38-b1-71-b0-1a-2c", "name": "nvme0",
        "driver": "pci-stub", "driver_override": "pci-stub",
        "numvfs": 1, "totalvfs": 8, "iommu_group": 3,
        "policy": {"verdict": "allow", "source": "table",
                   "reason": "none nvme", "decided_by": "kernel"},
        "autoprobe": False,
        "in_use": [{"check": "vf-open", "what": "pid 7 (qemu)"}],
        "config": {"file": "/etc/sriovadm/pf.d/0000:01:00.0.conf",
                   "driver": "pci-stub", "vfs": 4},
        "vfs": [{"index": 0, "address": "0000:01:00.1",
                 "driver": "vfio-pci", "iommu_group": 9,
                 "open_by": [{"pid": 7, "comm": "qemu"}]}],
    }],
    "steps": [{"path": "/sys/bus/pci/drivers_probe",
               "value": "0000:01:00.0", "errno": 16}],
    "errors": [{"code": "in-use", "exit": 5, "address": "0000:01:00.0",
                "message": "in use"}],
}

# Known in any case
NEVER_NULL = {
    "schema", "ok", "changed", "kernel", "feature", "entry", "pfs", "id",
    "policy", "check", "file", "index", "pid", "steps", "path", "errors",
    "code", "exit", "message", "[]",
}


def members(value, path=()):
    """The way to each member of each object, and to each element"""
    if isinstance(value, dict):
        for key in value:
            yield path + (key,)
            yield from members(value[key], path + (key,))
    elif isinstance(value, list):
        for number, element in enumerate(value):
            yield path + (number,)
            yield from members(element, path + (number,))


def changed(path, *value):
    """The report with another value at that place, or with none"""
    report = copy.deepcopy(REPORT)
    place = report
    for key in path[:-1]:
        place = place[key]
    if value:
        place[path[-1]] = value[0]
    else:
        del place[path[-1]]
    return report


def main():
    with open(os.path.join(HERE, "sriovadm.schema.json"),
              encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    bad = 0
    done = 0

    def expect(title, value, valid):
        nonlocal bad, done
        done += 1
        errors = [f"{'/'.join(map(str, e.absolute_path))}: {e.message}"
                  for e in validator.iter_errors(value)]
        if valid == (not errors):
            return
        bad += 1
        print(f"not ok schema: {title}: "
              f"{'; '.join(errors) if valid else 'is valid'}")

    expect("a report", REPORT, True)
    expect("a report with more", changed(("more",), 1), True)
    for path in members(REPORT):
        name = "/".join(map(str, path))
        key = path[-1] if isinstance(path[-1], str) else "[]"
        null = key not in NEVER_NULL
        # The address of a VF is known, that of a PF by its ids is not
        if path[:3] == ("pfs", 0, "vfs") and key == "address":
            null = False
        if key != "[]":
            expect(f"no {name}", changed(path), False)
        expect(f"{name} is null", changed(path, None), null)
        expect(f"{name} is a list of lists", changed(path, [[]]), False)
    for path, value in (
            (("schema",), 2), (("ok",), True), (("kernel", "feature"), "yes"),
            (("kernel", "override", 0, "entry"), "8086=allow"),
            (("pfs", 0, "address"), "1:0.0"),
            (("pfs", 0, "numvfs"), -1), (("pfs", 0, "driver"), ""),
            (("pfs", 0, "in_use", 0, "check"), "other"),
            (("errors", 0, "exit"), 0), (("errors", 0, "exit"), 10)):
        expect(f"{path[-1]} is {value}", changed(path, value), False)

    for name in sys.argv[1:]:
        with open(name, encoding="utf-8") as file:
            try:
                value = json.load(file)
            except ValueError as error:
                done += 1
                bad += 1
                print(f"not ok schema: {name}: {error}")
                continue
        expect(name, value, True)
    print(f"schema: {done - bad} as they should be, {bad} not")
    return bad != 0


if __name__ == "__main__":
    sys.exit(main())
