"""The project's own build folder, asked for how one source is compiled and what it is linked into, so that a changed copy can be
put in its place without touching the sources or the build."""

import json
import os
import shlex
import subprocess


def words(command):
    """A command of ninja's without the shell around it."""
    return [word for word in shlex.split(command) if word not in (":", "&&", "true")]


class Build:
    def __init__(self, folder):
        self.folder = os.path.abspath(folder)
        self.links = {}
        with open(os.path.join(self.folder, "compile_commands.json"), encoding="utf-8") as file:
            self.compiles = json.load(file)
        listed = subprocess.run(["ctest", "--show-only=json-v1"], cwd=self.folder, check=True, capture_output=True)
        self.tests = {}
        for test in json.loads(listed.stdout)["tests"]:
            properties = {one["name"]: one["value"] for one in test["properties"]}
            environment = dict(one.split("=", 1) for one in properties.get("ENVIRONMENT", []))
            self.tests[test["name"]] = (test["command"], properties.get("WORKING_DIRECTORY", self.folder), environment)

    def compile_changed(self, source, changed, scratch):
        """Compiles a changed copy of a source in every way the build compiles it. The objects that it replaces, with what stands
        instead; None when it does not compile."""
        objects = {}
        for entry in self.compiles:
            if entry["file"] != source:
                continue
            command = words(entry["command"])
            output = command[command.index("-o") + 1]
            copy = os.path.join(scratch, f"{len(objects)}-{os.path.basename(output)}")
            command[command.index("-o") + 1] = copy
            command[command.index("-c") + 1] = changed
            command = [word for word in command if word not in ("-Werror", "-Wextra", "-Wall")]
            command += ["-w", "-iquote", os.path.dirname(source)]
            if subprocess.run(command, cwd=entry["directory"], capture_output=True).returncode:
                return None
            objects[output] = copy
        return objects

    def link_command(self, target):
        if target not in self.links:
            said = subprocess.run(["ninja", "-t", "commands", target], cwd=self.folder, check=True, capture_output=True, text=True)
            self.links[target] = said.stdout.strip().split("\n")[-1]
        return words(self.links[target])

    def archive_of(self, made):
        """The static library that an object is put into: CMake names its folder after it."""
        name = made.split("CMakeFiles/")[1].split(".dir/")[0]
        return os.path.join(made.split("CMakeFiles/")[0], f"lib{name}.a") if name else None

    def link_changed(self, target, objects, scratch):
        """Links a program or module with changed objects. Its path; None when nothing of it changed, or it does not link."""
        command = self.link_command(target)
        changed = [objects.get(word, word) for word in command]
        archives = {}
        if changed == command:  # a program made of the source itself takes none from an archive
            archives = {self.archive_of(made): copy for made, copy in objects.items()}
        for at, word in reversed(list(enumerate(changed))):
            if word in archives:
                changed.insert(at, archives[word])
        if changed == command:
            return None
        result = os.path.join(scratch, os.path.basename(target))
        changed[changed.index("-o") + 1] = result
        return result if subprocess.run(changed, cwd=self.folder, capture_output=True).returncode == 0 else None
