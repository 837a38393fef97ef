"""The project's own build folder, asked for how its sources are compiled and what they are linked into, so that changed copies can
be put in their place without touching the sources or the build."""

import json
import os
import re
import shlex
import shutil
import subprocess


def words(command):
    """A command of ninja's without the shell around it."""
    return [word for word in shlex.split(command) if word not in (":", "&&", "true")]


class Broken(Exception):
    """A source that does not compile, and the lines that are wrong."""

    def __init__(self, said):
        super().__init__(said)
        self.lines = {int(line) for line in re.findall(r"^[^:\n]+:(\d+):\d+: error:", said, re.M)}


class Build:
    def __init__(self, folder):
        self.folder = os.path.abspath(folder)
        self.links = {}
        with open(os.path.join(self.folder, "compile_commands.json"), encoding="utf-8") as file:
            self.compiles = json.load(file)
        listed = subprocess.run(["ctest", "--show-only=json-v1"], cwd=self.folder, check=True, capture_output=True)
        self.tests = {}
        for test in json.loads(listed.stdout)["tests"]:
            if "command" not in test:
                continue  # not built
            properties = {one["name"]: one["value"] for one in test["properties"]}
            environment = dict(one.split("=", 1) for one in properties.get("ENVIRONMENT", []))
            self.tests[test["name"]] = (test["command"], properties.get("WORKING_DIRECTORY", self.folder), environment)

    def target_of(self, test):
        """The program of a test as ninja names it; None when it is not of this build."""
        program = self.tests[test][0][0]
        return os.path.relpath(program, self.folder) if program.startswith(self.folder + os.sep) else None

    def link_command(self, target):
        if target not in self.links:
            said = subprocess.run(["ninja", "-t", "commands", target], cwd=self.folder, check=True, capture_output=True, text=True)
            self.links[target] = words(said.stdout.strip().split("\n")[-1])
        return self.links[target]

    def taken(self, target):
        """The names of everything in the build folder that a target is linked from."""
        return set(self.link_command(target))

    @staticmethod
    def archive_of(made):
        """The static library that an object is put into: CMake names its folder after it."""
        folder, name = made.split("CMakeFiles/")
        return os.path.join(folder, f"lib{name.split('.dir/')[0]}.a")

    def compile_changed(self, source, changed, taken, scratch, options=()):
        """Compiles a changed copy of a source in every way in which it is taken. The objects that it replaces, with what stands
        instead; raises Broken when it does not compile."""
        objects = {}
        for entry in self.compiles:
            command = words(entry["command"]) if entry["file"] == source else []
            output = command[command.index("-o") + 1] if command else ""
            if not command or not taken & {output, self.archive_of(output)}:
                continue
            copy = os.path.join(scratch, output)
            os.makedirs(os.path.dirname(copy), exist_ok=True)
            command[command.index("-o") + 1] = copy
            command[command.index("-c") + 1] = changed
            command = [word for word in command if word not in ("-Werror", "-Wextra", "-Wall")]
            command += ["-w", "-iquote", os.path.dirname(source), *options]
            ended = subprocess.run(command, cwd=entry["directory"], capture_output=True, text=True)
            if ended.returncode:
                raise Broken(ended.stderr)
            objects[output] = copy
        return objects

    def changed_archives(self, objects, scratch):
        """Copies of the static libraries with changed objects in them."""
        inside = {}
        for made, copy in objects.items():
            if os.path.exists(os.path.join(self.folder, self.archive_of(made))):
                inside.setdefault(self.archive_of(made), []).append(copy)
        for archive, copies in inside.items():
            made = os.path.join(scratch, archive)
            os.makedirs(os.path.dirname(made), exist_ok=True)
            shutil.copy(os.path.join(self.folder, archive), made)
            subprocess.run(["ar", "r", made, *copies], check=True, capture_output=True)
        return {archive: os.path.join(scratch, archive) for archive in inside}

    def link_changed(self, target, changed, scratch):
        """Links a program or module with changed objects and libraries. Its path; None when nothing of it changed."""
        command = self.link_command(target)
        if not set(command) & set(changed):
            return None
        command = [changed.get(word, word) for word in command]
        result = os.path.join(scratch, "linked", os.path.basename(target))
        os.makedirs(os.path.dirname(result), exist_ok=True)
        command[command.index("-o") + 1] = result
        subprocess.run(command, cwd=self.folder, capture_output=True, check=True)
        return result
