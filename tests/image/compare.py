#!/usr/bin/env python3
"""compare.py [--every N] VIGIL FILE-OR-FOLDER...

What vigil says of real image files beside what independent tools say: IMPHASH and version strings by pefile,
AuthentiHash by osslsigncode where it is installed. Exit code 77 (skipped) without pefile or without any image.
"""
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys

try:
    import pefile
except ImportError:
    print("skipped: needs pefile (Debian: python3-pefile)")
    sys.exit(77)

STRINGS = {
    "OriginalFileName": "OriginalFilename",
    "Description": "FileDescription",
    "Product": "ProductName",
    "Company": "CompanyName",
    "FileVersion": "FileVersion",
}
NO_SIGNATURE_ROUNDS = 40  # osslsigncode starts a process a file


def images(arguments, every):
    for argument in arguments:
        if os.path.isdir(argument):
            for name in sorted(os.listdir(argument))[::every]:
                if os.path.isfile(os.path.join(argument, name)):
                    yield os.path.join(argument, name)
        elif os.path.isfile(argument):
            yield argument


def text(value):
    """pefile hands strings out as UTF-8, what is no text escaped."""
    return value.decode("utf-8", "backslashreplace").split("\0")[0] or None


def best_language(entries):
    rank = {0: 2, 0x409: 1}
    return max(entries, key=lambda entry: rank.get(entry.id, 0))


def version_strings(pe):
    none = dict.fromkeys(STRINGS)
    blocks = getattr(pe, "FileInfo", None)
    if not blocks:
        return none
    # pefile reads every language's resource in the order of the directory; vigil reads one of them.
    types = [entry for entry in pe.DIRECTORY_ENTRY_RESOURCE.entries if entry.id == 16]
    names = [entry for entry in types[0].directory.entries if entry.id == 1]
    if not names:
        return none  # GetFileVersionInfo looks for number 1 alone
    languages = names[0].directory.entries
    block = blocks[languages.index(best_language(languages))]
    tables, wanted = [], []
    for entry in block:
        if entry.Key == b"StringFileInfo":
            tables += entry.StringTable
        elif entry.Key == b"VarFileInfo" and not wanted:
            for variable in entry.Var:
                if b"Translation" in variable.entry:
                    first = variable.entry[b"Translation"].split()[:2]
                    wanted.append("%04x%04x" % tuple(int(number, 16) for number in first))
    by_name = {table.LangID.decode().lower(): table for table in reversed(tables)}
    for name in wanted + ["040904b0", "040904e4", "04090000"]:
        if name in by_name:
            break
    else:
        if not tables:
            return none
        name = tables[0].LangID.decode().lower()
    entries = {key.decode().lower(): value for key, value in by_name[name].entries.items()}
    return {ours: text(entries.get(theirs.lower(), b"")) for ours, theirs in STRINGS.items()}


def authentihash(path):
    """What osslsigncode computes of a signed file. None when it says nothing of it."""
    tool = shutil.which("osslsigncode")
    if tool is None:
        return None
    out = subprocess.run([tool, "verify", "-in", path], capture_output=True, text=True, errors="replace").stdout
    found = re.search(r"Calculated message digest\s*:\s*([0-9A-F]{64})\b", out)
    return found and found.group(1).lower()


def sign(path, scratch):
    """A signed copy, because osslsigncode tells the hash of no other."""
    copy = os.path.join(scratch, "signed")
    if os.path.exists(copy):
        os.unlink(copy)
    done = subprocess.run(
        ["osslsigncode", "sign", "-h", "sha256", "-certs", scratch + "/c", "-key", scratch + "/k", path, copy],
        capture_output=True)
    return copy if done.returncode == 0 else None


def make_certificate(scratch):
    done = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=test", "-days", "2",
         "-keyout", scratch + "/k", "-out", scratch + "/c"], capture_output=True)
    return done.returncode == 0


def main():
    every, given = 1, sys.argv[1:]
    if given[0] == "--every":
        every, given = int(given[1]), given[2:]
    vigil, arguments = given[0], given[1:]
    counts = dict.fromkeys(["images", "IMPHASH", "strings", "AuthentiHash"], 0)
    wrong = 0
    scratch = os.path.join(os.getcwd(), "compare.%d" % os.getpid())
    os.mkdir(scratch)
    signing = shutil.which("osslsigncode") and make_certificate(scratch)
    try:
        for path in images(arguments, every):
            try:
                pe = pefile.PE(path)
            except pefile.PEFormatError:
                continue
            out = subprocess.run([vigil, "inspect", "--json", path], capture_output=True, check=True).stdout
            ours = json.loads(out)
            theirs = version_strings(pe)
            theirs["IMPHASH"] = pe.get_imphash() if hasattr(pe, "DIRECTORY_ENTRY_IMPORT") else None
            if theirs["IMPHASH"] in ("", hashlib.md5(b"").hexdigest()):
                theirs["IMPHASH"] = None
            if counts["AuthentiHash"] < NO_SIGNATURE_ROUNDS:
                found = authentihash(path)
                if found is None and signing:
                    signed = sign(path, scratch)
                    found = signed and authentihash(signed)
                if found:
                    counts["AuthentiHash"] += 1
                    theirs["AuthentiHash"] = found
            counts["images"] += 1
            counts["IMPHASH"] += theirs["IMPHASH"] is not None
            counts["strings"] += sum(theirs[name] is not None for name in STRINGS)
            for name, value in theirs.items():
                if ours[name] != value:
                    wrong += 1
                    print("%s: %s is %r, and %r to vigil" % (path, name, value, ours[name]))
    finally:
        shutil.rmtree(scratch)
    if counts["images"] == 0:
        print("skipped: no image files among", arguments)
        return 77
    print("the same of %(images)d images: %(IMPHASH)d IMPHASH, %(strings)d strings, %(AuthentiHash)d AuthentiHash"
          % counts if not wrong else "%d differences" % wrong)
    return 1 if wrong else 0


sys.exit(main())
