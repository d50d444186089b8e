#!/usr/bin/env python3
"""A client that shares nothing with the crate: requests and oauthlib against depsim, its answers against JSON schemas by others.

usage: client.py DEPSIM [ARGUMENT...]    the program, and what to start it with besides

It needs what requirements.txt names. The last line it prints is `N passed, N failed`; the exit code is 0 when none failed.
"""

import json
import os
import stat
import subprocess
import sys
import tempfile
import time
import traceback
import uuid
from pathlib import Path

import oauthlib.oauth1
import requests
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from requests_oauthlib import OAuth1

SCHEMAS = Path(__file__).resolve().parents[2] / "fixtures" / "schemas"
DEVICES = 250
LIMIT = 100

# What the schemas have against answers that are right: the schema, the path to the key, the rule, and why Apple is right.
# Every one of these must show, or the list is out of date.
GAPS = {
    ("Url", "uri", "format"): "Apple gives a path such as /session, which is a relative reference and no URI",
    ("Device", "model", "required"): "a device that is not accessible has a serial number and a status, and nothing else",
    ("Profile", "is_mdm_removable", "required"): "every key of a profile may be absent; the default is true",
    ("Profile", "org_magic", "required"): "every key of a profile may be absent",
}
# Keys of protocol version 10 that the schema of a device does not know. It allows others, so they are compared with Apple's page.
NEWER = {
    "wifi_mac_address": str, "bluetooth_mac_address": str, "ethernet_mac_address": str, "imei": list, "meid": list, "eid": str,
    "is_replacement_device": bool, "released_by_replacement": bool,
}

results = {"passed": 0, "failed": 0}
gaps_seen = set()
registry = Registry().with_resources(
    (file.name, Resource.from_contents(json.loads(file.read_text(encoding="utf-8")))) for file in SCHEMAS.glob("*.json")
)
formats = FormatChecker([])


@formats.checks("date-time", raises=ValueError)
def is_apples_time(value):
    """The one form in which Apple writes times; jsonschema checks none without another package."""
    return not isinstance(value, str) or bool(time.strptime(value, "%Y-%m-%dT%H:%M:%SZ"))


@formats.checks("uri")
def is_uri(value):
    return not isinstance(value, str) or "://" in value


def check(name, condition, found=""):
    results["passed" if condition else "failed"] += 1
    print(f"{'ok    ' if condition else 'FAILED'} {name}{'' if condition else f': found {found!r}'}")
    return condition


def conforms(name, body, schema):
    """Checks JSON against a schema, with the known gaps left out."""
    contents = registry[f"{schema}.json"].contents
    validator = Draft202012Validator(contents, registry=registry, format_checker=formats)
    # The schema and the one it refers to, in whose terms an error is.
    parts = [schema, *(part for part in ("Device", "Url") if f"{part}.json" in json.dumps(contents))]
    wrong = []
    for error in validator.iter_errors(body):
        key = error.message.split("'")[1] if error.validator == "required" else error.path[-1] if error.path else ""
        gap = next(((title, key, error.validator) for title in parts if (title, key, error.validator) in GAPS), None)
        if gap:
            gaps_seen.add(gap)
        else:
            wrong.append(f"{'/'.join(map(str, error.absolute_path))}: {error.message}")
    return check(f"{name} is a {schema}", not wrong, wrong[:3])


def newer_keys(name, devices):
    known = set(registry["Device.json"].contents["properties"])
    odd = {key for device in devices for key in device if key not in known and key not in NEWER}
    typed = all(isinstance(device[key], kind) for device in devices for key, kind in NEWER.items() if key in device)
    check(f"{name}: keys beyond the schema are those of version 10", not odd and typed, odd)
    seen = {key for device in devices for key in device} & set(NEWER)
    return seen


class Apple:
    """The calls, as a client in Python makes them."""

    def __init__(self, base_url, token):
        self.base_url, self.token, self.session = base_url, token, None
        self.http = requests.Session()
        self.http.trust_env = False  # loopback is not to be reached through a proxy
        self.http.headers.update({"User-Agent": "PythonClient/1.0", "X-Server-Protocol-Version": "10"})

    def oauth(self, **changes):
        """An Authorization header of requests-oauthlib; `changes` are other secrets, nonces, timestamps."""
        token = {**self.token, **{key: value for key, value in changes.items() if key in self.token}}
        extra = {key: value for key, value in changes.items() if key not in self.token}
        return OAuth1(token["consumer_key"], client_secret=token["consumer_secret"], resource_owner_key=token["access_token"],
                      resource_owner_secret=token["access_secret"], realm="ADM", **extra)

    def sign_in(self, **changes):
        answer = self.http.get(self.base_url + "/session", auth=self.oauth(**changes), timeout=30)
        if answer.ok:
            self.session = answer.json()["auth_session_token"]
        return answer

    def call(self, method, path, body=None, session=None, **headers):
        headers = {"X-ADM-Auth-Session": session or self.session, "Content-Type": "application/json;charset=UTF8", **headers}
        data = None if body is None else json.dumps(body)
        answer = self.http.request(method, self.base_url + path, data=data, headers=headers, timeout=30)
        self.session = answer.headers.get("X-ADM-Auth-Session", self.session)
        return answer

    def control(self, method, path, body=None):
        answer = self.http.request(method, self.base_url + "/_sim" + path, json=body, timeout=30)
        answer.raise_for_status()
        return answer.json()


def refused(name, answer, status, word):
    """A refusal by its status and its whole body."""
    return check(f"{name}: {status} {word}", (answer.status_code, answer.text) == (status, word), (answer.status_code, answer.text))


def pages(apple, path, cursor=None, name="page"):
    devices, count = [], 0
    while True:
        body = {"limit": LIMIT, **({"cursor": cursor} if cursor else {})}
        conforms(f"the request of {name} {count + 1}", body, "FetchDeviceRequest")
        answer = apple.call("POST", path, body)
        if not check(f"{name} {count + 1}: 200", answer.status_code == 200, (answer.status_code, answer.text)):
            return devices, cursor, count
        page, count = answer.json(), count + 1
        conforms(f"{name} {count}", page, "FetchDeviceResponse")
        devices += page["devices"]
        if count > 50 or not page["more_to_follow"]:
            return devices, page["cursor"], count
        check(f"{name} {count}: the cursor moves on", page["cursor"] != cursor, page["cursor"])
        cursor = page["cursor"]


def signing_in(apple):
    """OAuth 1.0a by oauthlib: what is right gives a session, what is wrong the documented refusal."""
    check("a signature of oauthlib is accepted", apple.sign_in().status_code == 200)
    check("the session is a text", isinstance(apple.session, str) and len(apple.session) > 20)
    session, unauthorized = apple.session, "oauth_problem_adviceUnauthorized"
    refused("a wrong signature", apple.sign_in(access_secret="AS_wrong"), 401, unauthorized)
    refused("a wrong consumer secret", apple.sign_in(consumer_secret="CS_wrong"), 401, unauthorized)
    refused("an unknown consumer key", apple.sign_in(consumer_key="CK_unknown"), 401, unauthorized)
    refused("an unknown access token", apple.sign_in(access_token="AT_unknown"), 401, unauthorized)
    once = {"nonce": uuid.uuid4().hex, "timestamp": str(int(time.time()))}
    check("a nonce is good once", apple.sign_in(**once).status_code == 200)
    refused("a nonce that was used", apple.sign_in(**once), 401, unauthorized)
    refused("a timestamp of an hour ago", apple.sign_in(timestamp=str(int(time.time()) - 3600)), 401, unauthorized)
    refused("a timestamp in an hour", apple.sign_in(timestamp=str(int(time.time()) + 3600)), 401, unauthorized)
    check("a timestamp of a minute ago", apple.sign_in(timestamp=str(int(time.time()) - 60)).status_code == 200)
    bad = "oauth_problem_adviceBad Request"
    refused("no Authorization", apple.http.get(apple.base_url + "/session", timeout=30), 400, bad)
    refused("PLAINTEXT", apple.sign_in(signature_method=oauthlib.oauth1.SIGNATURE_PLAINTEXT), 400, bad)
    refused("HMAC-SHA256", apple.sign_in(signature_method=oauthlib.oauth1.SIGNATURE_HMAC_SHA256), 400, bad)
    refused("no User-Agent", apple.http.get(apple.base_url + "/session", auth=apple.oauth(), headers={"User-Agent": ""}, timeout=30),
            400, "USER_AGENT_MISSING")
    refused("an unknown session", apple.call("GET", "/account", session="nobody"), 401, "UNAUTHORIZED")
    apple.session = session
    check("the first session is still good", apple.call("GET", "/account").status_code == 200)
    calls = apple.control("GET", "/log")["calls"]
    help_texts = [call.get("help") or "" for call in calls]
    for part in ["oauth_nonce was used before", "behind the service's clock", "ahead of the service's clock", "belongs to no server"]:
        check(f"the log explains: {part}", any(part in text for text in help_texts), help_texts)


def account(apple):
    answer = apple.call("GET", "/account").json()
    conforms("the account", answer, "AccountDetail")
    limits = {url["uri"]: url.get("limit") for url in answer["urls"]}
    check("limits are advertised", limits["/server/devices"]["maximum"] == 1000, limits)
    old = apple.call("GET", "/account", **{"X-Server-Protocol-Version": "2"}).json()
    check("version 2 knows no urls", "urls" not in old and "org_id" not in old, sorted(old))


def devices_and_profile(apple):
    devices, cursor, count = pages(apple, "/server/devices", name="page")
    serials = [device["serial_number"] for device in devices]
    check("every device comes once", len(serials) == len(set(serials)) == DEVICES, len(serials))
    check("in as many pages as it takes", count == 3, count)
    seen = newer_keys("the list", devices)
    refused("the cursor of a finished list", apple.call("POST", "/server/devices", {"cursor": cursor}), 400, "EXHAUSTED_CURSOR")
    refused("a sync without a cursor", apple.call("POST", "/devices/sync", {}), 400, "CURSOR_REQUIRED")
    refused("a cursor that is none", apple.call("POST", "/devices/sync", {"cursor": "none"}), 400, "INVALID_CURSOR")
    news, cursor, _ = pages(apple, "/devices/sync", cursor, "sync")
    check("nothing is new", news == [], news)

    wanted = {
        "profile_name": "Class iPads", "url": "https://mdm.example.com/enroll", "is_supervised": True, "is_mdm_removable": False,
        "await_device_configured": True, "org_magic": str(uuid.uuid4()), "skip_setup_items": ["Siri", "Location"],
        "support_email_address": "help@school.example.org", "department": "IT für alle", "language": "de", "region": "DE",
    }
    conforms("the profile that is sent", wanted, "Profile")
    defined = apple.call("POST", "/profile", {**wanted, "devices": serials[:2]}).json()
    conforms("the answer to a definition", defined, "DefineProfileResponse")
    profile = defined["profile_uuid"]
    check("devices of the definition", defined["devices"] == {serial: "SUCCESS" for serial in serials[:2]}, defined["devices"])
    read = apple.call("GET", f"/profile?profile_uuid={profile}").json()
    conforms("the profile that is read", read, "Profile")
    check("it is what was sent", {key: read.get(key) for key in wanted} == wanted and read["profile_uuid"] == profile, read)
    bare = apple.call("POST", "/profile", {"profile_name": "Bare", "url": "https://mdm.example.com/enroll"}).json()["profile_uuid"]
    conforms("a profile with no other keys", apple.call("GET", f"/profile?profile_uuid={bare}").json(), "Profile")
    wrong = {**wanted, "is_supervised": False}
    refused("a locked profile without supervision", apple.call("POST", "/profile", wrong), 400, "FLAGS_INVALID")
    refused("a profile without a name", apple.call("POST", "/profile", {"url": "https://x.example"}), 400, "CONFIG_NAME_REQUIRED")

    for method, some in (("PUT", serials[2:100]), ("POST", serials[100:] + ["NOSUCHDEVICE"])):
        body = {"profile_uuid": profile, "devices": some}
        conforms(f"the request of an assignment by {method}", body, "ProfileServiceRequest")
        answer = apple.call(method, "/profile/devices", body).json()
        conforms(f"the answer to an assignment by {method}", answer, "AssignProfileResponse")
        expected = {serial: "NOT_ACCESSIBLE" if serial == "NOSUCHDEVICE" else "SUCCESS" for serial in some}
        check(f"{method} assigns each device", answer["devices"] == expected)
    unknown = apple.call("POST", "/profile/devices", {"profile_uuid": "0" * 32, "devices": serials[:1]})
    refused("an assignment of an unknown profile", unknown, 404, "NOT_FOUND")

    conforms("the request of details", {"devices": serials[:10]}, "DeviceListRequest")
    details = apple.call("POST", "/devices", {"devices": serials[:10] + ["NOSUCHDEVICE"]}).json()
    conforms("the details", details, "DeviceListResponse")
    for serial, device in details["devices"].items():
        conforms(f"the details of {serial}", device, "Device")
    known = [details["devices"][serial] for serial in serials[:10]]
    check("the details have the profile", all((d["profile_uuid"], d["profile_status"]) == (profile, "assigned") for d in known))
    check("an unknown device is not accessible", details["devices"]["NOSUCHDEVICE"]["response_status"] == "NOT_ACCESSIBLE")
    again, _, _ = pages(apple, "/server/devices", name="page again")
    check("the list has the profile", all(device.get("profile_uuid") == profile for device in again))

    removed = apple.call("DELETE", "/profile/devices", {"devices": serials[:2]}).json()
    conforms("the answer to a removal", removed, "ClearProfileResponse")
    check("it is removed", removed["devices"] == {serial: "SUCCESS" for serial in serials[:2]}, removed)
    return serials, cursor, seen


def life(apple, serials, cursor, seen):
    """What happens in the portal comes with the next sync."""
    second = apple.control("GET", "/state")["servers"][1]["uuid"]
    apple.control("POST", "/devices/move", {"devices": serials[5:7], "server": second})
    bought = apple.control("POST", "/devices/buy", {"family": "Mac", "count": 2, "server": "Example MDM"})["new"]
    fresh = apple.control("POST", "/devices/replace", {"devices": [serials[8]]})["new"]
    switched_on = apple.control("POST", "/devices/activate", {"devices": [serials[9]]})["changed"]
    check("the device had a profile to download", switched_on == [serials[9]], switched_on)
    conforms("the request of a release", {"devices": [serials[7]]}, "DeviceListRequest")
    disowned = apple.call("POST", "/devices/disown", {"devices": [serials[7], "NOSUCHDEVICE"]}).json()
    conforms("the answer to a release", disowned, "DeviceStatusResponse")
    check("it is released", disowned["devices"] == {serials[7]: "SUCCESS", "NOSUCHDEVICE": "NOT_ACCESSIBLE"}, disowned)

    news, cursor, _ = pages(apple, "/devices/sync", cursor, "sync after")
    last = {row["serial_number"]: row for row in news}
    ops = {serial: row["op_type"] for serial, row in last.items()}
    check("what left is deleted", all(ops.get(serial) == "deleted" for serial in serials[5:9]), ops)
    check("what came is added", all(ops.get(serial) == "added" for serial in bought + fresh), ops)
    check("a device that was switched on has pushed its profile", last[serials[9]]["profile_status"] == "pushed", last[serials[9]])
    check("the replaced device says so", last[serials[8]].get("released_by_replacement") is True, last[serials[8]])
    seen |= newer_keys("the sync", news)
    check("every key of version 10 was seen", seen == set(NEWER), set(NEWER) - seen)
    answer = apple.call("GET", f"/device/replacementDetails?device={fresh[0]}").json()
    check("the replacement names the original", answer["original_device_serial_number"] == serials[8], answer)

    locked = apple.call("POST", "/device/activationlock", {"device": serials[10], "escrow_key": None, "lost_message": "Lost"})
    conforms("the answer to an activation lock", locked.json(), "ActivationLockStatusResponse")
    conforms("the beta tokens", apple.call("GET", "/os-beta-enrollment/tokens").json(), "GetSeedBuildTokenResponse")
    discovery = {"mdm_service_discovery_url": "https://mdm.example.com/.well-known/com.apple.remotemanagement"}
    conforms("the discovery URL that is sent", discovery, "AccountDrivenEnrollmentProfileRequest")
    check("a discovery URL is stored", apple.call("POST", "/account-driven-enrollment/profile", discovery).status_code == 200)
    stored = apple.call("GET", "/account-driven-enrollment/profile").json()
    conforms("the discovery URL that is read", stored, "GetAccountDrivenEnrollmentProfileResponse")


def time_and_trouble(apple, cursor_source):
    apple.control("PATCH", "/organisation", {"terms_signed": False})
    refused("terms that are not signed", apple.call("GET", "/account"), 403, "T_C_NOT_SIGNED")
    apple.control("PATCH", "/settings", {"quoted_errors": True})
    refused("the same in quotes", apple.call("GET", "/account"), 403, '"T_C_NOT_SIGNED"')
    apple.control("PATCH", "/settings", {"quoted_errors": False})
    apple.control("PATCH", "/organisation", {"terms_signed": True})
    apple.control("POST", "/clock", {"advance_seconds": 3600})
    refused("a session of an hour ago", apple.call("GET", "/account"), 401, "UNAUTHORIZED")
    refused("a clock that is an hour late", apple.sign_in(), 401, "oauth_problem_adviceUnauthorized")
    ahead = apple.control("POST", "/clock", {"advance_seconds": 8 * 86400 - 3600})["ahead_seconds"]
    check("eight days have gone by", abs(ahead - 8 * 86400) <= 1, ahead)
    now = {"timestamp": str(int(time.time()) + ahead)}
    check("a new session", apple.sign_in(**now).status_code == 200)
    refused("a cursor of eight days ago", apple.call("POST", "/devices/sync", {"cursor": cursor_source}), 400, "EXPIRED_CURSOR")
    apple.control("POST", "/clock", {"advance_seconds": 366 * 86400})
    late = {"timestamp": str(int(time.time()) + ahead + 366 * 86400)}
    refused("a token of a year ago", apple.sign_in(**late), 403, "token_expiredForbidden")


def main():
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        token_file = Path(folder) / "token.json"
        depsim = subprocess.Popen([*sys.argv[1:], "--devices", str(DEVICES), "--token-out", str(token_file)],
                                  stdout=subprocess.PIPE, text=True)
        try:
            first = json.loads(depsim.stdout.readline())
            token = json.loads(token_file.read_text(encoding="utf-8"))
            if os.name == "posix":
                mode = stat.S_IMODE(token_file.stat().st_mode)
                check("only its owner may read the token", mode == 0o600, oct(mode))
            apple = Apple(first["base_url"], token)
            signing_in(apple)
            account(apple)
            serials, cursor, seen = devices_and_profile(apple)
            life(apple, serials, cursor, seen)
            time_and_trouble(apple, cursor)
            check("every known gap of the schemas shows", gaps_seen == set(GAPS), set(GAPS) - gaps_seen)
        except Exception:  # whatever it is, it counts, and the last line is printed
            traceback.print_exc()
            check("the client comes to its end", False, "see above")
        finally:
            depsim.kill()
            depsim.wait()
    for (schema, key, rule), reason in sorted(GAPS.items()):
        print(f"gap    {schema}.{key} ({rule}): {reason}")
    print(f"{results['passed']} passed, {results['failed']} failed")
    return 1 if results["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
