#!/usr/bin/env python3
"""Profiles that profile_lint accepts, against the published JSON schema of a profile.

usage: profiles.py PROFILE_LINT [SEED]    the program, and where to begin with random profiles

The profiles are those of the fixtures of the rules, and random ones. The last line is `N profiles, M accepted, F failed`; the exit code
is 0 when none failed.
"""

import json
import random
import subprocess
import sys
import urllib.parse
from pathlib import Path

from jsonschema import Draft202012Validator, FormatChecker

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
RANDOM = 300

# What the schema has against profiles that are right: key, rule, and why Apple takes them. Each must show.
GAPS = {
    ("is_mdm_removable", "required"): "the key may be absent; the default is true",
    ("org_magic", "required"): "Apple calls every key optional, and profiles without it are in use",
}

formats = FormatChecker([])


@formats.checks("uri", raises=ValueError)
def is_uri(value):
    """By Python's own reading; jsonschema checks none without another package."""
    parts = urllib.parse.urlsplit(value)
    _ = parts.port
    return bool(parts.scheme and parts.netloc) and value.isascii() and " " not in value


@formats.checks("email")
def is_email(value):
    return value.count("@") >= 1 and not value.startswith("@") and not value.endswith("@")


def of_fixtures():
    for path in sorted((FIXTURES / "rules").glob("ADE-P*.json")):
        fixture = json.loads(path.read_text(encoding="utf-8"))
        for name in ("breaks", "keeps"):
            profile = fixture[name]
            if isinstance(profile, dict):
                # A stored profile holds Apple's JSON.
                yield f"{path.stem} {name}", profile.get("apple", profile)


def at_random(seed):
    pick = random.Random(seed)
    texts = ["IT", "it@example.org", "+31 20 555 0100", "", "x" * 125, "x" * 126, "x" * 250, " padded ", "Zürich", "A\nB"]
    urls = ["https://mdm.example.org/enroll", "http://mdm.example.org", "mdm.example.org", "https://[::1]/x", "https://m.example.org/a b",
            "https://m.example.org:99999/", "https://m.example.org/" + "a" * 1990, "https://user@m.example.org/?q=%20#top", "urn:x"]
    keys = ["Siri", "TOS", "Restore", "Android", "siri", "", "NextYear"]
    flag = lambda: pick.choice([True, False])
    makers = {
        "profile_name": lambda: pick.choice(texts), "department": lambda: pick.choice(texts), "org_magic": lambda: pick.choice(texts),
        "support_phone_number": lambda: pick.choice(texts), "support_email_address": lambda: pick.choice(texts),
        "url": lambda: pick.choice(urls), "configuration_web_url": lambda: pick.choice(urls),
        "language": lambda: pick.choice(["nl", "eng", "haw", "EN", "en-US", "e", ""]),
        "region": lambda: pick.choice(["NL", "nl", "NLD", "", "UK"]),
        "skip_setup_items": lambda: pick.sample(keys, 3), "devices": lambda: pick.choice([[], ["DMPVK0A9N1"], ["x"], [""]]),
        "anchor_certs": lambda: pick.choice([[], ["bm90"], "text"]), "supervising_host_certs": lambda: [],
        **{key: flag for key in ("allow_pairing", "auto_advance_setup", "await_device_configured", "do_not_use_profile_from_backup",
                                 "is_mandatory", "is_mdm_removable", "is_multi_user", "is_return_to_service", "is_supervised")},
        "is_next_year": lambda: {"since": 28},
    }
    for number in range(RANDOM):
        profile = {key: make() for key, make in makers.items() if pick.random() < 0.25}
        # Most have what Apple demands, or none would be accepted.
        if pick.random() < 0.9:
            profile["profile_name"] = pick.choice(texts[:5])
            profile["url"] = urls[0]
        yield f"random {number} of seed {seed}", profile


def main():
    if len(sys.argv) not in (2, 3):
        print(__doc__, file=sys.stderr)
        return 2
    schema = json.loads((FIXTURES / "schemas" / "Profile.json").read_text(encoding="utf-8"))
    validator = Draft202012Validator(schema, format_checker=formats)
    seed = int(sys.argv[2]) if len(sys.argv) == 3 else 20261122
    seen, count, accepted, failed = set(), 0, 0, 0
    for name, profile in [*of_fixtures(), *at_random(seed)]:
        count += 1
        ran = subprocess.run([sys.argv[1], "--json", "-"], input=json.dumps(profile), capture_output=True, text=True, check=False)
        report = json.loads(ran.stdout)
        if (ran.returncode, bool(report["errors"])) not in ((0, False), (1, True)):
            failed += 1
            print(f"FAILED {name}: exit {ran.returncode} with {report['errors']} errors")
        if report["errors"]:
            continue
        accepted += 1
        for error in validator.iter_errors(profile):
            key = error.message.split("'")[1] if error.validator == "required" else str(error.absolute_path[0])
            if (key, error.validator) in GAPS:
                seen.add((key, error.validator))
            else:
                failed += 1
                print(f"FAILED {name}: {key}: {error.message}")
    for gap in set(GAPS) - seen:
        failed += 1
        print(f"FAILED the gap {gap} does not show: {GAPS[gap]}")
    if accepted * 10 < count:
        failed += 1
        print("FAILED too few profiles are accepted to tell anything")
    print(f"{count} profiles, {accepted} accepted, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
