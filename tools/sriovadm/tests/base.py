# SPDX-License-Identifier: GPL-2.0
"""What the tests of sriovadm's commands share."""
import json
import os
import re
import subprocess
import tempfile
import unittest

import jsonschema

from tree import Tree

PROGRAM = os.environ["SRIOVADM"]
PF = "0000:01:00.0"
# An address in front of what begins with it
TWICE = re.compile(r"([0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]): \1\b")
DEVICE = f"/sys/bus/pci/devices/{PF}"
SCHEMA = os.path.join(os.path.dirname(os.path.realpath(__file__)),
                      "../schema/sriovadm.schema.json")
with open(SCHEMA, encoding="utf-8") as schema:
    VALIDATOR = jsonschema.Draft202012Validator(json.load(schema))


class Case(unittest.TestCase):
    """Each test has a machine of its own"""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.tree = None

    def machine(self, **args):
        """PF of an id that nobody knows, under its native driver"""
        pf = {"ident": "1234:0001"}
        for key in ("ident", "cls", "policy", "reason", "serial", "name",
                    "total", "group"):
            if key in args:
                pf[key] = args.pop(key)
        args.setdefault("modules", ("pci-pf-stub", "uio_pci_generic"))
        self.tree = Tree(self.folder.name + "/root", **args)
        self.tree.pf(PF, pf.pop("ident"), **pf)
        return self.tree

    def run_only(self, *args, fake=None, user=None, **env):
        """Run it, and say how it ended and what it printed"""
        environ = {key: value for key, value in os.environ.items()
                   if key not in ("SSH_CONNECTION", "FAKE")}
        environ.update(env, SRIOVADM_ROOT=self.tree.root, LC_ALL="C")
        if fake:
            environ["FAKE"] = fake
        command = [PROGRAM, *args]
        if user:
            command = ["setpriv", f"--reuid={user}", "--clear-groups",
                       *command]
        done = subprocess.run(command, env=environ, text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              start_new_session=True, timeout=60)
        self.assertNotRegex(done.stdout + done.stderr, TWICE)
        return done

    def run_it(self, *args, exit_code=0, **more):
        """The same, and the way it ends is known"""
        done = self.run_only(*args, **more)
        self.assertEqual(done.returncode, exit_code,
                         f"{args}: {done.stdout}{done.stderr}")
        return done

    def refused(self, *args, exit_code, says=(), **more):
        """It ends so, and leaves all as it was"""
        before = self.tree.state()
        done = self.run_it(*args, exit_code=exit_code, **more)
        self.assertEqual(self.tree.state(), before)
        for text in says:
            self.assertIn(text, done.stdout + done.stderr)
        return done

    def json(self, *args, exit_code=0, **more):
        """What it says for programs, in the form that the schema promises"""
        done = self.run_it("--json", *args, exit_code=exit_code, **more)
        self.assertEqual(done.stderr, "")
        value = json.loads(done.stdout)
        VALIDATOR.validate(value)
        for error in value["errors"]:
            self.assertFalse(error["address"] and error["message"].startswith(
                error["address"]), error)
        return value

    def driver(self, address=PF):
        """Of a device; None if it has none"""
        path = self.tree.path(f"sys/bus/pci/devices/{address}/driver")
        if not os.path.islink(path):
            return None
        return os.path.basename(os.readlink(path))

    def file(self, name, address=PF):
        """Of a device"""
        return self.tree.get(f"sys/bus/pci/devices/{address}/{name}")

    def config(self, address=PF):
        """The file that is about a PF"""
        path = self.tree.path(f"etc/sriovadm/pf.d/{address}.conf")
        if not os.path.exists(path):
            return None
        with open(path, encoding="utf-8") as file:
            return file.read()

    def configure(self, text, name="test.conf"):
        """Write a file of pf.d"""
        self.tree.put(f"etc/sriovadm/pf.d/{name}", text)
